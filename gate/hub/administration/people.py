"""Who may sign in and as what; whoever asks has been judged before.

Nobody gives somebody else a password: a link, which works once, lets them choose their own. Nobody
is removed either, for the record names them: their account is closed.
"""

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from gate.errors import ConfigError
from gate.hub.desk.models import Clerk, Desk
from gate.hub.sites.models import Membership, Role, Site


def invite(*, name: str, email: str, is_admin: bool) -> User:
    """Add somebody who can't sign in until they have chosen a password by their link.

    Raises:
        ConfigError: every fault in the name and the address.
    """
    user = User(username=name, email=email.lower(), is_superuser=is_admin, is_staff=is_admin)
    user.set_unusable_password()
    _check(user)
    user.save()
    return user


def change(user: User, *, email: str, is_admin: bool, is_open: bool, by: User) -> None:
    """Change somebody's address, whether they run the hub, and whether they may sign in.

    Whoever changes it runs the hub and can't shut themselves out: somebody who does is always left.

    Raises:
        ConfigError: the address does not fit, or they would shut themselves out.
    """
    with transaction.atomic():
        admins = User.objects.select_for_update().filter(is_superuser=True, is_active=True)
        if by.pk not in {admin.pk for admin in admins}:
            raise ConfigError("user", ["somebody else has just taken this right from you"])
        held = User.objects.select_for_update().get(pk=user.pk)
        held.email = email.lower()
        held.is_superuser = held.is_staff = is_admin
        held.is_active = is_open
        _check(held)
        if held.pk == by.pk and not (is_admin and is_open):
            step = "next: ask another admin to do it"
            fault = f"{held.username} is yourself: you would shut yourself out; {step}"
            raise ConfigError("user", [fault])
        held.save()
    if not is_open:
        sign_out(held)


def set_role(user: User, site: Site, role: Role | None) -> None:
    """Give somebody a role at a site instead of the one they had; None takes it away."""
    if role is None:
        Membership.objects.filter(user=user, site=site).delete()
        return
    Membership.objects.update_or_create(user=user, site=site, defaults={"role": role})


def set_clerk(user: User, desk: Desk, *, works: bool) -> None:
    """Let somebody work at an issuer's desk, or no more."""
    if works:
        Clerk.objects.get_or_create(user=user, desk=desk)
    else:
        Clerk.objects.filter(user=user, desk=desk).delete()


def link_for(user: User) -> str:
    """Return the address at which somebody chooses a password: once, within three days."""
    found = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=found)


def sign_out(user: User) -> None:
    """End every session of somebody, wherever they are signed in."""
    mine = str(user.pk)
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == mine:
            session.delete()


def roles_of(user: User) -> list[Membership]:
    """Return somebody's roles, by the sites' names."""
    return list(Membership.objects.filter(user=user).select_related("site").order_by("site__name"))


def desks_worked_at(user: User) -> list[Desk]:
    """Return the issuers' desks at which somebody works."""
    return list(Desk.objects.filter(clerk__user=user).order_by("slug"))


def since_words(at: datetime | None) -> str:
    """Say when somebody signed in last."""
    return "never" if at is None else f"{at:%-d %b %Y, %H:%M} UTC"


def _check(user: User) -> None:
    faults = []
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        shown = {"username": "name", "email": "email"}
        for field, messages in error.message_dict.items():
            faults += [f"{shown.get(field, field)}: {message}" for message in messages]
    if user.email and User.objects.filter(email=user.email).exclude(pk=user.pk).exists():
        faults.append(f"email: another account has {user.email}; next: give one of their own")
    if faults:
        raise ConfigError("user", faults)

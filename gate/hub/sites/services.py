"""Adding sites, units and the people who may see them; whoever asks has been judged before.

Faults in what was asked come back as one ConfigError that names them all.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models, transaction

from gate.access.kinds import Text, Word
from gate.access.zones import TimeZone
from gate.errors import ConfigError
from gate.hub.sites.models import Membership, Organisation, Role, Site, Unit
from gate.signing.keys import Algorithm, VerifyingKey

_SLUG: Final = Word(max_chars=32)
_NAME: Final = Text(max_chars=64)
_ZONE: Final = TimeZone()


def add_site(*, slug: str, name: str, time_zone: str, organisation: str) -> Site:
    """Add a site, and its organisation if it is the first of one.

    Raises:
        ConfigError: every fault found.
    """
    read = (("slug", slug, _SLUG), ("name", name, _NAME), ("time zone", time_zone, _ZONE))
    named = (*read, ("organisation", organisation, _NAME))
    faults = [
        f"{what} = {value!r}; allowed: {kind.allowed}"
        for what, value, kind in named
        if kind.read(value) is None
    ]
    if faults:
        raise ConfigError("site", faults)
    with transaction.atomic():
        owner, _ = Organisation.objects.get_or_create(name=organisation)
        site = Site(organisation=owner, slug=slug, name=name, time_zone=time_zone)
        _save(site, "site")
    return site


def add_unit(*, site: str, name: str, public_key: bytes) -> Unit:
    """Let a unit upload what happens at a site.

    Raises:
        ConfigError: no such site, or the name or the key is taken.
        TrustError: the bytes are no Ed25519 public key.
    """
    uid = VerifyingKey(Algorithm.ED25519, public_key).kid.hex()
    if _NAME.read(name) is None:
        raise ConfigError("unit", [f"name = {name!r}; allowed: {_NAME.allowed}"])
    unit = Unit(uid=uid, site=find_site(site), name=name, public_key=public_key)
    _save(unit, "unit")
    return unit


def retire_unit(uid: str, now: datetime) -> Unit:
    """Take nothing more from a unit; what it sent stays.

    Raises:
        ConfigError: no such unit.
    """
    unit = Unit.objects.filter(uid=uid).first()
    if unit is None:
        raise ConfigError("unit", [f"{uid}: no unit has this uid"])
    if unit.retired_at is None:
        unit.retired_at = now
        unit.save(update_fields=["retired_at"])
    return unit


def add_user(
    *,
    name: str,
    password: str,
    roles: Mapping[str, Role],
    is_admin: bool = False,
    email: str = "",
) -> User:
    """Let somebody sign in, with a role at each of the sites named by their slugs.

    Raises:
        ConfigError: every fault found in the name and the password, or no such site.
    """
    user = User(username=name, is_superuser=is_admin, is_staff=is_admin, email=email.lower())
    faults = _faults_of(user, name, password)
    if faults:
        raise ConfigError("user", faults)
    user.set_password(password)
    with transaction.atomic():
        user.save()
        for slug, role in roles.items():
            Membership.objects.create(user=user, site=find_site(slug), role=role)
    return user


def reset_user(*, name: str, password: str, email: str | None = None) -> User:
    """Give somebody a new password, and another e-mail address unless that is None.

    Raises:
        ConfigError: nobody is called so, or every fault in the password and the address.
    """
    user = find_user(name)
    if email is not None:
        user.email = email.lower()
    faults = _faults_of(user, name, password)
    if faults:
        raise ConfigError("user", faults)
    user.set_password(password)
    user.save()
    return user


def find_user(name: str) -> User:
    """Return who signs in by a name; raises ConfigError if nobody does."""
    user = User.objects.filter(username=name).first()
    if user is None:
        raise ConfigError("user", [f"{name!r}: nobody is called so; next: gate hub createuser"])
    return user


def find_site(slug: str) -> Site:
    """Return a site by its slug; raises ConfigError with those there are."""
    site = Site.objects.filter(slug=slug).first()
    if site is None:
        known = ", ".join(Site.objects.values_list("slug", flat=True)[:20]) or "none yet"
        raise ConfigError("site", [f"{slug!r}: no such site; there are: {known}"])
    return site


def _faults_of(user: User, name: str, password: str) -> list[str]:
    faults = []
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        shown = {"username": f"name = {name!r}", "email": f"e-mail = {user.email!r}"}
        for field, messages in error.message_dict.items():
            faults += [f"{shown.get(field, field)}: {message}" for message in messages]
    if user.email and User.objects.filter(email=user.email).exclude(pk=user.pk).exists():
        faults.append(f"e-mail = {user.email!r}: is somebody else's; next: give one of their own")
    try:
        validate_password(password, user)
    except ValidationError as error:
        faults += [f"password: {message}" for message in error.messages]
    return faults


def _save(row: models.Model, what: str) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise ConfigError(what, error.messages) from error
    row.save()

"""Who signs in to the hub, and as what."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gate.errors import ConfigError
from gate.hub.accounts.demands import ask_code_of, code_asked_of
from gate.hub.accounts.roles import Part
from gate.hub.accounts.second_factor import forget_second_factor, has_second_factor
from gate.hub.administration.forms import (
    CLOSED,
    EVERYTHING,
    NO_ROLE,
    OPEN,
    PART_WORDS,
    ROLES_ONLY,
    WORKS,
    ChangeForm,
    ClerkForm,
    CodesForm,
    InviteForm,
    RoleForm,
)
from gate.hub.administration.pages import administration_pages
from gate.hub.administration.people import (
    change,
    desks_worked_at,
    invite,
    link_for,
    roles_of,
    set_clerk,
    set_role,
    sign_out,
    since_words,
)
from gate.hub.audit.notes import Act, note
from gate.hub.desk.models import Desk
from gate.hub.people.frames import said, tell
from gate.hub.sites.models import Role


@require_safe
@never_cache
def users(request: HttpRequest) -> HttpResponse:
    """Show everybody who may sign in."""
    return _users(request)


@require_POST
@never_cache
def add_user(request: HttpRequest) -> HttpResponse:
    """Add somebody, and show the link by which they choose their password."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _users(request, form=form, status=400)
    told = form.cleaned_data
    is_admin = told["may"] == EVERYTHING
    try:
        added = invite(name=told["name"], email=told["email"], is_admin=is_admin)
    except ConfigError as error:
        tell(form, error.faults)
        return _users(request, form=form, status=400)
    as_what = "who runs this hub" if is_admin else ""
    if told["site"] is not None:
        set_role(added, told["site"], Role(told["role"]))
        as_what = ", ".join(filter(None, (as_what, f"{told['role']} at {told['site'].slug}")))
    note(request, None, Act.ADDED_USER, added.pk, place=as_what)
    return _user(request, added, link=link_for(added))


@require_safe
@never_cache
def one_user(request: HttpRequest, number: int) -> HttpResponse:
    """Show somebody who may sign in."""
    return _user(request, get_object_or_404(User, pk=number))


@require_POST
@never_cache
def change_user(request: HttpRequest, number: int) -> HttpResponse:
    """Change somebody's address, what they may do, and whether they may sign in."""
    user = get_object_or_404(User, pk=number)
    form = ChangeForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            change(
                user,
                email=told["email"],
                is_admin=told["may"] == EVERYTHING,
                is_open=told["account"] == OPEN,
                by=cast("User", request.user),
            )
        except ConfigError as error:
            tell(form, error.faults)
        else:
            runs = "runs this hub" if told["may"] == EVERYTHING else "has roles only"
            account = "may sign in" if told["account"] == OPEN else "may not sign in"
            note(request, None, Act.CHANGED_USER, user.pk, place=f"{runs}, {account}")
            return redirect("user", number=user.pk)
    return _user(request, user, form=form, status=400)


@require_POST
@never_cache
def give_role(request: HttpRequest, number: int) -> HttpResponse:
    """Give somebody a role at a site, or take it away."""
    user = get_object_or_404(User, pk=number)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _user(request, user, role=form, status=400)
    role, site = form.cleaned_data["role"], form.cleaned_data["site"]
    set_role(user, site, None if role == NO_ROLE else Role(role))
    words = "nothing" if role == NO_ROLE else role
    note(request, None, Act.GAVE_ROLE, user.pk, place=f"{words} at {site.slug}")
    return redirect("user", number=user.pk)


@require_POST
@never_cache
def give_desk(request: HttpRequest, number: int) -> HttpResponse:
    """Let somebody work at an issuer's desk, or no more."""
    user = get_object_or_404(User, pk=number)
    form = ClerkForm(request.POST)
    if not form.is_valid():
        return _user(request, user, clerk=form, status=400)
    works, desk = form.cleaned_data["works"] == WORKS, form.cleaned_data["desk"]
    set_clerk(user, desk, works=works)
    words = "scheme" if works else "nothing"
    note(request, None, Act.GAVE_ROLE, user.pk, place=f"{words} at the desk {desk.slug}")
    return redirect("user", number=user.pk)


@require_POST
@never_cache
def user_link(request: HttpRequest, number: int) -> HttpResponse:
    """Show a link by which somebody chooses a new password."""
    user = get_object_or_404(User, pk=number)
    note(request, None, Act.MADE_LINK, user.pk)
    return _user(request, user, link=link_for(user))


@require_POST
@never_cache
def without_code(request: HttpRequest, number: int) -> HttpResponse:
    """Let somebody in without a code, as after a lost phone."""
    user = get_object_or_404(User, pk=number)
    forget_second_factor(user)
    sign_out(user)
    note(request, None, Act.FORGOT_CODE, user.pk)
    return redirect("user", number=user.pk)


@require_POST
@never_cache
def ask_codes(request: HttpRequest) -> HttpResponse:
    """Say of which roles a code is asked."""
    form = CodesForm(request.POST)
    if not form.is_valid():
        return _users(request, fault=" ".join(said(form)), status=400)
    parts = [Part(part) for part in form.cleaned_data["part"]]
    ask_code_of(parts)
    note(request, None, Act.ASKED_CODES, place=", ".join(parts) or "nobody")
    return redirect("users")


def _users(
    request: HttpRequest, *, form: InviteForm | None = None, fault: str = "", status: int = 200
) -> HttpResponse:
    asked = code_asked_of()
    everybody = User.objects.order_by("username").prefetch_related("membership_set__site")
    context = {
        "pages": administration_pages("users"),
        "rows": [_row(user) for user in everybody],
        "form": form or InviteForm(),
        "is_open": form is not None,
        "parts": [(part, words, part in asked) for part, words in PART_WORDS.items()],
        "fault": fault,
    }
    return render(request, "administration/users.html", context, status=status)


def _row(user: User) -> dict[str, Any]:
    roles = [f"{one.role} at {one.site.name}" for one in user.membership_set.all()]
    roles += [f"at the desk of {desk.iss}" for desk in desks_worked_at(user)]
    return {
        "user": user,
        "roles": ["everything, everywhere", *roles] if user.is_superuser else roles,
        "has_code": has_second_factor(user),
        "last": since_words(user.last_login),
    }


def _user(
    request: HttpRequest,
    user: User,
    *,
    form: forms.Form | None = None,
    role: forms.Form | None = None,
    clerk: forms.Form | None = None,
    link: str = "",
    status: int = 200,
) -> HttpResponse:
    now = {
        "email": user.email,
        "may": EVERYTHING if user.is_superuser else ROLES_ONLY,
        "account": OPEN if user.is_active else CLOSED,
    }
    context = {
        "pages": administration_pages("users"),
        "who": user,
        "row": _row(user),
        "memberships": roles_of(user),
        "desks": desks_worked_at(user),
        "form": form or ChangeForm(initial=now),
        "role": role or RoleForm(),
        "clerk": (clerk or ClerkForm()) if Desk.objects.exists() else None,
        "link": request.build_absolute_uri(link) if link else "",
        "has_mail": settings.HUB.mail_server is not None,  # type: ignore[misc]  # gate.hub.settings
        "has_password": user.has_usable_password(),
    }
    return render(request, "administration/user.html", context, status=status)

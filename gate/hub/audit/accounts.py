"""Noting who signed in, who failed to, and who changed the password or the codes of an account.

A name that nobody has is not kept: it may be a password, typed into the wrong field.
"""

from typing import Any, Final

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from gate.hub.audit.address import address_of
from gate.hub.audit.models import MAX_HOST_CHARS, MAX_PLACE_CHARS, Record
from gate.hub.audit.notes import Act, mark_noted
from gate.hub.manifest.authors import author_of

NOBODY: Final = "not signed in"
CONSOLE: Final = "hub's console"


def listen() -> None:
    """Begin to note; called once, when the application is loaded."""
    user_logged_in.connect(_signed_in)
    user_login_failed.connect(_failed)
    for signal in (password_changed, password_reset, password_set):
        signal.connect(_chose_password)
    for signal in (authenticator_added, authenticator_removed, authenticator_reset):
        signal.connect(_changed_codes)


def note_at_console(act: Act, user: User, place: str = "") -> None:
    """Note what was done to an account by a command, at the hub itself."""
    _write(act, by=None, subject=user.pk, place=place, host="")


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:  # noqa: ANN401 - a signal's
    if request.resolver_match is not None:  # else a program signed somebody in, by itself
        _of_own(request, user, Act.HUB_SIGN_IN)


def _failed(
    credentials: dict[str, Any],
    request: HttpRequest | None = None,
    **_: Any,  # noqa: ANN401 - a signal's
) -> None:
    if request is None or request.resolver_match is None:
        return
    name = str(credentials.get("username") or credentials.get("email") or "")
    known = User.objects.filter(Q(username=name) | Q(email=name.lower())) if name else None
    user = None if known is None else known.first()
    _write(
        Act.FAILED_SIGN_IN,
        by=None,
        by_name=NOBODY,
        subject=None if user is None else user.pk,
        place="" if user is not None else "a name that nobody has",
        host=address_of(request),
    )


def _chose_password(request: HttpRequest, user: User, **_: Any) -> None:  # noqa: ANN401 - a signal's
    _of_own(request, user, Act.CHOSE_PASSWORD)


def _changed_codes(request: HttpRequest, user: User, **_: Any) -> None:  # noqa: ANN401 - a signal's
    _of_own(request, user, Act.CHANGED_CODES)


def _of_own(request: HttpRequest, user: User, act: Act) -> None:
    mark_noted(request)
    _write(act, by=user, subject=user.pk, place="", host=address_of(request))


def _write(
    act: Act, *, by: User | None, subject: int | None, place: str, host: str, by_name: str = CONSOLE
) -> None:
    Record.objects.create(
        site=None,
        at=timezone.now(),
        by=by,
        by_name=by_name if by is None else author_of(by).name,
        act=act,
        subject=subject,
        place=place[:MAX_PLACE_CHARS],
        host=host[:MAX_HOST_CHARS],
    )

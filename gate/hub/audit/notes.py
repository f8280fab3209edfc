"""Writing the audit record: by views of a person themselves, and of any other change at its end.

A view that notes what it did says more than its address does; `gate.hub.audit.middleware` notes the
changes of all others.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final, cast

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from gate.hub.audit.address import address_of
from gate.hub.audit.models import MAX_HOST_CHARS, MAX_PLACE_CHARS, Record
from gate.hub.manifest.authors import author_of
from gate.hub.sites.models import Site

_NOTED: Final = "gate_audit_noted"

_ONE_LOOK: Final = timedelta(minutes=5)


class Act(StrEnum):
    """What was done; the values are kept."""

    SAW = "saw"
    FOUND = "found"
    SAW_PHOTO = "saw_photo"
    DREW_PASS = "drew_pass"  # noqa: S105 - of a site, not of a user
    PRINTED = "printed"
    IMPORTED = "imported"
    ADDED = "added"
    CHANGED = "changed"
    INDUCTED = "inducted"
    ISSUED = "issued"
    REISSUED = "reissued"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    UNDID = "undid"
    NOTED = "noted"
    SIGNED_IN = "signed_in"
    LEFT = "left"
    ERASED = "erased"
    JOINED = "joined"
    """A unit, which is no user: `place` has its name."""
    EXPORTED = "exported"
    CORRECTED = "corrected"
    FORGAVE = "forgave"
    RELEASED = "released"
    CHECKED = "checked"
    TOOK_BOOK = "took_book"
    IDENTIFIED = "identified"
    ASKED_SUPPORT = "asked_support"
    TOOK_SUPPORT = "took_support"
    CHANGED_AREAS = "changed_areas"
    CHANGED_RETENTION = "changed_retention"
    HUB_SIGN_IN = "hub_sign_in"
    FAILED_SIGN_IN = "failed_sign_in"
    CHOSE_PASSWORD = "chose_password"  # noqa: S105 - what was done, and no password
    CHANGED_CODES = "changed_codes"
    """From HUB_SIGN_IN on: of somebody's own account, of the whole hub."""
    ADDED_SITE = "added_site"
    CHANGED_SITE = "changed_site"
    RENAMED_ORGANISATION = "renamed_organisation"
    ADDED_USER = "added_user"
    CHANGED_USER = "changed_user"
    GAVE_ROLE = "gave_role"
    MADE_LINK = "made_link"
    FORGOT_CODE = "forgot_code"
    ASKED_CODES = "asked_codes"
    """From ADDED_SITE on: of the whole hub. `subject` is then the number of an account."""
    OTHER = "other"
    """A change by a view that says no more than its address."""


def note(
    request: HttpRequest,
    site: Site | None,
    act: Act,
    subject: int | None = None,
    count: int = 1,
    *,
    place: str | None = None,
) -> None:
    """Write down what whoever is signed in did.

    Args:
        request: what was asked.
        site: where; None for the whole hub.
        act: what.
        subject: the number of a person of the site; without a site, of an account.
        count: to how many people.
        place: what it was done to; None: the address that was asked.
    """
    setattr(request, _NOTED, True)
    author = author_of(cast("User", request.user))
    Record.objects.create(
        site=site,
        at=timezone.now(),
        by=author.user,
        by_name=author.name,
        act=act,
        subject=subject,
        count=count,
        place=(f"{request.method} {request.path}" if place is None else place)[:MAX_PLACE_CHARS],
        host=address_of(request)[:MAX_HOST_CHARS],
    )


def note_look(request: HttpRequest, site: Site, act: Act, subject: int | None) -> None:
    """Write down a look at somebody, unless the same reader's last is there: a page is one look."""
    last = Record.objects.filter(site=site, subject=subject).order_by("-id").first()
    by = cast("User", request.user)
    if last is None or last.by_id != by.pk or timezone.now() - last.at > _ONE_LOOK:
        note(request, site, act, subject)


def mark_noted(request: HttpRequest) -> None:
    """Say that what a request did is noted already."""
    setattr(request, _NOTED, True)


def is_noted(request: HttpRequest) -> bool:
    """Tell whether the view of a request has noted what it did."""
    return getattr(request, _NOTED, False)

"""Who joins right now, as the hub sees it: the part of a page that renews itself until they have.

A contractor stands at the gate with a phone: what the unit tells by its lamps, this tells in words.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gate.hub.enrol.codes import codes_open
from gate.hub.enrol.models import SetUpCode
from gate.hub.enrol.steps import Progress, Step, progress_of
from gate.hub.sites.access import site_of_units
from gate.hub.sites.models import Site

NOTHING_NEW: Final = 204
SHOWN: Final = timedelta(minutes=15)
"""So long one that has joined stays in sight: who watches has looked away for a while."""

MAX_SHOWN: Final = 40
"""A sheet."""

STEP_WORDS: Final = {
    Step.JOINED: "joined, its key is known",
    Step.RULES: "has fetched its rules",
    Step.ENTRY: "its first entry is here: it works",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """What the part shows.

    Attributes:
        version: changes with all that is shown.
        goes_on: whether something may change by itself.
        only: the code it is about; None: all of the site's.
    """

    rows: list[dict[str, Any]]
    version: str
    goes_on: bool
    only: int | None = None


@require_safe
@never_cache
@login_required
def joining_now(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the part, or 204 while it is what the browser has; `seen` says what it has."""
    site = site_of_units(request.user, slug)
    told = request.GET.get("code", "")
    only = int(told) if told.isascii() and told.isdecimal() and len(told) <= 18 else None
    joining = joining_of(site, timezone.now(), only)
    if request.GET.get("seen") == joining.version:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "enrol/joining.html", {"site": site, "joining": joining})


def joining_of(site: Site, now: datetime, only: int | None = None) -> Joining:
    """Return who joins at a site, or by one of its codes, and who did so just now."""
    used = SetUpCode.objects.filter(site=site, unit__retired_at=None).exclude(unit=None)
    waited_for = codes_open(site).filter(until__gt=now)
    if only is not None:
        used, waited_for = used.filter(pk=only), waited_for.filter(pk=only)
    found = [
        progress_of(code, now)
        for code in used.select_related("unit").order_by("-used_at")[:MAX_SHOWN]
    ]
    shown = [one for one in found if not one.is_done or _is_recent(one, now) or only is not None]
    waits = waited_for.exists()
    parts = [f"{one.code.pk}.{len(one.reached)}{'l' if one.is_late else ''}" for one in shown]
    return Joining(
        rows=[step_row(one) for one in shown],
        version="-".join([*parts, "w" if waits else "n"]),
        goes_on=waits or any(not one.is_done for one in shown),
        only=only,
    )


def step_row(progress: Progress) -> dict[str, Any]:
    """Return how far one has come, in words."""
    return {
        "name": progress.code.name,
        "steps": [
            {"words": words, "is_reached": step in progress.reached}
            for step, words in STEP_WORDS.items()
        ],
        "is_done": progress.is_done,
        "is_late": progress.is_late,
    }


def _is_recent(progress: Progress, now: datetime) -> bool:
    return progress.code.used_at is not None and now - progress.code.used_at < SHOWN

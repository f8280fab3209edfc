"""Passes for many: issued to all who are inducted, and put on A4 sheets, ten to a sheet."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gate.errors import ConfigError, TrustError
from gate.hub.alarms.words import moment_words
from gate.hub.audit.notes import Act, note
from gate.hub.people.frames import author, frame, key_of, sentence
from gate.hub.people.giving import give_passes, without_pass
from gate.hub.people.models import PersonPass
from gate.hub.people.printing import (
    MOST_AT_ONCE,
    draw_passes,
    note_printed,
    of_run,
    runs_of,
    unprinted,
)
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site

SHOWN: Final = 20
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_DIGITS: Final = 17


@require_safe
@never_cache
@login_required
def sheets_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who waits for a pass, and which passes wait to be printed."""
    return _page(request, managed_site(request.user, slug))


@require_POST
@never_cache
@login_required
def give_many(request: HttpRequest, slug: str) -> HttpResponse:
    """Issue a pass to everybody who is inducted and has none."""
    site = managed_site(request.user, slug)
    now = timezone.now()
    people = [one.person for one in without_pass(site, now)]
    try:
        given = give_passes(site, key_of(site), people, by=author(request), now=now)
    except ConfigError as error:
        return _page(request, site, faults=[sentence(one) for one in error.faults], status=400)
    except TrustError as error:
        return _page(request, site, faults=[sentence(f"{error}")], status=400)
    note(request, site, Act.ISSUED, count=len(given))
    return redirect("pass-sheets", slug=site.slug)


@require_POST
@never_cache
@login_required
def print_sheets(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the sheets of passes that were on none, or of those of an earlier time."""
    site = managed_site(request.user, slug)
    now = timezone.now()
    run = _moment(request.POST.get("run", ""))
    passes = unprinted(site, now) if run is None else of_run(site, run, now)
    some = list(passes[:MOST_AT_ONCE])
    if not some:
        return _page(request, site, faults=["No pass waits to be printed."], status=400)
    try:
        pdf = draw_passes(some, now)
    except ConfigError as error:
        return _page(request, site, faults=[sentence(one) for one in error.faults], status=400)
    if run is None:
        note_printed(some, now)
    note(request, site, Act.PRINTED, count=len(some))
    answer = HttpResponse(pdf, content_type="application/pdf")
    day = now.astimezone(ZoneInfo(site.time_zone)).date()
    answer["Content-Disposition"] = f'attachment; filename="passes-{site.slug}-{day}.pdf"'
    return answer


def run_mark(at: datetime) -> str:
    """Return a moment as a form gives it back."""
    return str((at - _EPOCH) // _MICROSECOND)


def _moment(mark: str) -> datetime | None:
    is_mark = mark.isascii() and mark.isdecimal() and len(mark) <= _MAX_DIGITS
    return _EPOCH + timedelta(microseconds=int(mark)) if is_mark else None


def _page(
    request: HttpRequest, site: Site, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    from gate.paper.sheets import sheets_of  # noqa: PLC0415 - large: for who prints

    now = timezone.now()
    waiting = without_pass(site, now)
    to_print = unprinted(site, now)
    count = to_print.count()
    zone = ZoneInfo(site.time_zone)
    context = {
        **frame(request, site),
        "faults": faults or [],
        "waiting": [one.person.name for one in waiting[:SHOWN]],
        "waiting_count": len(waiting),
        "to_print": [_row(one) for one in to_print[:SHOWN]],
        "count": count,
        "sheets": sheets_of(min(count, MOST_AT_ONCE)),
        "most": MOST_AT_ONCE if count > MOST_AT_ONCE else 0,
        "runs": [
            {"mark": run_mark(at), "at": moment_words(at, zone), "count": passes}
            for at, passes in runs_of(site, now)
        ],
    }
    return render(request, "people/sheets.html", context, status=status)


def _row(one: PersonPass) -> str:
    return f"{one.person.name}, {one.one.card.number}"

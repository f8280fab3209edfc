"""The entry log's page: an address in, a page out."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from gate.access.model import Direction
from gate.access.words import words_for
from gate.errors import Reason
from gate.events.codec import from_ms
from gate.hub.alarms.pages import pages_of
from gate.hub.log.day import Day, day_of
from gate.hub.log.days import Days, days_of
from gate.hub.log.entries import clockless_ms, count_shown, gates_of, read_page
from gate.hub.log.export_views import FORMS
from gate.hub.log.filters import SHOWN_WORDS, Filter, Shown, read_filter
from gate.hub.log.rows import row_of
from gate.hub.log.silence import silences
from gate.hub.sites.access import manages, visible_site
from gate.hub.sites.models import Site


@require_safe
@gzip_page
@never_cache
@login_required
def log_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a day of a site, or several on end, to its members."""
    site = visible_site(request.user, slug)
    chosen, faults = read_filter(request.GET.dict())
    zone = ZoneInfo(site.time_zone)
    now = timezone.now()
    day = day_of(now, zone) if chosen.day is None else days_of(chosen.day, chosen.to, zone)
    pages = pages_of(request.user, site, "log")
    may_block = manages(request.user, site)
    context = _frame(site, day, chosen, now) | {
        "faults": faults,
        "pages": pages,
        "may_block": may_block,
    }
    if faults:
        return render(request, "log/day.html", context, status=400)
    return render(request, "log/day.html", context | _content(site, day, chosen, now))


def _frame(site: Site, day: Day, chosen: Filter, now: datetime) -> dict[str, Any]:
    """Return what the page has whatever was found."""
    today = day_of(now, day.zone)
    last = day.last if isinstance(day, Days) else None
    is_one = last is None
    return {
        "site": site,
        "day": day,
        "last": last,
        "is_today": is_one and day.on == today.on,
        "is_to_come": day.on > today.on,
        "chosen": chosen,
        "day_before": is_one and day.before and chosen.address(day=day.before),
        "day_after": is_one and day.after and day.on < today.on and chosen.address(day=day.after),
        "today": chosen.address(day=None, to=None),
        "everything": Filter(day=chosen.day, to=chosen.to).address(),
        "directions": [(one.value, one.value.title()) for one in Direction],
        "reasons": _reasons(),
        "files": [(form, form.upper()) for form in FORMS],
    }


def _content(site: Site, day: Day, chosen: Filter, now: datetime) -> dict[str, Any]:
    page = read_page(site, day, chosen)
    counts = count_shown(site, day, chosen)
    clockless = clockless_ms(site)
    return {
        "rows": [row_of(entry, day) for entry in page.entries],
        "number": counts[chosen.show] if chosen.show else sum(counts.values()),
        "shown": [(None, "All", sum(counts.values()), chosen.address(show=None))]
        + [(show, SHOWN_WORDS[show], counts[show], chosen.address(show=show)) for show in Shown],
        "gates": gates_of(site, day),
        "newer": page.newer and chosen.address(newer=page.newer),
        "older": page.older and chosen.address(older=page.older),
        "newest": chosen.address() if chosen.older or chosen.newer else None,
        "silences": [one.words(day) for one in silences(site, day, now)],
        "clockless": clockless and _clockless(clockless, day),
    }


def _clockless(at_ms: int, day: Day) -> str | None:
    """Return the address of the last day on which a unit had no clock, unless it is this one."""
    other = day_of(from_ms(at_ms), day.zone)
    return None if other.on == day.on else Filter(day=other.on).address()


def _reasons() -> list[tuple[str, str]]:
    """Return every reason to choose from; two with one headline are told apart by the code."""
    return sorted(
        ((reason.value, f"{words_for(reason).headline} ({reason})") for reason in Reason),
        key=lambda one: one[1],
    )

"""The daily report's page: a day in, figures and the day's root out."""

from collections.abc import Iterator
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

from gate.hub.alarms.checked import last_check
from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.services import open_alarms
from gate.hub.alarms.words import moment_words
from gate.hub.ingest.day_root import DayRoot, day_root
from gate.hub.log.day import Day, day_of
from gate.hub.log.filters import SHOWN_WORDS, Filter, Shown, read_filter
from gate.hub.log.rows import MARKS, Pill
from gate.hub.log.silence import silences
from gate.hub.report.figures import Figures, figures_of
from gate.hub.sites.access import visible_site
from gate.hub.sites.models import Site, Unit


@require_safe
@gzip_page
@never_cache
@login_required
def report_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a day's figures and root to the site's members."""
    site = visible_site(request.user, slug)
    query = request.GET.dict()
    chosen, faults = read_filter(query)
    faults |= {name: "not known here; allowed: day" for name in query if name != "day"}
    zone = ZoneInfo(site.time_zone)
    now = timezone.now()
    today = day_of(now, zone)
    day = today if chosen.day is None else Day(on=chosen.day, zone=zone)
    pages = pages_of(request.user, site, "report")
    context = _frame(site, day, today) | {"faults": faults, "pages": pages}
    if faults:
        return render(request, "report/day.html", context, status=400)
    if not context["is_to_come"]:
        context |= _content(site, day, now)
    return render(request, "report/day.html", context)


def _frame(site: Site, day: Day, today: Day) -> dict[str, Any]:
    return {
        "site": site,
        "day": day,
        "is_today": day.on == today.on,
        "is_to_come": day.on > today.on,
        "day_before": day.before and Filter(day=day.before).address(),
        "day_after": day.after and day.on < today.on and Filter(day=day.after).address(),
    }


def _content(site: Site, day: Day, now: datetime) -> dict[str, Any]:
    figures = figures_of(site, day)
    root = day_root(site, day.on)
    return {
        "figures": figures,
        "outcomes": _outcomes(figures, day),
        "reasons": [
            (one.headline, one.number, _pill(one.outcome), _log(day, one.reason))
            for one in figures.reasons
        ],
        "root": _in_groups(root.root.hex()),
        "heads": list(_heads(root)),
        "silences": [one.words(day) for one in silences(site, day, now)],
        "checked": last_check(site, now),
        "open_alarms": open_alarms(site).count(),
        "now": moment_words(now, day.zone),
    }


def _outcomes(figures: Figures, day: Day) -> list[tuple[Shown, str, int, str]]:
    """Return each outcome with its words, its number, and where its entries are."""
    return [
        (show, SHOWN_WORDS[show], number, Filter(day=day.on, show=show).address())
        for show, number in figures.by_outcome.items()
    ]


def _pill(outcome: Shown) -> Pill:
    return Pill(tone=outcome, mark=MARKS.get(outcome, ""), words=SHOWN_WORDS[outcome])


def _log(day: Day, reason: str) -> str:
    chosen, faults = read_filter({"day": day.on.isoformat(), "reason": reason})
    return "" if faults else chosen.address()


def _heads(root: DayRoot) -> Iterator[dict[str, Any]]:
    """Yield what the root was made of, as `gate hub manage day_root` prints it."""
    uids = [one.uid for one in root.heads]
    names = dict(Unit.objects.filter(uid__in=uids).values_list("uid", "name"))
    for one in sorted(root.heads, key=lambda one: (one.uid, one.head.journal_id)):
        yield {
            "unit": names.get(one.uid, ""),
            "uid": one.uid,
            "journal": one.head.journal_id.hex(),
            "seq": one.head.seq,
            "hash": one.head.hash.hex(),
        }


def _in_groups(text: str) -> list[str]:
    """Return a hash in eights, so that two can be compared by eye."""
    return [text[at : at + 8] for at in range(0, len(text), 8)]

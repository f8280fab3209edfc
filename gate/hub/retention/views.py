"""The page of a site's retention, for its managers: what is kept, how long, and what goes tonight.

Another number of days is looked at first, by an address of its own, and then put in force.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gate.errors import ConfigError
from gate.hub.audit.notes import Act, note
from gate.hub.people.frames import author, frame, said, sentence, tell
from gate.hub.retention.forms import DaysForm
from gate.hub.retention.models import Run
from gate.hub.retention.parts import Moment
from gate.hub.retention.periods import WAITS, Kept, kept, objection, set_days
from gate.hub.retention.purposes import BY_NAME
from gate.hub.retention.running import due_of
from gate.hub.retention.told import last_night, last_run
from gate.hub.retention.words import date_words, days_words
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What somebody would change, as they wrote it; `days` is the number if it can be."""

    purpose: str = ""
    text: str = ""
    days: int | None = None
    faults: Sequence[str] = field(default=())


@require_safe
@never_cache
@login_required
def retention_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show it; with `?purpose=` and `?days=` also what another number of days would take."""
    site = managed_site(request.user, slug)
    asked = _asked(request.GET, site) if "purpose" in request.GET else _Asked()
    return _page(request, site, asked)


@require_POST
@never_cache
@login_required
def put_retention(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a purpose for another number of days."""
    site = managed_site(request.user, slug)
    form = DaysForm(request.POST)
    if form.is_valid():
        name, days = form.cleaned_data["purpose"], form.cleaned_data["days"]
        try:
            set_days(site, name, days, by=author(request), now=timezone.now())
        except ConfigError as error:
            tell(form, error.faults)
        else:
            note(request, site, Act.CHANGED_RETENTION, place=f"{BY_NAME[name].title}: {days} days")
            return redirect(f"{reverse('retention', args=[site.slug])}#{name}")
    return _page(request, site, _refused(form))


def _asked(given: QueryDict, site: Site) -> _Asked:
    form = DaysForm(given)
    if not form.is_valid():
        return _refused(form)
    name, days = form.cleaned_data["purpose"], form.cleaned_data["days"]
    fault = objection(BY_NAME[name], days, kept(site, timezone.now()))
    faults = [sentence(fault)] if fault else []
    return _Asked(purpose=name, text=str(days), days=None if fault else days, faults=faults)


def _refused(form: DaysForm) -> _Asked:
    return _Asked(
        purpose=form.data.get("purpose", ""), text=form.data.get("days", ""), faults=said(form)
    )


def _page(request: HttpRequest, site: Site, asked: _Asked) -> HttpResponse:
    moment = Moment(site=site, now=timezone.now())
    last = last_run(site)
    rows = list(_rows(moment, asked, last))
    context = {
        **frame(request, site, "retention"),
        "checked": last_night(site, moment.now),
        "rows": rows,
        "faults": [] if asked.purpose in BY_NAME else asked.faults,
    }
    return render(request, "retention/retention.html", context, status=400 if asked.faults else 200)


def _rows(moment: Moment, asked: _Asked, last: Run | None) -> Iterator[dict[str, Any]]:
    zone = ZoneInfo(moment.site.time_zone)
    for name, one in kept(moment.site, moment.now).items():
        is_asked = asked.purpose == name
        held = [part.held(moment) for part in one.purpose.parts]
        oldest = min((part.oldest for part in held if part.oldest is not None), default=None)
        yield {
            "purpose": one.purpose,
            "days": days_words(one.days),
            "next": _next(one, zone),
            "set_by": one.by and f"{one.by.by_name}, {date_words(one.by.at, zone)}",
            "count": f"{sum(part.count for part in held):,}",
            "oldest": "" if oldest is None else date_words(oldest, zone),
            "tonight": f"{due_of(moment, one):,}",
            "last": None if last is None else f"{last.gone.get(name, 0):,}",
            "limits": f"{one.purpose.least:,} to {one.purpose.most:,} days",
            "is_asked": is_asked,
            "text": asked.text if is_asked else one.asked,
            "faults": asked.faults if is_asked else (),
            "preview": _preview(moment, one, asked.days, zone) if is_asked else None,
        }


def _next(one: Kept, zone: ZoneInfo) -> str:
    if one.begins is None:
        return ""
    return f"{days_words(one.asked)} from {date_words(one.begins, zone)} on"


def _preview(moment: Moment, one: Kept, days: int | None, zone: ZoneInfo) -> dict[str, Any] | None:
    if days is None:
        return None
    is_shorter = days < one.days
    begins = moment.now + (WAITS if is_shorter else timedelta())
    return {
        "days": days,
        "words": days_words(days),
        "now": f"{due_of(moment, one):,}",
        "then": f"{due_of(moment, one, days):,}",
        "is_shorter": is_shorter,
        "begins": date_words(begins, zone),
    }

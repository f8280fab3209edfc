"""The page of a site's gates, for all its members, and having one of them blink and beep."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from gate.errors import ConfigError
from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.words import moment_words
from gate.hub.audit.notes import Act, note
from gate.hub.gates.sharpness import sharpness_of
from gate.hub.gates.state import states_of
from gate.hub.gates.strip import strips_of
from gate.hub.gates.words import words_of
from gate.hub.ingest.sharpness import days_of
from gate.hub.log.day import Day
from gate.hub.manifest.identifying import done_at, identify, last_of
from gate.hub.people.frames import author, sentence
from gate.hub.sites.access import visible_site
from gate.hub.sites.models import Site, Unit

TOLD_FOR: Final = timedelta(hours=1)


@require_safe
@gzip_page
@never_cache
@login_required
def gates_at_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how each gate of a site is."""
    return _page(request, visible_site(request.user, slug))


@require_POST
@never_cache
@login_required
def identify_unit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Have a gate show which one it is."""
    site, now = visible_site(request.user, slug), timezone.now()
    unit = get_object_or_404(Unit, site=site, pk=number, retired_at=None)
    try:
        identify(unit, by=author(request), now=now)
    except ConfigError as error:
        return _page(request, site, fault=sentence("; ".join(error.faults)), status=409)
    note(request, site, Act.IDENTIFIED, place=unit.name)
    return redirect("gates", slug=site.slug)


def _page(request: HttpRequest, site: Site, *, fault: str = "", status: int = 200) -> HttpResponse:
    now, zone = timezone.now(), ZoneInfo(site.time_zone)
    states = list(states_of(site, now))
    today = Day(on=now.astimezone(zone).date(), zone=zone)
    strips = strips_of([state.unit for state in states], today, now)
    cameras = days_of(state.unit.pk for state in states)
    context = {
        "site": site,
        "pages": pages_of(request.user, site, "gates"),
        "gates": [
            {
                "words": words_of(state, now, zone),
                "strip": strips.get(state.unit.pk),
                "lanes": [
                    shown
                    for lane, days in cameras.get(state.unit.pk, {}).items()
                    if (shown := sharpness_of(lane, days, now)) is not None
                ],
                "asked": _asked(state.unit, now, zone),
            }
            for state in states
        ],
        "now": moment_words(now, zone),
        "fault": fault,
    }
    return render(request, "gates/gates.html", context, status=status)


def _asked(unit: Unit, now: datetime, zone: ZoneInfo) -> str:
    """Say how far it has come that a unit was asked to show itself; nothing after an hour."""
    one = last_of(unit)
    if one is None or now - one.at > TOLD_FOR:
        return ""
    asked = f"{one.by_name} asked at {one.at.astimezone(zone):%H:%M:%S} which gate this is."
    done = done_at(one)
    if done is not None:
        return f"{asked} It blinked and beeped from {done.astimezone(zone):%H:%M:%S}."
    if now <= one.not_after:
        return f"{asked} It does so once it has asked the hub, within 15 seconds or so."
    return f"{asked} It has not said that it did: look whether it has power and network."

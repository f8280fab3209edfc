"""The page of a site's gates, made for whoever looks at it."""

from datetime import datetime, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from gate.hub.accounts.parts import may_open, part_at_site
from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.words import moment_words
from gate.hub.gates.sharpness import sharpness_of
from gate.hub.gates.state import states_of
from gate.hub.gates.strip import strips_of
from gate.hub.gates.words import words_of
from gate.hub.ingest.sharpness import days_of
from gate.hub.log.day import Day
from gate.hub.manifest.identifying import done_at, last_of
from gate.hub.sites.models import Site, Unit
from gate.hub.support.words import support_words

TOLD_FOR: Final = timedelta(hours=1)


def gates_page(
    request: HttpRequest, site: Site, *, fault: str = "", status: int = 200
) -> HttpResponse:
    """Answer with the page, which may say what was in the way of something."""
    now, zone = timezone.now(), ZoneInfo(site.time_zone)
    states = list(states_of(site, now))
    today = Day(on=now.astimezone(zone).date(), zone=zone)
    strips = strips_of([state.unit for state in states], today, now)
    cameras = days_of(state.unit.pk for state in states)
    may_ask = may_open(part_at_site(cast("User", request.user), site.slug), "ask-support")
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
                "support": support_words(state.unit, now, zone) if may_ask else None,
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

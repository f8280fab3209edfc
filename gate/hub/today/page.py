"""What the page of today shows, gathered; and a short word for whether any of it has changed.

What is live is drawn in parts of a fixed size, so that a refresh moves nothing. What is read line
by line, refusals and long stays, stays as it was fetched, and the page says how many are newer.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gate.errors import EventError
from gate.events.codec import decode_holder, to_ms
from gate.hub.gates.state import states_of
from gate.hub.gates.words import GateWords, words_of
from gate.hub.ingest.models import Entry, Heartbeat, Journal
from gate.hub.log.day import Day, day_of
from gate.hub.manifest.models import Whereabouts
from gate.hub.manifest.words import age_words
from gate.hub.sites.models import Site
from gate.hub.today.chart import draw
from gate.hub.today.hours import LongStay, long_stays
from gate.hub.today.inside import Inside, company_names, inside_now, unheard
from gate.hub.today.passed import passed_on
from gate.hub.today.refusals import latest, refusals_on

LONGEST: Final = 6
"""As many as are read at a glance; who is amber or red goes first."""

_VERSION_CHARS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Stayed:
    """Somebody who has been on site for long, in words."""

    name: str
    company: str
    number: int | None
    stay: LongStay
    working: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit in two lines: whether it is heard, and what it said last."""

    name: str
    silent: bool
    facts: str
    gate: GateWords


def version_of(site: Site, now: datetime) -> str:
    """Return a word that changes when the page does: by arrivals, silence, the minute."""
    zone = ZoneInfo(site.time_zone)
    stored = Journal.objects.filter(unit__site=site).order_by("pk")
    beats = Heartbeat.objects.filter(unit__site=site, unit__retired_at=None).order_by("pk")
    parts = [
        list(stored.values_list("pk", "stored_through")),
        list(beats.values_list("pk", "version", "backlog", "tier")),
        unheard(site, now, day_of(now, zone)),
        to_ms(now) // 60_000,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_VERSION_CHARS]


def live_of(site: Site, now: datetime) -> dict[str, Any]:
    """Return what is fetched anew every few seconds."""
    zone = ZoneInfo(site.time_zone)
    day = day_of(now, zone)
    version = version_of(site, now)  # before the figures, or what arrives between is never shown
    inside = inside_now(site, now)
    passed = passed_on(site, day)
    refusals = refusals_on(site, day)
    # Where exits are free nobody knows how long anybody stayed.
    stayed = inside.passed_ms if inside.exits.are_seen else {}
    long = long_stays(passed.stays, stayed, day.start_ms, to_ms(now))
    units = list(_units(site, now, zone))
    return {
        "version": version,
        "at": day.minute_words(to_ms(now)),
        "inside": inside,
        "unheard": unheard(site, now, day),
        "passed": passed,
        "refusals": refusals,
        "amber": sum(one.tone == "note" for one in long),
        "red": sum(one.tone == "refuse" for one in long),
        "companies": _bars(inside),
        "chart": draw(passed, refusals.by_quarter, inside.count, day, now, inside.exits),
        "units": units,
        "heard": sum(not one.silent for one in units),
        "long": long,
        "day": day,
    }


def still_of(site: Site, live: dict[str, Any]) -> dict[str, Any]:
    """Return what stays as it is while it is read."""
    return {
        "latest": latest(site, live["day"]),
        "longest": list(_longest(site, live["inside"], live["long"], live["day"])),
    }


def _bars(inside: Inside) -> list[tuple[str, int, float]]:
    most = max((count for _, count in inside.companies), default=1)
    return [(name, count, round(100 * count / most, 1)) for name, count in inside.companies]


def _units(site: Site, now: datetime, zone: ZoneInfo) -> Iterator[Unit]:
    for state in states_of(site, now):
        beat = state.beat
        facts = ["never heard"]
        if beat is not None:
            facts = [f"Last seen {age_words(now - beat.received_at)} ago"]
            if beat.temperature_c is not None:
                facts.append(f"{beat.temperature_c} °C")
            if beat.version:
                facts.append(f"v{beat.version}")
            if beat.backlog:
                facts.append(f"{beat.backlog} entries waiting")
        yield Unit(
            name=state.unit.name,
            silent=state.silent,
            facts=" · ".join(facts),
            gate=words_of(state, now, zone),
        )


def _longest(site: Site, inside: Inside, long: list[LongStay], day: Day) -> Iterator[Stayed]:
    shown = [one for one in long if one.tone][:LONGEST] or long[:LONGEST]
    names = _names(site, [one.person for one in shown])
    companies = company_names(site, {inside.numbers.get(one.person, 0) for one in shown})
    for one in shown:
        number = inside.numbers.get(one.person)
        yield Stayed(
            name=names.get(one.person) or "Person erased",
            company="" if number is None else companies.get(number, ""),
            number=number,
            stay=one,
            working=_working(one, day),
        )


def _working(one: LongStay, day: Day) -> str:
    since = "In since before midnight, counted from it"
    if one.since_ms is not None:
        since = f"First in at {day.minute_words(one.since_ms)}"
    away = f", {one.away_words} away between" if one.away_words else ""
    rest = "; a gate noted less than 11 h of rest" if one.short_rest else ""
    return f"{since}{away}{rest}."


def _names(site: Site, persons: list[str]) -> dict[str, str]:
    """Return the names of a few people, as the cards said them by which they passed last."""
    keys = [bytes.fromhex(person) for person in persons]
    seen = Whereabouts.objects.filter(site=site, person__in=keys)
    found = {}
    for person, journal, seq in seen.values_list("person", "journal_id", "seq"):
        holder = Entry.objects.filter(journal_id=journal, seq=seq).values_list("holder", flat=True)
        try:
            found[bytes(person).hex()] = decode_holder(holder.get() or "").name
        except (EventError, Entry.DoesNotExist):
            continue  # erased, or none of ours
    return found

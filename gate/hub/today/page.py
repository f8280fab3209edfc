"""What the page of today shows, gathered; and a short word for whether any of it has changed.

What is live is drawn in parts of a fixed size, so that a refresh moves nothing. What is read line
by line, refusals and long stays, stays as it was fetched, and the page says how many are newer.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from gate.events.codec import holder_if_any, to_ms
from gate.hub.gates.state import beat_of, fresh_now, is_silent, tiers_in, units_of
from gate.hub.gates.words import pill_of
from gate.hub.log.day import Day, day_of
from gate.hub.log.rows import Pill
from gate.hub.manifest.rules import exits_in, rules_of
from gate.hub.manifest.words import age_words
from gate.hub.sites.models import Site
from gate.hub.sites.models import Unit as GateUnit
from gate.hub.today.chart import draw
from gate.hub.today.folded import folded, known_of
from gate.hub.today.folding import Known
from gate.hub.today.hours import LongStay, long_stays
from gate.hub.today.inside import Inside, inside_now, unheard
from gate.hub.today.refusals import latest
from gate.hub.today.svg import written
from gate.trust.freshness import Tiers

LONGEST: Final = 6
"""As many as are read at a glance; who is amber or red goes first."""

_VERSION_CHARS: Final = 16

_HOLDERS: Final = """
    SELECT seen.person, entry.holder
    FROM manifest_whereabouts seen
    JOIN ingest_entry entry ON entry.journal_id = seen.journal_id AND entry.seq = seen.seq
    WHERE seen.site_id = %s AND seen.person IN ({})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the page hangs on, asked before anything is folded: what arrives later is not in it.

    `version` is a short word for all of it, and for the minute, by which the hours are told.
    """

    at: datetime
    day: Day
    known: Known
    units: tuple[GateUnit, ...]
    unheard: list[str]
    version: str


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
    pill: Pill


def asked_of(site: Site, now: datetime) -> Asked:
    """Ask what a site's page of this moment hangs on."""
    day = day_of(now, ZoneInfo(site.time_zone))
    known = known_of(site, day)
    units = tuple(units_of(site))
    late = unheard(units, now, day)
    parts = [
        known.as_list(),
        [_told(unit) for unit in units],
        late,
        to_ms(now) // 60_000,
    ]
    version = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_VERSION_CHARS]
    return Asked(at=now, day=day, known=known, units=units, unheard=late, version=version)


def live_of(site: Site, asked: Asked) -> dict[str, Any]:
    """Return what is fetched anew every few seconds.

    While entries are not counted yet, what a browser has is never all there is: no version.
    """
    day, now = asked.day, asked.at
    rules = rules_of(site)
    inside = inside_now(site, now, exits_in(rules))
    figures = folded(site, asked.known)
    passed, refusals = figures.passed, figures.refusals
    # Where exits are free nobody knows how long anybody stayed.
    stayed = inside.passed_ms if inside.exits.are_seen else {}
    long = long_stays(passed.stays, stayed, day.start_ms, to_ms(now), LONGEST)
    units = list(_units(asked.units, tiers_in(rules), now))
    chart = draw(passed, refusals.by_quarter, inside.count, day, now, inside.exits)
    return {
        "version": asked.version if not inside.uncounted else "",
        "at": day.minute_words(to_ms(now)),
        "inside": inside,
        "unheard": [*asked.unheard, *_uncounted(inside)],
        "passed": passed,
        "refusals": refusals,
        "companies": _bars(inside),
        "chart": written(chart),
        "chart_title": chart.title,
        "units": units,
        "heard": sum(not one.silent for one in units),
        "long": long,
        "day": day,
    }


def still_of(site: Site, live: dict[str, Any]) -> dict[str, Any]:
    """Return what stays as it is while it is read."""
    return {
        "latest": latest(site, live["day"]),
        "longest": list(_longest(site, live["inside"], live["long"].shown, live["day"])),
    }


def _uncounted(inside: Inside) -> Iterator[str]:
    if inside.uncounted:
        yield f"{inside.uncounted:,} entries that gates sent just now are not counted yet"


def _bars(inside: Inside) -> list[tuple[str, int, float]]:
    most = max((count for _, count in inside.companies), default=1)
    return [(name, count, round(100 * count / most, 1)) for name, count in inside.companies]


def _told(unit: GateUnit) -> list[str | int]:
    """Return what changes the page when a unit says it."""
    beat = beat_of(unit)
    return [unit.name] if beat is None else [unit.name, beat.version, beat.backlog, beat.tier]


def _units(units: Iterable[GateUnit], tiers: Tiers, now: datetime) -> Iterator[Unit]:
    for unit in units:
        beat = beat_of(unit)
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
            name=unit.name,
            silent=is_silent(beat, now),
            facts=" · ".join(facts),
            pill=pill_of(None if beat is None else fresh_now(beat, tiers, now)),
        )


def _longest(site: Site, inside: Inside, shown: Sequence[LongStay], day: Day) -> Iterator[Stayed]:
    names = dict(_names(site, [one.person for one in shown]))
    for one in shown:
        number, company = inside.known.get(one.person, (None, ""))
        yield Stayed(
            name=names.get(one.person) or "Person erased",
            company=company,
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


def _names(site: Site, persons: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the names of a few people, as the cards said them by which they passed last."""
    keys = [bytes.fromhex(person) for person in persons]
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(keys)) or "NULL"
        cursor.execute(_HOLDERS.format(marks), (site.pk, *keys))
        for person, text in cursor.fetchall():
            holder = holder_if_any(text)
            if holder is not None:
                yield bytes(person).hex(), holder.name

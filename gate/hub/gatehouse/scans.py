"""The last scans of a site, or of one of its gates, and who waits there for the guard.

By the time at which they reached the hub: a gate that was cut off sends what is long past, which is
told with its age and put in its place by the time of the scan.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from gate.errors import Outcome, Reason
from gate.events.codec import holder_if_any, to_ms
from gate.events.model import EventKind
from gate.hub.ingest.models import Entry, Journal
from gate.hub.log.day import day_of
from gate.hub.log.rows import Row, row_of
from gate.hub.manifest.handed import gates_of, reach
from gate.hub.manifest.models import Release
from gate.hub.manifest.releasing import WAITS_FOR, hindrance_to_release, is_over, release_of
from gate.hub.manifest.words import age_words
from gate.hub.people.models import Person, Photo
from gate.hub.people.register import of_keys
from gate.hub.sites.models import Site

LAST: Final = 5
"""EXPERIENCE, the site manager, 15."""

_VERSION_CHARS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan as a guard sees it; `face` tells whether a photograph is on record."""

    row: Row
    ago: str
    company: str
    face: bool

    @property
    def tone(self) -> str:
        """Its style: of what stood against it, else of the way."""
        if self.row.pills:
            return self.row.pills[0].tone
        return "" if self.row.way is None else self.row.way.tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody who was sent to the guard: whether they can be let in from here, or how that stands.

    One of `hindrance` and `told` is set where they can't be.
    """

    scan: Scan
    hindrance: str
    told: str

    @property
    def key(self) -> str:
        """What tells this one from others, and how it stands."""
        return f"{self.scan.row.journal}.{self.scan.row.seq}.{self.hindrance}.{self.told}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatehouse:
    """The last scans, newest first, and who waits."""

    scans: tuple[Scan, ...] = field(repr=False)
    waiting: tuple[Waiting, ...] = field(repr=False)

    @property
    def waits(self) -> str:
        """A short word for who waits, which changes as that does."""
        keys = [one.key for one in self.waiting]
        return hashlib.sha256(json.dumps(keys).encode()).hexdigest()[:_VERSION_CHARS]


def version_of(site: Site, gate: str, now: datetime) -> str:
    """Return a short word that changes when the page does: by arrivals, releases, the minute."""
    stored = Journal.objects.filter(unit__site=site).order_by("pk")
    released = Release.objects.filter(site=site, not_after__gte=now).order_by("pk")
    parts = [
        gate,
        list(stored.values_list("pk", "stored_through")),
        list(released.values_list("pk", flat=True)),
        [one.version for one in gates_of(site)] if released else [],
        to_ms(now) // 60_000,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_VERSION_CHARS]


def gatehouse_of(site: Site, gate: str, now: datetime) -> Gatehouse:
    """Return what the page shows."""
    entries = list(_scans(site, gate).order_by("-at_ms", "-journal_id", "-seq")[:LAST])
    scans = _told(site, entries, now)
    since_ms = to_ms(now - WAITS_FOR)
    referred = list(
        _scans(site, gate)
        .filter(outcome=Outcome.REFER.value, at_ms__gte=since_ms)
        .order_by("-at_ms", "-journal_id", "-seq")[:LAST]
    )
    waiting = [
        _waiting(site, entry, scan, now)
        for entry, scan in zip(referred, _told(site, referred, now), strict=True)
    ]
    return Gatehouse(scans=tuple(scans), waiting=tuple(one for one in waiting if one is not None))


def access_points(site: Site, now: datetime) -> list[str]:
    """Return the gates that recorded something in the last day, by name."""
    since = to_ms(now) - 24 * 3_600_000
    named = Entry.objects.filter(site=site, at_ms__gte=since).exclude(access_point="")
    return list(named.order_by("access_point").values_list("access_point", flat=True).distinct())


def _scans(site: Site, gate: str) -> QuerySet[Entry]:
    entries = Entry.objects.filter(site=site, kind=EventKind.ACCESS.value)
    entries = entries.select_related("journal__unit", "site").defer("hash", "salt")
    return entries.filter(access_point=gate) if gate else entries


def _told(site: Site, entries: list[Entry], now: datetime) -> list[Scan]:
    zone = ZoneInfo(site.time_zone)
    holders = {entry.pk: holder_if_any(entry.holder) for entry in entries}
    numbers = of_keys(site, {one.person for one in holders.values() if one is not None})
    people = Person.objects.filter(pk__in=set(numbers.values())).select_related("company")
    by_number = {one.pk: one for one in people}
    faces = set(Photo.objects.filter(person__in=by_number).values_list("person_id", flat=True))
    scans = []
    for entry in entries:
        holder = holders[entry.pk]
        person = None if holder is None else by_number.get(numbers.get(holder.person, 0))
        scans.append(
            Scan(
                row=row_of(entry, day_of(entry.at, zone)),
                ago=age_words(now - entry.at),
                company="" if person is None or person.company is None else person.company.name,
                face=person is not None and person.pk in faces,
            )
        )
    return scans


def _waiting(site: Site, entry: Entry, scan: Scan, now: datetime) -> Waiting | None:
    """Return how somebody stands who was referred; None if they don't wait any more."""
    there = release_of(entry)
    if there is None:
        if is_over(entry, now):
            return None
        return Waiting(scan=scan, hindrance=hindrance_to_release(entry, now), told="")
    return Waiting(scan=scan, hindrance="", told=_release_words(site, entry, there))


def _release_words(site: Site, entry: Entry, there: Release) -> str:
    """Say how far a release has come: told, handed to the gate, done, or not done."""
    by = f"{there.by_name}: {there.reason}"
    later = Entry.objects.filter(journal=entry.journal, seq__gt=entry.seq, seq__lte=entry.seq + 200)
    for one in later.order_by("seq"):
        if one.reason == Reason.OVERRIDE and one.access_point == entry.access_point:
            return f"Let in by {one.detail}."
        if one.kind == EventKind.COMMAND and bytes(there.order_id).hex() in one.detail:
            said = one.detail.partition(": ")[2] or "done"
            return f"The gate says: {said}. Asked by {by}."
    gates = [gate for gate in gates_of(site) if gate.name == entry.journal.unit.name]
    if reach(tuple(gates), there.version).had:
        return f"The gate has been told. It will report what it did. By {by}."
    return f"On its way to the gate, which asks every 15 seconds. By {by}."

"""Whom a manager means by a card's number or an entry of the log, and whether gates agree on keys.

A number alone names a card only if this site has seen it, and from one issuer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gate.events.codec import holder_if_any
from gate.events.model import Holder
from gate.hub.ingest.models import Entry
from gate.hub.manifest.models import Block, Whereabouts
from gate.hub.manifest.whereabouts import catch_up, seen_since
from gate.hub.sites.models import Site, Unit
from gate.trust.person import person_key
from gate.trust.site_presence import MAX_ROWS

LOOK_BACK: Final = timedelta(days=90)
"""Who was not here for a quarter of a year is named by issuer and number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as the record names them."""

    issuer: str
    number: str
    name: str


def of_number(site: Site, number: str, now: datetime) -> list[Person]:
    """Return everybody with a card of this number who passed a gate lately, one an issuer."""
    catch_up(site)
    found = {}
    for *_, text, _kind, _seq in seen_since(site, now - LOOK_BACK, MAX_ROWS):
        holder = holder_if_any(text)
        if holder is not None and holder.number == number:
            found[holder.issuer] = _person(holder)
    return list(found.values())


def of_entry(site: Site, journal: int, seq: int) -> Person | None:
    """Return whom an entry of the site's log names."""
    entry = Entry.objects.filter(site=site, journal_id=journal, seq=seq).first()
    holder = None if entry is None else holder_if_any(entry.holder)
    return None if holder is None else _person(holder)


def names_of(site: Site, blocks: list[Block]) -> dict[bytes, str]:
    """Return the names of blocked persons, of those whom the record can name."""
    catch_up(site)
    persons = [bytes(one.person) for one in blocks]
    seen = Whereabouts.objects.filter(site=site, person__in=persons)
    names = {}
    for one in seen:
        entry = Entry.objects.filter(journal_id=one.journal_id, seq=one.seq).first()
        holder = None if entry is None else holder_if_any(entry.holder)
        if holder is not None:
            names[bytes(one.person)] = holder.name
    return names


def units_of_another_key(site: Site, site_key: bytes) -> list[Unit]:
    """Return the units whose last record of a person is keyed by another key than the hub's.

    They obey no block, and don't know who passed another gate.
    """
    return [
        unit
        for unit in Unit.objects.filter(site=site, retired_at=None)
        if not _agrees(unit, site_key)
    ]


def _agrees(unit: Unit, site_key: bytes) -> bool:
    """Judge by the newest entry that names somebody; a unit that named nobody is given time."""
    journal = unit.journal_set.order_by("-pk").first()
    if journal is None:
        return True
    named = Entry.objects.filter(journal=journal, holder__isnull=False).order_by("-seq").first()
    holder = None if named is None else holder_if_any(named.holder)
    if holder is None or "\0" in holder.issuer:
        return True
    return holder.person == person_key(site_key, holder.issuer, holder.number)


def _person(holder: Holder) -> Person:
    return Person(issuer=holder.issuer, number=holder.number, name=holder.name)

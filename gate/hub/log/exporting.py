"""What the log shows, as a table to be sent as a file: all that fits, on whatever page it stands.

Times are told as the site's and in UTC. What arrives while the file is made is not in it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Count
from django.db.models.functions import Length, Substr

from gate.errors import EventError
from gate.events.codec import NO_HOLDER, from_ms, holder_if_any, to_ms
from gate.events.model import PERSON_BYTES, EventKind
from gate.events.plain_words import explanation, headline, kind_words, outcome_words
from gate.hub.corrections.correcting import corrected
from gate.hub.export.table import Cell, Column, Table
from gate.hub.ingest.models import Entry
from gate.hub.log.day import Day, local_time
from gate.hub.log.days import Days
from gate.hub.log.entries import fitting, pages_of
from gate.hub.log.filters import Filter
from gate.hub.log.silence import silences
from gate.hub.sites.models import Site

PAGE_ENTRIES: Final = 500
"""Read, written and sent at a time: half a megabyte at the most of what a process holds."""

_COLUMNS: Final = (
    Column(title="Time at the site", chars=26, paper_mm=36),
    Column(title="Time (UTC)", chars=25),
    Column(title="Who or what", chars=28, paper_mm=46),
    Column(title="Card", chars=16, paper_mm=24),
    Column(title="Card type", chars=16),
    Column(title="Issued by", chars=20),
    Column(title="Gate", chars=20, paper_mm=34),
    Column(title="Way", chars=6, paper_mm=10),
    Column(title="Answer", chars=22, paper_mm=33),
    Column(title="Why", chars=26, paper_mm=42),
    Column(title="What to do", chars=40),
    Column(title="All reasons", chars=26),
    Column(title="Times", chars=7),
    Column(title="List of cancelled cards, age in s", chars=14),
    Column(title="Clock set", chars=9),
    Column(title="Detail", chars=30, paper_mm=28),
    Column(title="Corrected", chars=40, paper_mm=24),
    Column(title="Unit", chars=18),
    Column(title="Received (UTC)", chars=25),
    Column(title="Person's reference", chars=34),
    Column(title="Record", chars=34),
    Column(title="Entry", chars=9),
    Column(title="Hash", chars=66),
)


def table_of(site: Site, day: Day, chosen: Filter, now: datetime) -> Table:
    """Return the table of what was asked for, as it is known now."""
    shown = f"Shown: {chosen.words or 'everything'}. Times are {day.zone_words}."
    until = f" to {day.last:%-d %B %Y}" if isinstance(day, Days) else ""
    return Table(
        title=f"Entry log of {site.name}, {day.on:%-d %B %Y}{until}",
        about=(
            f"{shown} Made {day.moment_words(to_ms(now))}.",
            *(one.words(day) for one in silences(site, day, now)),
        ),
        columns=_COLUMNS,
        pages=_pages(site, day, chosen, now),
    )


def people_in(site: Site, day: Day, chosen: Filter) -> int:
    """Count the people whom the entries that were asked for name."""
    named = fitting(site, day, chosen).filter(holder__isnull=False)
    ends = Length("holder") - (2 * PERSON_BYTES + 1)  # the reference, and `"}` behind it
    persons = named.annotate(person=Substr("holder", ends, 2 * PERSON_BYTES))
    found = persons.order_by().aggregate(number=Count("person", distinct=True))
    return int(found["number"])


def _pages(site: Site, day: Day, chosen: Filter, now: datetime) -> Iterator[list[list[Cell]]]:
    entries = fitting(site, day, chosen).filter(received_ms__lte=to_ms(now))
    entries = entries.select_related("journal__unit").defer("salt")
    for page in pages_of(entries, PAGE_ENTRIES):
        notes = corrected(page)
        yield [_cells(entry, day, notes.get((entry.journal_id, entry.seq), "")) for entry in page]


def _cells(entry: Entry, day: Day, correction: str) -> list[Cell]:
    holder = holder_if_any(entry.holder)
    number, card_type, issuer, person = "", "", "", ""
    if holder is not None:
        number, card_type, issuer = holder.number, holder.card_type, holder.issuer
        person = holder.person.hex()
    is_access = entry.kind == EventKind.ACCESS
    return [
        f"{local_time(entry.at_ms, day.zone):%Y-%m-%d %H:%M:%S %Z}",
        _utc(entry.at_ms),
        _who(entry, None if holder is None else holder.name),
        number,
        card_type,
        issuer,
        entry.access_point,
        entry.direction,
        outcome_words(entry.outcome) if is_access else "",
        headline(entry.reason) if entry.reason else "",
        explanation(entry.reason) if entry.reason else "",
        entry.reasons,
        entry.count,
        entry.list_age_s,
        "yes" if entry.clock_trusted else "no",
        entry.detail,
        correction,
        entry.journal.unit.name,
        _utc(entry.received_ms),
        person,
        bytes(entry.journal.journal_id).hex(),
        entry.seq,
        bytes(entry.hash).hex(),
    ]


def _who(entry: Entry, name: str | None) -> str:
    if entry.kind != EventKind.ACCESS:
        words = kind_words(entry.kind)[0]
        return f"{words}: {name}" if name else words
    if name is not None:
        return name
    return "Nobody known" if bytes(entry.commitment) == NO_HOLDER else "Person erased"


def _utc(at_ms: int) -> str:
    try:
        at = from_ms(at_ms)
    except EventError:
        return ""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"

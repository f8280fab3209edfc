"""A day's scans as the hub has them, oldest first, each with where its person had passed before.

The day before is looked at for that, as a gate looks back as far itself. Both are bounded: a busier
day is told to be tried in part.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet

from gate.access.model import Direction
from gate.access.presence import Passage
from gate.errors import Outcome, Reason
from gate.events.codec import NO_HOLDER, from_ms, holder_if_any
from gate.events.model import EventKind, Holder
from gate.hub.ingest.models import Entry
from gate.hub.log.day import Day
from gate.hub.policy.scans import Scan
from gate.hub.sites.models import Site

MAX_ENTRIES: Final = 20_000
"""Of a day, and as many of the one before: the largest site's day, in a few seconds."""

CHUNK: Final = 1_000
"""Entries in memory at once."""

_LOOK_BACK_MS: Final = int(timedelta(hours=24) / timedelta(milliseconds=1))
_KINDS: Final = (EventKind.ACCESS.value, EventKind.NOT_TURNED.value)
_COLUMNS: Final = (
    *("kind", "journal_id", "seq", "at_ms", "clock_trusted", "access_point", "direction"),
    *("outcome", "reasons", "list_age_s", "holder", "commitment"),
)
_THROUGH: Final = {Outcome.ADMIT.value, Outcome.NOTE.value}
_OUTCOMES: Final = {outcome.value for outcome in Outcome}
_REASONS: Final = {reason.value: reason for reason in Reason}
_WAYS: Final = {way.value: way for way in Direction}
_BACK: Final = {Direction.IN: Direction.OUT, Direction.OUT: Direction.IN}

Last = dict[bytes, Passage]


@dataclass(slots=True, kw_only=True)
class DayRecord:
    """A day's scans, read once; `is_cut` is known when they are: there were more."""

    site: Site
    day: Day
    most: int = MAX_ENTRIES
    is_cut: bool = False

    def scans(self) -> Iterator[tuple[Scan, Passage | None]]:
        """Yield each scan and its person's passage before it."""
        last = self._eve()
        entries = _between(self.site, self.day.start_ms, self.day.end_ms)
        ordered = entries.order_by("at_ms", "journal_id", "seq")[: self.most + 1]
        for count, row in enumerate(ordered.iterator(chunk_size=CHUNK)):
            if count == self.most:
                self.is_cut = True
                return
            holder = holder_if_any(row["holder"])
            if row["kind"] == EventKind.ACCESS:
                yield _scan(row, holder), None if holder is None else last.get(holder.person)
            passage = _passage(row, holder)
            if passage is not None:
                last[passage.person] = passage

    def _eve(self) -> Last:
        last: Last = {}
        start = self.day.start_ms
        entries = _between(self.site, start - _LOOK_BACK_MS, start)
        ordered = entries.order_by("-at_ms", "-journal_id", "-seq")[: self.most]
        for row in ordered.iterator(chunk_size=CHUNK):
            passage = _passage(row, holder_if_any(row["holder"]))
            if passage is not None:
                last.setdefault(passage.person, passage)
        return last


def _between(site: Site, start_ms: int, end_ms: int) -> QuerySet[Entry, dict[str, Any]]:
    entries = Entry.objects.filter(site=site, at_ms__gte=start_ms, at_ms__lt=end_ms)
    found: QuerySet[Entry, dict[str, Any]] = entries.filter(kind__in=_KINDS).values(*_COLUMNS)
    return found


def _scan(row: dict[str, Any], holder: Holder | None) -> Scan:
    codes = row["reasons"].split()
    is_strange = row["outcome"] not in _OUTCOMES or not _REASONS.keys() >= set(codes)
    return Scan(
        journal=row["journal_id"],
        seq=row["seq"],
        at_ms=row["at_ms"],
        at=from_ms(row["at_ms"]),
        clock_trusted=row["clock_trusted"],
        access_point=row["access_point"],
        direction=row["direction"],
        outcome=row["outcome"],
        reasons=tuple(_REASONS[code] for code in codes if code in _REASONS),
        strange=is_strange or row["direction"] not in _WAYS,
        list_age_s=row["list_age_s"],
        person=None if holder is None else holder.person,
        who=_who(row, holder),
        card_type="" if holder is None else holder.card_type,
    )


def _passage(row: dict[str, Any], holder: Holder | None) -> Passage | None:
    """Return which way an entry says that somebody went; an annulled grant takes them back."""
    way = _WAYS.get(row["direction"])
    annulled = row["kind"] == EventKind.NOT_TURNED
    if holder is None or way is None or not (annulled or row["outcome"] in _THROUGH):
        return None
    return Passage(
        person=holder.person,
        direction=_BACK[way] if annulled else way,
        at=from_ms(row["at_ms"]),
        access_point=row["access_point"],
        area="",
    )


def _who(row: dict[str, Any], holder: Holder | None) -> str:
    if holder is not None:
        return holder.name
    is_erased = row["holder"] is None and bytes(row["commitment"]) != NO_HOLDER
    return "Person erased" if is_erased else "Nobody known"

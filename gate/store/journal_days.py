"""A stretch of the journal by time, for people who page through it.

There is no index by time: numbers and times rise together, so the stretch is found by halving, and
by `CLOCK_SLACK` to either side, since a trusted clock may have been set back by so much. A record
whose time is out of order by more than that is told under its number, not under its day.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from gate.errors import EventError
from gate.events.codec import from_ms, to_ms
from gate.events.model import Entry
from gate.store.journal_rows import CLOCK_SLACK, SELECT_ENTRIES, Row, to_entry
from gate.store.sqlite_errors import translate

_ENDS: Final = "SELECT min(seq), max(seq) FROM entries"
_TIME: Final = "SELECT at_ms FROM entries WHERE seq = ?"
_IN: Final = "WHERE seq BETWEEN ? AND ? AND at_ms >= ? AND at_ms < ?"
_COUNTS: Final = (
    f"SELECT kind, direction, outcome, sum(count) FROM entries {_IN}"  # noqa: S608 - constants only
    " GROUP BY kind, direction, outcome"
)
_PAGE: Final = f"{SELECT_ENTRIES} {_IN} ORDER BY seq DESC LIMIT ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time from `start` until before `end`, and the numbers among which its records are."""

    start: datetime
    end: datetime
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often something happened; the texts are those of its records."""

    kind: str
    direction: str
    outcome: str
    count: int


class JournalDays:
    """What can be read by time over one connection; the connection is its owner's."""

    def __init__(self, path: Path, connection: sqlite3.Connection, journal_id: bytes) -> None:
        self._path = path
        self._connection = connection
        self._journal_id = journal_id

    def reach(self) -> tuple[datetime, datetime] | None:
        """Return the times of the first and the last record; None if there is none.

        Raises:
            EventError: the file is damaged.
            JournalError: the disk refuses.
        """
        ends = self._ends()
        return (
            None if ends is None else (from_ms(self._time(ends[0])), from_ms(self._time(ends[1])))
        )

    def stretch(self, start: datetime, end: datetime) -> Stretch:
        """Find the records from `start` until before `end`; raises as `reach` does."""
        low, high = self._ends() or (1, 0)
        first = self._halve(low, high, to_ms(start - CLOCK_SLACK))
        last = self._halve(first, high, to_ms(end + CLOCK_SLACK)) - 1
        return Stretch(start=start, end=end, first=first, last=last)

    def counts(self, stretch: Stretch) -> tuple[Count, ...]:
        """Return what happened in a stretch, and how often; raises as `reach` does."""
        rows = self._fetch(_COUNTS, _bounds(stretch))
        if any(tuple(map(type, row)) != (str, str, str, int) for row in rows):
            raise EventError("damaged: a record with a column of another type")
        return tuple(
            Count(kind=kind, direction=direction, outcome=outcome, count=count)
            for kind, direction, outcome, count in rows
        )

    def page(self, stretch: Stretch, limit: int, before: int | None = None) -> list[Entry]:
        """Return the last records of a stretch, of those numbered under `before`; newest first.

        Raises:
            EventError: a row holds no record, or the file is damaged.
            JournalError: the disk refuses.
        """
        first, last, *times = _bounds(stretch)
        end = last if before is None else min(last, before - 1)
        rows = self._fetch(_PAGE, (first, end, *times, limit))
        return [to_entry(self._journal_id, row) for row in rows]

    def _halve(self, low: int, high: int, at_ms: int) -> int:
        """Return the first number from `low` to `high` whose time is no earlier; else one more."""
        while low <= high:
            middle = (low + high) // 2
            if self._time(middle) >= at_ms:
                high = middle - 1
            else:
                low = middle + 1
        return low

    def _ends(self) -> tuple[int, int] | None:
        ((first, last),) = self._fetch(_ENDS)
        if first is None:
            return None
        if (type(first), type(last)) != (int, int):
            raise EventError("damaged: a number that is no integer")
        return first, last

    def _time(self, seq: int) -> int:
        rows = self._fetch(_TIME, (seq,))
        if not rows:
            raise EventError(f"damaged: entry {seq} is missing; next: `gate journal verify`")
        at_ms = rows[0][0]
        if type(at_ms) is not int:
            raise EventError(f"damaged: entry {seq} has no time")
        return at_ms

    def _fetch(self, query: str, parameters: tuple[int, ...] = ()) -> list[Row]:
        try:
            return self._connection.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise translate(self._path, error) from error


def _bounds(stretch: Stretch) -> tuple[int, int, int, int]:
    return stretch.first, stretch.last, to_ms(stretch.start), to_ms(stretch.end)

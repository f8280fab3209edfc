"""Rows and records: one SELECT, one INSERT, and what turns each into the other.

Reading is total: whatever a row holds gives an Entry or an EventError that names its number. Rows
are read a batch at a time and no transaction stays open between batches: a slow reader (an upload,
a printout) must not stop the write-ahead log from being reset.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from types import NoneType
from typing import Any, Final

from gate.errors import EventError, Outcome
from gate.events.chain import JOURNAL_ID_BYTES, ChainHead, genesis, head_of
from gate.events.codec import from_ms, to_ms
from gate.events.model import Entry, Event, EventKind
from gate.events.movement import Movement
from gate.store.journal_movements import SELECT_MOVEMENTS, to_movement
from gate.store.journal_schema import ANCHOR_VERSION, read_version
from gate.store.sqlite_errors import translate

BATCH_ROWS: Final = 500
"""About 200 KB of records in memory; larger batches are no faster (measured: 100 is 4 % slower)."""

CLOCK_SLACK: Final = timedelta(hours=1)
"""How far a trusted clock may have been set back; `passages` looks so much further back."""

_FIELDS: Final = (
    "seq, at_ms, clock_trusted, kind, access_point, direction, outcome, reasons, count, list_age_s,"
    " detail, commitment, salt, holder, hash"
)
SELECT_ENTRIES: Final = f"SELECT {_FIELDS} FROM entries"  # noqa: S608 - constants only

INSERT_ENTRY: Final = (
    f"INSERT INTO entries ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants only
)

_AFTER: Final = f"{SELECT_ENTRIES} WHERE seq > ? ORDER BY seq LIMIT {BATCH_ROWS}"
_LAST: Final = f"{SELECT_ENTRIES} ORDER BY seq DESC LIMIT 1"
_AT: Final = f"{SELECT_ENTRIES} WHERE seq = ?"
_PASSAGES: Final = (
    f"{SELECT_ENTRIES} WHERE seq > ? AND at_ms >= ? AND kind = '{EventKind.ACCESS}'"
    f" AND outcome IN ('{Outcome.ADMIT}', '{Outcome.NOTE}') ORDER BY seq LIMIT {BATCH_ROWS}"
)
_MOVED: Final = (
    *(EventKind.NOT_TURNED, EventKind.TURN_UNKNOWN, EventKind.FORGIVEN),
    *(EventKind.TURNS_UNIDENTIFIED, EventKind.FORCED),
    *(EventKind.EXIT_BUTTON, EventKind.EXITS_UNRECORDED),
    *(EventKind.FIRE_ALARM, EventKind.FIRE_TEST, EventKind.ALL_CLEAR),
)
_MOVEMENTS: Final = (
    f"{SELECT_MOVEMENTS} WHERE seq > ? AND at_ms >= ? AND ((kind = '{EventKind.ACCESS}'"
    f" AND outcome IN ('{Outcome.ADMIT}', '{Outcome.NOTE}'))"
    f" OR kind IN {tuple(map(str, _MOVED))}) ORDER BY seq LIMIT {BATCH_ROWS}"
)
_LAST_TRUSTED: Final = "SELECT at_ms FROM entries WHERE clock_trusted = 1 ORDER BY seq DESC LIMIT 1"
_LAST_BEFORE: Final = (
    "SELECT seq FROM entries WHERE clock_trusted = 1 AND at_ms < ? ORDER BY seq DESC LIMIT 1"
)
_LAST_FIRE: Final = (
    "SELECT at_ms FROM entries WHERE seq > ? AND kind IN ('fire_alarm', 'fire_test')"
    " ORDER BY seq DESC LIMIT 1"
)
_BROKEN: Final = (
    "SELECT seq, kind, access_point, detail FROM entries WHERE seq > ?"
    " AND kind IN ('unit_started', 'fault', 'fault_cleared') ORDER BY seq"
)

_ANCHOR: Final = "SELECT seq, hash, pruned_ms FROM anchor"

ERASE: Final = (
    "UPDATE entries SET salt = NULL, holder = NULL"
    " WHERE CASE WHEN json_valid(holder) THEN json_extract(holder, '$.person') = ? ELSE 0 END"
)

Row = tuple[Any, ...]

_FACT_TYPES: Final = (int, int, int, *[str] * 5, int)
_SHAPES: Final = frozenset(
    (*_FACT_TYPES, age, str, bytes, *holder_part, bytes)
    for age in (int, NoneType)
    for holder_part in product((bytes, NoneType), (str, NoneType))
)
"""The types of a row's columns; one look-up costs a tenth of asking column by column."""


def to_row(entry: Entry) -> Row:
    """Return the values `INSERT_ENTRY` takes."""
    event = entry.event
    return (
        entry.seq,
        to_ms(event.at),
        int(event.clock_trusted),
        event.kind.value,
        event.access_point,
        event.direction,
        event.outcome,
        " ".join(event.reasons),
        event.count,
        event.list_age_s,
        event.detail,
        entry.commitment,
        entry.salt,
        entry.holder,
        entry.hash,
    )


def to_entry(journal_id: bytes, row: Row) -> Entry:
    """Return the record in a row, not yet verified.

    Raises:
        EventError: the row holds no record.
    """
    if tuple(map(type, row)) not in _SHAPES:
        raise EventError(f"entry {row[0]}: no record: a value in a column of another type")
    try:
        return _to_entry(journal_id, *row)
    except (EventError, ValueError) as error:
        raise EventError(f"entry {row[0]}: no record: {error}") from error


def _to_entry(  # noqa: PLR0913, PLR0917 - a row's columns, in order
    journal_id: bytes,
    seq: int,
    at_ms: int,
    clock_trusted: int,
    kind: str,
    access_point: str,
    direction: str,
    outcome: str,
    reasons: str,
    count: int,
    list_age_s: int | None,
    detail: str,
    commitment: bytes,
    salt: bytes | None,
    holder: str | None,
    digest: bytes,
) -> Entry:
    if clock_trusted not in {0, 1}:
        raise EventError(f"clock_trusted {clock_trusted}: neither 0 nor 1")
    if holder is not None:
        holder.encode()  # UnicodeEncodeError is a ValueError: bytes that were no UTF-8
    event = Event(
        at=from_ms(at_ms),
        clock_trusted=clock_trusted == 1,
        kind=EventKind(kind),
        access_point=access_point,
        direction=direction,
        outcome=outcome,
        reasons=tuple(reasons.split(" ")) if reasons else (),
        count=count,
        list_age_s=list_age_s,
        detail=detail,
    )
    return Entry(
        journal_id=journal_id,
        seq=seq,
        event=event,
        commitment=commitment,
        salt=salt,
        holder=holder,
        hash=digest,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where a journal begins once it has been pruned.

    Attributes:
        head: number and hash of the last record that went.
        pruned_at: when that was.
    """

    head: ChainHead
    pruned_at: datetime


class JournalRows:
    """What can be read over one connection; the connection is its owner's."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Learn the journal's id.

        Raises:
            EventError: there is no journal in the file, or it is damaged.
            JournalError: the disk refuses.
        """
        self._path = path
        self._connection = connection
        connection.text_factory = _text
        self.journal_id = self._read_id()

    def entries(self, after_seq: int = 0) -> Iterator[Entry]:
        """Yield the records after number `after_seq`, oldest first, in little memory."""
        for row in self._batches(_AFTER, after_seq):
            yield to_entry(self.journal_id, row)

    def passages(self, since: datetime) -> Iterator[Entry]:
        """Yield who was let through at or after `since`, oldest first.

        No index: numbers and times rise together. The last record of a trusted clock that is older
        than `since` by `CLOCK_SLACK` ends the search into the past; what stands before it is older
        still, or was written under a clock that ran ahead by more than that.
        """
        for row in self._since(_PASSAGES, since):
            yield to_entry(self.journal_id, row)

    def movements(self, since: datetime) -> Iterator[Movement]:
        """Yield, as `passages` does, all that tells where people are.

        Beside who was let through: whose grant was not taken, or maybe not, turns of nobody known,
        fires, and exits that were forgiven.
        """
        yield from map(to_movement, self._since(_MOVEMENTS, since))

    def last_fire(self, since: datetime) -> datetime | None:
        """Return when the last fire alarm or test was, looking back to `since`."""
        before = self._fetch(_LAST_BEFORE, (to_ms(since - CLOCK_SLACK),))
        rows = self._fetch(_LAST_FIRE, (before[0][0] if before else 0,))
        if rows and type(rows[0][0]) is not int:
            raise EventError("damaged: a time that is no integer")
        return from_ms(rows[0][0]) if rows else None

    def broken(self, after_seq: int) -> Iterator[tuple[int, EventKind, str, str]]:
        """Yield number, kind, access point and detail of what tells which parts are broken."""
        for seq, kind, access_point, detail in self._fetch(_BROKEN, (after_seq,)):
            if (type(seq), type(access_point), type(detail)) != (int, str, str):
                raise EventError("damaged: a fault that is no record")
            yield seq, EventKind(kind), access_point, detail

    def anchor(self) -> Anchor | None:
        """Return what the last pruning left; None if there was none."""
        if self._version() < ANCHOR_VERSION or not (rows := self._fetch(_ANCHOR)):
            return None
        seq, digest, pruned_ms = rows[0]
        if (type(seq), type(digest), type(pruned_ms)) != (int, bytes, int) or seq < 1:
            raise EventError("damaged: its anchor is none")
        head = ChainHead(journal_id=self.journal_id, seq=seq, hash=digest)
        return Anchor(head=head, pruned_at=from_ms(pruned_ms))

    def start(self) -> ChainHead:
        """Return the head that the first record follows: the anchor's, or the beginning."""
        anchor = self.anchor()
        return genesis(self.journal_id) if anchor is None else anchor.head

    def head(self) -> ChainHead:
        """Return the number and hash of the last record."""
        rows = self._fetch(_LAST)
        return head_of(to_entry(self.journal_id, rows[0])) if rows else self.start()

    def last_trusted(self) -> datetime | None:
        """Return the time of the last record made under a trusted clock; None if there is none."""
        rows = self._fetch(_LAST_TRUSTED)
        if not rows:
            return None
        if type(rows[0][0]) is not int:
            raise EventError("damaged: a time that is no integer")
        return from_ms(rows[0][0])

    def head_at(self, seq: int) -> ChainHead | None:
        """Return the number and hash of record `seq`; None if there is none, or it was pruned.

        The last that was pruned is still known, by the anchor.
        """
        if rows := self._fetch(_AT, (seq,)):
            return head_of(to_entry(self.journal_id, rows[0]))
        start = self.start()
        return start if start.seq == seq else None

    def opening(self) -> tuple[datetime, str]:
        """Return when the journal was begun and what its predecessor was, as the file says."""
        created_ms, predecessor = self._fetch("SELECT created_ms, predecessor FROM journal")[0]
        return from_ms(created_ms), predecessor

    def _read_id(self) -> bytes:
        rows = self._fetch("SELECT id FROM journal LIMIT 2")
        try:
            (((text,),), journal_id) = rows, bytes.fromhex(rows[0][0])
        except (ValueError, TypeError, IndexError) as error:
            raise EventError("damaged: it holds no journal id, or two") from error
        if len(journal_id) != JOURNAL_ID_BYTES or journal_id.hex() != text:
            raise EventError(f"damaged: journal id {text!r} is not one")
        return journal_id

    def _version(self) -> int:
        try:
            return read_version(self._connection)
        except sqlite3.Error as error:
            raise translate(self._path, error) from error

    def _since(self, query: str, since: datetime) -> Iterator[Row]:
        before = self._fetch(_LAST_BEFORE, (to_ms(since - CLOCK_SLACK),))
        yield from self._batches(query, before[0][0] if before else 0, to_ms(since))

    def _batches(self, query: str, after_seq: int, *parameters: int) -> Iterator[Row]:
        while rows := self._fetch(query, (after_seq, *parameters)):
            yield from rows
            after_seq = rows[-1][0]

    def _fetch(self, query: str, parameters: tuple[int, ...] = ()) -> list[Row]:
        try:
            return self._connection.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise translate(self._path, error) from error


def _text(data: bytes) -> str:
    """Let bytes that are no UTF-8 through as lone surrogates, which no record accepts."""
    return data.decode(errors="surrogateescape")

"""The journal read by others than its writer: while it is written, and after the writer left."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Self

from gate.errors import EventError, GateError, JournalError
from gate.events.chain import ChainHead
from gate.events.model import Entry, EventKind
from gate.events.movement import Movement
from gate.store.journal_connection import connect_read_only
from gate.store.journal_days import JournalDays
from gate.store.journal_rows import Anchor, JournalRows


class JournalReader(AbstractContextManager["JournalReader"]):
    """A read-only view; each call sees what was durable when it was made."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Take over a connection; use `open`."""
        self._path = path
        self._connection = connection
        self._rows = JournalRows(path, connection)
        self.journal_id = self._rows.journal_id

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the journal at `path`.

        Raises:
            JournalError: it isn't there, is no journal, is of a later version, or can't be read.
        """
        try:
            connection = connect_read_only(path)
            try:
                return cls(path, connection)
            except GateError:
                connection.close()
                raise
        except EventError as error:
            raise JournalError(f"{path}: no journal that can be read: {error}") from error

    def entries(self, after_seq: int = 0) -> Iterator[Entry]:
        """Yield the records after number `after_seq`, oldest first, in little memory.

        Raises:
            EventError: a row holds no record, or the file is damaged.
            JournalError: the disk refuses.
        """
        return self._rows.entries(after_seq)

    def passages(self, since: datetime) -> Iterator[Entry]:
        """Yield who was let through at or after `since`, oldest first."""
        return self._rows.passages(since)

    def movements(self, since: datetime) -> Iterator[Movement]:
        """Yield what tells where people are at or after `since`, oldest first."""
        return self._rows.movements(since)

    def last_fire(self, since: datetime) -> datetime | None:
        """Return when the last fire alarm or test was, looking back to `since`."""
        return self._rows.last_fire(since)

    def broken(self, after_seq: int) -> Iterator[tuple[int, EventKind, str, str]]:
        """Yield number, kind, access point and detail of what tells which parts are broken.

        These are the gate's starts, and its faults as they began and ended, oldest first.
        """
        return self._rows.broken(after_seq)

    def last_trusted(self) -> datetime | None:
        """Return the time of the last record made under a trusted clock; None if there is none."""
        return self._rows.last_trusted()

    def head(self) -> ChainHead:
        """Return the number and hash of the last record."""
        return self._rows.head()

    def head_at(self, seq: int) -> ChainHead | None:
        """Return the number and hash of record `seq`, as they stand; None if there is none."""
        return self._rows.head_at(seq)

    def anchor(self) -> Anchor | None:
        """Return where the journal begins if its oldest part was pruned; None if it was not."""
        return self._rows.anchor()

    def opening(self) -> tuple[datetime, str]:
        """Return when the journal was begun and what its predecessor was, as the file says."""
        return self._rows.opening()

    def days(self) -> JournalDays:
        """Return what can be read by time, as long as this is open."""
        return JournalDays(self._path, self._connection, self.journal_id)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __exit__(self, *_: object) -> None:
        self.close()

"""The unit's record: one writer, durable on return, one gapless chain.

The file is SQLite (WAL, synchronous=FULL). `append` returns when the record would survive a power
cut, on a disk that honours its sync. If it raises, the record is not in the journal, the chain is
as it was, and the next `append` tries again; should the disk fail in the very act of confirming,
the next `append` looks which it was and goes on from there.

Nothing is deleted but the oldest part, once the hub has it and it is old (`journal_retention`).
A damaged file is set aside, and a fresh journal begins whose first record names it. A disk that
refuses is not damage: JournalError, and the file is left alone. Everything is used from the one
thread that opened it.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

from gate.errors import EventError, GateError, JournalError
from gate.events.chain import ChainHead, head_of, link
from gate.events.codec import SALT_BYTES, encode_holder
from gate.events.model import Entry, Event, Holder
from gate.store.journal_check import examine
from gate.store.journal_connection import connect_writer
from gate.store.journal_head import HeadFile
from gate.store.journal_retention import KEEP, MAX_BYTES, prune
from gate.store.journal_rows import ERASE, INSERT_ENTRY, JournalRows, to_row
from gate.store.journal_start import begin, succeed, upgrade
from gate.store.sqlite_errors import refusal

_log = logging.getLogger(__name__)


def open_journal(path: Path, *, now: datetime, clock_trusted: bool) -> "Journal":
    """Open the journal at `path`, or begin one; the directory must exist.

    1. Become the only writer.  2. Look whether what is there is sound.  3. If nothing is there,
    begin a journal; if it is damaged, set it aside and begin one that names it; if an earlier
    version wrote it, bring it to this one.  4. Open it.

    Args:
        path: of the database; its side files and `<path>.head` lie beside it.
        now: aware, UTC; stamped on a fresh journal and on what is set aside.
        clock_trusted: whether `now` can be relied upon.

    Raises:
        JournalError: the disk refuses, a later version wrote it, or another process writes it.
    """
    if not path.parent.is_dir():
        raise JournalError(f"{path}: there is no directory {path.parent}; create it, owned by gate")
    head_file = HeadFile(path)
    try:
        acknowledged = head_file.read()
        try:
            head = examine(path, acknowledged)
            if head is not None:
                upgrade(path)
        except EventError as fault:
            _log.error("journal damaged and set aside", extra={"fault": str(fault)})
            head = succeed(path, acknowledged, fault, now=now, clock_trusted=clock_trusted)
        if head is None:
            head = begin(path, now=now, clock_trusted=clock_trusted)
        head_file.write(head)
        return Journal(path, head_file, head)
    except BaseException:
        head_file.close()
        raise


class Journal(AbstractContextManager["Journal"]):
    """An open journal; `open_journal` makes it."""

    def __init__(self, path: Path, head_file: HeadFile, head: ChainHead) -> None:
        """Take over the lock of a file that was found sound up to `head`."""
        self._path = path
        self._head_file = head_file
        self._head = head
        self._unsure: ChainHead | None = None
        self._connection: sqlite3.Connection | None = None
        self._connected()

    @property
    def head(self) -> ChainHead:
        """The journal's id, and the number and hash of its last acknowledged record."""
        return self._head

    def append(self, event: Event, holder: Holder | None = None) -> Entry:
        """Record an event; it is durable when this returns.

        Raises:
            JournalError: the disk refused, and the event is not recorded.
            EventError: the holder part is too long or no text.
        """
        connection = self._connected()
        salt = None if holder is None else os.urandom(SALT_BYTES)
        text = None if holder is None else encode_holder(holder)
        entry = link(self._head, event, salt, text)
        try:
            connection.execute(INSERT_ENTRY, to_row(entry))
        except sqlite3.Error as error:
            self._resolve(connection, entry, error)
        self._head = head_of(entry)
        self._head_file.write(self._head)
        return entry

    def entries(self, after_seq: int = 0) -> Iterator[Entry]:
        """Yield the records after number `after_seq`, oldest first, in little memory."""
        return JournalRows(self._path, self._connected()).entries(after_seq)

    def passages(self, since: datetime) -> Iterator[Entry]:
        """Yield who was let through at or after `since`, oldest first."""
        return JournalRows(self._path, self._connected()).passages(since)

    def erase(self, person: bytes) -> int:
        """Delete the holder parts, with their salts, of a person; return how many there were.

        The facts stay and the chain holds. The bytes leave the file at once, and its log as soon as
        no reader is in it.
        """
        connection = self._connected()
        try:
            count = connection.execute(ERASE, (person.hex(),)).rowcount
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise refusal(self._path, error) from error
        return count

    def prune(
        self,
        acknowledged: ChainHead,
        *,
        now: datetime,
        keep: timedelta = KEEP,
        max_bytes: int = MAX_BYTES,
    ) -> int:
        """Let the oldest records go that may, some at a time; return how many went.

        Args:
            acknowledged: how far the hub has this journal; nothing after it goes.
            now: aware, UTC, by a clock that can be relied upon.
            keep: what is younger stays; never less than `MIN_RETENTION`.
            max_bytes: beyond it, everything older than `MIN_RETENTION` may go.

        Raises:
            JournalError: the disk refused, or the mark contradicts the journal; nothing went.
        """
        connection = self._connected()
        try:
            return prune(
                self._path, connection, acknowledged, now=now, keep=keep, max_bytes=max_bytes
            )
        except EventError as error:
            raise JournalError(f"{self._path}: {error}; look with `gate journal verify`") from error
        except JournalError:
            self._disconnect()
            raise

    def close(self) -> None:
        """Let go of the file and the lock."""
        self._disconnect()
        self._head_file.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _connected(self) -> sqlite3.Connection:
        """Return the connection, made anew after a failure, with the head where we left it."""
        if self._connection is not None:
            return self._connection
        try:
            connection = connect_writer(self._path)
        except EventError as error:
            raise JournalError(f"{self._path}: {error}; start the gate again") from error
        try:
            head = JournalRows(self._path, connection).head()
        except GateError as error:
            connection.close()
            raise JournalError(f"{self._path}: {error}; start the gate again") from error
        if head not in {self._head, self._unsure}:
            connection.close()
            raise JournalError(
                f"{self._path}: its last entry is {head.seq} and not {self._head.seq}: the file was"
                " changed under the gate; start the gate again"
            )
        self._head = head
        self._connection = connection
        return connection

    def _resolve(self, connection: sqlite3.Connection, entry: Entry, error: sqlite3.Error) -> None:
        """Return if `entry` is in the journal in spite of `error`, else raise what it means."""
        self._unsure = head_of(entry)
        try:
            head = JournalRows(self._path, connection).head()
        except GateError:
            head = self._head  # told below by the first error; looked at again when connecting
        if head != self._unsure:
            self._disconnect()
            raise refusal(self._path, error) from error

    def _disconnect(self) -> None:
        """Close without complaint: what was acknowledged is durable, and nothing else is."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

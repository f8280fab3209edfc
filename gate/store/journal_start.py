"""The first record of a journal, what becomes of the one before it, and of an older version.

A new journal is made under a name of its own, complete with its first record, and renamed into
place: at the journal's path there is a whole journal or none.
"""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from gate.errors import EventError, GateError, JournalError
from gate.events.chain import JOURNAL_ID_BYTES, ChainHead, genesis, head_of, link
from gate.events.codec import to_ms
from gate.events.model import MAX_DETAIL_CHARS, Entry, Event, EventKind
from gate.store.files import sync_directory
from gate.store.journal_connection import connect_read_only, connect_writer
from gate.store.journal_rows import INSERT_ENTRY, JournalRows, to_row
from gate.store.journal_schema import INSERT_JOURNAL, VERSION, migrate, read_version
from gate.store.quarantine import SIDE_FILES, free_name, set_aside
from gate.store.sqlite_errors import refusal

_MODE: Final = 0o660
"""Readers share the group and take part in SQLite's locks; others see no names of workers."""


def begin(path: Path, *, now: datetime, clock_trusted: bool) -> ChainHead:
    """Begin the first journal of a unit; return its head.

    Raises:
        JournalError: the disk refuses; nothing is left behind.
    """
    return _create(path, _opening(now, clock_trusted, ""), None)


def succeed(
    path: Path,
    acknowledged: ChainHead | None,
    fault: EventError,
    *,
    now: datetime,
    clock_trusted: bool,
) -> ChainHead:
    """Set the damaged journal at `path` aside and begin one that names it; return its head.

    Raises:
        JournalError: the disk refuses; the damaged file is where it was.
    """
    target = free_name(path, now)
    before = _last_known(path, acknowledged)
    known = (before.journal_id.hex(), str(before.seq)) if before else ("unknown", "unknown")
    detail = (
        f"predecessor={known[0]} last_seq={known[1]}"
        f" kept_as={target.name if path.exists() else 'nothing'} fault={fault}"
    )
    printable = "".join(char if char.isprintable() else " " for char in detail)
    return _create(path, _opening(now, clock_trusted, printable[:MAX_DETAIL_CHARS]), target)


def upgrade(path: Path) -> None:
    """Bring a sound journal of an earlier version to this one, in one transaction.

    Raises:
        JournalError: the disk refuses; the file is as it was.
        EventError: damaged.
    """
    with closing(connect_writer(path)) as connection:
        try:
            if read_version(connection) == VERSION:
                return
            connection.execute("BEGIN IMMEDIATE")
            migrate(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise refusal(path, error) from error


def _last_known(path: Path, acknowledged: ChainHead | None) -> ChainHead | None:
    """Return how far the damaged journal had come, by what is left of it and by the head file."""
    try:
        with closing(connect_read_only(path)) as connection:
            found = JournalRows(path, connection).head()
    except GateError:
        return acknowledged
    if acknowledged is None or acknowledged.journal_id != found.journal_id:
        return found
    return max(found, acknowledged, key=lambda head: head.seq)


def _opening(now: datetime, clock_trusted: bool, detail: str) -> Event:  # noqa: FBT001 - a fact's field
    return Event(at=now, clock_trusted=clock_trusted, kind=EventKind.JOURNAL_OPENED, detail=detail)


def _create(path: Path, opening: Event, aside: Path | None) -> ChainHead:
    """Make the new file, set the old one aside if told to, and put the new one in its place."""
    entry = link(genesis(os.urandom(JOURNAL_ID_BYTES)), opening, None, None)
    new = path.with_name(f".{path.name}.new")
    try:
        _remove(new)
        _build(new, entry)
        if aside is not None:
            set_aside(path, aside)
        new.rename(path)
        sync_directory(path.parent)
    except OSError as error:
        raise JournalError(
            f"{path}: {error.strerror}; its directory must be writable, with room on the disk"
        ) from error
    return head_of(entry)


def _build(new: Path, entry: Entry) -> None:
    os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC))
    new.chmod(_MODE)  # whatever the process's umask is
    try:
        with closing(connect_writer(new)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            migrate(connection)
            identity = (entry.journal_id.hex(), to_ms(entry.event.at), entry.event.detail)
            connection.execute(INSERT_JOURNAL, identity)
            connection.execute(INSERT_ENTRY, to_row(entry))
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        _remove(new)
        raise refusal(new, error) from error


def _remove(new: Path) -> None:
    """Remove what an earlier attempt left; it was never a journal."""
    for ending in ("", "-journal", *SIDE_FILES):
        new.with_name(new.name + ending).unlink(missing_ok=True)

"""Whether a journal that is found at start may be written on.

Looked at without changing anything, so that what is set aside is what was found. Damage is
EventError, a disk that refuses is JournalError. What a start cannot afford, every record of a large
journal, is `gate journal verify`'s business.
"""

import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Final

from gate.errors import EventError, JournalError
from gate.events.chain import ChainHead, verify_chain
from gate.store.journal_connection import connect_read_only, is_there
from gate.store.journal_rows import JournalRows
from gate.store.journal_schema import read_version
from gate.store.sqlite_errors import translate

TAIL_ENTRIES: Final = 1000
"""Verified at every start, in about 20 ms: where a power cut or a torn write would show."""

MAX_CHECKED_BYTES: Final = 64 << 20
"""Up to here (180,000 records, three months of a busy gate) the whole structure is checked: 70 ms
on the development machine (1 ms a MB), a second or so of reading on an SD card. A larger file is
checked by its tail alone."""

_HEADER: Final = struct.Struct(">16sHBBBBBB20sI8xI")
"""Of the format's 100 bytes: what would make SQLite read the file otherwise, or not write it."""


def examine(path: Path, acknowledged: ChainHead | None) -> ChainHead | None:
    """Return the head of the journal at `path`; None if there is none and never was.

    1. The file is there and its header is one of ours.  2. Its structure holds.  3. The last
    `TAIL_ENTRIES` hold.  4. It goes at least as far as was acknowledged.

    Args:
        path: of the journal.
        acknowledged: what the head file says; None if it says nothing.

    Raises:
        EventError: damaged, or shorter than it was.
        JournalError: the disk refuses, or a later version wrote it.
    """
    if not is_there(path):
        if acknowledged is None and not is_there(path.with_name(f"{path.name}-wal")):
            return None
        raise EventError("the file is gone")
    _check_header(path)
    with closing(connect_read_only(path)) as connection:
        _check_structure(path, connection)
        rows = JournalRows(path, connection)
        head = rows.head()
        _check_tail(rows, head)
        if acknowledged is not None:
            _check_acknowledged(rows, head, acknowledged)
        return head


def _check_header(path: Path) -> None:
    """Refuse a header that SQLite would take for a read-only or foreign file, not for damage."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER.size)
    except OSError as error:
        raise JournalError(
            f"{path}: {error.strerror}; check the disk and the file's owner"
        ) from error
    if len(header) < _HEADER.size:
        raise EventError(f"damaged: the file ends after {len(header)} bytes")
    magic, _, write, read, reserved, *fractions, _, schema_format, encoding = _HEADER.unpack(header)
    known = magic == b"SQLite format 3\x00" and (write, read, reserved) == (2, 2, 0)
    if not known or fractions != [64, 32, 32] or schema_format > 4 or encoding != 1:
        raise EventError("damaged: the file's header is no journal's")


def _check_structure(path: Path, connection: sqlite3.Connection) -> None:
    try:
        if read_version(connection) < 1:
            raise EventError("damaged: a database without a journal in it")
        if path.stat().st_size <= MAX_CHECKED_BYTES:
            (finding,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if finding != "ok":
                raise EventError(f"damaged: {finding.splitlines()[-1]}")
    except sqlite3.Error as error:
        raise translate(path, error) from error


def _check_tail(rows: JournalRows, head: ChainHead) -> None:
    start = rows.start()
    if head == start:
        raise EventError("damaged: it has no entry, not even its first")
    before = rows.head_at(max(start.seq, head.seq - TAIL_ENTRIES))
    if before is None:
        raise EventError(f"entry {head.seq - TAIL_ENTRIES}: it is missing")
    verify_chain(rows.entries(before.seq), before)


def _check_acknowledged(rows: JournalRows, head: ChainHead, acknowledged: ChainHead) -> None:
    """Compare with the head file, unless it speaks of the journal before this one."""
    if acknowledged.journal_id != rows.journal_id:
        return
    if head.seq < acknowledged.seq:
        raise EventError(f"entries {head.seq + 1} to {acknowledged.seq} are lost")
    if acknowledged.seq < rows.start().seq:  # a head file that lost its last writes
        return
    if rows.head_at(acknowledged.seq) != acknowledged:
        raise EventError(f"entry {acknowledged.seq}: it is not the one that was acknowledged")

"""How long a unit keeps its record, and how it lets go of the oldest part.

An entry may go when the hub has it *and* it is older than `KEEP`; once the record has grown past
`MAX_BYTES`, when the hub has it and it is older than `MIN_RETENTION`. Nothing younger ever goes,
nor anything the hub does not have: an acknowledgement alone permits no deletion, for a hub that was
restored from a backup asks again. A disk that is full all the same refuses the next record; the
gate then keeps its entry locked and shows the fault.

Age is judged by entries with a trusted clock: whatever stands before such an entry was recorded
before it. The file does not shrink: what was freed is used again.
"""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gate.errors import JournalError
from gate.events.chain import ChainHead
from gate.events.codec import to_ms
from gate.store.journal_rows import JournalRows
from gate.store.sqlite_errors import refusal

MIN_RETENTION: Final = timedelta(days=30)
"""What a hub restored from a backup of the last month can still be given (TRUST-AND-SYNC)."""

KEEP: Final = timedelta(days=90)
"""A quarter on the unit itself: about 64 MB at a busy gate."""

MAX_BYTES: Final = 1 << 30
"""2.8 million entries, a few hundred thousand a month; far below the smallest card sold."""

MAX_PRUNED: Final = 1000
"""In one transaction: somebody may be standing at the gate. Once an hour it keeps up with 24,000
entries a day."""

_FIRST_YOUNG: Final = (
    "SELECT seq FROM entries WHERE seq <= ? AND clock_trusted = 1 AND at_ms BETWEEN ? AND ?"
    " ORDER BY seq LIMIT 1"
)
"""A trusted time later than now was a mistake, and keeps nothing."""

_NEXT_SURE: Final = (
    "SELECT seq FROM entries WHERE seq > ? AND clock_trusted = 1 AND at_ms <= ?"
    " ORDER BY seq LIMIT 1"
)
_LAST_OLD: Final = (
    "SELECT seq FROM entries WHERE seq < ? AND clock_trusted = 1 AND at_ms < ?"
    " ORDER BY seq DESC LIMIT 1"
)
_FIRST: Final = "SELECT seq FROM entries ORDER BY seq LIMIT 1"
_MOVE: Final = "INSERT OR REPLACE INTO anchor (id, seq, hash, pruned_ms) VALUES (1, ?, ?, ?)"
_REMOVE: Final = "DELETE FROM entries WHERE seq <= ?"


def prune(
    path: Path,
    connection: sqlite3.Connection,
    acknowledged: ChainHead,
    *,
    now: datetime,
    keep: timedelta,
    max_bytes: int,
) -> int:
    """Remove the oldest records that may go, at most `MAX_PRUNED`; return how many went.

    1. What is acknowledged is of this journal, and as it is.  2. Find the last that may go.
    3. Move the anchor to it and remove what it covers, in one transaction.

    Raises:
        EventError: a record is damaged.
        JournalError: the mark contradicts the journal, or the disk refuses; nothing went, and the
            connection may be in a transaction and must be closed.
    """
    rows = JournalRows(path, connection)
    # 1.
    start = rows.start()
    if acknowledged.journal_id != rows.journal_id or acknowledged.seq <= start.seq:
        return 0
    if rows.head_at(acknowledged.seq) != acknowledged:
        raise JournalError(
            f"{path}: entry {acknowledged.seq} is not the one that the hub acknowledged; nothing is"
            " pruned; look with `gate journal verify --receipts`"
        )
    try:
        # 2.
        size = _live_bytes(connection)
        kept = MIN_RETENTION if size > max_bytes else max(keep, MIN_RETENTION)
        last = min(acknowledged.seq, rows.head().seq - 1, start.seq + MAX_PRUNED)
        last = _last_old(connection, last, to_ms(now - kept), to_ms(now))
        anchor = rows.head_at(last)
        if last <= start.seq or anchor is None:
            return 0
        # 3.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_MOVE, (anchor.seq, anchor.hash, to_ms(now)))
        count = connection.execute(_REMOVE, (anchor.seq,)).rowcount
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise refusal(path, error) from error
    return count


def _last_old(connection: sqlite3.Connection, last: int, young_ms: int, now_ms: int) -> int:
    """Return the last number up to `last` that is surely older than `young_ms`; 0 if none is.

    Sure is what a trusted clock says of the record itself, or of one after it with none younger in
    between. The whole journal is never looked through, unless no clock was trusted all that time.
    """
    young = connection.execute(_FIRST_YOUNG, (last, young_ms, now_ms)).fetchone()
    end = young[0] if young else last + 1
    if young is None:
        later = connection.execute(_NEXT_SURE, (last, now_ms)).fetchone()
        end = later[0] + 1 if later else end
    old = connection.execute(_LAST_OLD, (end, young_ms)).fetchone()
    return min(last, old[0]) if old else 0


def _live_bytes(connection: sqlite3.Connection) -> int:
    """Return the bytes of the file that are in use."""
    pages, free, page_bytes = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * page_bytes)

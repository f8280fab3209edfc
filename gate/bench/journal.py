"""One record, durable, beside a bare durable SQLite commit of the same bytes.

Both write to `/var/tmp`, which is a disk where `/tmp` may be memory: on memory a sync costs nothing
and the ratio says nothing.
"""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gate.bench.rows import BenchRow, time_beside
from gate.events.model import Event, EventKind, Holder
from gate.store.journal import open_journal
from gate.store.journal_rows import to_row

DIRECTORY: Final = "/var/tmp"  # noqa: S108 - a directory of its own is made in it
FLOOR_IS: Final = "one INSERT of the same values, prepared, WAL, synchronous=FULL, same disk"

_AT: Final = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
_HOLDER: Final = Holder(
    person=bytes(range(16)),
    issuer="https://cards.example",
    number="ECS-00123456",
    name="Jordan Blackwood-Smith",
    card_type="installation-electrician",
)
_PASSED: Final = Event(
    at=_AT,
    clock_trusted=True,
    kind=EventKind.ACCESS,
    access_point="Gate A in",
    direction="in",
    outcome="admit",
    list_age_s=3600,
)


def rows(runs: int) -> list[BenchRow]:
    """Measure a record with a holder part and one without."""
    return [
        _measure("append, with a holder", _PASSED, _HOLDER, runs),
        _measure("append, without", _PASSED, None, runs),
    ]


def _measure(name: str, event: Event, holder: Holder | None, runs: int) -> BenchRow:
    with tempfile.TemporaryDirectory(dir=DIRECTORY) as directory:
        beside = Path(directory)
        with (
            open_journal(beside / "journal.db", now=_AT, clock_trusted=True) as journal,
            closing(sqlite3.connect(beside / "bare.db", isolation_level=None)) as connection,
        ):
            bare = _bare_commit(connection, to_row(journal.append(event, holder)))
            append_s, bare_s = time_beside(lambda: journal.append(event, holder), bare, runs)
    return BenchRow(
        name=name,
        value=append_s * 1e6,
        floor=bare_s * 1e6,
        unit="us",
        runs=runs,
        floor_is=FLOOR_IS,
    )


def _bare_commit(connection: sqlite3.Connection, row: tuple[object, ...]) -> Callable[[], object]:
    """Return a durable INSERT of all of `row` but its number."""
    values = row[1:]
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    columns = ", ".join(f"c{number}" for number in range(len(values)))
    connection.execute(f"CREATE TABLE bare (seq INTEGER PRIMARY KEY, {columns})")
    places = ", ".join("?" * len(values))
    insert = f"INSERT INTO bare ({columns}) VALUES ({places})"  # noqa: S608 - names made above
    return lambda: connection.execute(insert, values)

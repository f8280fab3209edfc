"""Making a hub's database as full as after years, without waiting years.

Entries that were uploaded are copied by the database itself into journals of their own, a thousand
later each time, until there are enough. Tables, indexes and triggers are the hub's.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import psycopg

CHUNK_MS: Final = 3_000_000
"""A thousand entries, one every three seconds."""

_COLUMNS: Final = (
    "site_id, received_ms, clock_trusted, kind, access_point, direction, outcome, reason, reasons,"
    " count, list_age_s, detail, commitment, salt, holder, hash"
)
_TEMPLATE: Final = (
    "SELECT unit_id, min(id) FROM ingest_journal WHERE stored_through >= 1000 GROUP BY unit_id"
)
_BEGIN: Final = (
    "INSERT INTO ingest_journal (unit_id, journal_id, stored_through, head_hash, predecessor)"
    " VALUES ({unit}, {id}, 0, {id}, '') RETURNING id"
)
_COPY: Final = (
    f"INSERT INTO ingest_entry (journal_id, seq, at_ms, {_COLUMNS})"  # noqa: S608 - numbers only
    f" SELECT {{to}}, seq + {{chunk}} * 1000, at_ms + {{chunk}} * {CHUNK_MS}, {_COLUMNS}"
    " FROM ingest_entry WHERE journal_id = {source} AND seq <= 1000"
)

Run = Callable[[str], Sequence[tuple[Any, ...]]]


def fill_postgresql(url: str, entries: int) -> None:
    """Bring the hub's database to about `entries` entries."""
    with psycopg.connect(url, autocommit=True) as connection:

        def run(statement: str) -> Sequence[tuple[Any, ...]]:
            cursor = psycopg.ClientCursor(connection).execute(statement.encode())
            return cursor.fetchall() if cursor.description else ()

        _fill(run, entries, blob="'\\x{}'")
        connection.execute("VACUUM ANALYZE ingest_entry, ingest_journal")
        connection.execute("CHECKPOINT")


def fill_sqlite(file: Path, entries: int) -> None:
    """Bring the hub's file to about `entries` entries."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        _fill(lambda statement: connection.execute(statement).fetchall(), entries, blob="x'{}'")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill(run: Run, entries: int, blob: str) -> None:
    templates = run(_TEMPLATE)
    targets = []
    for number, (unit, source) in enumerate(templates):
        journal_id = blob.format(number.to_bytes(16).hex())
        ((journal,),) = run(_BEGIN.format(unit=unit, id=journal_id))
        targets.append((source, journal))
    for chunk in range(entries // (1000 * len(targets))):
        for source, journal in targets:
            run(_COPY.format(to=journal, chunk=chunk, source=source))

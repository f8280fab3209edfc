"""Writing entries to PostgreSQL: binary COPY, and one statement for a batch of a few.

A large batch is bound by its rows, and COPY is the least a row can cost. A small one is bound by
round trips, so it is stored by one statement that is its own transaction. Either way the first
thing done is to lock the unit and to advance the mark if the batch follows it; entries go in only
if it was. Two requests at once can't both advance it: the second waits for the row and then finds
another mark in it.

Django's cursors don't prepare and don't copy, so psycopg's own are used on Django's connection.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.types.numeric import Int8

from gate.events.batch import Batch
from gate.events.batch_rows import Row
from gate.hub.ingest.rows import ENTRY_COLUMNS, KnownUnit
from gate.hub.ingest.rows_postgresql_few import OF_BATCH, append_few

FEW_ENTRIES: Final = 8
"""Above, COPY in a transaction of its own is faster (measured: equal at about 20)."""

PREPARE_AFTER: Final = 5
"""psycopg's default; what is asked for with `prepare=True` is prepared at once."""

_TYPES: Final = {
    "journal_id": "int8",
    "site_id": "int8",
    "received_ms": "int8",
    "seq": "int8",
    "at_ms": "int8",
    "clock_trusted": "bool",
    "count": "int8",
    "list_age_s": "int8",
    "commitment": "bytea",
    "salt": "bytea",
    "hash": "bytea",
}
COLUMN_TYPES: Final = [_TYPES.get(column, "text") for column in ENTRY_COLUMNS]
_COLUMNS: Final = ", ".join(ENTRY_COLUMNS)

_FIND: Final = "SELECT id, public_key, retired_at IS NOT NULL FROM sites_unit WHERE uid = %s"
_LOCK: Final = (
    "SELECT site_id FROM sites_unit WHERE id = %s AND retired_at IS NULL FOR NO KEY UPDATE"
)
_COPY: Final = f"COPY ingest_entry ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
_ADVANCE: Final = """
    WITH unit AS (
      SELECT site_id FROM sites_unit WHERE id = %s AND retired_at IS NULL FOR NO KEY UPDATE
    )
    UPDATE ingest_journal SET stored_through = %s, head_hash = %s FROM unit
    WHERE unit_id = %s AND journal_id = %s AND stored_through = %s AND head_hash = %s
    RETURNING ingest_journal.id, unit.site_id
"""
"""Lock the unit, and advance the mark if the batch follows it."""


@dataclass(frozen=True, slots=True)
class PostgresqlRows:
    """The ingest's statements on PostgreSQL."""

    connection: BaseDatabaseWrapper

    def find_unit(self, uid: str) -> KnownUnit | None:
        """Return the unit of that name."""
        row = self._run(_FIND, (uid,)).fetchone()
        if row is None:
            return None
        number, public_key, retired = row
        return KnownUnit(id=number, uid=uid, public_key=public_key, retired=retired)

    def append_at_once(self, unit: KnownUnit, batch: Batch, received_ms: int) -> bool:
        """Store a batch that follows the mark, in as few questions as can be."""
        prev, head, id_ = batch.prev, batch.head, Int8(unit.id)
        if len(batch.rows) > FEW_ENTRIES:
            mark = (Int8(head.seq), head.hash, id_, head.journal_id, Int8(prev.seq), prev.hash)
            return self._append_many((id_, *mark), batch, received_ms)
        with self.connection.wrap_database_errors:
            connection = self._cursor().connection
            return append_few(connection, COLUMN_TYPES[len(OF_BATCH) :], unit, batch, received_ms)

    def _append_many(self, mark: Sequence[Any], batch: Batch, received_ms: int) -> bool:
        with self.connection.wrap_database_errors, self._cursor().connection.transaction():
            advanced = self._run(_ADVANCE, mark).fetchone()
            if advanced is None:
                return False
            journal, site = advanced
            self.insert(journal, site, received_ms, batch.rows)
        return True

    def lock(self, unit: KnownUnit) -> int | None:
        """Lock the unit's row; foreign keys to it stay free to be checked."""
        row = self._run(_LOCK, (unit.id,)).fetchone()
        return None if row is None else row[0]

    def insert(self, journal: int, site: int, received_ms: int, rows: tuple[Row, ...]) -> None:
        """Insert entries of a journal."""
        prefix = (journal, site, received_ms)
        with self.connection.wrap_database_errors, self._cursor().copy(_COPY) as copy:
            copy.set_types(COLUMN_TYPES)
            for row in rows:
                copy.write_row(prefix + row)

    def settle(self) -> None:
        """Do nothing: PostgreSQL shows a commit to others only once it is as durable as was set."""

    def _run(self, statement: str, values: Sequence[Any]) -> "psycopg.Cursor[Row]":
        with self.connection.wrap_database_errors:
            return self._cursor().execute(statement, values, prepare=True)

    def _cursor(self) -> "psycopg.Cursor[Row]":
        self.connection.ensure_connection()
        connection: psycopg.Connection[Row] = self.connection.connection
        connection.prepare_threshold = PREPARE_AFTER  # Django forbids it, for its own cursors
        return psycopg.Cursor(connection)

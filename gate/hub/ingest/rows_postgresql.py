"""Writing entries to PostgreSQL: binary COPY, and one statement for a batch of a few.

A large batch is bound by its rows, and COPY is the least a row can cost. A small one is bound by
round trips, so it is stored by one statement that is its own transaction: lock the unit, advance
the mark if the batch follows it, and insert if the mark was advanced. Two requests at once can't
both advance it: the second waits for the row and then finds another mark in it.

Django's cursors don't prepare and don't copy, so psycopg's own are used on Django's connection.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper

from gate.events.batch import Batch
from gate.events.batch_rows import Row
from gate.hub.ingest.rows import ENTRY_COLUMNS, KnownUnit

FEW_ENTRIES: Final = 16
"""Above, COPY in a transaction of its own is faster (measured: equal at about 20)."""

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
_COLUMN_TYPES: Final = [_TYPES.get(column, "text") for column in ENTRY_COLUMNS]
_COLUMNS: Final = ", ".join(ENTRY_COLUMNS)

_FIND: Final = (
    "SELECT id, site_id, public_key, retired_at IS NOT NULL FROM sites_unit WHERE uid = %s"
)
_LOCK: Final = "SELECT 1 FROM sites_unit WHERE id = %s AND retired_at IS NULL FOR NO KEY UPDATE"
_COPY: Final = f"COPY ingest_entry ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
_APPEND: Final = f"""
    WITH unit AS (
      SELECT id, site_id FROM sites_unit
      WHERE id = %s AND retired_at IS NULL FOR NO KEY UPDATE
    ), journal AS (
      UPDATE ingest_journal SET stored_through = %s, head_hash = %s FROM unit
      WHERE unit_id = unit.id AND journal_id = %s AND stored_through = %s AND head_hash = %s
      RETURNING ingest_journal.id, unit.site_id
    )
    INSERT INTO ingest_entry ({_COLUMNS})
    SELECT journal.id, journal.site_id, %s, entry.* FROM journal, (VALUES {{}}) AS entry
"""  # noqa: S608 - constants only; the values are placeholders
_VALUES: Final = ", ".join(f"%s::{name}" for name in _COLUMN_TYPES[3:])


@dataclass(frozen=True, slots=True)
class PostgresqlRows:
    """The ingest's statements on PostgreSQL."""

    connection: BaseDatabaseWrapper

    def find_unit(self, uid: str) -> KnownUnit | None:
        """Return the unit of that name."""
        row = self._run(_FIND, (uid,)).fetchone()
        if row is None:
            return None
        number, site, public_key, retired = row
        return KnownUnit(id=number, uid=uid, site_id=site, public_key=public_key, retired=retired)

    def append_at_once(self, unit: KnownUnit, batch: Batch, received_ms: int) -> bool:
        """Store a small batch that follows the mark, in one durable statement."""
        if len(batch.rows) > FEW_ENTRIES:
            return False
        prev, head = batch.prev, batch.head
        values = [unit.id, head.seq, head.hash, head.journal_id, prev.seq, prev.hash, received_ms]
        for row in batch.rows:
            values += (*row[:2], row[2] == 1, *row[3:])
        statement = _APPEND.format(", ".join([f"({_VALUES})"] * len(batch.rows)))
        return self._run(statement, values).rowcount > 0

    def lock(self, unit: KnownUnit) -> bool:
        """Lock the unit's row; foreign keys to it stay free to be checked."""
        return self._run(_LOCK, (unit.id,)).fetchone() is not None

    def insert(
        self, journal: int, unit: KnownUnit, received_ms: int, rows: tuple[Row, ...]
    ) -> None:
        """Insert entries."""
        prefix = (journal, unit.site_id, received_ms)
        with self.connection.wrap_database_errors, self._cursor().copy(_COPY) as copy:
            copy.set_types(_COLUMN_TYPES)
            for row in rows:
                copy.write_row(prefix + row)

    def _run(self, statement: str, values: Sequence[Any]) -> "psycopg.Cursor[Row]":
        with self.connection.wrap_database_errors:
            return self._cursor().execute(statement, values, prepare=True)

    def _cursor(self) -> "psycopg.Cursor[Row]":
        self.connection.ensure_connection()
        return psycopg.Cursor(self.connection.connection)

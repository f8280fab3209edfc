"""Writing entries to SQLite: one INSERT, prepared, run for each row.

`BEGIN IMMEDIATE` (gate.hub.database) holds the whole database for one writer, so the unit is locked
as soon as the transaction has begun.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from gate.events.batch import Batch
from gate.events.batch_rows import Row
from gate.hub.ingest.rows import ENTRY_COLUMNS, KnownUnit
from gate.hub.ingest.together import Together
from gate.hub.ingest.turn import writers_turn
from gate.hub.ingest.write_ahead import commits_unwaited, wait_for_log

_FIND: Final = "SELECT id, public_key, retired_at IS NOT NULL FROM sites_unit WHERE uid = ?"
_ACTIVE: Final = "SELECT site_id FROM sites_unit WHERE id = ? AND retired_at IS NULL"
_ADVANCE: Final = """
    UPDATE ingest_journal SET stored_through = ?, head_hash = ? FROM sites_unit AS unit
    WHERE unit_id = ? AND journal_id = ? AND stored_through = ? AND head_hash = ?
    AND unit.id = unit_id AND unit.retired_at IS NULL
    RETURNING ingest_journal.id, (SELECT site_id FROM sites_unit WHERE id = unit_id)
"""
"""Advance the mark if the batch follows it. Only the updated table's columns can be returned."""

_INSERT: Final = (
    f"INSERT INTO ingest_entry ({', '.join(ENTRY_COLUMNS)})"  # noqa: S608 - constants only
    f" VALUES ({', '.join('?' * len(ENTRY_COLUMNS))})"
)

_Brought = tuple[KnownUnit, Batch, int]
"""A unit, its batch, and when it was received."""

_together: Final[Together[_Brought]] = Together()


@dataclass(frozen=True, slots=True)
class SqliteRows:
    """The ingest's statements on SQLite."""

    connection: BaseDatabaseWrapper

    def find_unit(self, uid: str) -> KnownUnit | None:
        """Return the unit of that name."""
        row = self._first(_FIND, uid)
        if row is None:
            return None
        number, public_key, retired = row
        return KnownUnit(id=number, uid=uid, public_key=public_key, retired=bool(retired))

    def append_at_once(self, unit: KnownUnit, batch: Batch, received_ms: int) -> bool:
        """Store a batch that follows the mark, with those that other threads bring meanwhile."""
        return _together.do((unit, batch, received_ms), self._append_all)

    def _append_all(self, batches: Sequence[_Brought]) -> list[bool]:
        with (
            commits_unwaited(self.connection),
            writers_turn(self._database),
            transaction.atomic(durable=True),
        ):
            stored = [self._append(*brought) for brought in batches]
        self.settle()
        return stored

    def _append(self, unit: KnownUnit, batch: Batch, received_ms: int) -> bool:
        prev, head = batch.prev, batch.head
        advanced = self._first(
            _ADVANCE, head.seq, head.hash, unit.id, head.journal_id, prev.seq, prev.hash
        )
        if advanced is None:
            return False
        journal, site = advanced
        self.insert(journal, site, received_ms, batch.rows)
        return True

    def lock(self, unit: KnownUnit) -> int | None:
        """Return the site of a unit that is still in use; the transaction holds everything."""
        row = self._first(_ACTIVE, unit.id)
        return None if row is None else row[0]

    def insert(self, journal: int, site: int, received_ms: int, rows: tuple[Row, ...]) -> None:
        """Insert entries of a journal."""
        prefix = (journal, site, received_ms)
        with self.connection.wrap_database_errors:
            self.connection.connection.executemany(_INSERT, [prefix + row for row in rows])

    def settle(self) -> None:
        """Wait for the log: what another request stored is seen before it is durable."""
        wait_for_log(self._database)

    @property
    def _database(self) -> str:
        return str(self.connection.settings_dict["NAME"])

    def _first(self, query: str, *values: object) -> Row | None:
        self.connection.ensure_connection()
        with self.connection.wrap_database_errors:
            row: Row | None = self.connection.connection.execute(query, values).fetchone()
        return row

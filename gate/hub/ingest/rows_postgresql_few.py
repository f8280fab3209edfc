"""A batch of a few entries in one prepared statement, told to libpq without a cursor.

For one entry psycopg's cursor takes as long as PostgreSQL itself (100 us beside 40 for this, in the
hub's process), and a hub of many units is asked for hardly anything else. Values travel as
PostgreSQL's binary forms: integers of 8 bytes, most significant first, and the bytes of texts.
"""

from collections.abc import Sequence
from struct import Struct
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from psycopg import pq

from gate.events.batch import Batch
from gate.events.batch_rows import Row
from gate.hub.ingest.rows import ENTRY_COLUMNS, KnownUnit

OF_BATCH: Final = ("journal_id", "site_id", "received_ms")
"""The columns that are one for all entries of a batch."""

_OIDS: Final = {"int8": 20, "bytea": 17, "text": 25, "bool": 16}
"""As in every PostgreSQL (pg_type.dat)."""

_MARK: Final = ("int8", "int8", "bytea", "int8", "bytea", "int8", "bytea", "int8")
_BINARY: Final = 1
_NO_SUCH_STATEMENT: Final = b"26000"
"""invalid_sql_statement_name (PostgreSQL's manual, appendix A)."""

_int8: Final = Struct("!q").pack

_APPEND: Final = """
    WITH unit AS (
      SELECT site_id FROM sites_unit WHERE id = {} AND retired_at IS NULL FOR NO KEY UPDATE
    ), journal AS (
      UPDATE ingest_journal SET stored_through = {}, head_hash = {} FROM unit
      WHERE unit_id = {} AND journal_id = {} AND stored_through = {} AND head_hash = {}
      RETURNING ingest_journal.id, unit.site_id
    )
    INSERT INTO ingest_entry ({columns})
    SELECT journal.id, journal.site_id, {}, entry.* FROM journal, (VALUES {entries}) AS entry
"""

_prepared: Final[WeakKeyDictionary["psycopg.Connection[Row]", set[bytes]]] = WeakKeyDictionary()


def append_few(
    connection: "psycopg.Connection[Row]",
    types: Sequence[str],
    unit: KnownUnit,
    batch: Batch,
    received_ms: int,
) -> bool:
    """Store a batch that follows the mark, durably; False, and nothing done, if it doesn't.

    Args:
        connection: in no transaction.
        types: of an entry's own columns, in their order.
        unit: whose batch it is.
        batch: verified.
        received_ms: when it came.

    Raises:
        psycopg.Error: as PostgreSQL or the connection says.
    """
    values = _values(unit, batch, received_ms)
    statement = _Statement(connection, types, len(batch.rows))
    result = statement.run(values)
    if _state(result) == _NO_SUCH_STATEMENT:
        statement.prepare()
        result = statement.run(values)
    _see(result)
    return (result.command_tuples or 0) > 0


class _Statement:
    """The statement for so many entries, on one connection.

    psycopg takes back every prepared statement of a connection, its own and others, after a
    ROLLBACK. In a transaction a statement that is missing would be the end of it, so there the
    unnamed one is prepared each time.
    """

    def __init__(
        self, connection: "psycopg.Connection[Row]", types: Sequence[str], entries: int
    ) -> None:
        self._pgconn: Any = connection.pgconn
        self._types = types
        self._entries = entries
        idle = self._pgconn.transaction_status == pq.TransactionStatus.IDLE
        self._name = b"gate_append_%d" % entries if idle else b""
        self._done = _prepared.setdefault(connection, set())
        if self._name not in self._done:
            self.prepare()

    def prepare(self) -> None:
        """Have PostgreSQL read it."""
        statement, oids = _statement(self._types, self._entries)
        _see(self._pgconn.prepare(self._name, statement.encode(), oids))
        if self._name:
            self._done.add(self._name)

    def run(self, values: list[bytes | None]) -> Any:  # noqa: ANN401 - as `_see`
        """Run it, and return what libpq says."""
        return self._pgconn.exec_prepared(self._name, values, [_BINARY] * len(values), _BINARY)


def _statement(types: Sequence[str], entries: int) -> tuple[str, list[int]]:
    """Return the statement for so many entries, and the types of its values."""
    all_types = [*_MARK, *(list(types) * entries)]
    places = [f"${number}::{name}" for number, name in enumerate(all_types, 1)]
    each = [
        f"({', '.join(places[start : start + len(types)])})"
        for start in range(len(_MARK), len(places), len(types))
    ]
    columns = ", ".join(ENTRY_COLUMNS)
    statement = _APPEND.format(*places[: len(_MARK)], columns=columns, entries=", ".join(each))
    return statement, [_OIDS[name] for name in all_types]


def _values(unit: KnownUnit, batch: Batch, received_ms: int) -> list[bytes | None]:
    prev, head, id_ = batch.prev, batch.head, _int8(unit.id)
    mark = (id_, _int8(head.seq), head.hash, id_, head.journal_id, _int8(prev.seq), prev.hash)
    values: list[bytes | None] = [*mark, _int8(received_ms)]
    for row in batch.rows:
        seq, at_ms, clock, *texts, count, age, detail, commitment, salt, holder, digest = row
        values += (_int8(seq), _int8(at_ms), b"\1" if clock else b"\0")
        values += [text.encode() for text in texts]
        values += (_int8(count), None if age is None else _int8(age), detail.encode(), commitment)
        values += (salt, None if holder is None else holder.encode(), digest)
    return values


def _see(result: Any) -> None:  # noqa: ANN401 - psycopg.pq's own class differs by implementation
    """Raise what PostgreSQL said if it did not do as told."""
    if result.status == pq.ExecStatus.COMMAND_OK:
        return
    state = _state(result)
    kind = psycopg.errors.lookup(state.decode()) if state else psycopg.OperationalError
    raise kind(result.get_error_message())


def _state(result: Any) -> bytes | None:  # noqa: ANN401 - as `_see`
    state: bytes | None = result.error_field(pq.DiagnosticField.SQLSTATE)
    return state

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

_prepared: Final[WeakKeyDictionary["psycopg.Connection[Row]", set[int]]] = WeakKeyDictionary()


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
    name = b"gate_append_%d" % len(batch.rows)
    done = _prepared.setdefault(connection, set())
    if len(batch.rows) not in done:
        statement, oids = _statement(types, len(batch.rows))
        _see(connection.pgconn.prepare(name, statement.encode(), oids))
        done.add(len(batch.rows))
    values = _values(unit, batch, received_ms)
    formats = [_BINARY] * len(values)
    result = connection.pgconn.exec_prepared(
        name,
        values,  # type: ignore[arg-type]  # its stub leaves out None, which is NULL
        formats,
        _BINARY,
    )
    _see(result)
    return (result.command_tuples or 0) > 0


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
    state = result.error_field(pq.DiagnosticField.SQLSTATE)
    kind = psycopg.errors.lookup(state.decode()) if state else psycopg.OperationalError
    raise kind(result.get_error_message())

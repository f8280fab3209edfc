"""A hub's statement for a few entries, on a real PostgreSQL and a connection of psycopg's."""

from collections.abc import Iterator

import psycopg
import pytest

from gate.bench.ingest_load import LoadUnit
from gate.bench.postgres import running_postgres
from gate.events.batch import Batch, open_batch
from gate.hub.ingest.rows import ENTRY_COLUMNS, KnownUnit
from gate.hub.ingest.rows_postgresql import COLUMN_TYPES
from gate.hub.ingest.rows_postgresql_few import OF_BATCH, append_few

UNIT = LoadUnit.named("statements", with_holders=False)
KNOWN = KnownUnit(id=7, uid=UNIT.uid, public_key=UNIT.key.verifying_key.public, retired=False)

pytestmark = pytest.mark.system


@pytest.fixture
def connection() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    entry = ", ".join(
        f"{name} {kind}" for name, kind in zip(ENTRY_COLUMNS, COLUMN_TYPES, strict=True)
    )
    with running_postgres() as server, psycopg.connect(server.url, autocommit=True) as opened:
        opened.execute("CREATE TABLE sites_unit (id int8, site_id int8, retired_at timestamptz)")
        opened.execute("INSERT INTO sites_unit VALUES (7, 3, NULL)")
        opened.execute(
            "CREATE TABLE ingest_journal"
            " (id int8, unit_id int8, journal_id bytea, stored_through int8, head_hash bytea)"
        )
        opened.execute(f"CREATE TABLE ingest_entry ({entry})".encode())
        yield opened


def batches(entries: int) -> Iterator[Batch]:
    for message in UNIT.messages(entries):
        yield open_batch(message, UNIT.key.verifying_key)


def begin(connection: "psycopg.Connection[tuple[object, ...]]", first: Batch) -> None:
    values = (first.head.journal_id, first.head.seq, first.head.hash)
    connection.execute("INSERT INTO ingest_journal VALUES (1, 7, %s, %s, %s)", values)


def append(connection: "psycopg.Connection[tuple[object, ...]]", batch: Batch) -> bool:
    return append_few(connection, COLUMN_TYPES[len(OF_BATCH) :], KNOWN, batch, 5)


def test_batches_are_stored_before_and_after_a_transaction_was_taken_back(
    connection: "psycopg.Connection[tuple[object, ...]]",
) -> None:
    some = batches(2)
    begin(connection, next(some))
    second, third, fourth = next(some), next(some), next(some)
    assert append(connection, second)
    with connection.transaction(force_rollback=True):
        connection.execute("DEALLOCATE ALL")
        assert append(connection, third)
    connection.execute("DEALLOCATE ALL")
    assert append(connection, third)
    assert append(connection, fourth)
    stored = connection.execute("SELECT seq, hash FROM ingest_entry ORDER BY seq").fetchall()
    assert [seq for seq, _ in stored] == [3, 4, 5, 6, 7, 8]
    assert stored[-1][1] == fourth.head.hash


def test_a_batch_that_does_not_follow_stores_nothing(
    connection: "psycopg.Connection[tuple[object, ...]]",
) -> None:
    some = batches(1)
    begin(connection, next(some))
    _, third = next(some), next(some)
    assert not append(connection, third)
    assert connection.execute("SELECT count(*) FROM ingest_entry").fetchone() == (0,)


def test_what_postgresql_refuses_is_raised_as_psycopg_names_it(
    connection: "psycopg.Connection[tuple[object, ...]]",
) -> None:
    some = batches(1)
    begin(connection, next(some))
    connection.execute("ALTER TABLE ingest_entry ADD CHECK (seq < 2)")
    with pytest.raises(psycopg.errors.CheckViolation, match="ingest_entry"):
        append(connection, next(some))

"""What a unit is told when the database has no room, or is not there."""

import sqlite3

import psycopg
import pytest
from django.db import InterfaceError, InternalError, OperationalError

from gate.hub.ingest.answers import Trouble, database_trouble


def full_sqlite() -> sqlite3.Error:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as full:
            connection.execute("CREATE TABLE entry (id)")
        return full.value
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("trouble", "cause", "status", "code"),
    [
        (OperationalError(), full_sqlite(), 507, "disk_full"),
        (OperationalError(), psycopg.errors.DiskFull(), 507, "disk_full"),
        (OperationalError(), sqlite3.OperationalError("locked"), 503, "database_away"),
        (OperationalError(), psycopg.OperationalError("refused"), 503, "database_away"),
        (InternalError(), psycopg.errors.ReadOnlySqlTransaction(), 503, "database_away"),
        (InterfaceError(), None, 503, "database_away"),
    ],
)
def test_trouble_is_told_with_when_to_come_back(
    trouble: Trouble, cause: Exception | None, status: int, code: str
) -> None:
    trouble.__cause__ = cause
    answer = database_trouble(trouble)
    assert (answer.status_code, code in answer.text) == (status, True)
    assert int(answer["Retry-After"]) > 0

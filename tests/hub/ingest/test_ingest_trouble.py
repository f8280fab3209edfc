"""What a unit is told when the database has no room, or is not there."""

import logging
import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.test import RequestFactory

from gate.hub.ingest.answers import Trouble, database_trouble, words_for_log
from gate.hub.ingest.api import api


def full_sqlite() -> sqlite3.Error:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as full:
            connection.execute("CREATE TABLE entry (id)")
        return full.value
    finally:
        connection.close()


def sqlite_without_room_for_its_index(tmp_path: Path) -> sqlite3.Error:
    """Open a database in WAL mode where files end at 1 kB, so that its -shm file has no room."""
    file = tmp_path / "hub.db"
    with closing(sqlite3.connect(file)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE entry (id)")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with closing(sqlite3.connect(file)) as database:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
        try:
            with pytest.raises(sqlite3.OperationalError) as full:
                database.execute("INSERT INTO entry VALUES (1)")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    return full.value


def test_a_full_disk_on_which_the_index_of_the_wal_is_missing_is_told_as_full(
    tmp_path: Path,
) -> None:
    trouble = OperationalError()
    trouble.__cause__ = sqlite_without_room_for_its_index(tmp_path)
    assert getattr(trouble.__cause__, "sqlite_errorname", "") == "SQLITE_IOERR_SHMSIZE"
    assert database_trouble(trouble).status_code == 507


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


def quoting_postgresql() -> psycopg.Error:
    said = "could not extend file\nHINT:  Check free disk space.\nDETAIL:  (4, Sam Roe, 9637511)"
    return psycopg.errors.DiskFull(said)


@pytest.mark.parametrize(
    ("trouble", "cause", "words"),
    [
        (OperationalError(), full_sqlite(), "database or disk is full (SQLITE_FULL)"),
        (OperationalError(), quoting_postgresql(), "could not extend file (53100)"),
        (OperationalError(), psycopg.OperationalError("refused"), "refused (OperationalError)"),
        (InterfaceError("connection already closed"), None, "already closed (InterfaceError)"),
    ],
)
def test_the_log_names_the_databases_own_error_and_nobody(
    trouble: Trouble, cause: Exception | None, words: str
) -> None:
    trouble.__cause__ = cause
    told = words_for_log(trouble)
    assert told.endswith(words)
    assert "Sam" not in told


def test_what_the_database_said_is_printed_in_the_hubs_log(
    caplog: pytest.LogCaptureFixture, rf: RequestFactory
) -> None:
    trouble = OperationalError("database or disk is full")
    trouble.__cause__ = full_sqlite()
    line = logging.Formatter(settings.LOGGING["formatters"]["line"]["format"])
    answer = api.on_exception(rf.post("/api/units/0123456789abcdef/batches"), trouble)
    assert answer.status_code == 507
    (record,) = caplog.records
    assert line.format(record).endswith("database trouble: database or disk is full (SQLITE_FULL)")

"""A log that is waited for: what it means when the disk says no."""

from pathlib import Path

import pytest
from django.db import OperationalError

from gate.hub.ingest.answers import database_trouble
from gate.hub.ingest.write_ahead import wait_for_log


def test_a_log_that_is_there_is_waited_for_again_and_again(tmp_path: Path) -> None:
    (tmp_path / "hub.db-wal").write_bytes(b"frames")
    for _ in range(3):
        wait_for_log(str(tmp_path / "hub.db"))


def test_a_log_that_is_gone_is_the_databases_trouble(tmp_path: Path) -> None:
    with pytest.raises(OperationalError, match=r"hub\.db-wal could not be written") as caught:
        wait_for_log(str(tmp_path / "hub.db"))
    assert database_trouble(caught.value).status_code == 503


def test_a_disk_that_once_said_no_is_not_believed_again(tmp_path: Path) -> None:
    database = str(tmp_path / "hub.db")
    with pytest.raises(OperationalError):
        wait_for_log(database)
    (tmp_path / "hub.db-wal").write_bytes(b"frames")
    with pytest.raises(OperationalError, match="start the hub again"):
        wait_for_log(database)


def test_a_database_in_memory_has_no_log() -> None:
    wait_for_log("file:hub.db?mode=memory&cache=shared")

"""Holders' names are in a hub's database: nobody but its own user may read it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gate.errors import ConfigError
from gate.hub.config import HubConfig
from gate.hub.database import keep_private


def _modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


def _write(folder: Path) -> closing[sqlite3.Connection]:
    database = sqlite3.connect(folder / "hub.db")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE entry (holder)")
    database.commit()
    return closing(database)


def test_a_new_database_and_the_files_beside_it_are_the_hubs_own(tmp_path: Path) -> None:
    keep_private(HubConfig(data=tmp_path))
    with _write(tmp_path):
        assert _modes(tmp_path) == {"hub.db": 0o600, "hub.db-wal": 0o600, "hub.db-shm": 0o600}


def test_a_database_that_everybody_could_read_is_no_longer_readable(tmp_path: Path) -> None:
    with _write(tmp_path):
        for file in tmp_path.iterdir():
            file.chmod(0o644)
        keep_private(HubConfig(data=tmp_path))
        assert set(_modes(tmp_path).values()) == {0o600}


def test_a_database_that_can_not_be_kept_private_is_named(tmp_path: Path) -> None:
    (tmp_path / "hub.db").mkdir()
    with pytest.raises(ConfigError, match=r"hub\.db.*next: let the hub's user own it"):
        keep_private(HubConfig(data=tmp_path))


def test_a_hub_on_postgresql_has_no_file_to_keep(tmp_path: Path) -> None:
    keep_private(HubConfig(data=tmp_path, database="postgresql://db/hub"))
    assert _modes(tmp_path) == {}

"""Backups of a hub on SQLite, rehearsed: what goes out comes back, and nothing is overwritten."""

import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from gate.devices.clock import SystemClock
from gate.errors import ConfigError
from gate.hub.backup import back_up, restore
from gate.hub.config import HubConfig
from gate.hub.keys import load_hub_key, load_secret, make_missing, site_key
from gate.hub.manifest.versions import AHEAD
from gate.hub.running import running


@pytest.fixture
def hub(tmp_path: Path) -> HubConfig:
    config = HubConfig(data=tmp_path / "hub")
    make_missing(config)
    with _database(config) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY)")
        database.executemany("INSERT INTO entry VALUES (?)", [(seq,) for seq in range(1000)])
        database.commit()
    return config


def _database(config: HubConfig) -> closing[sqlite3.Connection]:
    assert config.sqlite_file is not None
    return closing(sqlite3.connect(config.sqlite_file))


def _count(config: HubConfig) -> int:
    with _database(config) as database:
        (count,) = database.execute("SELECT count(*) FROM entry").fetchone()
    assert isinstance(count, int)
    return count


def test_a_backup_brings_a_hub_back_elsewhere(hub: HubConfig, tmp_path: Path) -> None:
    back_up(hub, tmp_path / "hub.tar")
    other = HubConfig(data=tmp_path / "other")
    restore(other, tmp_path / "hub.tar", force=False)
    assert _count(other) == 1000
    assert load_secret(other) == load_secret(hub)
    assert load_hub_key(other).verifying_key == load_hub_key(hub).verifying_key
    assert site_key(other, "quay") == site_key(hub, "quay")
    assert other.key_file.stat().st_mode & 0o777 == 0o600
    assert other.sqlite_file is not None
    assert other.sqlite_file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(tmp_path / "hub.tar") as archive:
        assert {one.mode for one in archive.getmembers()} == {0o600}


def _add_folders(hub: HubConfig) -> dict[str, bytes]:
    """Give a hub a fleet and a desk; return their files."""
    files = {
        "fleet/published/fleet/metadata/timestamp.json": b"timestamp",
        "fleet/published/lists/0123456789abcdef.cwt": b"list",
        "fleet/keys/snapshot-1.pem": b"private",
        "fleet/keys/snapshot-1.pub": b"public",
        "fleet/staged.json": b"staged",
        "desks/ecs.pem": b"private, too",
        "authority/ca.key": b"private as well",
    }
    for name, data in files.items():
        (hub.data / name).parent.mkdir(parents=True, exist_ok=True)
        (hub.data / name).write_bytes(data)
    return files


def _folders(config: HubConfig) -> dict[str, bytes]:
    return {
        path.relative_to(config.data).as_posix(): path.read_bytes()
        for name in ("fleet", "desks", "authority")
        for path in (config.data / name).rglob("*")
        if path.is_file()
    }


def test_the_fleet_and_the_desks_keys_come_back_under_their_modes(
    hub: HubConfig, tmp_path: Path
) -> None:
    files = _add_folders(hub)
    (hub.data / "fleet" / ".staged.json.part").write_bytes(b"cut off")
    keys = back_up(hub, tmp_path / "hub.tar")
    assert {
        "secret.key",
        "hub.key",
        *(one for one in files if one.endswith((".pem", ".key"))),
    } <= set(keys)
    assert "fleet/keys/snapshot-1.pub" not in keys

    other = HubConfig(data=tmp_path / "other")
    assert restore(other, tmp_path / "hub.tar", force=False)
    assert _folders(other) == files
    modes = {name: (other.data / name).stat().st_mode & 0o777 for name in files}
    assert [name for name, mode in modes.items() if mode == 0o600] == [
        "fleet/keys/snapshot-1.pem",
        "fleet/staged.json",
        "desks/ecs.pem",
        "authority/ca.key",
    ]
    for folder in ("fleet/keys", "desks", "authority"):
        assert (other.data / folder).stat().st_mode & 0o777 == 0o700


def test_a_fleet_that_is_there_is_replaced_whole_and_only_by_force(
    hub: HubConfig, tmp_path: Path
) -> None:
    files = _add_folders(hub)
    back_up(hub, tmp_path / "hub.tar")
    (hub.data / "fleet" / "published" / "newer.json").write_bytes(b"newer")
    other = HubConfig(data=tmp_path / "other")
    (other.data / "fleet").mkdir(parents=True)
    with pytest.raises(ConfigError, match="--force"):
        restore(other, tmp_path / "hub.tar", force=False)
    restore(hub, tmp_path / "hub.tar", force=True)
    assert _folders(hub) == files


def test_an_archive_without_a_fleet_leaves_the_one_that_is_there(
    hub: HubConfig, tmp_path: Path
) -> None:
    back_up(hub, tmp_path / "hub.tar")
    files = _add_folders(hub)
    assert not restore(hub, tmp_path / "hub.tar", force=True)
    assert _folders(hub) == files


def test_a_restore_that_fails_in_the_middle_leaves_what_was_there(
    hub: HubConfig, tmp_path: Path
) -> None:
    files = _add_folders(hub)
    secret = load_secret(hub)
    archive = dict.fromkeys(("secret.key", "hub.key", "sites.key", *files), b"other")
    _tar(tmp_path / "other.tar", {"hub.pgdump": b"no dump", **archive})
    nowhere = replace(hub, database="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(ConfigError, match="pg_restore"):
        restore(nowhere, tmp_path / "other.tar", force=True)
    assert load_secret(hub) == secret
    assert _folders(hub) == files
    assert [path for path in hub.data.iterdir() if path.name.startswith("tmp")] == []


def test_a_backup_is_of_one_moment_while_the_hub_writes(hub: HubConfig, tmp_path: Path) -> None:
    with _database(hub) as writer:
        writer.execute("INSERT INTO entry VALUES (2000)")
        writer.commit()  # lies in the -wal file only
        writer.execute("INSERT INTO entry VALUES (2001)")  # not committed
        back_up(hub, tmp_path / "hub.tar")
    other = HubConfig(data=tmp_path / "other")
    restore(other, tmp_path / "hub.tar", force=False)
    assert _count(other) == 1001


def test_a_backup_from_before_there_were_sites_keys_comes_back(
    hub: HubConfig, tmp_path: Path
) -> None:
    back_up(hub, tmp_path / "hub.tar")
    with tarfile.open(tmp_path / "hub.tar") as tar:
        tar.extractall(tmp_path / "members", filter="data")
    members = {one.name: one.read_bytes() for one in (tmp_path / "members").iterdir()}
    del members["sites.key"]
    _tar(tmp_path / "old.tar", members)
    other = HubConfig(data=tmp_path / "other")
    restore(other, tmp_path / "old.tar", force=False)
    assert _count(other) == 1000
    assert [path.name for path in make_missing(other)] == ["sites.key"]


def test_a_manifest_comes_back_above_every_version_that_was_handed_out(
    hub: HubConfig, tmp_path: Path
) -> None:
    began = SystemClock().now()
    with _database(hub) as database:
        database.execute("CREATE TABLE manifest_manifest (version, issued_at, message)")
        database.execute("INSERT INTO manifest_manifest VALUES (7, 'then', 'signed')")
        database.commit()
    back_up(hub, tmp_path / "hub.tar")
    other = HubConfig(data=tmp_path / "other")
    restore(other, tmp_path / "hub.tar", force=False)
    with _database(other) as database:
        version, *signed = database.execute("SELECT * FROM manifest_manifest").fetchone()
    at_least = (began + AHEAD).timestamp()
    assert (version >= int(at_least), signed) == (True, [None, None])


def test_a_backup_is_for_its_owner_only(hub: HubConfig, tmp_path: Path) -> None:
    back_up(hub, tmp_path / "hub.tar")
    assert (tmp_path / "hub.tar").stat().st_mode & 0o777 == 0o600


def test_a_hub_that_is_there_is_replaced_only_by_force(hub: HubConfig, tmp_path: Path) -> None:
    back_up(hub, tmp_path / "hub.tar")
    with _database(hub) as database:
        database.execute("DELETE FROM entry")
        database.commit()
    with pytest.raises(ConfigError, match="--force"):
        restore(hub, tmp_path / "hub.tar", force=False)
    assert _count(hub) == 0
    restore(hub, tmp_path / "hub.tar", force=True)
    assert _count(hub) == 1000


def test_what_is_left_of_the_old_database_does_not_mix_with_the_new(
    hub: HubConfig, tmp_path: Path
) -> None:
    back_up(hub, tmp_path / "hub.tar")
    with _database(hub) as database:
        database.execute("INSERT INTO entry VALUES (5000)")
        database.commit()
        left_over = (hub.data / "hub.db-wal").read_bytes()
    (hub.data / "hub.db-wal").write_bytes(left_over)
    restore(hub, tmp_path / "hub.tar", force=True)
    assert _count(hub) == 1000


def test_a_hub_that_runs_is_never_replaced(hub: HubConfig, tmp_path: Path) -> None:
    back_up(hub, tmp_path / "hub.tar")
    with running(hub), pytest.raises(ConfigError, match="stop the hub"):
        restore(hub, tmp_path / "hub.tar", force=True)


def _tar(path: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, BytesIO(content))


FIXED = {"hub.db": b"", "secret.key": b"", "hub.key": b"", "sites.key": b""}


def _damaged_database(path: Path) -> None:
    secrets = {"secret.key": b"", "hub.key": b"", "sites.key": b""}
    _tar(path, {"hub.db": b"SQLite format 3\0" + b"x" * 4096, **secrets})


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b"no archive"), id="no archive"),
        pytest.param(lambda path: _tar(path, {"hub.db": b""}), id="a member missing"),
        pytest.param(
            lambda path: _tar(path, {"../hub.db": b"", "secret.key": b"", "hub.key": b""}),
            id="a member outside",
        ),
        pytest.param(
            lambda path: _tar(path, {"hub.pgdump": b"", "secret.key": b"", "hub.key": b""}),
            id="of the other database",
        ),
        pytest.param(_damaged_database, id="damaged inside"),
        pytest.param(lambda path: _tar(path, FIXED | {"fleet/../hub.toml": b""}), id="climbs"),
        pytest.param(lambda path: _tar(path, FIXED | {"fleet//a": b""}), id="another spelling"),
        pytest.param(lambda path: _tar(path, FIXED | {"static/a": b""}), id="another folder"),
        pytest.param(lambda path: path.unlink(), id="not there"),
    ],
)
def test_what_is_no_backup_changes_nothing(
    hub: HubConfig, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    archive = tmp_path / "hub.tar"
    back_up(hub, archive)
    spoil(archive)
    secret = load_secret(hub)
    with pytest.raises(ConfigError):
        restore(hub, archive, force=True)
    assert (_count(hub), load_secret(hub)) == (1000, secret)


def test_a_backup_that_can_not_be_written_is_named(hub: HubConfig, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        back_up(hub, tmp_path / "nowhere" / "hub.tar")


def test_a_hub_without_a_database_has_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        back_up(HubConfig(data=tmp_path), tmp_path / "hub.tar")
    assert not (tmp_path / "hub.tar").exists()

"""A backup of a hub: one archive of its database, its secrets and its fleet; and the way back.

The database is copied whole and consistent while the hub runs: by SQLite's own backup, or by
pg_dump; the fleet's directory while no command changes it. The secrets are in it because without
its key a hub can't stand by the receipts it gave, so the archive is written for its owner only and
is to be kept like a key. On the way back all of it is put in place, or what was there stays.

Units were handed manifests after the backup was made, and take none of a lower version: so on the
way back each version is raised to the time, and by as much as versions may run ahead of it: a
minute (gate.hub.manifest.versions).
"""

import os
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from gate.errors import ConfigError
from gate.hub.config import HubConfig
from gate.hub.database import PRIVATE, side_files
from gate.hub.fleet.files import PUBLIC, locked, sync_directory
from gate.hub.keys import SITES_KEY_NAME
from gate.hub.running import stopped

SQLITE_MEMBER: Final = "hub.db"
POSTGRESQL_MEMBER: Final = "hub.pgdump"
_HAS_MANIFESTS: Final = "SELECT 1 FROM sqlite_master WHERE name = 'manifest_manifest'"
_RAISE_SQLITE: Final = """
    UPDATE manifest_manifest SET issued_at = NULL, message = NULL,
        version = max(version + 1, CAST(strftime('%s', 'now') AS INTEGER) + 60)
"""
_RAISE_POSTGRESQL: Final = """
    DO $$ BEGIN IF to_regclass('manifest_manifest') IS NOT NULL THEN
      UPDATE manifest_manifest SET issued_at = NULL, message = NULL,
          version = greatest(version + 1, floor(extract(epoch FROM now()))::bigint + 60);
    END IF; END $$
"""
SECRET_MEMBERS: Final = ("secret.key", "hub.key", SITES_KEY_NAME)
FLEET_FOLDER: Final = "fleet"
FOLDERS: Final = (FLEET_FOLDER, "desks", "authority")
"""What lies in directories of its own: the fleet's trust with its keys, the desks' keys, and the
authority that phones and units trust."""

_TIMESTAMP: Final = "fleet/metadata/timestamp.json"
_KEY_FOLDERS: Final = frozenset({"keys", "desks", "authority"})
_KEY_SUFFIXES: Final = (".pem", ".key")


def back_up(config: HubConfig, target: Path) -> tuple[str, ...]:
    """Write the archive, and return the names of the private keys in it.

    What was at `target` is replaced once the new one is whole.

    Raises:
        ConfigError: the database or a key can't be read, or the archive not written.
    """
    with _explained(target), TemporaryDirectory(dir=target.absolute().parent) as folder:
        copy = Path(folder) / _member(config)
        if config.sqlite_file is None:
            _run("pg_dump", "--format=custom", f"--file={copy}", f"--dbname={config.database}")
        else:
            _copy_sqlite(config.sqlite_file, copy)
        copy.chmod(PRIVATE)
        archive, names = Path(folder) / "archive", list(SECRET_MEMBERS)
        fleet = config.data / FLEET_FOLDER
        with tarfile.open(archive, "w") as tar, locked(fleet) if fleet.is_dir() else nullcontext():
            names += _files_in(config.data)
            tar.add(copy, copy.name)
            for name in names:
                tar.add(config.data / name, name)
        archive.chmod(PRIVATE)
        with archive.open("rb") as file:
            os.fsync(file.fileno())
        archive.replace(target)
    return tuple(name for name in names if name.endswith(_KEY_SUFFIXES))


def restore(config: HubConfig, source: Path, *, force: bool) -> bool:
    """Put an archive's content in place; tell whether a published fleet's trust was in it.

    The hub must not be running. What an archive has nothing of (one from before there were fleets)
    stays as it is.

    Raises:
        ConfigError: a hub runs here, or there is one and `force` was not given; the archive is none
            of ours, or damaged, or of the other kind of database. What was there still is.
    """
    with (
        _explained(source),
        TemporaryDirectory(dir=_made(config.data)) as folder,
        stopped(config),
    ):
        unpacked = Path(folder) / "unpacked"
        unpacked.mkdir(mode=0o700)
        names = _unpack(config, source, unpacked)
        if not force:
            _refuse_to_overwrite(config)
        moves: list[tuple[Path | None, Path]] = []
        moves += [(unpacked / name, config.data / name) for name in names]
        if config.sqlite_file is not None:
            _ready_sqlite(unpacked / SQLITE_MEMBER)
            config.sqlite_file.parent.mkdir(parents=True, exist_ok=True)
            moves.append((unpacked / SQLITE_MEMBER, config.sqlite_file))
            moves += [(None, one) for one in side_files(config.sqlite_file)]
        os.sync()  # what takes the old one's name must be on the disk before
        with _swapped(moves, Path(folder)):
            if config.sqlite_file is None:
                _restore_postgresql(config, unpacked / POSTGRESQL_MEMBER)
        return FLEET_FOLDER in names and (config.published / _TIMESTAMP).exists()


@contextmanager
def _swapped(moves: Iterable[tuple[Path | None, Path]], folder: Path) -> Iterator[None]:
    """Put each first in the place of each second; undo all of it if that or the block fails.

    None in the first's stead: what is at the second goes.
    """
    done: list[tuple[Path, Path | None]] = []
    try:
        for number, (fresh, place) in enumerate(moves):
            before = folder / f"before-{number}" if place.exists() else None
            if before is not None:
                place.rename(before)
            done.append((place, before))
            if fresh is not None:
                fresh.rename(place)
            sync_directory(place.parent)
        yield
    except BaseException:
        for number, (place, before) in enumerate(reversed(done)):
            if place.exists():
                place.rename(folder / f"undone-{number}")
            if before is not None:
                before.rename(place)
        raise


def _files_in(data: Path) -> list[str]:
    """Return every file of the folders, but those that a command was cut off in."""
    found = (path for name in FOLDERS for path in (data / name).rglob("*"))
    return sorted(
        path.relative_to(data).as_posix()
        for path in found
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    )


def _copy_sqlite(source: Path, copy: Path) -> None:
    address = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)


def _ready_sqlite(copy: Path) -> None:
    """See that a copy is whole, and raise its manifests' versions."""
    with closing(sqlite3.connect(copy)) as database:
        (answer,) = database.execute("PRAGMA quick_check").fetchone()
        if answer == "ok" and database.execute(_HAS_MANIFESTS).fetchone():
            database.execute(_RAISE_SQLITE)
            database.commit()
    if answer != "ok":
        raise ConfigError(str(copy.name), [f"the database in the archive is damaged: {answer}"])


def _restore_postgresql(config: HubConfig, copy: Path) -> None:
    _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--single-transaction",
        f"--dbname={config.database}",
        str(copy),
    )
    _run("psql", "--quiet", f"--dbname={config.database}", f"--command={_RAISE_POSTGRESQL}")


def _refuse_to_overwrite(config: HubConfig) -> None:
    own = (config.sqlite_file, config.key_file, *(config.data / name for name in FOLDERS))
    there = [path for path in own if path and path.exists()]
    if there:
        fault = "is there already; next: choose another `data` directory, or add --force"
        raise ConfigError(str(there[0]), [fault])


def _unpack(config: HubConfig, source: Path, folder: Path) -> list[str]:
    """Take out what belongs to such a hub, and only that; return the names, folders as one.

    An archive from before there were sites' keys has none; `gate hub migrate` makes it.
    """
    wanted = {_member(config), *SECRET_MEMBERS}
    with tarfile.open(source, "r:") as tar:
        members = tar.getmembers()
        names = [one.name for one in members]
        own = [name for name in names if not _is_in_folder(name)]
        missing = wanted - set(own) - {SITES_KEY_NAME}
        is_plain = all(one.isfile() for one in members) and len(set(names)) == len(names)
        if missing or set(own) - wanted or not is_plain:
            found = ", ".join(names[:5])
            fault = f"holds {found}; a backup for this hub's database holds {', '.join(wanted)}"
            raise ConfigError(str(source), [fault])
        tar.extractall(folder, filter="data")
    for name in names:
        (folder / name).chmod(_mode(name))
    for path in (one for one in folder.rglob("*") if one.is_dir()):
        path.chmod(0o700 if path.name in _KEY_FOLDERS else 0o755)
    return sorted({PurePosixPath(name).parts[0] for name in names} - {_member(config)})


def _is_in_folder(name: str) -> bool:
    path = PurePosixPath(name)
    is_below = len(path.parts) > 1 and path.parts[0] in FOLDERS
    return is_below and ".." not in path.parts and str(path) == name


def _mode(name: str) -> int:
    is_public = name.startswith(f"{FLEET_FOLDER}/published/") or name.endswith(".pub")
    return PUBLIC if is_public else PRIVATE


def _member(config: HubConfig) -> str:
    return POSTGRESQL_MEMBER if config.sqlite_file is None else SQLITE_MEMBER


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    return folder


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - spelt out above
    except FileNotFoundError as error:
        step = "next: install Debian's postgresql-client"
        raise ConfigError(command[0], [f"is not installed; {step}"]) from error
    except subprocess.CalledProcessError as error:
        raise ConfigError(command[0], [error.stderr.strip() or "failed"]) from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, tarfile.TarError) as error:
        raise ConfigError(str(path), [f"{error}"]) from error

"""A backup of a hub: one archive of its database and its secrets; and the way back.

The database is copied whole and consistent while the hub runs: by SQLite's own backup, or by
pg_dump. The secrets are in it because without its key a hub can't stand by the receipts it gave, so
the archive is written for its owner only and is to be kept like a key.

Units were handed manifests after the backup was made, and take none of a lower version: so on the
way back each version is raised to the time (gate.hub.manifest.versions).
"""

import os
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from gate.errors import ConfigError
from gate.hub.config import HubConfig
from gate.hub.database import PRIVATE, side_files
from gate.hub.keys import SITES_KEY_NAME
from gate.hub.running import stopped

SQLITE_MEMBER: Final = "hub.db"
POSTGRESQL_MEMBER: Final = "hub.pgdump"
_HAS_MANIFESTS: Final = "SELECT 1 FROM sqlite_master WHERE name = 'manifest_manifest'"
_RAISE_SQLITE: Final = """
    UPDATE manifest_manifest SET issued_at = NULL, message = NULL,
        version = max(version + 1, CAST(strftime('%s', 'now') AS INTEGER))
"""
_RAISE_POSTGRESQL: Final = """
    DO $$ BEGIN IF to_regclass('manifest_manifest') IS NOT NULL THEN
      UPDATE manifest_manifest SET issued_at = NULL, message = NULL,
          version = greatest(version + 1, floor(extract(epoch FROM now()))::bigint);
    END IF; END $$
"""
SECRET_MEMBERS: Final = ("secret.key", "hub.key", SITES_KEY_NAME)


def back_up(config: HubConfig, target: Path) -> None:
    """Write the archive; what was at `target` is replaced once the new one is whole.

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
        archive = Path(folder) / "archive"
        with tarfile.open(archive, "w") as tar:
            tar.add(copy, copy.name)
            for name in SECRET_MEMBERS:
                tar.add(config.data / name, name)
        archive.chmod(PRIVATE)
        with archive.open("rb") as file:
            os.fsync(file.fileno())
        archive.replace(target)


def restore(config: HubConfig, source: Path, *, force: bool) -> None:
    """Put an archive's content in place; the hub must not be running.

    Raises:
        ConfigError: a hub runs here, or there is one and `force` was not given; the archive is none
            of ours, or damaged, or of the other kind of database.
    """
    with (
        _explained(source),
        TemporaryDirectory(dir=_made(config.data)) as folder,
        stopped(config),
    ):
        members = _unpack(config, source, Path(folder))
        if not force:
            _refuse_to_overwrite(config)
        if config.sqlite_file is None:
            _restore_postgresql(config, members[0])
        else:
            _restore_sqlite(config.sqlite_file, members[0])
        for member in members[1:]:
            member.chmod(PRIVATE)
            member.replace(config.data / member.name)


def _copy_sqlite(source: Path, copy: Path) -> None:
    address = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)


def _restore_sqlite(target: Path, copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as database:
        (answer,) = database.execute("PRAGMA quick_check").fetchone()
        if answer == "ok" and database.execute(_HAS_MANIFESTS).fetchone():
            database.execute(_RAISE_SQLITE)
            database.commit()
    if answer != "ok":
        raise ConfigError(str(copy.name), [f"the database in the archive is damaged: {answer}"])
    target.parent.mkdir(parents=True, exist_ok=True)
    for one in side_files(target):
        one.unlink(missing_ok=True)
    copy.chmod(PRIVATE)
    copy.replace(target)


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
    there = [path for path in (config.sqlite_file, config.key_file) if path and path.exists()]
    if there:
        fault = "is there already; next: choose another `data` directory, or add --force"
        raise ConfigError(str(there[0]), [fault])


def _unpack(config: HubConfig, source: Path, folder: Path) -> list[Path]:
    """Take out the members that belong to such a hub, and only those.

    An archive from before there were sites' keys has none; `gate hub migrate` makes it.
    """
    wanted = [_member(config), *SECRET_MEMBERS]
    with tarfile.open(source, "r:") as tar:
        names = tar.getnames()
        if SITES_KEY_NAME not in names:
            wanted.remove(SITES_KEY_NAME)
        if sorted(names) != sorted(wanted) or not all(one.isfile() for one in tar.getmembers()):
            found = ", ".join(names[:5])
            fault = f"holds {found}; a backup for this hub's database holds {', '.join(wanted)}"
            raise ConfigError(str(source), [fault])
        tar.extractall(folder, filter="data")
    return [folder / name for name in wanted]


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

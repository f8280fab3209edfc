"""The two ways to open a journal's database: as its one writer, or to read.

A database in WAL mode can be read only where its side files can be made, so readers share the
journal's group and may write its directory (ARCHITECTURE, Processes). On a read-only medium a
journal is read as it lies, if it was closed in good order.
"""

import sqlite3
from pathlib import Path
from typing import Final

from gate.errors import JournalError
from gate.store.journal_schema import VERSION, read_version
from gate.store.sqlite_errors import primary_code, translate

_READER_WAITS_S: Final = 5.0
"""A reader has time; a writer that starts or a checkpoint holds the file for milliseconds."""

_WRITER_WAITS_S: Final = 0.5
"""Somebody stands at the gate; whoever holds the lock longer than this is a fault to be shown."""

_MAX_LOG_BYTES: Final = 8 << 20
"""Twice the log's usual size (1,000 pages of 4 KiB), to which it is cut after a slow reader."""


_NO_SIDE_FILES: Final = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})
"""What SQLite says where the side files are not there and cannot be made."""


def is_there(path: Path) -> bool:
    """Whether something has this name; a disk that can't tell is not taken for an empty one.

    Raises:
        JournalError: it can't tell.
    """
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        step = "check the disk and the file's owner"
        raise JournalError(f"{path}: {error.strerror}; {step}") from error
    return True


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open to read; nothing in the file or its log is changed, not even by closing.

    Raises:
        EventError: damaged, or no journal.
        JournalError: it isn't there, is of a later version, or can't be read.
    """
    if not (is_there(path) and path.is_file()):
        step = "next: check the path, or start `gate run`, which makes it"
        raise JournalError(f"{path}: there is no journal here; {step}")
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        return _connect(path, uri, _READER_WAITS_S)
    except sqlite3.Error as error:
        if primary_code(error) not in _NO_SIDE_FILES or _has_log(path):
            raise translate(path, error) from error
    try:
        return _connect(path, f"{uri}&immutable=1", _READER_WAITS_S)
    except sqlite3.Error as error:
        raise translate(path, error) from error


def connect_writer(path: Path) -> sqlite3.Connection:
    """Open an existing file to write; every statement is its own durable transaction.

    Raises:
        EventError: damaged.
        JournalError: of a later version, or the disk refuses.
    """
    try:
        connection = _connect(path, f"{path.absolute().as_uri()}?mode=rw", _WRITER_WAITS_S)
    except sqlite3.Error as error:
        raise translate(path, error) from error
    try:
        _prepare(path, connection)
    except sqlite3.Error as error:
        connection.close()
        raise translate(path, error) from error
    except JournalError:
        connection.close()
        raise
    return connection


def _prepare(path: Path, connection: sqlite3.Connection) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise JournalError(
            f"{path}: its file system keeps no write-ahead log (mode {mode}); put the journal on"
            " a local disk"
        )
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # an erased person leaves no bytes behind
    connection.execute(f"PRAGMA journal_size_limit = {_MAX_LOG_BYTES}")


def _connect(path: Path, uri: str, wait_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=wait_s)
    try:
        version = read_version(connection)
    except sqlite3.Error:
        connection.close()
        raise
    if version > VERSION:
        connection.close()
        raise JournalError(
            f"{path}: journal version {version}, this gate knows up to {VERSION}; install the"
            " gate software that wrote it, or a later one"
        )
    return connection


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0

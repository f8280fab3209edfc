"""Making SQLite's commits durable together: written one after another, waited for side by side.

Under `synchronous=FULL` each commit waits for the disk while it is the one writer; a hundred units
then wait for a hundred disk writes in a row. Here a commit only writes to the log (`-wal`), hands
on its turn, and then waits until the log is on the disk: what other processes committed meanwhile
goes with it. (The threads of one process share a commit: `gate.hub.ingest.together`.) Nothing is
answered before. What a power cut takes is a tail of the log that nobody was told is stored: each of
the log's frames carries a checksum over all before it (sqlite.org/walformat.html), so what is left
after the cut is a state the database once had.

A disk that fails once may say next time that all is well (PostgreSQL's "fsyncgate"), so a process
that was once told otherwise calls nothing in that database durable again; after a restart, units
send again whatever isn't there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

_failures: Final[dict[str, OSError]] = {}


@contextmanager
def commits_unwaited(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let transactions in this block end before they are durable: `wait_for_log` is to follow."""
    if not _has_log(str(connection.settings_dict["NAME"])):
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        with connection.wrap_database_errors:
            connection.connection.execute("PRAGMA synchronous=FULL")


def wait_for_log(database: str) -> None:
    """Return when every transaction committed so far is on the disk.

    The log is opened anew, because SQLite removes it with its last connection.

    Raises:
        OperationalError: the disk refused, now or earlier; its OSError is the cause.
    """
    if not _has_log(database):
        return
    if database not in _failures:
        try:
            _write_out(f"{database}-wal")
        except OSError as error:
            _failures[database] = error
    if database in _failures:
        raise OperationalError(
            f"{database}-wal could not be written to the disk; next: see to the disk, then start"
            " the hub again"
        ) from _failures[database]


def _has_log(database: str) -> bool:
    """A database in memory (a URI, as Django's tests have) has none."""
    return not database.startswith("file:")


def _write_out(file: str) -> None:
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)

"""The database address as Django takes it, and how each database is made to keep its word.

SQLite: WAL with synchronous=FULL, because an answered upload must survive a power cut (under NORMAL
up to 899 acknowledged rows were lost a cut; the ingest, which has many writers at once, waits for
the log itself: `gate.hub.ingest.write_ahead`); BEGIN IMMEDIATE, because one that reads and
then writes can't be retried once another has written; a busy timeout, because writers queue.
PostgreSQL: every parameter libpq knows may stand in the address, several hosts among them.
"""

import os
from pathlib import Path
from typing import Any, Final

from gate.errors import ConfigError
from gate.hub.config import HubConfig

BUSY_TIMEOUT_S: Final = 20
"""A writer waits this long for others; a request must end before its worker is given up (30 s)."""

CONNECT_TIMEOUT_S: Final = 5
"""Of a host that doesn't answer, before the next in the address is tried."""

PRIVATE: Final = 0o600
"""Read and written by the hub's user alone."""

_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
    " PRAGMA secure_delete=ON"  # who was erased leaves no bytes behind
)

_DJANGO_NAMES: Final = {
    "dbname": "NAME",
    "user": "USER",
    "password": "PASSWORD",
    "host": "HOST",
    "port": "PORT",
}


def keep_private(config: HubConfig) -> None:
    """Let nobody but the hub's user read a file database: holders' names are in it.

    Its file is made, empty, if it is not there: SQLite would let everybody read it, and gives the
    files beside it the mode of the database.

    Raises:
        ConfigError: the file can't be made, or is somebody else's.
    """
    file = config.sqlite_file
    if file is None:
        return
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, PRIVATE))
        for one in (file, *side_files(file)):
            if one.exists():
                one.chmod(PRIVATE)
    except OSError as error:
        fault = f"can't be kept private: {error.strerror}; next: let the hub's user own it"
        raise ConfigError(str(error.filename), [fault]) from error


def side_files(file: Path) -> tuple[Path, ...]:
    """Return what SQLite keeps beside a database in WAL mode."""
    return tuple(file.with_name(file.name + ending) for ending in ("-wal", "-shm"))


def django_database(config: HubConfig) -> dict[str, Any]:
    """Return the one entry of Django's DATABASES.

    Raises:
        ConfigError: libpq can't read the address.
    """
    file = config.sqlite_file
    if file is None:
        return _postgresql(config.database)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": BUSY_TIMEOUT_S,
            "transaction_mode": "IMMEDIATE",
            "init_command": _PRAGMAS,
        },
    }


def _postgresql(address: str) -> dict[str, Any]:
    import psycopg  # noqa: PLC0415 - only a hub that has outgrown SQLite loads libpq
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - as above

    try:
        given = conninfo_to_dict(address)
    except psycopg.ProgrammingError as error:
        raise ConfigError("hub.database", [f"not an address of PostgreSQL's: {error}"]) from error
    named = {_DJANGO_NAMES[key]: given.pop(key) for key in list(given) if key in _DJANGO_NAMES}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": CONNECT_TIMEOUT_S, **given},
    }

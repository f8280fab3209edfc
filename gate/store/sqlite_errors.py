"""SQLite's many errors as the two that matter: the disk refuses, or what lies there is damaged.

A refusal (full, read-only, busy, gone, I/O error) passes when its cause does, and the file must be
left alone. Damage stays.
"""

import sqlite3
from pathlib import Path
from typing import Final

from gate.errors import EventError, JournalError

_DAMAGE: Final = frozenset(
    {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_ERROR,  # no such table or column: the schema is another
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_TOOBIG,
    }
)
_NEXT_STEP: Final = {
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_READONLY: "mount the disk writable, and let the gate's user write the file",
    sqlite3.SQLITE_BUSY: "another program holds the file locked; end it",
    sqlite3.SQLITE_LOCKED: "another program holds the file locked; end it",
    sqlite3.SQLITE_CANTOPEN: "its directory must be writable, with room on the disk",
    sqlite3.SQLITE_IOERR: "check the disk, and that it has room",
}


def translate(path: Path, error: sqlite3.Error) -> JournalError | EventError:
    """Return damage as EventError and everything else as JournalError."""
    if primary_code(error) in _DAMAGE:
        return EventError(f"damaged: {error}")
    return refusal(path, error)


def refusal(path: Path, error: sqlite3.Error) -> JournalError:
    """Return what the operator is told: the file, SQLite's words, the next step."""
    step = _NEXT_STEP.get(primary_code(error), "start the gate again: it sets a damaged file aside")
    return JournalError(f"{path}: {error}; {step}")


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's result code without its extension; what Python itself raises has none."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF

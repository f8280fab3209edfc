"""What changes in a journal's files with every record: to look often, without opening it."""

import os
from pathlib import Path
from typing import TypeAlias

JournalTrace: TypeAlias = tuple[tuple[int, int, int] | None, ...]


def trace_journal(journal: Path) -> JournalTrace:
    """Return a trace of the file and its write-ahead log, into which each record goes first.

    Taken before reading, it differs from a later one if anything came that was not read.
    """
    return _trace(journal), _trace(journal.with_name(f"{journal.name}-wal"))


def _trace(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - ten times a second; one system call
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns

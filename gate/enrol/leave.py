"""A unit leaves its hub: everything that made it one goes, and it waits for a code again.

Its record is evidence, so it goes only when the hub has all of it, or when whoever asks says that
it may be lost. The unit's own file goes first: without it no service of the gate starts, however
far this came.
"""

import os
import shutil
from pathlib import Path

from gate.enrol.staging import UnitPaths
from gate.errors import EnrolError, EventError, JournalError, Setback
from gate.store.cursor import cursor_directory, read_mark
from gate.store.files import sync_directory
from gate.store.journal_head import HeadFile
from gate.store.journal_reader import JournalReader


def leave(paths: UnitPaths, *, even_unsent: bool = False) -> list[Path]:
    """Remove what makes the machine a unit; return what was removed.

    Raises:
        EnrolError: UNFINISHED, while a gate writes the record, or the hub lacks some of it; DISK.
    """
    if not even_unsent:
        _refuse_unsent(paths)
    gone = [path for path in _belongings(paths) if os.path.lexists(path)]
    try:
        for path in gone:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            sync_directory(path.parent)
    except OSError as error:
        raise EnrolError(Setback.DISK, f"{error.filename}: {error.strerror}") from error
    return gone


def _belongings(paths: UnitPaths) -> list[Path]:
    record = sorted(paths.state.glob(f"{paths.journal.name}*"))
    return [
        paths.config,
        paths.policy,
        paths.authority,
        paths.key,
        paths.site_key,
        cursor_directory(paths.journal),
        *record,
        paths.journal.with_name("clock.json"),
        paths.trust,
        paths.state / "enrol",
    ]


def _refuse_unsent(paths: UnitPaths) -> None:
    """Refuse while somebody writes the record, or while the hub is not known to have it all."""
    if not paths.journal.exists():
        return
    try:
        HeadFile(paths.journal).close()
        with JournalReader.open(paths.journal) as reader:
            head = reader.head()
        mark = read_mark(cursor_directory(paths.journal))
    except (JournalError, EventError) as error:
        raise EnrolError(Setback.UNFINISHED, str(error)) from error
    if mark is None or mark.head != head:
        sent = mark.head.seq if mark is not None and mark.head.journal_id == head.journal_id else 0
        raise EnrolError(Setback.UNFINISHED, f"{head.seq - sent} of {head.seq} entries")

"""Setting a damaged journal aside: renamed with what belongs to it, never removed, never replaced.

The new name keeps SQLite's own endings last (`x.damaged-20261206T071500Z-wal`), so that the set can
still be opened, and what is left of it be saved, by hand.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from gate.errors import JournalError
from gate.store.files import sync_directory

SIDE_FILES: Final = ("-wal", "-shm")
"""What SQLite keeps beside a database in WAL mode."""


def set_aside(path: Path, target: Path) -> None:
    """Rename the journal at `path`; parts that are not there are no fault.

    The journal goes first: if power fails between two renames, a side file alone is still seen to
    be left over, while a journal without its side file would merely look short.

    Raises:
        JournalError: the disk refuses.
    """
    try:
        for ending in ("", *SIDE_FILES):
            part = path.with_name(path.name + ending)
            if os.path.lexists(part):
                part.rename(target.with_name(target.name + ending))
        sync_directory(path.parent)
    except OSError as error:
        raise JournalError(
            f"{path}: damaged, and cannot be set aside as {target.name}: {error.strerror};"
            " make its directory writable, or move the file away"
        ) from error


def free_name(path: Path, now: datetime) -> Path:
    """Return a name nobody has; a unit without a clock may ask twice at the same time of 1970."""
    stem = f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}"
    number = 1
    while True:
        target = path.with_name(stem if number == 1 else f"{stem}.{number}")
        if not any(os.path.lexists(f"{target}{ending}") for ending in ("", *SIDE_FILES)):
            return target
        number += 1

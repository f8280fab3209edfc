"""What the unit's own check found last, beside its record: for the heartbeat, and for who asks.

One small JSON file, replaced whole by `gate doctor --keep`. A check that has not been done for
longer than `DUE` says so by itself: nothing else would.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from gate.store.files import write_file

DUE: Final = timedelta(days=15)
"""It is done weekly; a unit may stand without power for a week."""
OVERDUE: Final = "check overdue"
UNREADABLE: Final = "check can't be read"

MAX_CHECKED_BYTES: Final = 64 << 10
_MODE: Final = 0o640


def checked_path(journal: Path) -> Path:
    """Return where the result lies, beside the journal."""
    return journal.with_name("checked.json")


def write_checked(journal: Path, at: datetime, faults: Iterable[str]) -> None:
    """Keep what is not well, each in one line; raises OSError."""
    told = {"at": at.isoformat(), "faults": list(faults)}
    write_file(checked_path(journal), json.dumps(told).encode("ascii"), mode=_MODE)


def read_checked(journal: Path, now: datetime) -> tuple[str, ...]:
    """Return what was not well; nothing where no check was done yet."""
    try:
        with checked_path(journal).open("rb") as file:
            told = json.loads(file.read(MAX_CHECKED_BYTES))
        at = datetime.fromisoformat(told["at"]).astimezone(UTC)
        faults = tuple(str(fault) for fault in told["faults"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return (UNREADABLE,)
    return (OVERDUE, *faults) if now - at > DUE else faults

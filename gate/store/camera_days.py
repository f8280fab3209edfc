"""Where the gate keeps how its cameras saw the cards of the last two days, for the heartbeat.

One small file a lane, beside the journal, written by the gate alone and replaced whole. What can't
be read is as if nothing had been seen: it is begun anew, and told by nobody.
"""

import json
from pathlib import Path
from typing import Final

from gate.access.model import Direction
from gate.errors import EventError
from gate.events.camera_day import CameraDay, from_wire, to_wire
from gate.events.heartbeat import MAX_CAMERA_DAYS
from gate.store.files import write_file

_MOST_CHARS: Final = 1_000
_MODE: Final = 0o640


def camera_days_path(journal: Path, direction: Direction) -> Path:
    """Return where the days of a lane's camera are kept."""
    return journal.with_name(f"camera-{direction}.json")


def read_camera_days(path: Path) -> tuple[CameraDay, ...]:
    """Return what is kept, the newest day first; nothing of what can't be read."""
    try:
        with path.open(encoding="utf-8") as file:
            told = json.loads(file.read(_MOST_CHARS))
        return tuple(from_wire(one) for one in told[:MAX_CAMERA_DAYS])
    except (OSError, ValueError, TypeError, KeyError, EventError):
        return ()


def write_camera_days(path: Path, days: tuple[CameraDay, ...]) -> None:
    """Keep the newest days, the newest first; raises OSError."""
    text = json.dumps([to_wire(day) for day in days[:MAX_CAMERA_DAYS]])
    write_file(path, text.encode(), mode=_MODE)

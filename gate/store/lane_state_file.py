"""The file through which the gate process tells its neighbours what it shows.

It lies on a tmpfs: nothing of it survives the machine's next start, so it is replaced whole but not
made durable. A reader sees the old state or the new one, never half of one.
"""

import os
from pathlib import Path
from typing import Final

from gate.errors import EventError, JournalError
from gate.events.lane_state import (
    MAX_STATE_BYTES,
    LaneState,
    decode_lane_state,
    encode_lane_state,
)

_MODE: Final = 0o640
"""It may hold a first name: for the screen and the page, which are of the unit's group."""


def write_lane_state(path: Path, state: LaneState) -> None:
    """Replace the file.

    Raises:
        JournalError: the directory refuses; names what to do.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with open(os.open(beside, flags, _MODE), "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(encode_lane_state(state))
        beside.replace(path)
    except OSError as error:
        step = f"let gate-unit write to {path.parent}"
        raise JournalError(f"{path}: can't be written: {error.strerror}; next: {step}") from error


def read_lane_state(path: Path) -> LaneState | None:
    """Return what the gate process told last; None if it never did.

    Raises:
        EventError: the file can't be read, or holds no state.
    """
    try:
        with path.open("rb") as file:
            return decode_lane_state(file.read(MAX_STATE_BYTES + 1))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EventError(f"{path}: can't be read: {error.strerror}") from error
    except EventError as error:
        raise EventError(f"{path}: {error}") from error

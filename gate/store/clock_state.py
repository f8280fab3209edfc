"""What the gate process knows of time across power cuts: one small file, which it alone writes.

The file is replaced whole. One that is damaged is set aside by the next that is kept: what is lost
with it is time that ran under an untrusted clock, and a floor that signatures and the journal
raise again.
"""

from pathlib import Path
from typing import Final

from gate.errors import TrustError
from gate.store.files import write_file
from gate.trust.clock_floor import MAX_STATE_CHARS, ClockState, format_state, parse_state

_MODE: Final = 0o644


def clock_state_path(journal: Path) -> Path:
    """Return where the clock's state of the unit whose journal is at `journal` lies."""
    return journal.with_name("clock.json")


def read_clock_state(path: Path) -> ClockState | None:
    """Return what was kept; None if nothing ever was.

    Raises:
        TrustError: it can't be read, or is damaged.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_STATE_CHARS + 1)
        return parse_state(data.decode("ascii"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise TrustError(f"{path}: can't be read: {error}") from error
    except TrustError as error:
        raise TrustError(f"{path}: {error}") from error


def write_clock_state(path: Path, state: ClockState) -> None:
    """Keep `state`, durably.

    Raises:
        TrustError: the disk refuses; what was kept before still is.
    """
    try:
        write_file(path, format_state(state).encode("ascii"), mode=_MODE)
    except OSError as error:
        raise TrustError(f"{path}: can't be written: {error.strerror}") from error

"""When a silent camera is restarted, reopened and given up: pure.

The ladder (READING, "picamera2"): no frame for `STALL_S` -> stop and start; then reopen; then give
up, so that the process leaves and systemd starts it anew. The first frame resets it. A rung that
failed outright still lasts `STALL_S`, so that a missing camera shows its fault for seconds and is
not hammered.
"""

from enum import StrEnum
from typing import Final

STALL_S: Final = 2.0
"""READING: no frame for 2 s."""

RESTART_S: Final = 3.0
"""A stop and start of a sensor takes under a second; the rest is for its first exposure."""

OPEN_S: Final = 10.0
"""The first frame after opening: a network camera sends a key frame every 2 to 10 s."""


class Rung(StrEnum):
    """What is to be done next."""

    RESTART = "restart"
    REOPEN = "reopen"
    GIVE_UP = "give_up"


_LADDER: Final = (Rung.RESTART, Rung.REOPEN, Rung.GIVE_UP)
_PATIENCE_S: Final = {Rung.RESTART: RESTART_S, Rung.REOPEN: OPEN_S, Rung.GIVE_UP: OPEN_S}


class CameraWatch:
    """Follows one camera; `faulty` from the first stall to the next frame."""

    def __init__(self, at_s: float) -> None:
        self.faulty = False
        self._climbed = 0
        self._since_s = at_s
        self._patience_s = OPEN_S

    def frame(self, at_s: float) -> None:
        """Take note of a frame: the camera works."""
        self.faulty = False
        self._climbed = 0
        self._since_s = at_s
        self._patience_s = STALL_S

    def started(self, at_s: float) -> None:
        """Take note that the last rung was done; patience begins here."""
        self._since_s = at_s

    def look(self, at_s: float, *, failed: bool) -> Rung | None:
        """Return the next rung if it is due; `failed` tells that the stream ended in an error."""
        quiet_s = at_s - self._since_s
        self.faulty = self.faulty or failed or quiet_s >= STALL_S
        if quiet_s < (STALL_S if failed else self._patience_s):
            return None
        rung = _LADDER[min(self._climbed, len(_LADDER) - 1)]
        self._climbed += 1
        self._since_s = at_s
        self._patience_s = _PATIENCE_S[rung]
        return rung

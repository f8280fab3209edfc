"""When a silent camera, or one whose pictures are useless, is restarted, reopened, given up: pure.

The ladder (READING, "picamera2"): no frame for `STALL_S` -> stop and start; then reopen; then give
up, so that the process leaves and systemd starts it anew. The first frame resets it. A rung that
failed outright still lasts `STALL_S`, so that a missing camera shows its fault for seconds and is
not hammered; it is opened again and again for a while before it is given up.
"""

from enum import StrEnum
from typing import Final

from gate.unit.picture_watch import Wrong

STALL_S: Final = 2.0
"""READING: no frame for 2 s."""

RESTART_S: Final = 3.0
"""A stop and start of a sensor takes under a second; the rest is for its first exposure."""

OPEN_S: Final = 10.0
"""The first frame after opening: a network camera sends a key frame every 2 to 10 s."""


MAX_OPENINGS: Final = 15
"""Half a minute of a camera that isn't there: somebody plugs it in again, and it is back within
`STALL_S`. A new process takes as long to begin."""


class Rung(StrEnum):
    """What is to be done next."""

    RESTART = "restart"
    REOPEN = "reopen"
    GIVE_UP = "give_up"


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

    def look(
        self, at_s: float, *, failed: bool, absent: bool = False, wrong: Wrong | None = None
    ) -> Rung | None:
        """Return the next rung if it is due.

        Args:
            at_s: now.
            failed: the stream ended in an error.
            absent: for the camera did not even open.
            wrong: its pictures have been useless for long enough already. One that is all white
                is no reason to give up: it may be the sun.
        """
        quiet_s = at_s - self._since_s
        self.faulty = self.faulty or failed or wrong is not None or quiet_s >= STALL_S
        if wrong is not None and not self._climbed:
            patience_s = 0.0
        else:
            patience_s = STALL_S if failed or wrong is not None else self._patience_s
        may_stay = wrong is Wrong.WHITE and self._climbed > 1
        if quiet_s < patience_s or may_stay:
            return None
        rung = self._rung(MAX_OPENINGS if absent else 1)
        self._climbed += 1
        self._since_s = at_s
        self._patience_s = _PATIENCE_S[rung]
        return rung

    def _rung(self, openings: int) -> Rung:
        if not self._climbed:
            return Rung.RESTART
        return Rung.REOPEN if self._climbed <= openings else Rung.GIVE_UP

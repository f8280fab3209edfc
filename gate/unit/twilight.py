"""When the lamp at the reader is lit: pure.

It is lit once frames have been too dark for `DARK_FOR_S`: by how they were taken where the camera
tells, else by how they look. Whether it still has to be can't be seen while it is: so it is put out
now and then while nobody is there, and lit again at once if it is still dark.
"""

from typing import Final

import numpy as np

from gate.devices.ports import Frame

DARK_US: Final = 80_000.0
"""Exposure times gain, microseconds: the shutter at its ceiling (`devices.shutter`), a gain of 8.
Twice as much is all that a sensor has."""

DARK_LEVEL: Final = 70.0
"""Of 255, of the lightest tenth of a picture; as `gate.unit.hints` calls a code dim."""

STILL_DARK: Final = 0.5
"""Of what lights it: less is needed to stay lit than to be lit."""

DARK_FOR_S: Final = 3.0
"""Longer than somebody who stands before the lens, and than exposure takes to follow."""

TRIED_EVERY_S: Final = 600.0
TRIED_FOR_S: Final = 1.5
"""Exposure follows within a second."""

NOBODY_FOR_S: Final = 10.0
"""Since a code was seen."""

_STEP_PX: Final = 8
_TENTH: Final = 10


class Twilight:
    """Follows one lane's frames; `is_lit` is what its lamp should be."""

    def __init__(self) -> None:
        self.is_lit = False
        self._dark_since_s: float | None = None
        self._code_s = float("-inf")
        self._tried_s = float("-inf")
        self._is_trying = False

    def look(self, frame: Frame, at_s: float, *, code: bool) -> bool:
        """Take note of a frame, and whether a code is in it; return whether to light the lamp."""
        if code:
            self._code_s = at_s
        least = STILL_DARK if self._is_trying else 1.0
        is_dark = darkness(frame) >= least
        if self.is_lit:
            is_due = at_s - self._tried_s >= TRIED_EVERY_S and at_s - self._code_s >= NOBODY_FOR_S
            if is_due:
                self._turn(at_s, lit=False)
        elif self._is_trying:
            if at_s - self._tried_s >= TRIED_FOR_S:
                self._is_trying = False
                if is_dark:
                    self._turn(at_s, lit=True)
        elif not is_dark:
            self._dark_since_s = None
        else:
            since_s = self._dark_since_s if self._dark_since_s is not None else at_s
            self._dark_since_s = since_s
            if at_s - since_s >= DARK_FOR_S:
                self._turn(at_s, lit=True)
        return self.is_lit

    def _turn(self, at_s: float, *, lit: bool) -> None:
        self.is_lit = lit
        self._is_trying = not lit
        self._tried_s = at_s
        self._dark_since_s = None


def darkness(frame: Frame) -> float:
    """Return how dark it is: 1 is too dark, half of it is twice the light."""
    if frame.shot is not None:
        return frame.shot.exposure_us * frame.shot.gain / DARK_US
    bright = float(np.percentile(frame.luma[::_STEP_PX, ::_STEP_PX], 100 - _TENTH))
    return DARK_LEVEL / max(bright, 1.0)

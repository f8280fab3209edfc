"""Whether a scene has changed: cheap enough to ask of every frame (0.02 ms at 1280x720).

Every 8th pixel of every 8th row is compared with the frame that was kept. Single pixels count, not
averages: two cards held at the same place differ in their modules only, and must count as changed.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.devices.ports import Luma

STEP_PX: Final = 8
"""READING: an 8x difference costs 0.01 to 0.05 ms; a code of 100 px still gives 150 samples."""

DIFFERENT_LEVELS: Final = (12.0, 30.0)
"""Least and most of 255: four times the mean difference, which of noise is three sigmas; print that
has faded is 20 levels apart. Of noise of 7 levels 1 sample in 400 differs by the most."""

CHANGED_SHARE: Final = 0.005
"""Of all samples: the edges of a card that moved, or half the modules of one that was swapped."""

_OF_MEAN: Final = 4.0


class SceneGate:
    """Remembers one frame and tells whether others differ from it."""

    def __init__(self) -> None:
        self._kept: NDArray[np.int16] | None = None
        self._number = 0

    def number(self, luma: Luma) -> int:
        """Return the number of the scene that `luma` shows: another one whenever it changes."""
        if self.has_changed(luma):
            self._number += 1
            self.keep(luma)
        return self._number

    def has_changed(self, luma: Luma) -> bool:
        """Tell whether `luma` differs from the frame kept; nothing kept is a change."""
        if self._kept is None:
            return True
        seen = luma[::STEP_PX, ::STEP_PX]
        if seen.shape != self._kept.shape:
            return True
        apart = np.abs(self._kept - seen)  # int16, so that uint8 does not wrap around
        least, most = DIFFERENT_LEVELS
        levels = min(max(_OF_MEAN * float(apart.mean(dtype=np.float32)), least), most)
        return bool(np.count_nonzero(apart > levels) > CHANGED_SHARE * apart.size)

    def keep(self, luma: Luma) -> None:
        """Remember `luma`; a copy, so the camera's buffer is free again."""
        self._kept = luma[::STEP_PX, ::STEP_PX].astype(np.int16)

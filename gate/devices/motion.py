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

DIFFERENT_LEVELS: Final = 30
"""Of 255. Sensor noise of 7 levels passes it in 1 of 400 samples; print is 60 and more apart."""

CHANGED_SHARE: Final = 0.005
"""Of all samples: the edges of a card that moved, or half the modules of one that was swapped."""


class SceneGate:
    """Remembers one frame and tells whether others differ from it."""

    def __init__(self) -> None:
        self._kept: NDArray[np.int16] | None = None

    def has_changed(self, luma: Luma) -> bool:
        """Tell whether `luma` differs from the frame kept; nothing kept is a change."""
        if self._kept is None:
            return True
        seen = luma[::STEP_PX, ::STEP_PX]
        if seen.shape != self._kept.shape:
            return True
        apart = np.abs(self._kept - seen)  # int16, so that uint8 does not wrap around
        return bool(np.count_nonzero(apart > DIFFERENT_LEVELS) > CHANGED_SHARE * apart.size)

    def keep(self, luma: Luma) -> None:
        """Remember `luma`; a copy, so the camera's buffer is free again."""
        self._kept = luma[::STEP_PX, ::STEP_PX].astype(np.int16)

"""How well the camera sees cards over days: pure. "Clean the lens" before there is a queue.

A window that grows dusty, wet or scratched makes a card's edges wider and its dark modules lighter,
long before cards stop being read. Each card that is read gives both figures; the medians of the
last `CARDS` are held against the best that this process has seen of as many. The light of the day
changes neither much: both are ratios within one card.
"""

from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np

from gate.devices.ports import Corners, Luma
from gate.reading.light import Light, light_at

CARDS: Final = 64
"""An early half hour at a busy gate; one scratched card, or a night's phones, is not a lens."""

WIDER: Final = 1.4
"""Times the best edges: from focus to a blur of about 1.6 px of sigma."""

LIGHTER: Final = 0.2
"""Of the light modules' brightness, that dark ones have gained."""

CLEAN_AGAIN: Final = 0.5
"""Of what makes it dirty: less and it is clean again, so that it does not come and go."""

MIN_LEVEL: Final = 90.0
"""Of 255, of a card's light modules: in the dark a sensor's noise makes edges of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figures:
    edge_px: float
    haze: float


class LensWatch:
    """Follows one lane's camera; `is_dirty` from when it sees markedly worse until it is clean."""

    def __init__(self) -> None:
        self.is_dirty = False
        self._seen: deque[_Figures] = deque(maxlen=CARDS)
        self._best: _Figures | None = None

    def look(self, luma: Luma, place: Corners) -> Light | None:
        """Take note of a card that was read at `place`; return its figures, if they tell."""
        light = light_at(luma, np.array(place, float))
        if light is None or light.bright < MIN_LEVEL:
            return None
        self._compare(light)
        return light

    def _compare(self, light: Light) -> None:
        self._seen.append(_Figures(edge_px=light.edge_px, haze=light.dark / light.bright))
        if len(self._seen) < CARDS:
            return
        lately = _Figures(
            edge_px=median(one.edge_px for one in self._seen),
            haze=median(one.haze for one in self._seen),
        )
        best = self._best or lately
        self._best = best = _Figures(
            edge_px=min(best.edge_px, lately.edge_px), haze=min(best.haze, lately.haze)
        )
        worse = max(
            (lately.edge_px / best.edge_px - 1) / (WIDER - 1),
            (lately.haze - best.haze) / LIGHTER,
        )
        self.is_dirty = worse > (CLEAN_AGAIN if self.is_dirty else 1.0)

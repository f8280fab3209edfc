"""Where codes appear at this gate: learnt from what was read there, forgotten by halves.

A reader is mounted once, and people hold their cards where it invites them to: nearly all codes lie
in one part of the picture. What is dear looks there first. The part is the box that holds most of
what was read lately, each code counting half as much once `HALF_LIFE` others came after it; so a
camera that is turned is learnt anew, and time alone forgets nothing.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.plane import Points

HALF_LIFE: Final = 32
"""Codes. People differ in where they hold a card; of the last hundred all but a few count."""

LEAST_CODES: Final = 8
"""Fewer tell where somebody stood, not where people stand."""

_KEPT: Final = 4 * HALF_LIFE
"""What is older counts a sixteenth, and all of it together as much as the newest two."""

_OUTSIDE: Final = 0.02
"""Of what was read, on each side: a poster carried past must not widen the part for good."""

_RIM: Final = 0.25
"""Of a code's side, about all of them: the next one lies a little further out than the last."""

_MOST: Final = 0.5
"""Of the picture: to look at more of it first saves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a picture, px: from `left` and `top` to before `right` and `bottom`."""

    left: int
    top: int
    right: int
    bottom: int


class Habit:
    """Remembers where codes lay; one for each camera."""

    def __init__(self) -> None:
        self._shape = (0, 0)
        self._boxes: deque[NDArray[np.float64]] = deque(maxlen=_KEPT)

    def note(self, corners: Points, shape: tuple[int, ...]) -> None:
        """Remember that a code was read at `corners` (4, 2) px of a picture (height, width)."""
        if shape != self._shape:  # another camera, or another mode of it
            self._shape, self._boxes = (shape[0], shape[1]), deque(maxlen=_KEPT)
        low, high = corners.min(axis=0), corners.max(axis=0)
        rim = _RIM * (high - low).max()
        self._boxes.append(np.concatenate([low - rim, -high - rim]))

    def part(self, shape: tuple[int, ...]) -> Part | None:
        """Return where to look first in a picture (height, width); None if nowhere is better."""
        if shape != self._shape or len(self._boxes) < LEAST_CODES:
            return None
        height, width = shape
        left, top, right, bottom = _near_least(np.array(self._boxes)) * (1, 1, -1, -1)
        part = Part(
            left=max(int(left), 0),
            top=max(int(top), 0),
            right=min(int(right) + 1, width),
            bottom=min(int(bottom) + 1, height),
        )
        area = (part.right - part.left) * (part.bottom - part.top)
        return part if 0 < area <= _MOST * height * width else None


def _near_least(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return of each column what all but `_OUTSIDE` of its weight lies above, the newest last."""
    ages = np.arange(len(rows) - 1, -1, -1)
    weights = 0.5 ** (ages / HALF_LIFE)
    order = np.argsort(rows, axis=0)
    below = np.cumsum(weights[order], axis=0)
    first = (below > _OUTSIDE * weights.sum()).argmax(axis=0)
    return np.asarray(np.take_along_axis(rows, order, axis=0)[first, np.arange(rows.shape[1])])

"""What a camera's picture amounts to in figures: light, glare, focus, and whether it moved. Pure.

The focus of a picture depends on what it shows, so it counts only against another picture of the
same place: the one that was kept when the gate was commissioned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.devices.ports import Luma

GLARE_LUMA: Final = 250
MIN_LIGHT: Final = 40
MAX_LIGHT: Final = 215
"""Means of 255; outside them one side of a code's contrast is cut off."""
MAX_GLARE_PERCENT: Final = 5.0
"""Of the picture; a lamp behind somebody, or the sun on the window, covers a card's width."""
MIN_FOCUS_RATIO: Final = 0.5
"""Of the commissioning picture's: a lens that was touched, a window that is dirty."""
MIN_LIKENESS: Final = 0.5
"""Correlation with the commissioning picture; a person in the middle leaves some 0.7."""

_SMALL_PX: Final = (36, 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a picture amounts to."""

    light: float
    glare_percent: float
    focus: float


def figures_of(pictures: Sequence[Luma]) -> Figures:
    """Return the medians of some pictures, one at least."""
    rows = [_figures(picture) for picture in pictures]
    return Figures(
        light=_median([row.light for row in rows]),
        glare_percent=_median([row.glare_percent for row in rows]),
        focus=_median([row.focus for row in rows]),
    )


def likeness(one: Luma, other: Luma) -> float:
    """Return how alike two pictures' places are, -1 to 1, whatever their light."""
    first, second = _small(one), _small(other)
    first, second = first - first.mean(), second - second.mean()
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return 0.0 if size == 0 else float((first * second).sum()) / size


def faults_of(found: Figures) -> list[str]:
    """Return what is wrong with a picture for itself, in words."""
    faults = []
    if found.light < MIN_LIGHT:
        faults.append(f"it is dark ({found.light:.0f} of 255, at least {MIN_LIGHT})")
    if found.light > MAX_LIGHT:
        faults.append(f"it is too bright ({found.light:.0f} of 255, at most {MAX_LIGHT})")
    if found.glare_percent > MAX_GLARE_PERCENT:
        most = f"at most {MAX_GLARE_PERCENT:.0f}"
        faults.append(f"something glares ({found.glare_percent:.1f} percent of it, {most})")
    return faults


def _figures(picture: Luma) -> Figures:
    pooled = _pooled(picture, 2)  # noise differs from one pixel to the next, an edge does not
    middle = 4 * pooled[1:-1, 1:-1]
    edges = middle - pooled[:-2, 1:-1] - pooled[2:, 1:-1] - pooled[1:-1, :-2] - pooled[1:-1, 2:]
    return Figures(
        light=float(picture.mean()),
        glare_percent=100.0 * float((picture >= GLARE_LUMA).mean()),
        focus=float(edges.var()),
    )


def _pooled(picture: Luma, factor: int) -> NDArray[np.float64]:
    height, width = (size - size % factor for size in picture.shape)
    cut = picture[:height, :width].astype(np.float64)
    pooled: NDArray[np.float64] = cut.reshape(
        height // factor, factor, width // factor, factor
    ).mean(axis=(1, 3))
    return pooled


def _small(picture: Luma) -> NDArray[np.float64]:
    """Return the picture as a few blocks' means."""
    rows = np.array_split(picture.astype(np.float64), _SMALL_PX[0], axis=0)
    return np.array(
        [[block.mean() for block in np.array_split(row, _SMALL_PX[1], axis=1)] for row in rows]
    )


def _median(values: list[float]) -> float:
    return round(float(np.median(values)), 2)

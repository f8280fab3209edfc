"""Finding the sharpest of a lens's positions, by the edges of a code that is held still. Pure.

First in coarse steps from far to near, then in fine ones about the best. What counts is the width
of a code's edges (`gate.reading.light`), the figure by which the gate watches its lens as well.
"""

from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Final

COARSE: Final = tuple(0.5 * number for number in range(4, 25))
"""Dioptres: from 50 cm to 8 cm. Half a dioptre at 20 cm is what a Camera Module 3 blurs by a pixel
of 1280."""

FINE: Final = (-0.25, 0.25)

ENOUGH: Final = 3
"""Positions at which the code was seen; of fewer none is the best."""


def search(edges_px: Callable[[float], list[float]]) -> Mapping[float, float]:
    """Return the median width of edges at each position at which a code was seen.

    `edges_px` sets the lens to a position and returns the widths of the frames that follow.
    """
    found: dict[float, float] = {}
    for dioptres in _positions(found):
        widths = edges_px(dioptres)
        if widths:
            found[dioptres] = median(widths)
    return found


def sharpest(found: Mapping[float, float]) -> float | None:
    """Return the best position; None if the code was seen at too few."""
    return min(found, key=found.__getitem__) if len(found) >= ENOUGH else None


def _positions(found: Mapping[float, float]) -> Iterator[float]:
    yield from COARSE
    best = sharpest(found)
    if best is not None:
        yield from (best + step for step in FINE)

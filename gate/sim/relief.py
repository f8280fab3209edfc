"""Round things in soft light: arms, fingers and heads as rods with a cast of brightness.

A rod has two ends with a radius each. Rods of one body are joined by the higher surface, and the
surface is lit from the upper left, which is enough for a blurred or half-hidden body to look real.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

_LIGHT: Final = np.array([-0.35, -0.55, 0.76], dtype=np.float32)
_AMBIENT: Final = 0.42
_PIECES: Final = 5


@dataclass(frozen=True, slots=True)
class Rod:
    """From (x0, y0) with radius r0 to (x1, y1) with radius r1, in the caller's length unit."""

    x0: float
    y0: float
    r0: float
    x1: float
    y1: float
    r1: float


def bent(*points: tuple[float, float, float]) -> tuple[Rod, ...]:
    """Return rods along a smooth curve through (x, y, radius), as fingers and arms bend."""
    ends = np.array([points[0], *points, points[-1]], dtype=np.float64)
    marks = [ends[1]]
    for before, start, end, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        # Catmull-Rom: passes through every point, the same direction on either side of it.
        slope = end - before
        bend = 2 * before - 5 * start + 4 * end - after
        twist = 3 * start - before - 3 * end + after
        steps = np.linspace(0, 1, _PIECES + 1)[1:]
        marks.extend(start + (slope * t + bend * t**2 + twist * t**3) / 2 for t in steps)
    return tuple(Rod(*(float(n) for n in (*one, *two))) for one, two in pairwise(marks))


def shade(rods: Sequence[Rod], xs: Plane, ys: Plane, *, soft: float = 0.0) -> tuple[Plane, Plane]:
    """Return light (about 0.4 to 1) and coverage (0 to 1) at the grid of `xs` (row), `ys` (column).

    The grid is evenly spaced, the same both ways. `soft` rounds off folds narrower than itself.
    """
    step = float(xs[1] - xs[0])
    height = np.zeros((len(ys), len(xs)), dtype=np.float32)
    cover = np.zeros_like(height)
    for rod in rods:
        rows, columns = _near(rod, ys, 1), _near(rod, xs, 0)
        distance, radius = _distance(rod, xs[None, columns], ys[rows, None])
        surface = np.sqrt(np.maximum(radius**2 - distance**2, 0))
        inside = np.clip((radius - distance) / step + 0.5, 0, 1)
        np.maximum(height[rows, columns], surface, out=height[rows, columns])
        np.maximum(cover[rows, columns], inside, out=cover[rows, columns])
    height = _smoothed(height, round(soft / step))
    slope_y, slope_x = np.gradient(height, step)
    facing = _LIGHT[2] - slope_x * _LIGHT[0] - slope_y * _LIGHT[1]
    lit = np.maximum(facing / np.sqrt(1 + slope_x**2 + slope_y**2), 0)
    return (_AMBIENT + (1 - _AMBIENT) * lit).astype(np.float32), cover


def _smoothed(height: Plane, reach: int) -> Plane:
    """Return the running mean over 2 * reach + 1, twice each way."""
    for axis in (0, 0, 1, 1):
        if reach == 0:
            break
        edges = [(0, 0), (0, 0)]
        edges[axis] = (reach + 1, reach)
        summed = np.cumsum(np.pad(height, edges, mode="edge"), axis=axis, dtype=np.float64)
        width = 2 * reach + 1
        ends = np.take(summed, range(width, summed.shape[axis]), axis=axis)
        starts = np.take(summed, range(summed.shape[axis] - width), axis=axis)
        height = ((ends - starts) / width).astype(np.float32)
    return height


def _near(rod: Rod, places: Plane, axis: int) -> slice:
    """Return the part of the grid's axis that the rod covers."""
    start, end = ((rod.x0, rod.x1), (rod.y0, rod.y1))[axis]
    reach = max(rod.r0, rod.r1) + float(places[1] - places[0])
    first, last = np.searchsorted(places, [min(start, end) - reach, max(start, end) + reach])
    return slice(int(first), int(last))


def _distance(rod: Rod, xs: Plane, ys: Plane) -> tuple[Plane, Plane]:
    """Return the distance to the rod's axis, and its radius at the nearest point."""
    along_x, along_y = rod.x1 - rod.x0, rod.y1 - rod.y0
    length2 = max(along_x**2 + along_y**2, 1e-9)
    share = np.clip(((xs - rod.x0) * along_x + (ys - rod.y0) * along_y) / length2, 0, 1)
    distance = np.hypot(xs - rod.x0 - share * along_x, ys - rod.y0 - share * along_y)
    radius = rod.r0 + share * (rod.r1 - rod.r0)
    return distance.astype(np.float32), radius.astype(np.float32)

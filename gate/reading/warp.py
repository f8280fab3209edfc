"""From modules to pixels: a plane seen from anywhere, and how far the card is bent out of it.

A place (u, v) of the symbol, in modules from its upper left corner, goes through a homography
(Hartley and Zisserman, Multiple View Geometry, 2nd edition, 4.1) and is then moved by a smooth
displacement: cosines along both sides, whose coefficients are pixels. Cosines of low order bend
as paper and cloth do, and the higher their order the dearer `fit` makes them.
"""

from dataclasses import dataclass
from math import pi
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.plane import Points

MAX_ORDER: Final = 4
"""Of the cosines along both sides together: two whole waves across the card."""

ORDERS: Final = tuple(
    (i, j) for i in range(MAX_ORDER + 1) for j in range(MAX_ORDER + 1) if 1 < i + j <= MAX_ORDER
)
"""What is left out, a shift and one half wave a side, the homography does."""


_FLAT: Final = 1e-6
"""px^2; corners on one line span no plane, and what comes of them agrees with nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Warp:
    """Where the modules of one symbol lie.

    Attributes:
        side: modules a side.
        plane: (3, 3) homography from modules to px.
        bend: (len(ORDERS), 2) px; zeros for what is flat.
    """

    side: int
    plane: NDArray[np.float64]
    bend: NDArray[np.float64]

    def at(self, places: Points) -> Points:
        """Return pixels (..., 2) of places (..., 2) in modules."""
        flat = through(self.plane, places)
        if not self.bend.any():
            return flat
        return np.asarray(flat + waves(places, self.side) @ self.bend)

    def grid(self, steps: NDArray[np.float64]) -> Points:
        """Return pixels (n, n, 2) of all places whose both coordinates, in modules, are `steps`."""
        # Each coordinate for itself, which is half of the work of pairs.
        down = (steps[:, None] * self.plane[:, 1] + self.plane[:, 2])[:, :, None]
        seen = [down[:, k] + self.plane[k, 0] * steps for k in range(3)]
        flat = np.empty((*seen[0].shape, 2))
        for axis in (0, 1):
            np.divide(seen[axis], seen[2], out=flat[..., axis])
        if not self.bend.any():
            return flat
        cosines = _cosines(steps, self.side)
        shifts = np.zeros((MAX_ORDER + 1, MAX_ORDER + 1, 2))
        shifts[tuple(np.array(ORDERS).T)] = self.bend
        for axis in (0, 1):
            flat[..., axis] += cosines @ shifts[..., axis].T @ cosines.T
        return flat

    @property
    def corners(self) -> Points:
        """Return (4, 2) px: upper left, upper right, lower right, lower left."""
        side = self.side
        return self.at(np.array([(0, 0), (side, 0), (side, side), (0, side)], float))


def flat_warp(side: int, plane: NDArray[np.float64]) -> Warp:
    """Return the warp of a flat card."""
    return Warp(side=side, plane=plane / plane[2, 2], bend=np.zeros((len(ORDERS), 2)))


def moved(warp: Warp, scale: float, shift: Points) -> Warp:
    """Return the warp to px that are px * `scale` + `shift` (2,)."""
    to = np.array([(scale, 0, shift[0]), (0, scale, shift[1]), (0, 0, 1)], float)
    return Warp(side=warp.side, plane=to @ warp.plane, bend=warp.bend * scale)


def through(plane: NDArray[np.float64], places: Points) -> Points:
    """Return places (..., 2) seen through a homography."""
    seen = places @ plane[:, :2].T + plane[:, 2]
    return np.asarray(seen[..., :2] / seen[..., 2:])


def waves(places: Points, side: int) -> NDArray[np.float64]:
    """Return (..., len(ORDERS)) the displacements' cosines at places in modules."""
    across, down = _cosines(places[..., 0], side), _cosines(places[..., 1], side)
    return np.stack([across[..., i] * down[..., j] for i, j in ORDERS], axis=-1)


def _cosines(steps: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Return (..., MAX_ORDER + 1) by the recurrence of Chebyshev."""
    first = np.cos(pi / side * steps)
    cosines = [np.ones_like(first), first]
    while len(cosines) <= MAX_ORDER:
        cosines.append(2 * first * cosines[-1] - cosines[-2])
    return np.stack(cosines, axis=-1)


def planes_from_square(origin: float, size: float, pixels: Points) -> NDArray[np.float64]:
    """Return (..., 3, 3) homographies from a square of modules to (..., 4, 2) px.

    The square's corners are `origin` and `origin + size` in both directions, clockwise from the
    upper left. Closed form: Heckbert, Fundamentals of Texture Mapping, 1989, 2.2.3.
    """
    a, b, c, d = np.moveaxis(pixels, -2, 0)
    one, other, gap = b - c, d - c, a - b + c - d
    below = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    below = np.where(np.abs(below) < _FLAT, _FLAT, below)
    g = (gap[..., 0] * other[..., 1] - gap[..., 1] * other[..., 0]) / below
    h = (one[..., 0] * gap[..., 1] - one[..., 1] * gap[..., 0]) / below
    planes = np.empty((*pixels.shape[:-2], 3, 3))
    planes[..., :2, 0] = b - a + g[..., None] * b
    planes[..., :2, 1] = d - a + h[..., None] * d
    planes[..., :2, 2] = a
    planes[..., 2, 0], planes[..., 2, 1], planes[..., 2, 2] = g, h, 1.0
    return np.asarray(planes @ np.array([(1, 0, -origin), (0, 1, -origin), (0, 0, size)]) / size)


def corner_weights(origin: float, size: float, places: Points) -> NDArray[np.float64]:
    """Return (n, 4) how far places (n, 2) go along with each corner of that square, nearly."""
    u, v = ((places - origin) / size).T
    return np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)

"""Pictures as planes: smaller copies, brightness between pixels, and what is dark about a place.

The centre of the pixel in row y and column x is at (x, y). Distances are pixels of the plane at
hand; `Level.scale` says how many of the frame's pixels one of them is.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
"""Brightness, shape (height, width)."""

Plane = NDArray[np.float32]
"""Brightness, shape (height, width), possibly filtered."""

Points = NDArray[np.float64]
"""Places, shape (..., 2): x to the right, y down."""

MIN_SIDE_PX: Final = 24
"""A code of 21 modules is not found in less than a pixel a module."""

_NOISE_ROWS: Final = 48
_QUARTILE_MEAN: Final = 1.27
"""The mean of the smaller half of noise's second differences is 0.79 of the noise."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Level:
    """A copy of the frame at a 1st, 2nd, 4th ... of its size."""

    luma: Luma
    scale: int

    def to_frame(self, points: Points) -> Points:
        """Return places of this copy as places of the frame."""
        return np.asarray(points * self.scale + (self.scale - 1) / 2)

    def from_frame(self, points: Points) -> Points:
        """Return places of the frame as places of this copy."""
        return np.asarray((points - (self.scale - 1) / 2) / self.scale)


def halved(level: Level) -> Level:
    """Return a copy at half the size: each pixel the mean of four."""
    height, width = level.luma.shape
    even = level.luma[: height // 2 * 2, : width // 2 * 2]
    rows = even[::2].astype(np.uint16) + even[1::2]
    return Level(
        luma=((rows[:, ::2] + rows[:, 1::2] + 2) >> 2).astype(np.uint8), scale=level.scale * 2
    )


def sampled(plane: Plane, points: Points) -> NDArray[np.float32]:
    """Return brightness at `points` (..., 2), linear between pixels, the border's outside."""
    height, width = plane.shape
    x = np.clip(points[..., 0], 0, width - 1.001).astype(np.float32)
    y = np.clip(points[..., 1], 0, height - 1.001).astype(np.float32)
    left, top = x.astype(np.intp), y.astype(np.intp)
    x -= left
    y -= top
    at = top * width + left
    flat = plane.reshape(-1)
    upper = flat.take(at)
    upper += x * (flat.take(at + 1) - upper)
    at += width
    lower = flat.take(at)
    lower += x * (flat.take(at + 1) - lower)
    return np.asarray(upper + y * (lower - upper))


def box_mean(plane: Plane, reach: int) -> Plane:
    """Return means over squares of 2 * reach + 1, the border's values going on outside."""
    for _ in range(2):
        plane = _column_mean(plane, reach).T
    return plane


def noise_of(luma: Luma) -> float:
    """Return the noise's sigma in levels, from neighbours on a few rows: edges are few."""
    rows = luma[:: max(len(luma) // _NOISE_ROWS, 1)].astype(np.int16)
    apart = np.abs(rows[:, 1:-1] * 2 - rows[:, :-2] - rows[:, 2:])
    # A second difference of noise has sigma * sqrt(6); half of its values lie within 0.67 of that.
    return float(np.mean(np.sort(apart, axis=None)[: apart.size // 2 + 1])) * _QUARTILE_MEAN


def dark_of(luma: Luma, reach: int, margin: float) -> NDArray[np.bool_]:
    """Return what is darker by `margin` levels than the mean of 2 * reach + 1 px about it."""
    size = 2 * reach + 1
    sums = _sliding(_sliding(luma, reach, 1), reach, 0)
    sums -= round(margin * size * size)
    return np.asarray(luma.astype(np.int32) * (size * size) < sums)


def smoothed(luma: Luma) -> Luma:
    """Return `luma` with each pixel the weighed mean of 3 by 3: 1 2 1 both ways."""
    wide = np.pad(luma, 1, mode="edge").astype(np.uint16)
    rows = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    return np.asarray((rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:] + 8) >> 4, dtype=np.uint8)


def _sliding(plane: NDArray[np.integer], reach: int, axis: int) -> NDArray[np.int32]:
    """Return sums of 2 * reach + 1 along an axis, the border's values going on outside."""
    fill = [(reach + 1, reach) if k == axis else (0, 0) for k in (0, 1)]
    sums = np.cumsum(np.pad(plane, fill, mode="edge"), axis=axis, dtype=np.int32)
    size = 2 * reach + 1
    return np.asarray(sums[size:] - sums[:-size] if axis == 0 else sums[:, size:] - sums[:, :-size])


def _column_mean(plane: Plane, reach: int) -> Plane:
    size = 2 * reach + 1
    padded = np.pad(plane, ((reach + 1, reach), (0, 0)), mode="edge")
    sums = np.cumsum(padded, axis=0, dtype=np.float64)
    return np.asarray((sums[size:] - sums[:-size]) / size, dtype=np.float32)

"""Pictures as planes: smaller copies, brightness between pixels, and what is dark about a place.

The centre of the pixel in row y and column x is at (x, y). Distances are pixels of the plane at
hand; `Level.scale` says how many of the frame's pixels one of them is.
"""

from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
"""Brightness, shape (height, width)."""

Plane = NDArray[np.float32]
"""Brightness, shape (height, width), possibly filtered."""

Points = NDArray[np.float64]
"""Places, shape (..., 2): x to the right, y down."""

_Number = TypeVar("_Number", np.uint16, np.float32)

MIN_SIDE_PX: Final = 24
"""Of a frame. A code of 21 modules is not found in less than a pixel a module."""

MIN_COPY_PX: Final = 42
"""What a smaller copy holds of 21 modules and more has 4 px a module at most in the copy before
it, and is found there."""

_CELL_PX: Final = 4
"""Of a local threshold: three of them are 4 modules of 3 px."""

_SHARP_REACH: Final = 4
_SHARP_GAIN: Final = np.float32(4)
"""Of 15 kinds tried on frames that others can't read, this shows most finder patterns."""

_NOISE_ROWS: Final = 48
_QUARTILE_MEAN: Final = 1.27
"""The mean of the smaller half of noise's second differences is 0.79 of the noise."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Level:
    """A copy of the frame, or of a part of it, at a 1st, 2nd, 4th ... of its size.

    `left` and `top` are where the part begins, px of the frame.
    """

    luma: Luma
    scale: int
    left: int = 0
    top: int = 0

    def to_frame(self, points: Points) -> Points:
        """Return places of this copy as places of the frame."""
        return np.asarray(points * self.scale + (self.scale - 1) / 2 + (self.left, self.top))


def halved(level: Level) -> Level:
    """Return a copy at half the size: each pixel the mean of four."""
    height, width = level.luma.shape
    even = level.luma[: height // 2 * 2, : width // 2 * 2]
    rows = even[::2].astype(np.uint16) + even[1::2]
    luma = ((rows[:, ::2] + rows[:, 1::2] + 2) >> 2).astype(np.uint8)
    return replace(level, luma=luma, scale=level.scale * 2)


def sampled(plane: Plane, points: Points) -> NDArray[np.float32]:
    """Return brightness at `points` (..., 2), linear between pixels, the border's outside."""
    return sampled_at(plane, points[..., 0], points[..., 1])


def sampled_at(
    plane: Plane | Luma, x: NDArray[np.floating], y: NDArray[np.floating]
) -> NDArray[np.float32]:
    """Return what `sampled` does, at places of which each coordinate has an array of its own."""
    height, width = plane.shape
    x = np.clip(x, 0, width - 1.001).astype(np.float32, copy=False)
    y = np.clip(y, 0, height - 1.001).astype(np.float32, copy=False)
    left, top = x.astype(np.intp), y.astype(np.intp)
    x -= left
    y -= top
    at = top * width + left
    flat = plane.reshape(-1)
    upper = flat.take(at).astype(np.float32, copy=False)
    upper += x * (flat.take(at + 1) - upper)
    at += width
    lower = flat.take(at).astype(np.float32, copy=False)
    lower += x * (flat.take(at + 1) - lower)
    lower -= upper
    lower *= y
    lower += upper
    return np.asarray(lower)


def nearest(luma: Luma, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return brightness of the pixels nearest to places, the border's outside."""
    height, width = luma.shape
    at = np.clip(y + np.float32(0.5), 0, height - 1).astype(np.int32)
    at *= width
    at += np.clip(x + np.float32(0.5), 0, width - 1).astype(np.int32)
    return np.asarray(luma.reshape(-1).take(at).astype(np.float32))


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
    """Return what is darker by `margin` levels than the mean of about 2 * reach + 1 px about it.

    Means are those of cells of `_CELL_PX`, as many about each as come nearest.
    """
    height, width = luma.shape
    cells = _cell_means(luma)
    means = box_mean(cells, max(round((2 * reach + 1) / _CELL_PX) // 2, 1))
    bounds = np.clip(np.ceil(means - np.float32(margin)), 0, 255).astype(np.uint8)
    wide = bounds.repeat(_CELL_PX, axis=1)[:, :width]
    dark = np.empty(luma.shape, np.bool_)
    whole = height // _CELL_PX * _CELL_PX
    by_cells = luma[:whole].reshape(-1, _CELL_PX, width)
    np.less(by_cells, wide[: len(by_cells), None], out=dark[:whole].reshape(by_cells.shape))
    np.less(luma[whole:], wide[-1], out=dark[whole:])
    return dark


def sharpened(luma: Luma) -> Luma:
    """Return `luma` smoothed a little and with its edges raised: a band of 2 to 6 px is left.

    What a lens out of focus leaves of a finder pattern's light ring is a level or two; this shows
    it, where a sensor's noise is smoothed away.
    """
    smooth = smoothed(luma)
    wide = np.pad(smooth, 2 * _SHARP_REACH, mode="edge").astype(np.uint16)
    # Two boxes of 81 in whole numbers; what is shifted away keeps each sum within 16 bits.
    size = 2 * _SHARP_REACH + 1
    once = _sums(_sums(wide, size).T, size) >> np.uint16(3)
    around = _sums(_sums(once, size).T >> np.uint16(3), size)
    raised = smooth * (1 + _SHARP_GAIN)
    raised -= around * (_SHARP_GAIN * np.float32(64 / size**4))
    return np.clip(raised, 0, 255, out=raised).astype(np.uint8)


def _cell_means(luma: Luma) -> Plane:
    """Return means of cells, those at the right and lower edge of what is there."""
    height, width = luma.shape
    ends = [-size % _CELL_PX for size in (height, width)]
    even = np.pad(luma, ((0, ends[0]), (0, ends[1])), mode="edge") if any(ends) else luma
    rows = np.add.reduce([even[k::_CELL_PX] for k in range(_CELL_PX)], axis=0, dtype=np.uint16)
    sums = rows[:, ::_CELL_PX].astype(np.float32)
    for k in range(1, _CELL_PX):
        sums += rows[:, k::_CELL_PX]
    return np.asarray(sums / np.float32(_CELL_PX**2))


def smoothed(luma: Luma) -> Luma:
    """Return `luma` with each pixel the weighed mean of 3 by 3: 1 2 1 both ways."""
    wide = np.pad(luma, 1, mode="edge").astype(np.uint16)
    rows = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    return np.asarray((rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:] + 8) >> 4, dtype=np.uint8)


def _column_mean(plane: Plane, reach: int) -> Plane:
    """Return means along columns."""
    size = 2 * reach + 1
    padded = np.pad(plane, ((reach, reach), (0, 0)), mode="edge")
    return _sums(padded, size) * np.float32(1 / size)


def _sums(plane: NDArray[_Number], size: int) -> NDArray[_Number]:
    """Return sums of `size` rows, (height - size + 1, width), by sums of 1, 2, 4 ... rows.

    Running sums would lose digits, and take three times as long.
    """
    count, first, width = len(plane) - size + 1, 0, 1
    total = np.zeros_like(plane[:count])  # in memory as `plane` is, be it transposed
    while True:
        if size & width:
            total += plane[first : first + count]
            first += width
        if 2 * width > size:
            return total
        plane = plane[:-width] + plane[width:]
        width *= 2

"""How a code looks where it lies, read or not: its light, glare, sharpness and size, measured.

What is measured is the code alone, not the scene about it: a dim phone before a bright window is
dark. Samples lie on a grid within the four corners; edges are those of the rows and columns.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.plane import Level, Luma, Points, halved

_BLOCKS: Final = 8
_SAMPLES: Final = 8
"""A block of a card's code is 8 by 8 modules, of which some are dark unless something glares."""

_GLARED_LEVEL: Final = 220
"""A tenth of a block is darker, or it is washed out: paper in the sun still has dark print."""

_TENTH: Final = 10
_STEEPEST: Final = 99
_EVERY: Final = 2
"""Every 2nd row and column of a copy at half the size, in which noise is half, tells the edges."""

_LEAST_PX: Final = 16
"""A place less wide tells nothing; a code has 21 modules and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """One code's figures.

    Attributes:
        dark, bright: levels of 255 that a tenth of it lies under, and over.
        glare: share of it that is washed out, 0 to 1.
        edge_px: width of its sharpest edges; of a lens in focus 2.
        side_px: mean length of its sides.
        x, y: its middle, px.
    """

    dark: float
    bright: float
    glare: float
    edge_px: float
    side_px: float
    x: float
    y: float


def light_at(luma: Luma, corners: Points) -> Light | None:
    """Return the figures of the code whose `corners` (4, 2) are these; None if it is no place."""
    height_px, width_px = luma.shape
    low = np.floor(corners.min(axis=0)).astype(int)
    high = np.ceil(corners.max(axis=0)).astype(int)
    left, top = np.clip(low, 0, (width_px, height_px))
    right, bottom = np.clip(high, 0, (width_px, height_px))
    if min(right - left, bottom - top) < _LEAST_PX:
        return None
    samples = _samples(luma, corners)
    dark, bright = np.percentile(samples, (_TENTH, 100 - _TENTH))
    blocks = (samples < _GLARED_LEVEL).reshape(_BLOCKS, _SAMPLES, _BLOCKS, _SAMPLES)
    dark_shares = blocks.mean(axis=(1, 3))
    x, y = corners.mean(axis=0)
    return Light(
        dark=float(dark),
        bright=float(bright),
        glare=float((dark_shares < _TENTH / 100).mean()),
        edge_px=_edge_px(luma[top:bottom, left:right], float(bright - dark)),
        side_px=float(np.linalg.norm(np.roll(corners, 1, axis=0) - corners, axis=1).mean()),
        x=float(x),
        y=float(y),
    )


def _samples(luma: Luma, corners: Points) -> NDArray[np.uint8]:
    """Return brightness on a grid within the corners, (rows, columns); at the rim what is next."""
    steps = (np.arange(_BLOCKS * _SAMPLES) + 0.5) / (_BLOCKS * _SAMPLES)
    across, down = steps[None, :, None], steps[:, None, None]
    upper = corners[0] + across * (corners[1] - corners[0])
    lower = corners[3] + across * (corners[2] - corners[3])
    places = np.rint(upper + down * (lower - upper)).astype(int)
    columns = places[..., 0].clip(0, luma.shape[1] - 1)
    return np.asarray(luma[places[..., 1].clip(0, luma.shape[0] - 1), columns])


def _edge_px(part: Luma, contrast: float) -> float:
    half = halved(Level(luma=part, scale=1)).luma.astype(np.int16)
    across = np.diff(half[::_EVERY], axis=1)
    down = np.diff(half[:, ::_EVERY], axis=0)
    steps = np.abs(np.concatenate((across.ravel(), down.ravel())))
    return 2 * contrast / max(float(np.percentile(steps, _STEEPEST)), 1.0)

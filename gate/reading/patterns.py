"""Alignment patterns looked for one by one, which tells how a card is bent.

Each is compared at all places within `_REACH_MODULES` of where the warp says, all patterns at once;
those that are surely found pull the warp's cosines towards them, the finder patterns hold it.
"""

from math import pi
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.layout import Layout
from gate.reading.plane import Plane, Points, sampled
from gate.reading.warp import ORDERS, Warp, waves

_REACH_MODULES: Final = 3.0
_STEP_MODULES: Final = 0.5
_SURE: Final = 0.7
_FAR: Final = 0.03
"""Of correlation for each module away: near places are likelier."""

_STIFFNESS: Final = 0.02


def seek_patterns(plane: Plane, warp: Warp, layout: Layout) -> Warp:
    """Return `warp` bent to the alignment patterns found, itself if none is."""
    if not len(layout.centres):
        return warp
    centres = (layout.centres[:, ::-1] + 0.5).astype(np.float64)
    count = round(_REACH_MODULES / _STEP_MODULES)
    steps = np.arange(-count, count + 1) * _STEP_MODULES
    moves = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    scores = _scores(plane, warp, centres, moves) - _FAR * np.hypot(moves[:, 0], moves[:, 1])
    best = scores.argmax(axis=1)
    sure = scores[np.arange(len(best)), best] > _SURE
    if not sure.any():
        return warp
    places = centres[sure]
    shifts = warp.at(places + moves[best[sure]]) - warp.at(places)
    return _pulled(warp, places, shifts)


def _scores(plane: Plane, warp: Warp, centres: Points, moves: Points) -> NDArray[np.float64]:
    """Return (patterns, moves) the correlation of each pattern moved by each."""
    grid = np.arange(-2, 3)
    spots = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    away = np.abs(spots).max(axis=1)
    values = np.where(away == 1, 1.0, -1.0)
    values -= values.mean()
    # The warp is even enough about one place: modules there are steps of two vectors.
    middle = warp.at(centres)
    right, below = (
        warp.at(centres + np.array((1.0, 0.0))) - middle,
        warp.at(centres + np.array((0.0, 1.0))) - middle,
    )
    steps = moves[:, None, :] + spots[None, :, :]
    points = (
        middle[:, None, None, :]
        + steps[None, :, :, :1] * right[:, None, None, :]
        + steps[None, :, :, 1:] * below[:, None, None, :]
    )
    shown = sampled(plane, points)
    shown = shown - shown.mean(axis=-1, keepdims=True)
    lengths = np.sqrt((shown**2).sum(axis=-1) * (values @ values) + 1.0)
    return np.asarray(shown @ values / lengths)


def _pulled(warp: Warp, places: Points, shifts: Points) -> Warp:
    """Bend the warp by `shifts` px at `places`, and by nothing at the finder patterns' corners."""
    far = warp.side - 0.0
    held = np.array(
        [
            (u, v)
            for a, b in ((0, 0), (far - 7, 0), (0, far - 7))
            for u in (a, a + 7)
            for v in (b, b + 7)
        ]
    )
    spread = waves(np.concatenate([places, held]), warp.side)
    moves = np.concatenate([shifts, np.zeros((len(held), 2))])
    dear = np.array([(i * i + j * j) ** 2 for i, j in ORDERS], float) * _STIFFNESS
    bend = np.linalg.solve(spread.T @ spread + np.diag(dear) * pi / 3, spread.T @ moves)
    return Warp(side=warp.side, plane=warp.plane, bend=warp.bend + bend)

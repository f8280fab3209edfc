"""Moving places until the brightness under them is what a template says.

Gauss-Newton on the difference of both, after Lucas and Kanade (1981) as Baker and Matthews put it
(Lucas-Kanade 20 Years On, 2004): the picture's slope under a place times the way the place moves
with each parameter is how its brightness changes. Light differs from place to place, so brightness
is first brought to the template's mean and spread, group by group of places.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.plane import Plane, Points, sampled

Parameters = NDArray[np.float64]

_HALF_PX: Final = 0.75
"""Slopes are measured over 1.5 px: less is noise."""

_DAMPING: Final = 1e-3
_MIN_SPREAD: Final = 1.0
"""Levels; a group that is flatter shows nothing."""

_ENOUGH_PX: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aligned:
    """Parameters found, and how well places agree there: the correlation, -1 to 1."""

    parameters: Parameters
    agreement: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Target:
    """What places ought to show, and how they move.

    Attributes:
        values: (n,) -1 to 1.
        groups: (n,) number of the group in which light is alike.
        ways: (n, 2, k) px by which a place moves with each parameter, near the start.
        stiffness: (k,) how dear each parameter's departure from rest is; 0 is free.
        rest: (k,) where it costs nothing.
    """

    values: NDArray[np.float32]
    groups: NDArray[np.intp]
    ways: NDArray[np.float32]
    stiffness: Parameters
    rest: Parameters


def ways_of(weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return (n, 2, 2 * k): each of k things moves x by its weight, then y."""
    count, things = weights.shape
    ways = np.zeros((count, 2, things, 2), np.float32)
    ways[:, 0, :, 0] = ways[:, 1, :, 1] = weights
    return ways.reshape(count, 2, 2 * things)


def align(
    plane: Plane, places: Callable[[Parameters], Points], target: Target, rounds: int
) -> Aligned:
    """Return the parameters at which `places` show the target best, `rounds` steps from 0."""
    parameters = np.zeros(target.stiffness.size)
    means, spreads = _light(target.values, target.groups)
    own_means, own_spreads = means[target.groups], spreads[target.groups]
    best = Aligned(parameters=parameters, agreement=-1.0)
    length = _length(target.values)
    for turn in range(rounds + 1):
        points = places(parameters)
        seen = sampled(plane, points)
        means, spreads = _light(seen, target.groups)
        gain = (own_spreads / spreads[target.groups]).astype(np.float32)
        shown = ((seen - means[target.groups]) * gain + own_means).astype(np.float32)
        agreement = float(shown @ target.values) / (length * _length(shown))
        if agreement > best.agreement:
            best = Aligned(parameters=parameters, agreement=agreement)
        if turn == rounds:
            break
        step = _step(_slopes(plane, points, gain), target.values - shown, parameters, target)
        parameters = parameters + step
        if np.abs(step).max() < _ENOUGH_PX:
            break
    return best


def _slopes(plane: Plane, points: Points, gain: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n, 2) how evened brightness changes with a px to the right and down."""
    right, below = np.array((_HALF_PX, 0.0)), np.array((0.0, _HALF_PX))
    around = sampled(
        plane, np.stack([points + right, points - right, points + below, points - below])
    )
    scale = gain / np.float32(2 * _HALF_PX)
    return np.stack([(around[0] - around[1]) * scale, (around[2] - around[3]) * scale], axis=1)


def _step(
    slopes: NDArray[np.float32], wrong: NDArray[np.float32], parameters: Parameters, target: Target
) -> Parameters:
    jacobian = slopes[:, :1] * target.ways[:, 0] + slopes[:, 1:] * target.ways[:, 1]
    normal = (jacobian.T @ jacobian).astype(np.float64)
    pull = (jacobian.T @ wrong) - target.stiffness * (parameters - target.rest)
    normal[np.diag_indices_from(normal)] *= 1 + _DAMPING
    normal[np.diag_indices_from(normal)] += target.stiffness + 1e-6
    return np.asarray(np.linalg.solve(normal, pull))


def _light(
    shown: NDArray[np.float32], groups: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    counts = np.maximum(np.bincount(groups), 1)
    means = np.bincount(groups, shown) / counts
    squares = np.bincount(groups, shown * shown) / counts
    return means, np.sqrt(np.maximum(squares - means**2, 1e-6))


def _length(values: NDArray[np.float32]) -> float:
    return float(np.sqrt(values @ values)) or 1.0

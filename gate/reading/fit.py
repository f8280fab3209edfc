"""From three finder patterns to the warp of a whole symbol, by what is known of every symbol.

1. Place: the three patterns are fitted together: a homography, and a module's size beside it, from
   which the version follows.
2. Version: for the versions near it and the places where the fourth corner may be, timing patterns
   and the stated version are compared; the best is kept.
3. Whole: everything known, alignment patterns too, with a flat card and then a bent one.

Every step answers with a correlation, so that what is no code costs no more than the first.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.align import Target, align, ways_of
from gate.reading.layout import MAX_VERSION, MIN_VERSION, layout_of
from gate.reading.patterns import seek_patterns
from gate.reading.place import Placing
from gate.reading.plane import Plane, Points, sampled
from gate.reading.template import Template, known_template, version_template
from gate.reading.warp import (
    ORDERS,
    Warp,
    corner_weights,
    flat_warp,
    planes_from_square,
    through,
    waves,
)
from gate.reading.work import Steps

_WHOLE_ROUNDS: Final = 5
_CORNER_STEPS: Final[NDArray[np.float64]] = np.arange(-3.0, 4.0) * 0.03
"""Where the fourth corner may be beside where the patterns say, in sides: a tilt of 40 degrees,
guessed from patterns of 7 modules, errs by less."""

_FINE_STEPS: Final[NDArray[np.float64]] = np.arange(-2.0, 3.0) * 0.01
"""About the best of those: half a module is near enough for all that is known to pull it in."""

_VERSIONS_ABOUT: Final = 0.06
"""By how much a module's size, so the number of modules a side, may be mistaken."""

_PLATE: Final = 3.0
"""Of 0.5 to 50; with less a symbol without alignment patterns is bent by noise."""

_BENT: Final = 0.3
_AGREES: Final = 0.6
"""A card that is flat within a third of a module and agrees so well is not looked at for bends."""

_LONE_CORNER: Final = 0.5
"""For each px; three patterns' shapes weigh about as much at 3 px a module."""

_CELL_MODULES: Final = 12
"""Light is alike over so many."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """A symbol's place: its version, warp, and the correlation of all that is known of it."""

    version: int
    warp: Warp
    agreement: float


def fit(plane: Plane, placing: Placing) -> Steps[Fit | None]:
    """Return the symbol about three patterns; None if nothing else of one is there, or no time."""
    found = []
    for version in _versions(placing.side):
        found.append(_versioned(plane, placing, version, _CORNER_STEPS))
        if not (yield):
            return None
    if not found:
        return None
    version, corner, _ = max(found, key=lambda one: one[2])
    nearer = replace(placing, corners=corner)
    _, corner, agreement = _versioned(plane, nearer, version, _FINE_STEPS)
    flat = planes_from_square(3.5, 10 + 4 * version, corner)
    first = Fit(version=version, warp=flat_warp(17 + 4 * version, flat), agreement=agreement)
    return (yield from whole(plane, first))


def whole(plane: Plane, first: Fit) -> Steps[Fit]:
    """Return `first` fitted to all that is known, flat, then bent to its alignment patterns."""
    template = known_template(first.version)
    flat = refined(plane, first, template, bends=False)
    if not len(layout_of(first.version).centres) or not (yield):
        return flat  # nothing far from the finder patterns tells of a bend
    sought = seek_patterns(plane, flat.warp, layout_of(first.version))
    if _bend_modules(sought) < _BENT and flat.agreement > _AGREES:
        return flat
    bent = refined(plane, Fit(version=flat.version, warp=sought, agreement=0), template, bends=True)
    return bent if bent.agreement > flat.agreement else flat


def _bend_modules(warp: Warp) -> float:
    """Return the sum of all that bends, in modules."""
    corners = warp.corners
    return float(np.abs(warp.bend).sum() / np.linalg.norm(corners[1] - corners[0]) * warp.side)


def refined(plane: Plane, first: Fit, template: Template, *, bends: bool) -> Fit:
    """Return `first` moved so that it agrees best with `template`; bent too if `bends`."""
    warp = first.warp
    corners = warp.corners
    flat = through(warp.plane, _square(warp.side))
    spread = waves(template.places, warp.side)
    count = 8 + 2 * len(ORDERS) * bends

    def warp_of(parameters: NDArray[np.float64]) -> Warp:
        bend = parameters[8:].reshape(-1, 2) if bends else 0.0
        plane_of = planes_from_square(0, warp.side, flat + parameters[:8].reshape(4, 2))
        return Warp(side=warp.side, plane=plane_of, bend=warp.bend + bend)

    def places(parameters: NDArray[np.float64]) -> Points:
        now = warp_of(parameters)
        return np.asarray(through(now.plane, template.places) + spread @ now.bend)

    weights = corner_weights(0, warp.side, template.places)
    ways = ways_of(np.concatenate([weights, spread], axis=1) if bends else weights)
    cells = (template.places // _CELL_MODULES).astype(np.intp)
    target = Target(
        values=template.values,
        groups=cells[:, 1] * (cells[:, 0].max() + 1) + cells[:, 0],
        ways=ways,
        stiffness=np.concatenate([_hold(first.version), _stiffness(corners, warp.side)])[:count],
        rest=np.concatenate([_level(flat), -warp.bend.reshape(-1)])[:count],
    )
    found = align(plane, places, target, _WHOLE_ROUNDS)
    return Fit(version=first.version, warp=warp_of(found.parameters), agreement=found.agreement)


def _versions(side: float) -> list[int]:
    nearest = (side - 17) / 4
    about = max(0.75, _VERSIONS_ABOUT * side / 4)
    low, high = max(MIN_VERSION, round(nearest - about)), min(MAX_VERSION, round(nearest + about))
    return list(range(low, high + 1))


def _versioned(
    plane: Plane, placing: Placing, version: int, steps: NDArray[np.float64]
) -> tuple[int, Points, float]:
    """Return a version, the patterns' corners with the best fourth, and their agreement."""
    side = 17 + 4 * version
    template = version_template(version)
    reach = np.linalg.norm(placing.corners[1] - placing.corners[0])
    moves = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    corners = np.repeat(placing.corners[None], len(moves), axis=0)
    corners[:, 2] += moves * reach
    planes = planes_from_square(3.5, side - 7, corners)
    places = np.concatenate([template.places, np.ones((len(template.places), 1))], axis=1)
    seen = places @ planes.transpose(0, 2, 1)
    shown = sampled(plane, seen[..., :2] / seen[..., 2:])
    shown = shown - shown.mean(axis=1, keepdims=True)
    values = template.values - template.values.mean()
    scores = shown @ values / np.sqrt((shown**2).sum(axis=1) * (values @ values) + 1e-6)
    # Among equals the corner that the patterns' shapes give.
    best = int(np.argmax(scores - np.abs(moves).sum(axis=1) / 3))
    return version, corners[best], float(scores[best])


def _stiffness(corners: Points, side: int) -> NDArray[np.float64]:
    """Return how dear a px of each cosine is: as the fourth power of its waves, like a plate's."""
    module_px = np.linalg.norm(corners[1] - corners[0]) / side
    orders = np.array([(i * i + j * j) ** 2 for i, j in ORDERS], float)
    return np.repeat(orders * _PLATE / module_px**2, 2)


def _hold(version: int) -> NDArray[np.float64]:
    """Return how dear it is to move each corner: the fourth, where no pattern is near it."""
    hold = np.zeros((4, 2))
    hold[2] = 0.0 if len(layout_of(version).centres) else _LONE_CORNER
    return hold.reshape(-1)


def _level(flat: Points) -> NDArray[np.float64]:
    """Return the moves that make the fourth corner that of a card seen from far away."""
    moves = np.zeros((4, 2))
    moves[2] = flat[1] + flat[3] - flat[0] - flat[2]
    return moves.reshape(-1)


def _square(side: int) -> Points:
    return np.array([(0, 0), (side, 0), (side, side), (0, side)], float)

"""Three finder patterns fitted together: a homography, and a module's size beside it.

The patterns' centres alone leave perspective and version open. Their shapes tell both: each is
fitted with its light rim, all by the same homography, so that what tilts one tilts the others.
"""

from dataclasses import dataclass
from math import exp
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.align import Target, align, ways_of
from gate.reading.plane import Plane, Points
from gate.reading.template import finder_template
from gate.reading.triples import Triple
from gate.reading.warp import corner_weights, planes_from_square, through

MIN_AGREEMENT: Final = 0.45
"""Of three finder patterns; a smear of 2 px at 3 px a module leaves 0.6, lettering seldom 0.4."""

_UNIT: Final = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)
"""Finder patterns' centres as corners of a square; the third is the fourth of the symbol."""

_PLACING_ROUNDS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placing:
    """Three patterns fitted.

    Attributes:
        corners: (4, 2) px of the centres of patterns, the third being that of no pattern.
        side: modules a side as their size tells it: a fraction.
        agreement: the patterns' correlation.
    """

    corners: Points
    side: float
    agreement: float


def place(plane: Plane, triple: Triple) -> Placing:
    """Fit the three finder patterns of `triple`, both in px of `plane`."""
    whole = finder_template()
    corners = np.insert(
        triple.centres, 2, triple.centres[1] + triple.centres[2] - triple.centres[0], axis=0
    )
    spacing = np.sqrt(abs(_cross(corners[1] - corners[0], corners[3] - corners[0])))
    centres = np.repeat(_UNIT[[0, 1, 3]], len(whole.values), axis=0)
    offsets = np.tile(whole.places, (3, 1))

    def places(parameters: NDArray[np.float64]) -> Points:
        # The module's size counts in hundredths, so that all parameters are of one magnitude.
        module = exp(parameters[8] / 100) * triple.module_px / spacing
        plane_of = planes_from_square(0, 1, corners + parameters[:8].reshape(4, 2))
        return through(plane_of, centres + offsets * module)

    start = centres + offsets * (triple.module_px / spacing)
    swell = places(np.eye(9)[8]) - places(np.zeros(9))
    ways = np.concatenate([ways_of(corner_weights(0, 1, start)), swell[:, :, None]], axis=2)
    target = Target(
        values=np.tile(whole.values, 3),
        groups=np.repeat(np.arange(3), len(whole.values)),
        ways=ways.astype(np.float32),
        # The fourth corner is seen by the patterns' shapes only: it must not run away.
        stiffness=np.array([0, 0, 0, 0, 1e-2, 1e-2, 0, 0, 0]),
        rest=np.zeros(9),
    )
    found = align(plane, places, target, _PLACING_ROUNDS)
    module = exp(found.parameters[8] / 100) * triple.module_px / spacing
    return Placing(
        corners=corners + found.parameters[:8].reshape(4, 2),
        side=float(1 / module + 7),
        agreement=found.agreement,
    )


def _cross(one: Points, other: Points) -> float:
    return float(one[0] * other[1] - one[1] * other[0])

"""Which three finder patterns may belong to one code: alike in size, at a right angle, far enough.

The code's upper left is where the angle is; upper right and lower left follow from the turn, as a
code that is not mirrored has them (ISO/IEC 18004:2015, 6.3.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import hypot
from typing import Final

import numpy as np

from gate.reading.finders import Finder
from gate.reading.plane import Points

MAX_TRIPLES: Final = 6
"""The likeliest: each costs a fit, and chance seldom puts one before a code's own."""

_SIZE_RATIO: Final = 1.9
_SIDE_RATIO: Final = 2.0
_MAX_COSINE: Final = 0.6
"""A code tilted by 50 degrees, seen along its diagonal."""

_SIDES: Final = (1.3, 28.0)
"""Centres lie 14 to 170 modules apart: 2 to 24 of a pattern's size, and more or less if tilted."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Triple:
    """Three finder patterns as one code may have them.

    Attributes:
        centres: (3, 2) upper left, upper right, lower left, px.
        module_px: the side of a module, roughly.
        is_light: light on dark.
        score: the higher the likelier.
    """

    centres: Points
    module_px: float
    is_light: bool
    score: float


def find_triples(finders: Sequence[Finder]) -> list[Triple]:
    """Return what may be codes, the likeliest first."""
    triples = [
        triple
        for three in combinations(finders, 3)
        if _are_alike(three) and (triple := _triple(three)) is not None
    ]
    return sorted(triples, key=lambda triple: -triple.score)[:MAX_TRIPLES]


def _are_alike(three: tuple[Finder, ...]) -> bool:
    sizes = [finder.size for finder in three]
    return max(sizes) < _SIZE_RATIO * min(sizes) and len({f.is_light for f in three}) == 1


def _triple(three: tuple[Finder, ...]) -> Triple | None:
    sides = [(_apart(three[(i + 1) % 3], three[(i + 2) % 3]), i) for i in range(3)]
    _, corner = max(sides)  # the angle lies across from the longest side
    at, one, other = three[corner], three[(corner + 1) % 3], three[(corner + 2) % 3]
    (ax, ay), (bx, by) = (one.x - at.x, one.y - at.y), (other.x - at.x, other.y - at.y)
    long, short = hypot(ax, ay), hypot(bx, by)
    size = sum(finder.size for finder in three) / 3
    if min(long, short) < _SIDES[0] * size or max(long, short) > _SIDES[1] * size:
        return None
    cosine, ratio = abs(ax * bx + ay * by) / (long * short), max(long / short, short / long)
    if cosine > _MAX_COSINE or ratio > _SIDE_RATIO:
        return None
    if ax * by - ay * bx < 0:
        one, other = other, one
    spread = max(f.size for f in three) / min(f.size for f in three)
    return Triple(
        centres=np.array([(f.x, f.y) for f in (at, one, other)]),
        module_px=size / 7,
        is_light=at.is_light,
        score=sum(f.likeness for f in three) - cosine - 0.5 * (ratio + spread - 2),
    )


def _apart(one: Finder, other: Finder) -> float:
    return hypot(one.x - other.x, one.y - other.y)

"""Finder patterns of a picture: places where a row and a column both cut one, and that look so.

`hits_along_rows` meets a pattern of module m in about 3m rows and 3m columns. Hits of rows that lie
where hits of columns lie are gathered into one place each; chance hits seldom meet. The places are
then compared with the pattern itself, at a few turns, and the best are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.plane import Luma, Plane, dark_of, sampled
from gate.reading.runs import Hits, hits_along_rows

MAX_FINDERS: Final = 12
"""The likeliest: three codes' and one more by chance."""

MIN_LIKENESS: Final = 0.4
"""Correlation with the pattern. Text and modules at random seldom reach it."""

_MAX_PLACES: Final = 96
_MAX_HITS: Final = 3_000
"""More are lettering or noise; the longest are kept, which are the fewest by chance."""

_CELL_PX: Final = 3
"""A cell's number is its row's, its column's twice, and 1 if light on dark."""

_SIZE_RATIO: Final = 2.2
_APART: Final = 0.3
"""Of its size: hits that lie nearer belong to the same pattern."""

_TURNS: Final = np.arange(4) * (pi / 8)
"""Between them a pattern is turned by 11 degrees at most, which costs it a tenth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """A place that may be a finder pattern.

    Attributes:
        x: of its centre.
        y: of its centre.
        size: 7 modules, px.
        turn: of its sides, radians; 0 to a quarter.
        likeness: correlation with the pattern.
        is_light: light on dark: part of an inverted code.
    """

    x: float
    y: float
    size: float
    turn: float
    likeness: float
    is_light: bool


def find_finders(luma: Luma, reach: int, margin: float) -> list[Finder]:
    """Return what may be finder patterns, the likeliest first.

    Args:
        luma: the picture; patterns of modules from 1.3 to 4 px are found in it.
        reach: of the local threshold, see `dark_of`.
        margin: see there.
    """
    dark = dark_of(luma, reach, margin)
    rows = _bounded(hits_along_rows(dark))
    columns = _bounded(hits_along_rows(np.ascontiguousarray(dark.T)))[:, [1, 0, 2, 3]]
    places = _crossings(rows, columns, luma.shape[1])
    if not len(places):
        return []
    return once(_compared(luma.astype(np.float32), places))


def once(finders: Sequence[Finder]) -> list[Finder]:
    """Return the likeliest `MAX_FINDERS` of those that do not lie on each other."""
    kept: list[Finder] = []
    for one in sorted(finders, key=lambda one: -one.likeness):
        if all(max(abs(one.x - two.x), abs(one.y - two.y)) > _APART * two.size for two in kept):
            kept.append(one)
    return kept[:MAX_FINDERS]


def _compared(plane: Plane, places: NDArray[np.float64]) -> list[Finder]:
    """Compare every place with the pattern at every turn; return those that are like it."""
    steps = np.arange(-4, 5)
    across, down = np.meshgrid(steps, steps)
    away = np.maximum(abs(across), abs(down)).reshape(-1)
    pattern = np.where((away == 2) | (away == 4), 1.0, -1.0)  # light rings
    pattern -= pattern.mean()
    along = np.maximum(np.abs(np.cos(_TURNS)), np.abs(np.sin(_TURNS)))
    # A cut through a turned square is longer than its side.
    modules = (places[:, 2] + places[:, 3])[:, None] / 14 * along
    spots = np.stack([across.reshape(-1), down.reshape(-1)], axis=1).astype(float)
    turned = np.stack(
        [spots @ np.array([(np.cos(a), np.sin(a)), (-np.sin(a), np.cos(a))]) for a in _TURNS]
    ).astype(np.float32)
    points = places[:, None, None, :2].astype(np.float32) + turned[None] * modules[
        :, :, None, None
    ].astype(np.float32)
    seen = sampled(plane, points)
    seen = seen - seen.mean(axis=-1, keepdims=True)
    scores = seen @ pattern / np.sqrt((seen**2).sum(axis=-1) * (pattern @ pattern) + 81.0)
    scores *= np.where(places[:, 4] > 0, -1, 1)[:, None]
    best = scores.argmax(axis=1)
    alike = np.flatnonzero(scores.max(axis=1) > MIN_LIKENESS)
    return [
        Finder(
            x=float(place[0]),
            y=float(place[1]),
            size=float(modules[k, turn] * 7),
            turn=float(_TURNS[turn]),
            likeness=float(scores[k, turn]),
            is_light=bool(place[4]),
        )
        for k, place, turn in zip(alike, places[alike], best[alike], strict=True)
    ]


def _bounded(hits: Hits) -> Hits:
    if len(hits) <= _MAX_HITS:
        return hits
    return np.asarray(hits[np.argpartition(-hits[:, 2], _MAX_HITS)[:_MAX_HITS]])


def _crossings(rows: Hits, columns: Hits, width: int) -> NDArray[np.float64]:
    """Return (n, 5) x, y, cut across, cut down, light, where hits of both kinds meet, in cells."""
    if not (len(rows) and len(columns)):
        return np.zeros((0, 5))
    keys, across = _cells(rows, width)
    other_keys, down = _cells(columns, width)
    step = _keys_a_row(width)
    place = np.full(max(keys[-1], other_keys[-1]) + 2 * step + 3, -1, np.int32)
    place[other_keys + step] = np.arange(len(other_keys))
    least, most = across[:, 2] / _SIZE_RATIO, across[:, 2] * _SIZE_RATIO
    sums = np.zeros((len(keys), 3))
    for shift in (-step - 2, -step, -step + 2, -2, 0, 2, step - 2, step, step + 2):
        there = np.flatnonzero(place[keys + shift + step] >= 0)
        other = down[place[keys[there] + shift + step]]
        alike = (other[:, 2] > least[there]) & (other[:, 2] < most[there])
        counts = other[alike, 3:]
        sums[there[alike]] += np.concatenate([other[alike, 1:3] * counts, counts], axis=1)
    met = sums[:, 2] > 0
    sums, across = sums[met], across[met]
    places = np.stack(
        [
            across[:, 0],
            sums[:, 0] / sums[:, 2],
            across[:, 2],
            sums[:, 1] / sums[:, 2],
            keys[met] % 2,
        ],
        axis=1,
    )
    hits = (across[:, 3] + sums[:, 2]) / across[:, 2]
    return np.asarray(places[np.argsort(-hits)[:_MAX_PLACES]])


def _keys_a_row(width: int) -> int:
    return 2 * (width // _CELL_PX + 3)


def _cells(hits: Hits, width: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return cells' numbers, rising, and (n, 4): x, y and length of their hits, how many each."""
    x, y = (hits[:, :2] / _CELL_PX).astype(np.int64).T
    numbers = y * _keys_a_row(width) + (x + 1) * 2 + hits[:, 3].astype(np.int64)
    keys, cell = np.unique(numbers, return_inverse=True)
    counts = np.bincount(cell, minlength=len(keys)).astype(float)
    sums = [
        np.bincount(cell, hits[:, k], minlength=len(keys)) / np.maximum(counts, 1) for k in range(3)
    ]
    return keys, np.stack([*sums, counts], axis=1)

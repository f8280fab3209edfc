"""Finder patterns of a picture: places where a row and a column both cut one, and that look so.

`hits_along_rows` meets a pattern of module m in about 3m rows and 3m columns. Hits of rows that lie
where hits of columns lie are gathered into one place each; chance hits seldom meet. The places are
then compared with the pattern itself, at a few turns, and the best are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import pi
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.plane import Luma, dark_of, nearest, sampled_at
from gate.reading.runs import Hits, hits_along_rows

MAX_FINDERS: Final = 12
"""The likeliest: three codes' and one more by chance."""

MIN_LIKENESS: Final = 0.4
"""Correlation with the pattern. Text and modules at random seldom reach it."""

_MAYBE: Final = 0.2
"""Of that by the nearest pixels, which takes a third of the time: of 3,000 patterns in frames that
are hard none had less, and of places where nothing is one in ten has more."""

_MAX_PLACES: Final = 96
_MAX_HITS: Final = 3_000
"""Along the rows, and down the columns. More are lettering or noise."""

_CELL_PX: Final = 3
"""A cell's number is its row's, its column's twice, and 1 if light on dark."""

_SIZE_RATIO: Final = 2.2
_APART: Final = 0.3
"""Of its size: hits that lie nearer belong to the same pattern."""

_TURNS: Final = np.arange(4) * (pi / 8)
"""Between them a pattern is turned by 11 degrees at most, which costs it a tenth."""

_ALONG: Final = np.maximum(np.abs(np.cos(_TURNS)), np.abs(np.sin(_TURNS)))
"""A cut through a turned square is longer than its side."""


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
    rows = hits_along_rows(dark, _MAX_HITS)
    columns = hits_along_rows(np.ascontiguousarray(dark.T), _MAX_HITS)[:, [1, 0, 2, 3]]
    places = _crossings(rows, columns, luma.shape[1])
    if not len(places):
        return []
    return once(_compared(luma, places))


def once(finders: Sequence[Finder]) -> list[Finder]:
    """Return the likeliest `MAX_FINDERS` of those that do not lie on each other."""
    kept: list[Finder] = []
    for one in sorted(finders, key=lambda one: -one.likeness):
        if all(max(abs(one.x - two.x), abs(one.y - two.y)) > _APART * two.size for two in kept):
            kept.append(one)
    return kept[:MAX_FINDERS]


def _compared(luma: Luma, places: NDArray[np.float64]) -> list[Finder]:
    """Compare places with the pattern at every turn; return those that are like it."""
    places = places[_scores(luma, places, roughly=True).max(axis=1) > _MAYBE]
    scores = _scores(luma, places)
    best = scores.argmax(axis=1)
    alike = np.flatnonzero(scores.max(axis=1) > MIN_LIKENESS)
    return [
        Finder(
            x=float(place[0]),
            y=float(place[1]),
            size=float((place[2] + place[3]) / 2 * _ALONG[turn]),
            turn=float(_TURNS[turn]),
            likeness=float(scores[k, turn]),
            is_light=bool(place[4]),
        )
        for k, place, turn in zip(alike, places[alike], best[alike], strict=True)
    ]


def _scores(
    luma: Luma, places: NDArray[np.float64], *, roughly: bool = False
) -> NDArray[np.float32]:
    """Return (n, turns) correlations with the pattern, `roughly` by the nearest pixels alone."""
    pattern, spots = _pattern()
    modules = ((places[:, 2] + places[:, 3]) / 14).astype(np.float32)[:, None, None]
    x, y = (places[:, k, None, None].astype(np.float32) + modules * spots[k] for k in (0, 1))
    seen = (nearest if roughly else sampled_at)(luma, x, y)
    seen -= seen.mean(axis=-1, keepdims=True)
    spread = np.einsum("ijk,ijk->ij", seen, seen) * (pattern @ pattern)
    signs = np.where(places[:, 4] > 0, -1, 1).astype(np.float32)
    return np.asarray(seen @ pattern / np.sqrt(spread + np.float32(81)) * signs[:, None])


@lru_cache
def _pattern() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (81,) the modules of a finder pattern and its rim, 0 in the mean, light rings above.

    And (2, turns, 81) their x and y from its centre, in modules of a cut along the rows.
    """
    down, across = np.indices((9, 9)).reshape(2, -1) - 4
    away = np.maximum(np.abs(across), np.abs(down))
    pattern = np.where((away == 2) | (away == 4), 1.0, -1.0)
    turned = np.exp(1j * _TURNS)[:, None] * (across + 1j * down) * _ALONG[:, None]
    spots = np.stack([turned.real, turned.imag])
    return (pattern - pattern.mean()).astype(np.float32), spots.astype(np.float32)


def _crossings(rows: Hits, columns: Hits, width: int) -> NDArray[np.float64]:
    """Return (n, 5) x, y, cut across, cut down, light, where hits of both kinds meet, in cells."""
    if not (len(rows) and len(columns)):
        return np.zeros((0, 5))
    keys, counts, (x, _, across) = _cells(rows, width)
    other_keys, other_counts, (_, y, down) = _cells(columns, width)
    step = _keys_a_row(width)
    place = np.full(max(keys[-1], other_keys[-1]) + 2 * step + 3, -1, np.int32)
    place[other_keys + step] = np.arange(len(other_keys))
    # All nine cells at and about each at once: a turn of numpy costs more than its numbers.
    shifts = np.add.outer((-step, 0, step), (-2, 0, 2)).reshape(-1, 1)
    beside = place.take(keys + shifts + step).reshape(-1)
    found = np.flatnonzero(beside >= 0)
    there, other = found % len(keys), beside[found]
    ratio = down[other] / across[there]
    alike = (ratio < _SIZE_RATIO) & (ratio > 1 / _SIZE_RATIO)
    there, other = there[alike], other[alike]
    hits, ys, lengths = (
        np.bincount(there, value[other], minlength=len(keys))
        for value in (other_counts, y * other_counts, down * other_counts)
    )
    met = np.flatnonzero(hits)
    met = met[np.argsort(-(counts + hits)[met] / across[met])[:_MAX_PLACES]]
    return np.stack(
        [x[met], ys[met] / hits[met], across[met], lengths[met] / hits[met], keys[met] % 2], axis=1
    )


def _keys_a_row(width: int) -> int:
    return 2 * (width // _CELL_PX + 3)


def _cells(
    hits: Hits, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[NDArray[np.float64]]]:
    """Return cells' numbers, rising, how many hits each, and means of their x, y and length."""
    x, y = (hits[:, :2] / _CELL_PX).astype(np.int64).T
    numbers = y * _keys_a_row(width) + (x + 1) * 2 + hits[:, 3].astype(np.int64)
    keys, cell = np.unique(numbers, return_inverse=True)
    counts = np.bincount(cell)
    return keys, counts, [np.bincount(cell, value) / counts for value in hits.T[:3]]

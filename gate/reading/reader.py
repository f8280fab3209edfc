"""Reading one frame: every way of looking, every place that may be a code, in the time given.

1. Finder patterns are looked for in the frame, halved and whole, and in smaller copies; most codes
   that other readers miss are seen in the first two looks.
2. Three of them at a time are fitted, the likeliest first, and what fits is decoded.
3. The first look that reads anything ends the search, with all that it reads.

The room has no clock: `has_time` is asked before each step that takes more than a few milliseconds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np

from gate.reading.decode import decode
from gate.reading.finders import find_finders
from gate.reading.fit import Fit, fit
from gate.reading.model import Code
from gate.reading.place import MIN_AGREEMENT, place
from gate.reading.plane import MIN_SIDE_PX, Level, Luma, Plane, Points, halved, noise_of, smoothed
from gate.reading.triples import Triple, find_triples

HasTime = Callable[[], bool]

MAX_LOOK_PX: Final = 1_600_000
"""A larger copy is not looked at: 1456 by 1088 takes 40 ms, the cap is 250."""

_REACH_PX: Final = 6
"""Of the local threshold: 13 px are 4 modules of 3 px, so a pattern's middle stays dark."""

_SMOOTH_REACH_PX: Final = 8
_MARGIN_OF_NOISE: Final = (1.5, 0.5)
"""Sigmas below the mean that count as dark; half of one once noise is smoothed."""

_MARGIN_LEVELS: Final = ((1.0, 8.0), (1.0, 4.0))
"""Least and most of it: print that has faded to 20 levels must still be seen."""

_MIN_FIT: Final = 0.35
"""Agreement of all that is known of a symbol: by chance 0.3; smeared by 2 px at 3 px, 0.68."""

_SAME_MODULES: Final = 1.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Look:
    """One way to look: a copy of the frame, what is shown of it, and how it is cut at dark."""

    level: Level
    shown: Luma
    reach: int
    margin: float


def read_frame(luma: Luma, has_time: HasTime, *, first_look: bool = False) -> list[Code]:
    """Return the codes of a frame, corners in its px.

    Args:
        luma: (height, width) brightness; a strided view will do.
        has_time: whether the caller still wants an answer; once False it stays so.
        first_look: only the first of the looks, at half the size: a fifth of the time where there
            is nothing, and most of what all of them read.
    """
    tried: list[tuple[Points, int]] = []
    for look in islice(_looks(luma), 1 if first_look else None):
        if not has_time():
            return []
        triples = find_triples(find_finders(look.shown, look.reach, look.margin))
        codes = _read_triples(look.level, triples, tried, has_time)
        if codes:
            return codes
    return []


def _looks(luma: Luma) -> Iterator[_Look]:
    levels = _levels(luma)
    if not levels:
        return
    # Half the size costs a quarter and shows most codes of 3 px a module and more.
    ordered = [*levels[1:2], levels[0], *levels[2:]]
    for level in ordered:
        noise = noise_of(level.luma)
        yield _look(level, level.luma, _REACH_PX, noise, 0)
        if level is levels[0]:
            yield _look(level, smoothed(level.luma), _SMOOTH_REACH_PX, noise, 1)


def _look(level: Level, shown: Luma, reach: int, noise: float, smooth: int) -> _Look:
    low, high = _MARGIN_LEVELS[smooth]
    margin = min(max(noise * _MARGIN_OF_NOISE[smooth], low), high)
    return _Look(level=level, shown=shown, reach=reach, margin=margin)


def _levels(luma: Luma) -> list[Level]:
    """Return copies from the largest that is looked at to the smallest that may hold a code."""
    levels = []
    level = Level(luma=luma, scale=1)
    while min(level.luma.shape) >= MIN_SIDE_PX:
        if level.luma.size <= MAX_LOOK_PX:
            levels.append(level)
        level = halved(level)
    return levels


def _read_triples(
    level: Level,
    triples: list[Triple],
    tried: list[tuple[Points, int]],
    has_time: HasTime,
) -> list[Code]:
    """Return what is read at `triples`, adding to `tried` where a code was but wasn't read."""
    plane = level.luma.astype(np.float32)
    codes: list[Code] = []
    for triple in triples:
        if not has_time():
            break
        places = level.to_frame(triple.centres)
        near = _SAME_MODULES * triple.module_px * level.scale
        if any(scale <= level.scale and np.abs(places - old).max() < near for old, scale in tried):
            continue
        if any(_is_within(place, code.corners) for place in places for code in codes):
            continue
        signed = -plane if triple.is_light else plane
        fitted = _fitted(signed, triple)
        if fitted is None:
            continue
        tried.append((places, level.scale))
        code = decode(signed, fitted, has_time)
        if code is not None and all(code.text != other.text for other in codes):
            codes.append(replace(code, corners=level.to_frame(code.corners)))
    return codes


def _fitted(plane: Plane, triple: Triple) -> Fit | None:
    placing = place(plane, triple)
    if placing.agreement < MIN_AGREEMENT:
        return None
    found = fit(plane, placing)
    return found if found is not None and found.agreement >= _MIN_FIT else None


def _is_within(place: Points, corners: Points) -> bool:
    """Tell whether a place (2,) lies on the same side of all four edges."""
    edges, away = np.roll(corners, -1, axis=0) - corners, place - corners
    sides = edges[:, 0] * away[:, 1] - edges[:, 1] * away[:, 0]
    return bool((sides > 0).all() or (sides < 0).all())

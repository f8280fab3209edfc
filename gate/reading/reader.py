"""Reading one frame: every way of looking, every place that may be a code, in the time given.

1. Finder patterns are looked for in the frame, halved and whole, and in smaller copies; most codes
   that other readers miss are seen in the first two looks.
2. Three of them at a time are fitted, the likeliest first, and what fits is decoded.
3. The first look that reads anything ends the search, with all that it reads.

The room has no clock: before each step that takes more than a few milliseconds it asks (`work`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gate.reading.decode import Decoded, decode
from gate.reading.finders import Finder, find_finders, once
from gate.reading.fit import Fit, fit
from gate.reading.habit import Part
from gate.reading.model import Code
from gate.reading.place import MIN_AGREEMENT, place
from gate.reading.plane import (
    MIN_COPY_PX,
    MIN_SIDE_PX,
    Level,
    Luma,
    Plane,
    Points,
    halved,
    noise_of,
    sharpened,
)
from gate.reading.triples import Triple, find_triples
from gate.reading.warp import moved
from gate.reading.work import HasTime, Steps, ended

MAX_LOOK_PX: Final = 1_600_000
"""A larger copy is not looked at: 1456 by 1088 takes 40 ms, the cap is 250."""

_REACH_PX: Final = 6
"""Of the local threshold: 13 px are 4 modules of 3 px, so a pattern's middle stays dark."""

_MARGIN_OF_NOISE: Final = 1.5
"""Sigmas below the mean that count as dark."""

_MARGIN_LEVELS: Final = (1.0, 8.0)
"""Least and most of it: print that has faded to 20 levels must still be seen."""

_SHARP: Final = 2.0
"""Levels below the mean, of a picture that was sharpened."""

_MIN_FIT: Final = 0.35
"""Agreement of all that is known of a symbol: by chance 0.3; smeared by 2 px at 3 px, 0.68."""

FINDERS_A_CODE: Final = 3

_SAME_MODULES: Final = 1.5

_LOOKS_AT_PART: Final = 3
"""Half the size, whole, sharpened: a code that only smaller copies show fills more than a part."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Way:
    """One way to look: a copy of the frame, as it is or sharpened.

    Attributes:
        copies: the frame and its copies, each half the size of the one before, as far as made.
        halvings: which of them is looked at.
    """

    copies: list[Level]
    halvings: int
    is_sharpened: bool = False

    @property
    def level(self) -> Level:
        """The copy, made when it is first asked for."""
        while len(self.copies) <= self.halvings:
            self.copies.append(halved(self.copies[-1]))
        return self.copies[self.halvings]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Search:
    """What a search of one frame found, all in its px.

    Attributes:
        read: what was read, each text once.
        missed: symbols that are there but could not be read.
        finders: what may be finder patterns.
    """

    read: tuple[Decoded, ...] = ()
    missed: tuple[Decoded, ...] = ()
    finders: tuple[Finder, ...] = ()


def read_frame(luma: Luma, has_time: HasTime, *, first_look: bool = False) -> list[Code]:
    """Return the codes of a frame, corners in its px.

    Args:
        luma: (height, width) brightness; a strided view will do.
        has_time: whether the caller still wants an answer.
        first_look: only the first of the looks, at half the size: a fifth of the time where there
            is nothing, and most of what all of them read.
    """
    found = ended(search_frame(luma, look=0 if first_look else None), has_time)
    return [one.code for one in found.read if one.code is not None]


def search_frame(
    luma: Luma,
    *,
    look: int | None = None,
    seen: Sequence[Finder] = (),
    most_px: int = MAX_LOOK_PX,
    first: Part | None = None,
) -> Steps[Search]:
    """Return what `read_frame` reads and what it misses.

    `look` is the only one of the looks, counted from 0; counted on beyond the last it begins anew
    with the second. None: all. No copy of more than `most_px` is looked
    at. All looks begin with those at the part that is to be looked at `first`.

    Where no look finds a symbol, the finder patterns of all looks are tried together, and with them
    those `seen` a moment ago in other frames: of a card much smeared each look finds one or two.
    """
    missed: list[Decoded] = []
    tried: list[tuple[Points, int]] = []
    finders: list[Finder] = []
    level = Level(luma=luma, scale=1)
    ways = _chosen(_ways(level, most_px), look)
    if first is not None and look is None:
        rows, columns = slice(first.top, first.bottom), slice(first.left, first.right)
        part = Level(luma=luma[rows, columns], scale=1, left=first.left, top=first.top)
        ways = _ways(part, most_px)[:_LOOKS_AT_PART] + ways
    for way in ways:
        if not (yield):
            break
        found = _seen_by(way)
        finders += [_as_in_frame(way.level, one) for one in found]
        search = yield from _tried_triples(way.level, find_triples(found), tried)
        missed += search.missed
        if search.read:
            return replace(search, missed=tuple(missed), finders=tuple(finders))
    if not missed and len(finders) + len(seen) >= FINDERS_A_CODE and (yield):
        every = once([*finders, *seen])
        search = yield from _tried_triples(level, find_triples(every), tried)
        return replace(search, finders=tuple(finders))
    return Search(missed=tuple(missed), finders=tuple(finders))


def _as_in_frame(level: Level, one: Finder) -> Finder:
    x, y = level.to_frame(np.array((one.x, one.y)))
    return replace(one, x=float(x), y=float(y), size=one.size * level.scale)


def _ways(whole: Level, most_px: int) -> list[_Way]:
    """Return the ways to look, in the order of what they find for their time."""
    sizes, copies = _halvings(whole.luma.shape, min(most_px, MAX_LOOK_PX)), [whole]
    # Half the size costs a quarter and shows most codes of 3 px a module and more.
    ordered = [*sizes[1:2], *sizes[:1], *sizes[2:]]
    ways = [_Way(copies=copies, halvings=halvings) for halvings in ordered]
    sharpened_after = len(sizes[:2])
    return [
        *ways[:sharpened_after],
        *(_Way(copies=copies, halvings=first, is_sharpened=True) for first in sizes[:1]),
        *ways[sharpened_after:],
    ]


def _chosen(ways: list[_Way], look: int | None) -> list[_Way]:
    if look is None:
        return ways
    others = ways[1:]
    return ways[:1] if look == 0 or not others else [others[(look - 1) % len(others)]]


def _seen_by(way: _Way) -> list[Finder]:
    """Return what may be finder patterns in the copy, in its px."""
    luma = way.level.luma
    if way.is_sharpened:
        return find_finders(sharpened(luma), _REACH_PX, _SHARP)
    low, high = _MARGIN_LEVELS
    margin = min(max(noise_of(luma) * _MARGIN_OF_NOISE, low), high)
    return find_finders(luma, _REACH_PX, margin)


def _halvings(shape: tuple[int, ...], most_px: int) -> list[int]:
    """Return how often to halve, for the largest copy looked at to the least that holds a code."""
    height, width = shape
    copies = (min(shape) // MIN_COPY_PX).bit_length()
    often = range(max(copies, int(min(shape) >= MIN_SIDE_PX)))
    return [k for k in often if (height >> k) * (width >> k) <= most_px]


def _tried_triples(
    level: Level,
    triples: list[Triple],
    tried: list[tuple[Points, int]],
) -> Steps[Search]:
    """Return what is read at `triples`, adding to `tried` where a code was but wasn't read."""
    if not triples:
        return Search()
    plane = level.luma.astype(np.float32)
    read: dict[str, Decoded] = {}
    missed: list[Decoded] = []
    for triple in triples:
        if not (yield):
            break
        places = level.to_frame(triple.centres)
        near = _SAME_MODULES * triple.module_px * level.scale
        if any(scale <= level.scale and np.abs(places - old).max() < near for old, scale in tried):
            continue
        corners = [one.code.corners for one in read.values() if one.code is not None]
        if any(_is_within(place, around) for place in places for around in corners):
            continue
        signed = -plane if triple.is_light else plane
        fitted = yield from _fitted(signed, triple)
        if fitted is None:
            continue
        tried.append((places, level.scale))
        found = yield from decode(signed, fitted)
        one = _in_frame(level, found, is_light=triple.is_light)
        if one.code is None:
            missed.append(one)
        else:
            read.setdefault(one.code.text, one)
    return Search(read=tuple(read.values()), missed=tuple(missed))


def _in_frame(level: Level, one: Decoded, *, is_light: bool) -> Decoded:
    """Return what was decoded in `level` with its places in the frame."""
    warp = moved(one.fit.warp, level.scale, level.to_frame(np.zeros(2)))
    return replace(
        one,
        fit=replace(one.fit, warp=warp),
        code=None if one.code is None else replace(one.code, corners=warp.corners),
        is_light=is_light,
    )


def _fitted(plane: Plane, triple: Triple) -> Steps[Fit | None]:
    placing = place(plane, triple)
    if placing.agreement < MIN_AGREEMENT or not (yield):
        return None
    found = yield from fit(plane, placing)
    return found if found is not None and found.agreement >= _MIN_FIT else None


def _is_within(place: Points, corners: Points) -> bool:
    """Tell whether a place (2,) lies on the same side of all four edges."""
    edges, away = np.roll(corners, -1, axis=0) - corners, place - corners
    sides = edges[:, 0] * away[:, 1] - edges[:, 1] * away[:, 0]
    return bool((sides > 0).all() or (sides < 0).all())

"""Reading over many frames: search now and then, and follow what was found in the frames between.

`search` looks for codes anywhere and begins a track of each, read or not. `follow` looks only where
tracks are, which costs a fifth and lets every view add to those before. What was read once is not
decoded again while it stays. Frames must come in the order in which they were taken, each with its
seconds on the camera's line; what was not followed for a while is another person's time by now.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from gate.reading.decode import Decoded
from gate.reading.finders import MIN_LIKENESS, Finder
from gate.reading.habit import Habit
from gate.reading.model import Code
from gate.reading.plane import Luma, Points
from gate.reading.reader import MAX_LOOK_PX, Search, search_frame
from gate.reading.track import Track
from gate.reading.work import HasTime, Steps, Work

MAX_TRACKS: Final = 3
"""A card, what is printed beside it, and a second person's."""

MAX_VAIN_VIEWS: Final = 45
"""Views after which a symbol that can't be read is left alone until it is gone: 1.5 s, as long as
anybody holds a card that does not work before moving it. A torn poster would cost every frame."""

MIN_AGREEMENT: Final = 0.45
"""Of all that is known of a symbol: by chance 0.3; smeared by 2 px at 3 px a module, 0.68."""

STALE_S: Final = 0.5
"""Without being followed, as when all else in view is read: a card may have been taken away and
another one held there, and what the first one's frames told must not be read from the second."""

_HOPEFUL: Final = 0.6
"""Likeness that nothing but a finder pattern has in the scenes that were tried."""

_FADING: Final = 0.08
"""Likeness that a finder pattern loses from search to search: the likeliest last for six."""

_SAME: Final = 0.4
"""Of its side: a symbol found nearer to a track is the same one."""

_ALIKE: Final = 0.75
"""Of two looks at one symbol's modules; two symbols of a version have 0.6 in common."""


class Follower:
    """Remembers what is in view; one for each camera."""

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._vain: list[Decoded] = []
        self._finders: list[Finder] = []
        self._work: Work[list[Code]] | None = None
        self._worked_s = 0.0
        self.habit = Habit()

    @property
    def follows(self) -> bool:
        """Tell whether there is anything to follow."""
        return bool(self._tracks)

    @property
    def has_read(self) -> bool:
        """Tell whether anything that is followed was read."""
        return any(track.found.code is not None for track in self._tracks)

    @property
    def hopes(self) -> bool:
        """Tell whether parts of a code were seen lately, none of which is followed."""
        return not self._tracks and any(one.likeness > _HOPEFUL for one in self._finders)

    @property
    def sees_parts(self) -> bool:
        """Tell whether anything like a part of a code was seen lately."""
        return bool(self._tracks or self._finders)

    @property
    def missed(self) -> list[Points]:
        """Return the corners (4, 2) of what is followed and not read."""
        tracks = (track.found for track in self._tracks)
        return [found.fit.warp.corners for found in tracks if found.code is None]

    @property
    def is_busy(self) -> bool:
        """Tell whether a search, or following, was put aside for want of time."""
        return self._work is not None

    def search(
        self,
        luma: Luma,
        has_time: HasTime,
        *,
        look: int | None = None,
        at_s: float = 0.0,
        most_px: int = MAX_LOOK_PX,
    ) -> list[Code]:
        """Return the codes of a frame, as `search_frame` does, and begin to follow them."""
        self._let_go(at_s)
        steps = search_frame(
            luma,
            look=look,
            seen=self._finders,
            most_px=most_px,
            first=self.habit.part(luma.shape),
        )
        return self._begun(self._searched(steps, luma), has_time, at_s)

    def follow(self, luma: Luma, has_time: HasTime, *, at_s: float = 0.0) -> list[Code]:
        """Return the codes that are followed and read by now."""
        self._let_go(at_s)
        return self._begun(self._followed(luma), has_time, at_s)

    def go_on(self, has_time: HasTime, *, at_s: float = 0.0) -> list[Code]:
        """Go on with what was put aside, at the frame that it began with; return what it reads.

        What was put aside for longer than `STALE_S` is let go.
        """
        if self._work is None or not 0 <= at_s - self._worked_s <= STALE_S:
            self._work = None
            return []
        self._worked_s = at_s
        return self._given(has_time)

    def end(self) -> list[Code]:
        """Put an end to what was put aside; return what it has read."""
        if self._work is None:
            return []
        work, self._work = self._work, None
        return work.end()

    def _begun(self, steps: Steps[list[Code]], has_time: HasTime, at_s: float) -> list[Code]:
        self._work, self._worked_s = Work(steps), at_s
        return self._given(has_time)

    def _given(self, has_time: HasTime) -> list[Code]:
        """Return what the work in hand has read, if it ends in the time that there is."""
        work = self._work
        if work is None or not work.go_on(has_time):
            return []
        self._work = None
        return work.result

    def _searched(self, steps: Steps[Search], luma: Luma) -> Steps[list[Code]]:
        found = yield from steps
        faded = [replace(one, likeness=one.likeness - _FADING) for one in self._finders]
        self._finders = [*found.finders, *(one for one in faded if one.likeness > MIN_LIKENESS)]
        for one in (*found.read, *found.missed):
            self._begin(one, luma, self._worked_s)
        return [one.code for one in found.read if one.code is not None]

    def _followed(self, luma: Luma) -> Steps[list[Code]]:
        codes = []
        for track in self._tracks:
            if (yield):
                codes.append((yield from track.follow(luma)))
                track.at_s = self._worked_s
        given_up = [track for track in self._tracks if _is_vain(track)]
        self._vain = [*self._vain, *(track.found for track in given_up)][-MAX_TRACKS:]
        self._tracks = [track for track in self._tracks if not (track.is_gone or track in given_up)]
        return [code for code in codes if code is not None]

    def _let_go(self, at_s: float) -> None:
        fresh = [track for track in self._tracks if 0 <= at_s - track.at_s <= STALE_S]
        self._tracks = fresh

    def _begin(self, found: Decoded, luma: Luma, at_s: float) -> None:
        if found.code is None and found.fit.agreement < MIN_AGREEMENT:
            return
        near = [track for track in self._tracks if _is_near(track.found, found)]
        if found.code is None and (near or any(_is_same(one, found) for one in self._vain)):
            return
        others = [track for track in self._tracks if track not in near]
        self._tracks = [*others, Track(found, luma, at_s)][-MAX_TRACKS:]


def _is_vain(track: Track) -> bool:
    return track.found.code is None and track.views >= MAX_VAIN_VIEWS


def _is_near(one: Decoded, other: Decoded) -> bool:
    corners, others = one.fit.warp.corners, other.fit.warp.corners
    apart = float(np.abs(corners.mean(axis=0) - others.mean(axis=0)).max())
    return apart < _SAME * float(np.ptp(corners, axis=0).max())


def _is_same(one: Decoded, other: Decoded) -> bool:
    """Tell whether two symbols that nobody could read look the same, and lie at one place."""
    if one.soft is None or other.soft is None or one.soft.shape != other.soft.shape:
        return False
    return _is_near(one, other) and float(np.mean((one.soft < 0) == (other.soft < 0))) > _ALIKE

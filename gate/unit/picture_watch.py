"""Whether frames that come are pictures of what is there now: pure.

A driver may go on handing out the last picture it had, or pictures from a queue that has grown, or
be stuck in an exposure that shows nothing but white. Each looks like a camera that works. What is
found here is treated as a stall: the camera is stopped and started (`camera_watch`).

- Frozen: bit for bit the same picture. No two of a sensor are, by its noise; a picture without any
  texture, as of the dark, is not judged. A camera that codes its pictures, by USB or network, may
  send the same one of a still place over and over: one that was seen to, and went on by itself, is
  given minutes from then on.
- Late: frames arrive later after they were taken than the promptest did lately. Only the difference
  counts: a camera's own time line begins anywhere.
- White: nearly all of it. A camera's own exposure ends that in half a second, if it works.
"""

from collections import deque
from enum import StrEnum
from typing import Final

import numpy as np

from gate.devices.ports import Luma
from gate.unit.camera_stream import Taken

FROZEN_S: Final = 2.0
"""As long as no frame at all is a stall (READING): some 60 pictures, no two of them ever alike."""

CODED_FROZEN_S: Final = 600.0
"""Of a camera that may repeat a picture: to start it anew costs a second."""

REPEATS_S: Final = 0.5
"""A picture that was the same for so long and then another, without a new start, was no fault. A
driver that hands one out twice, as for a frame it lost, is far below."""

MOVES_S: Final = 10.0
"""Without a picture repeated, after a new start for one: it had frozen, and may again."""

LATE_S: Final = 1.0
"""A person is gone by then; a stream that is merely busy is late by a few frames."""

PROMPTEST_OF_S: Final = 30.0
"""In it a camera's clock that goes wrong by 1 in 1,000 is off by 30 ms."""

WHITE_LEVEL: Final = 250
WHITE_SHARE: Final = 0.9
FLAT_LEVELS: Final = 8
"""Between the darkest and the lightest sample of a picture that shows nothing."""

STEP_PX: Final = 8
"""As in `gate.devices.motion`: 14,400 samples of 1280x720."""


class Wrong(StrEnum):
    """What is wrong with pictures, in the log's words."""

    FROZEN = "the same picture again and again"
    LATE = "pictures that were taken a while ago"
    WHITE = "nothing but white"


_FOR_S: Final = {
    Wrong.FROZEN: FROZEN_S,
    Wrong.LATE: 1.0,  # after a pause of the whole machine only the few frames that waited are late
    Wrong.WHITE: 3.0,  # a white sheet before the lens is grey by then
}
"""How long each lasts before it is told."""


class PictureWatch:
    """Follows one camera's frames over all its stops and starts."""

    def __init__(self, *, coded: bool = False) -> None:
        """Begin; `coded` tells that pictures of a still place may be the same."""
        self._coded = coded
        self._repeats = False
        self._same_at_s = 0.0
        self._for_s = dict(_FOR_S)
        self._since_s: dict[Wrong, float] = {}
        self._sample: Luma | None = None
        self._lags: deque[tuple[float, float]] = deque()

    def look(self, taken: Taken) -> Wrong | None:
        """Return what is wrong with a frame, if it has been for long enough."""
        at_s, sample = taken.taken_s, taken.frame.luma[::STEP_PX, ::STEP_PX]
        is_same = self._is_same(sample)
        found = {
            Wrong.FROZEN: is_same,
            Wrong.LATE: self._lag_s(at_s, taken.frame.at_s) > LATE_S,
            Wrong.WHITE: np.count_nonzero(sample >= WHITE_LEVEL) > WHITE_SHARE * sample.size,
        }
        if self._coded:
            self._learn(at_s, is_same=is_same)
        self._since_s = {
            wrong: self._since_s.get(wrong, at_s) for wrong, is_so in found.items() if is_so
        }
        lasting = (
            wrong
            for wrong, since_s in self._since_s.items()
            if at_s - since_s >= self._for_s[wrong]
        )
        return next(lasting, None)

    def restarted(self) -> None:
        """Take note that the stream began anew: without what waited in it, and by another time."""
        self._lags.clear()
        if self._coded:
            self._since_s.pop(Wrong.FROZEN, None)
            self._for_s[Wrong.FROZEN] = CODED_FROZEN_S

    def _learn(self, at_s: float, *, is_same: bool) -> None:
        """Take note of whether the camera repeats a picture, and goes on by itself."""
        if is_same:
            self._same_at_s = at_s
        elif self._same_at_s - self._since_s.get(Wrong.FROZEN, self._same_at_s) >= REPEATS_S:
            self._repeats = True
            self._for_s[Wrong.FROZEN] = CODED_FROZEN_S
        elif not self._repeats and at_s - self._same_at_s >= MOVES_S:
            self._for_s[Wrong.FROZEN] = FROZEN_S

    def _is_same(self, sample: Luma) -> bool:
        before, self._sample = self._sample, sample
        is_same = before is not None and np.array_equal(before, sample)
        return is_same and int(sample.max()) - int(sample.min()) > FLAT_LEVELS

    def _lag_s(self, at_s: float, taken_at_s: float) -> float:
        """Return how much later a frame came than the promptest of the last `PROMPTEST_OF_S`."""
        lag_s = at_s - taken_at_s
        while self._lags and self._lags[-1][1] >= lag_s:
            self._lags.pop()
        self._lags.append((at_s, lag_s))
        while at_s - self._lags[0][0] > PROMPTEST_OF_S:
            self._lags.popleft()
        return lag_s - self._lags[0][1]

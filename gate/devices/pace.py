"""How long the looks at a frame may take: as this machine is fast, and so that nobody waits.

Who holds up a card just after a frame was taken waits for what is left of the looks at that frame,
and then for the glance at the newest. So all looks at a frame together have a share of `WAIT_S`. A
machine that is slower than the one they were measured on has more time for them, as far as that
goes, and where it doesn't go, looks at less. How slow it is its own glances tell: every frame that
changes has one, whatever is in it.
"""

from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Final

CAP_S: Final = 0.1
"""On a machine as fast as that of READING; all looks at 1280x720 take 30 ms there."""

WAIT_S: Final = 0.2
"""READING, "Time references": what a person may wait for after the first good frame."""

FRAME_S: Final = 1 / 30
"""The newest frame is as old as this at most."""

STEP_S: Final = 0.01
"""Between two questions whether there is time, on such a machine; with codes of more than a
card's modules, which are rare, up to 50 ms."""

LEAST_S: Final = 0.02
"""Where nothing is left: a step is begun, whose size `most_px` bounds."""

GLANCE_S_PER_PX: Final = 0.7e-3 / (1280 * 720)
LOOK_S_PER_PX: Final = 13e-3 / (1280 * 720)
"""Of an empty frame, on such a machine; the dearest look, which is sharpened."""

_GLANCES: Final = 31
"""A second of them: what else the machine does for a moment is not its speed."""


def cap_s(slowness: float, px: int) -> float:
    """Return the seconds that a frame of `px` pixels may take with its glance and all its looks.

    `slowness` is how many times longer a glance takes than on the machine of READING.
    """
    slow = max(slowness, 1.0)
    left_s = WAIT_S - FRAME_S - slow * (GLANCE_S_PER_PX * px + STEP_S)
    return max(min(CAP_S * slow, left_s), LEAST_S)


def most_px(slowness: float) -> int:
    """Return the pixels of the largest picture that one look gets through within `CAP_S`."""
    return int(CAP_S / (max(slowness, 1.0) * LOOK_S_PER_PX))


class Pace:
    """Takes the time of glances, and tells what time a frame has left."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._slownesses: deque[float] = deque((1.0,), maxlen=_GLANCES)
        self._begun_s = self._end_s = 0.0

    @property
    def slowness(self) -> float:
        """How many times longer glances take than on the machine of READING."""
        return median(self._slownesses)

    @property
    def most_px(self) -> int:
        """See the function of this name."""
        return most_px(self.slowness)

    @property
    def spent_s(self) -> float:
        """Seconds since the frame began."""
        return self._monotonic() - self._begun_s

    @property
    def due_s(self) -> float:
        """What one look may take of all the frames that it goes on through."""
        return CAP_S * max(self.slowness, 1.0)

    def begin(self, px: int) -> None:
        """Begin with a frame of so many pixels."""
        self._begun_s = self._monotonic()
        self._end_s = self._begun_s + cap_s(self.slowness, px)

    def glanced(self, px: int) -> None:
        """Take it that the glance at a frame just begun, in which it read nothing, is over."""
        self._slownesses.append((self._monotonic() - self._begun_s) / (GLANCE_S_PER_PX * px))

    def has_time(self) -> bool:
        """Tell whether another step at this frame may begin."""
        return self._monotonic() < self._end_s

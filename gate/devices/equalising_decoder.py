"""The gate's own reader behind the `Decoder` port, stopped at its cap by its own checks.

What it reads and how is `gate.reading`; here it gets a clock and a name. `EqualisingDecoder` reads
one picture; the others share what is remembered of the frames before, and the time of a frame.
"""

from collections.abc import Callable, Sequence
from math import inf
from typing import Final

from gate.devices.clock import SystemClock
from gate.devices.pace import CAP_S, Pace
from gate.devices.ports import Corners, Frame, Reading, Sight
from gate.errors import DeviceError
from gate.reading import Code, Follower, read_frame
from gate.reading.plane import Points

EQUALISING: Final = "equalising"


class EqualisingDecoder:
    """Searches a picture for what is smeared, bent, dim or far away, in tens of milliseconds."""

    def __init__(
        self, *, cap_s: float = CAP_S, monotonic: Callable[[], float] | None = None
    ) -> None:
        """Say how long to look.

        Args:
            cap_s: seconds after which it begins no further step of a few milliseconds.
            monotonic: seconds on a steady line; the machine's own if none is given.
        """
        self._cap_s = cap_s
        self._monotonic = monotonic or SystemClock().monotonic

    def decode(self, frame: Frame) -> Sight:
        """Return what can be read.

        Raises:
            DeviceError: the frame has no pixels.
        """
        _refuse_empty(frame)
        end_s = self._monotonic() + self._cap_s
        return _sight(read_frame(frame.luma, lambda: self._monotonic() < end_s))


class Looks:
    """Drives a follower: each frame gives the time that it has left, until a look had its due.

    So a slow machine reads what a fast one reads, some frames later, and its glances come in time.
    """

    def __init__(self, follower: Follower, pace: Pace) -> None:
        self._follower = follower
        self._pace = pace
        self._spent_s = 0.0

    @property
    def is_busy(self) -> bool:
        """Tell whether a look is to be gone on with."""
        return self._follower.is_busy

    @property
    def sees_parts(self) -> bool:
        """Tell whether anything like a part of a code was seen lately, as far as was looked."""
        return self._follower.is_busy or self._follower.sees_parts

    def search(self, frame: Frame, look: int | None = None) -> Sight:
        """Begin to search a frame.

        Raises:
            DeviceError: the frame has no pixels.
        """
        _refuse_empty(frame)
        self._spent_s = 0.0
        codes = self._follower.search(
            frame.luma, self._pace.has_time, look=look, at_s=frame.at_s, most_px=self._pace.most_px
        )
        return _sight(self._in_time(codes))

    def follow(self, frame: Frame) -> Sight:
        """Begin to follow what was found; what is not read by then is `unread`.

        Raises:
            DeviceError: the frame has no pixels.
        """
        _refuse_empty(frame)
        self._spent_s = 0.0
        codes = self._follower.follow(frame.luma, self._pace.has_time, at_s=frame.at_s)
        return self._followed(self._in_time(codes))

    def go_on(self, frame: Frame) -> Sight:
        """Go on with the frame that was put aside."""
        codes = self._follower.go_on(self._pace.has_time, at_s=frame.at_s)
        return self._followed(self._in_time(codes))

    def _in_time(self, codes: list[Code]) -> list[Code]:
        self._spent_s += self._pace.spent_s
        is_over = self._follower.is_busy and self._spent_s >= self._pace.due_s
        return self._follower.end() if is_over else codes

    def _followed(self, codes: list[Code]) -> Sight:
        if codes or not self._follower.follows:
            return _sight(codes)
        return Sight(unread=True, missed=tuple(map(_place, self._follower.missed)))


class PatientDecoder:
    """All looks at once after a rest; then one a turn, the first of them or, now and then, another.

    So what is new gets all of them at once, and what goes on changing without a code in it never
    costs all of them in one second. Where all of them saw nothing like a part of a code, the turn
    after them is let pass.
    """

    def __init__(self, looks: Looks, *, rest_s: float, others_every: int) -> None:
        """Say how long without a turn is a rest, and at which turns the other looks come."""
        self._looks = looks
        self._rest_s = rest_s
        self._others_every = others_every
        self._looked_s = -inf
        self._turns = 0
        self._is_bare = False

    def decode(self, frame: Frame) -> Sight:
        """Return what can be read.

        Raises:
            DeviceError: the frame has no pixels.
        """
        is_rested = not 0 <= frame.at_s - self._looked_s < self._rest_s
        self._looked_s = frame.at_s
        self._turns = 0 if is_rested else self._turns + 1
        if self._turns == 1 and self._is_bare:
            return Sight()
        others, left = divmod(self._turns, self._others_every)
        look = None if is_rested else 0 if left else others
        sight = self._looks.search(frame, look)
        self._is_bare = is_rested and not self._looks.sees_parts
        return sight


def _refuse_empty(frame: Frame) -> None:
    if not frame.luma.size:
        raise DeviceError(f"frame of {frame.luma.shape}: no pixels; check the camera")


def _sight(codes: Sequence[Code]) -> Sight:
    return Sight(
        readings=tuple(
            Reading(text=code.text, decoder=EQUALISING, place=_place(code.corners))
            for code in codes
        )
    )


def _place(corners: Points) -> Corners:
    return tuple((float(x), float(y)) for x, y in corners)

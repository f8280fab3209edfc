"""The gate's own reader behind the `Decoder` port, stopped at its cap by its own checks.

What it reads and how is `gate.reading`; here it gets a clock and a name.
"""

from collections.abc import Callable, Sequence
from math import inf
from typing import Final

from gate.devices.clock import SystemClock
from gate.devices.ports import Corners, Frame, Reading, Sight
from gate.errors import DeviceError
from gate.reading import Code, Follower
from gate.reading.plane import Points

EQUALISING: Final = "equalising"

CAP_S: Final = 0.1
"""At a gate: the next good frame waits for it, and 200 ms are all that a person may wait."""


class EqualisingDecoder:
    """Searches a frame for what is smeared, bent, dim or far away, in tens of milliseconds."""

    def __init__(
        self,
        *,
        cap_s: float = CAP_S,
        first_look: bool = False,
        follower: Follower | None = None,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        """Say how long to look.

        Args:
            cap_s: seconds after which it begins no further step of a few milliseconds.
            first_look: see `read_frame`.
            follower: is told what is found, to follow it over the frames that come.
            monotonic: seconds on a steady line; the machine's own if none is given.
        """
        self._cap_s = cap_s
        self._first_look = first_look
        self._follower = follower
        self._monotonic = monotonic or SystemClock().monotonic

    def decode(self, frame: Frame) -> Sight:
        """Return what can be read.

        Raises:
            DeviceError: the frame has no pixels.
        """
        _refuse_empty(frame)
        end_s = self._monotonic() + self._cap_s
        follower = self._follower or Follower()
        return _sight(
            follower.search(
                frame.luma,
                lambda: self._monotonic() < end_s,
                look=0 if self._first_look else None,
                at_s=frame.at_s,
            )
        )


class PatientDecoder:
    """All looks at once after a rest; while it is asked on, one a turn, all but the first of them.

    So what changes without a code in it never costs all looks in one second, and what is new gets
    them at once. The first look has turns of its own.
    """

    def __init__(
        self,
        follower: Follower,
        *,
        rest_s: float,
        cap_s: float = CAP_S,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        self._follower = follower
        self._rest_s = rest_s
        self._cap_s = cap_s
        self._monotonic = monotonic or SystemClock().monotonic
        self._looked_s = -inf
        self._look = 0

    def decode(self, frame: Frame) -> Sight:
        """Return what can be read.

        Raises:
            DeviceError: the frame has no pixels.
        """
        _refuse_empty(frame)
        is_rested = not 0 <= frame.at_s - self._looked_s < self._rest_s
        self._looked_s = frame.at_s
        self._look = 0 if is_rested else self._look + 1
        end_s = self._monotonic() + self._cap_s
        look = None if is_rested else self._look
        return _sight(
            self._follower.search(
                frame.luma, lambda: self._monotonic() < end_s, look=look, at_s=frame.at_s
            )
        )


class FollowingDecoder:
    """Looks only where codes were found before, and reads them from all frames together."""

    def __init__(
        self,
        follower: Follower,
        *,
        cap_s: float = CAP_S,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        self._follower = follower
        self._cap_s = cap_s
        self._monotonic = monotonic or SystemClock().monotonic

    def decode(self, frame: Frame) -> Sight:
        """Return what is followed and read by now; what is not yet is `unread`.

        Raises:
            DeviceError: the frame has no pixels.
        """
        _refuse_empty(frame)
        end_s = self._monotonic() + self._cap_s
        codes = self._follower.follow(
            frame.luma, lambda: self._monotonic() < end_s, at_s=frame.at_s
        )
        if codes or not self._follower.follows:
            return _sight(codes)
        missed = tuple(map(_place, self._follower.missed))
        return Sight(unread=True, missed=missed)


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

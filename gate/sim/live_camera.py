"""A live camera that isn't there: it shows what there is to see, and fails as real cameras do.

It keeps the rules of the Pi's driver (`gate.devices.camera_picamera2`): a frame that does not come
for `FREEZE_S` is a `DeviceError`, and so is a camera that is gone, at its opening or later; the
time of its frames never goes back. What it shows and what is wrong with it are told by the moment,
on the steady line of its clock; `wait` lets time pass.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

import numpy as np

from gate.devices.ports import Clock, Frame, Luma
from gate.errors import DeviceError
from gate.sim.devices import FREEZE_S

LATE_S: Final = 3.0
"""How old the frames of a late camera are: what a network connection holds."""

WHITE: Final = 255
CAST: Final = 0.45
"""What a strong violet light leaves of brightness: little of the green, which is 0.59 of it
(ITU-R BT.601)."""

DIM: Final = 0.3


class Ailment(StrEnum):
    """What may be wrong with a camera."""

    STALL = "stall"
    """No frame comes."""
    HANG = "hang"
    """No frame comes, and the driver doesn't come back either."""
    UNPLUGGED = "unplugged"
    FREEZE = "freeze"
    """The same picture again and again, as if it were new."""
    LATE = "late"
    """Frames come that were taken `LATE_S` ago."""
    WHITE = "white"
    """Over-exposed all over."""
    CAST = "cast"
    """All in one colour."""
    DIM = "dim"


class LiveCamera:
    """The `Camera` port on what `view` shows at a moment, with what `ailing` says is wrong then."""

    live = True

    def __init__(
        self,
        view: Callable[[float], Luma],
        ailing: Callable[[float], Ailment | None],
        clock: Clock,
        *,
        wait: Callable[[float], object],
        frame_s: float = 1 / 10,
    ) -> None:
        """Open it.

        Raises:
            DeviceError: it is unplugged.
        """
        self._view = view
        self._ailing = ailing
        self._clock = clock
        self._wait = wait
        self._frame_s = frame_s
        self._at_s = 0.0
        self._last: Luma | None = None
        self._gone = False
        self._check()

    def frames(self) -> Iterator[Frame]:
        """Yield frames at a steady pace until it is closed or something is wrong."""
        while True:
            self._wait(self._frame_s)
            now_s = self._await_frame()
            ailment = self._ailing(now_s)
            taken_s = now_s - LATE_S if ailment is Ailment.LATE else now_s
            if ailment is not Ailment.FREEZE or self._last is None:
                self._last = _seen(self._view(taken_s), ailment)
            self._at_s = max(self._at_s, taken_s)
            yield Frame(luma=self._last, at_s=self._at_s)

    def close(self) -> None:
        """Let go; `frames` fails from now on."""
        self._gone = True

    def _await_frame(self) -> float:
        """Return the moment at which a frame came; raises DeviceError if none did."""
        begun_s = self._clock.monotonic()
        while (ailment := self._check()) in {Ailment.STALL, Ailment.HANG}:
            waited_s = self._clock.monotonic() - begun_s
            if ailment is Ailment.STALL and waited_s >= FREEZE_S:
                raise DeviceError(f"camera: no frame for {FREEZE_S:g} s")
            self._wait(self._frame_s)
        return self._clock.monotonic()

    def _check(self) -> Ailment | None:
        ailment = self._ailing(self._clock.monotonic())
        if self._gone or ailment is Ailment.UNPLUGGED:
            raise DeviceError("camera: it is gone or was closed")
        return ailment


def _seen(luma: Luma, ailment: Ailment | None) -> Luma:
    match ailment:
        case Ailment.WHITE:
            return np.full_like(luma, WHITE)
        case Ailment.CAST:
            return (luma * np.float32(CAST)).astype(np.uint8)
        case Ailment.DIM:
            return (luma * np.float32(DIM)).astype(np.uint8)
        case _:
            return luma

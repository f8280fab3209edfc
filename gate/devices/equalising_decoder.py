"""The gate's own reader behind the `Decoder` port, stopped at its cap by its own checks.

What it reads and how is `gate.reading`; here it gets a clock and a name.
"""

from collections.abc import Callable
from typing import Final

from gate.devices.clock import SystemClock
from gate.devices.ports import Frame, Reading, Sight
from gate.errors import DeviceError
from gate.reading import read_frame

EQUALISING: Final = "equalising"

CAP_S: Final = 0.1
"""At a gate: the next good frame waits for it, and 200 ms are all that a person may wait."""


class EqualisingDecoder:
    """Reads what is smeared, bent, dim or far away, in tens of milliseconds."""

    def __init__(
        self,
        *,
        cap_s: float = CAP_S,
        first_look: bool = False,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        """Say how long to look.

        Args:
            cap_s: seconds after which it begins no further step of a few milliseconds.
            first_look: see `read_frame`.
            monotonic: seconds on a steady line; the machine's own if none is given.
        """
        self._cap_s = cap_s
        self._first_look = first_look
        self._monotonic = monotonic or SystemClock().monotonic

    def decode(self, frame: Frame) -> Sight:
        """Return what can be read.

        Raises:
            DeviceError: the frame has no pixels.
        """
        if not frame.luma.size:
            raise DeviceError(f"frame of {frame.luma.shape}: no pixels; check the camera")
        end_s = self._monotonic() + self._cap_s
        codes = read_frame(
            frame.luma, lambda: self._monotonic() < end_s, first_look=self._first_look
        )
        return Sight(readings=tuple(Reading(text=code.text, decoder=EQUALISING) for code in codes))

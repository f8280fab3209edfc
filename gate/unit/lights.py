"""What one lane shows: an answer, or what it rests in; and what each code was answered lately.

While a fire alarm stands nothing else is shown, and a lamp that does not obey ends nothing: the
process must not leave the portal alone because of a lamp. A fault overrules what it rests in.
"""

import logging
from collections.abc import Iterable
from typing import Final

from gate.access.model import Direction
from gate.devices.ports import Outputs
from gate.devices.signals import Signal
from gate.errors import DeviceError

MAX_SHOWN: Final = 64
"""Verdicts kept to be shown again; as many codes as the read filter remembers."""

_FIRE: Final = {Direction.IN: Signal.FIRE_ENTRY, Direction.OUT: Signal.FIRE_EXIT}
_log = logging.getLogger(__name__)


class Lights:
    """Shows signals on the outputs of one lane.

    Attributes:
        shown: the latest; shows: how many there were.
    """

    def __init__(self, outputs: Outputs, way: Direction) -> None:
        self.burns = False
        self.is_faulty = False
        self.shown = Signal.OFF
        self.shows = 0
        self._outputs = outputs
        self._in_fire = _FIRE[way]
        self._resting = Signal.OFF
        self._shown: dict[bytes, Signal] = {}

    @property
    def rests_in(self) -> Signal:
        """What is shown once nothing else is."""
        return Signal.FAULT if self.is_faulty else self._resting

    def quieten(self, *, is_night: bool) -> None:
        """Sound what follows as loud as it is fit for the time of day."""
        self._outputs.quieten(is_night=is_night)

    def rest_in(self, resting: Signal) -> bool:
        """Take another signal to rest in; return whether it is another."""
        before, self._resting = self._resting, resting
        return before is not resting

    def rest(self) -> Signal:
        """Show what the lane rests in."""
        return self.show(self.rests_in)

    def show(self, signal: Signal) -> Signal:
        """Show a signal; return what is shown.

        Raises:
            DeviceError: something does not obey, and there is no fire.
        """
        self.shown = self._in_fire if self.burns else signal
        self.shows += 1
        if not self.burns:
            self._outputs.show(signal)
            return signal
        try:
            self._outputs.show(self._in_fire)
        except DeviceError as error:
            _log.error("fault", extra={"part": "lights", "error": str(error)})
        return self._in_fire

    def answer(self, key: bytes, signal: Signal) -> Signal:
        """Show an answer, and remember what the code of `key` was answered."""
        self._shown.pop(key, None)
        self._shown[key] = signal
        if len(self._shown) > MAX_SHOWN:
            del self._shown[next(iter(self._shown))]
        return self.show(signal)

    def answered(self, key: bytes) -> Signal | None:
        """Return what a code was answered lately."""
        return self._shown.get(key)

    def forget(self, keys: Iterable[bytes]) -> None:
        """Let codes be new again."""
        for key in keys:
            self._shown.pop(key, None)

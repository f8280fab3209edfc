"""The lamp at a lane's reader, lit by what its camera sees; one that doesn't obey stops nothing."""

import logging
from typing import Final

from gate.devices.ports import Frame, Lamp
from gate.errors import DeviceError
from gate.unit.twilight import Twilight

LOOK_S: Final = 0.25
"""Between two looks: daylight is slower."""

RETRY_S: Final = 30.0
"""After it did not obey."""

_log = logging.getLogger(__name__)


class ReaderLamp:
    """One lane's; `works` until it does not obey."""

    def __init__(self, lamp: Lamp) -> None:
        self.works = True
        self._lamp = lamp
        self._twilight = Twilight()
        self._next_s = float("-inf")
        self._code = False

    def look(self, frame: Frame, at_s: float, *, code: bool) -> None:
        """Light it or put it out by a frame, in which a code is or is not."""
        self._code = self._code or code
        if at_s < self._next_s:
            return
        lit = self._twilight.look(frame, at_s, code=self._code)
        self._code, self._next_s = False, at_s + LOOK_S
        try:
            self._lamp.shine(lit=lit)
            self.works = True
        except DeviceError as error:
            if self.works:
                _log.error("lamp", extra={"part": "illumination", "error": str(error)})
            self.works, self._next_s = False, at_s + RETRY_S

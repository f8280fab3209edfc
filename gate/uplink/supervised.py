"""The stop that the uplink waits on, which tells the supervisor that the loop still turns.

Every look at it and every minute of a wait is a word; a pass is silent for as long as it may take
(gate.uplink.cycle.PASS_S), and the supervisor's patience is longer.
"""

import logging
from threading import Event
from typing import Final

from gate.devices.ports import Notifier
from gate.errors import DeviceError

WORD_S: Final = 60.0
"""Between two words in a long wait."""

_log = logging.getLogger(__name__)


class SupervisedStop(Event):
    """An event whose waiting is heard; a supervisor that doesn't listen stops no uplink."""

    def __init__(self, notifier: Notifier, *, word_s: float = WORD_S) -> None:
        """Tell `notifier` from now on; the uplink is ready to begin."""
        super().__init__()
        self._word_s = word_s
        self._notifier = notifier
        self._tell("begins", ready=True)

    def is_set(self) -> bool:
        """Return whether to stop, and say that somebody asked."""
        self._tell("a pass")
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait as an event does, saying so each minute."""
        left_s = float("inf") if timeout is None else timeout
        while left_s > 0 and not super().is_set():
            self._tell("waits")
            super().wait(min(left_s, self._word_s))
            left_s -= self._word_s
        return super().is_set()

    def _tell(self, status: str, *, ready: bool = False) -> None:
        try:
            if ready:
                self._notifier.ready()
            self._notifier.alive(status)
        except DeviceError as error:
            _log.warning("supervisor", extra={"error": str(error)})

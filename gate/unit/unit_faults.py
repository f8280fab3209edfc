"""The faults that no lane of a unit has for itself: of what it goes by, its housing, its supply.

None of them locks anything. Each is recorded once, however many lanes notice it.
"""

import logging
import threading

from gate.events.model import EventKind
from gate.unit.recorder import Records

_log = logging.getLogger(__name__)


class UnitFaults:
    """Keeps the `parts` that are broken now; any thread may begin or end a fault."""

    def __init__(self) -> None:
        self.parts: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def begin(self, part: str, recorder: Records) -> None:
        """Take note that `part` is broken; recorded if that is new."""
        with self._lock:
            if part in self.parts:
                return
            self.parts |= {part}
        _log.error("fault", extra={"part": part})
        recorder.note_unit(EventKind.FAULT, part)

    def end(self, part: str, recorder: Records) -> None:
        """Take note that `part` works again; recorded if it was broken."""
        with self._lock:
            if part not in self.parts:
                return
            self.parts -= {part}
        _log.info("fault cleared", extra={"part": part})
        recorder.note_unit(EventKind.FAULT_CLEARED, part)

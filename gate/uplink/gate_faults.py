"""Which parts of the gate are broken now, by what the gate process recorded.

Read from the journal, which is always there; only what is new is read each time. A gate that
starts has forgotten its faults, and records anew those that last.
"""

import logging

from gate.errors import EventError, JournalError
from gate.events.model import EventKind
from gate.store.journal_reader import JournalReader

_log = logging.getLogger(__name__)


class GateFaults:
    """Follows one gate's faults, over as many journals as it begins."""

    def __init__(self) -> None:
        self._journal_id = b""
        self._seq = 0
        self._broken: dict[str, None] = {}

    def look(self, reader: JournalReader) -> tuple[str, ...]:
        """Return the parts that are broken, in the order in which they broke.

        Of two lanes, a part that is one lane's own has " at " and the lane's name after it.
        """
        if reader.journal_id != self._journal_id:
            self._journal_id, self._seq, self._broken = reader.journal_id, 0, {}
        try:
            for seq, kind, lane, part in reader.broken(self._seq):
                self._take(kind, f"{part} at {lane}" if lane else part)
                self._seq = seq
        except (EventError, JournalError) as error:
            _log.warning("faults not known", extra={"part": "journal", "error": str(error)})
        return tuple(self._broken)

    def _take(self, kind: EventKind, part: str) -> None:
        if kind is EventKind.UNIT_STARTED:
            self._broken = {}
        elif kind is EventKind.FAULT:
            self._broken[part] = None
        else:
            self._broken.pop(part, None)

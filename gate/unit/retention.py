"""Once an hour the gate lets go of what is old and the hub has: it alone writes the journal.

How far the hub has it, the uplink's mark says; how old is old, `gate.store.journal_retention`.
Nothing goes under a clock that can't be relied upon, nor while the journal is broken; whatever
stands against pruning is logged, and harms no gate.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from gate.errors import JournalError
from gate.events.chain import ChainHead
from gate.unit.stamp import StampClock

EVERY_S: Final = 3600.0
"""1,000 entries at most go each time: 24,000 a day, several times what one lane records."""

_log = logging.getLogger(__name__)


class Prunes(Protocol):
    """What lets records go (`gate.unit.recorder`)."""

    def prune(self, acknowledged: ChainHead, now: datetime) -> int:
        """Let the oldest records go that the hub has; return how many went."""
        ...


class Retention:
    """Prunes the journal of `recorder` by what `acknowledged` says the hub has."""

    def __init__(
        self,
        recorder: Prunes,
        clock: StampClock,
        acknowledged: Callable[[], ChainHead | None],
    ) -> None:
        self._recorder = recorder
        self._clock = clock
        self._acknowledged = acknowledged
        self._turned_s: float | None = None

    def turn(self, at_s: float) -> None:
        """Prune if it is time, an hour after the first turn at the earliest; on the steady line."""
        if self._turned_s is not None and at_s - self._turned_s < EVERY_S:
            return
        is_first, self._turned_s = self._turned_s is None, at_s
        stamp = self._clock.stamp()
        if is_first or not stamp.trusted:
            return
        try:
            mark = self._acknowledged()
            count = 0 if mark is None else self._recorder.prune(mark, stamp.at)
        except JournalError as error:
            _log.warning("journal not pruned", extra={"part": "journal", "error": str(error)})
            return
        if count:
            _log.info("journal pruned", extra={"part": "journal", "count": count})

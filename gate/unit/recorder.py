"""The journal as the gate process uses it: durable, or broken and said to be so.

While the journal can't be written, entries are not recorded (and so not granted), exits are
counted, and facts about the unit are owed. When it takes records again, the count of exits is its
first entry, then what is owed, then that the fault is over. It is tried again whenever something
is to be recorded, and every `RETRY_S`.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from gate.errors import JournalError
from gate.events.chain import ChainHead
from gate.events.model import Entry, Event, EventKind, Holder
from gate.unit.stamp import StampClock

RETRY_S: Final = 5.0
"""Between two attempts on a broken journal when nobody comes; opening one reads its end."""

MAX_OWED: Final = 256
"""Facts kept while the journal is broken; a fault that flaps every second for four minutes."""

_log = logging.getLogger(__name__)


class Journal(Protocol):
    """What takes the records (`gate.store.journal`); raises JournalError and nothing else."""

    def append(self, event: Event, holder: Holder | None) -> Entry:
        """Return once the record is durable."""
        ...

    def prune(self, acknowledged: ChainHead, *, now: datetime) -> int:
        """Let the oldest records go that may; return how many went."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Records(Protocol):
    """What a lane records through: a `Recorder`, or one that two lanes share."""

    @property
    def broken_by(self) -> JournalError | None:
        """Why the journal can't be written; None while it can."""
        ...

    def record(self, event: Event, holder: Holder | None = None) -> int:
        """Return the record's number; raises JournalError if it is not recorded."""
        ...

    def note(self, event: Event, holder: Holder | None = None) -> None:
        """Record a fact that nothing waits for."""
        ...

    def note_unit(self, kind: EventKind, detail: str = "", *, access_point: str = "") -> None:
        """Record a fact about the unit itself, or about one of its lanes."""
        ...

    def count_exit(self) -> None:
        """Count an exit that could not be recorded."""
        ...

    def retry(self, at_s: float) -> None:
        """Try a broken journal again if it is time."""
        ...


class Recorder:
    """Records through the journal that `open_journal` opens; `open` must come first."""

    def __init__(self, open_journal: Callable[[], Journal], clock: StampClock) -> None:
        self._open_journal = open_journal
        self._clock = clock
        self._journal: Journal | None = None
        self._exits = 0
        self._owed: deque[tuple[Event, Holder | None]] = deque()
        self._broken_by: JournalError | None = None
        self._tried_s = 0.0

    @property
    def broken_by(self) -> JournalError | None:
        """Why the journal can't be written; None while it can."""
        return self._broken_by

    def open(self) -> None:
        """Open the journal; if that fails, it is broken and tried again later."""
        try:
            self._journal = self._open_journal()
        except JournalError as error:
            self._break(error)

    def record(self, event: Event, holder: Holder | None = None) -> int:
        """Return the record's number once it, and all that was owed, is durable.

        Raises:
            JournalError: it is not recorded.
        """
        journal = self._writable()
        try:
            return journal.append(event, holder).seq
        except JournalError as error:
            self._break(error)
            raise

    def note(self, event: Event, holder: Holder | None = None) -> None:
        """Record a fact that nothing waits for; it is owed if it can't be recorded now."""
        try:
            self.record(event, holder)
        except JournalError:
            self._owe(event, holder)

    def note_unit(self, kind: EventKind, detail: str = "", *, access_point: str = "") -> None:
        """Record a fact about the unit itself, or about one of its lanes, as `note` does."""
        self.note(replace(self._event(kind, detail=detail), access_point=access_point))

    def count_exit(self) -> None:
        """Count an exit that could not be recorded."""
        self._exits += 1
        _log.error("exit not recorded", extra={"part": "journal", "count": self._exits})

    def retry(self, at_s: float) -> None:
        """Try a broken journal again if it is time; `at_s` on the unit's steady line."""
        if self._broken_by is None or at_s - self._tried_s < RETRY_S:
            return
        try:
            self._writable()
        except JournalError:
            return

    def prune(self, acknowledged: ChainHead, now: datetime) -> int:
        """Let the oldest records go that the hub has; return how many went, none from a broken one.

        Raises:
            JournalError: the disk refused, or the mark contradicts the journal; nothing went.
        """
        if self._journal is None or self._broken_by is not None:
            return 0
        return self._journal.prune(acknowledged, now=now)

    def close(self) -> None:
        """Let go of the journal; what is still owed is told to the log."""
        if self._exits or self._owed:
            owed = {"part": "journal", "count": self._exits, "owed": len(self._owed)}
            _log.error("facts lost with the journal", extra=owed)
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _writable(self) -> Journal:
        """Return a journal that takes records, having paid what is owed.

        Raises:
            JournalError: it is still broken.
        """
        if self._broken_by is None and self._journal is not None:
            return self._journal
        self._tried_s = self._clock.monotonic()
        try:
            journal = self._paid_or_reopened()
        except JournalError as error:
            self._broken_by = error
            raise
        self._broken_by = None
        _log.info("fault cleared", extra={"part": "journal"})
        return journal

    def _paid_or_reopened(self) -> Journal:
        """Try the journal at hand; a file that was damaged under it is known when it is opened."""
        if self._journal is not None:
            try:
                self._pay(self._journal)
            except JournalError:
                self._journal.close()
                self._journal = None
            else:
                return self._journal
        self._journal = self._open_journal()
        self._pay(self._journal)
        return self._journal

    def _pay(self, journal: Journal) -> None:
        if self._exits:
            count = self._exits
            journal.append(self._event(EventKind.EXITS_UNRECORDED, count=count), None)
            self._exits -= count
        while self._owed:
            journal.append(*self._owed[0])
            self._owed.popleft()
        journal.append(self._event(EventKind.FAULT_CLEARED, detail="journal"), None)

    def _break(self, error: JournalError) -> None:
        if self._broken_by is None:
            self._owe(self._event(EventKind.FAULT, detail="journal"), None)
            _log.error("fault", extra={"part": "journal", "error": str(error)})
        self._broken_by = error
        self._tried_s = self._clock.monotonic()

    def _owe(self, event: Event, holder: Holder | None) -> None:
        if len(self._owed) >= MAX_OWED:
            _log.error(
                "fact lost with the journal", extra={"part": "journal", "count": event.count}
            )
            return
        self._owed.append((event, holder))

    def _event(self, kind: EventKind, *, detail: str = "", count: int = 1) -> Event:
        stamp = self._clock.stamp()
        return Event(
            at=stamp.at, clock_trusted=stamp.trusted, kind=kind, detail=detail, count=count
        )

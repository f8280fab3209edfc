"""One journal for two lanes: a thread of its own writes it, in the order in which it was told.

An entry waits until its record is durable; an exit hands its record over and waits for nothing: not
for its own commit, nor for that of the other lane. Order is kept whoever waits, so what follows a
release is recorded after it.

An exit's record has no number until it is written, so it is told a stand-in below zero. A record
that names a stand-in is written with the number in its place.
"""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from gate.errors import JournalError
from gate.events.chain import ChainHead
from gate.events.model import Event, EventKind, Holder, which_grant
from gate.unit.log import place_of
from gate.unit.recorder import Recorder

MAX_HANDED: Final = 4096
"""Records that wait for the disk: an hour of a busy lane. A disk that hangs so long ends the
process before, for the entry waits for it and no longer turns."""

MAX_STAND_INS: Final = 256
"""Remembered with their numbers: a grant is taken or annulled within seconds."""

_STAND_IN: Final = which_grant(-1).removesuffix("1")
ResultT = TypeVar("ResultT")
_log = logging.getLogger(__name__)


class RecordThread:
    """Owns `recorder`, which nobody else may call; `close` comes last.

    Attributes:
        defect: what broke that should not be able to; the process is to end then.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.defect = ""
        self._recorder = recorder
        self._acts: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)
        self._thread.start()
        self.wait(recorder.open)

    @property
    def broken_by(self) -> JournalError | None:
        """Why the journal can't be written; None while it can."""
        return self._recorder.broken_by

    @property
    def is_full(self) -> bool:
        """Whether too much waits for the disk already."""
        return self._acts.qsize() >= MAX_HANDED

    def wait(self, act: Callable[[], ResultT]) -> ResultT:
        """Return what `act` returns once all that was told before is done; raises what it does."""
        done: Future[ResultT] = Future()

        def run() -> None:
            try:
                done.set_result(act())
            except Exception as error:  # noqa: BLE001 - raised again by who waits
                done.set_exception(error)

        self._acts.put(run)
        return done.result()

    def hand(self, act: Callable[[], None]) -> None:
        """Let `act` be done, and don't wait."""
        self._acts.put(act)

    def close(self, timeout_s: float) -> bool:
        """Write all that waits, and let go of the journal; tell whether the disk was in time."""
        self._acts.put(self._recorder.close)
        self._acts.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (act := self._acts.get()) is not None:
            try:
                act()
            except Exception as error:  # noqa: BLE001 - others wait for this thread
                self.defect = f"{type(error).__name__} at {place_of(error)}"
                _log.critical("a defect", extra={"part": "journal", "error": self.defect})


class WaitingRecords:
    """The `Records` of an entry lane, and of what is kept for the unit: durable on return."""

    def __init__(self, thread: RecordThread, recorder: Recorder) -> None:
        self._thread = thread
        self._recorder = recorder

    @property
    def broken_by(self) -> JournalError | None:
        """Why the journal can't be written; None while it can."""
        return self._thread.broken_by

    def record(self, event: Event, holder: Holder | None = None) -> int:
        """Return the record's number once it is durable; raises JournalError if it is not."""
        return self._thread.wait(partial(self._recorder.record, event, holder))

    def note(self, event: Event, holder: Holder | None = None) -> None:
        """Record a fact; it is owed if it can't be recorded now."""
        self._thread.wait(partial(self._recorder.note, event, holder))

    def note_unit(self, kind: EventKind, detail: str = "", *, access_point: str = "") -> None:
        """Record a fact about the unit itself, or about one of its lanes, as `note` does."""
        act = partial(self._recorder.note_unit, kind, detail, access_point=access_point)
        self._thread.wait(act)

    def count_exit(self) -> None:
        """Count an exit that could not be recorded."""
        self._thread.wait(self._recorder.count_exit)

    def retry(self, at_s: float) -> None:
        """Try a broken journal again if it is time."""
        if self.broken_by is not None:
            self._thread.wait(partial(self._recorder.retry, at_s))

    def prune(self, acknowledged: ChainHead, now: datetime) -> int:
        """Let the oldest records go that the hub has; return how many went."""
        return self._thread.wait(partial(self._recorder.prune, acknowledged, now))


class HandedRecords:
    """The `Records` of an exit lane: nothing here waits, and what can't be recorded is counted."""

    def __init__(self, thread: RecordThread, recorder: Recorder) -> None:
        self._thread = thread
        self._recorder = recorder
        self._told = 0
        self._missed = 0
        self._numbers: dict[str, int] = {}

    @property
    def broken_by(self) -> JournalError | None:
        """Why the journal can't be written; None while it can."""
        return self._thread.broken_by

    def record(self, event: Event, holder: Holder | None = None) -> int:
        """Hand a record over; return what stands for its number."""
        if self._thread.is_full:
            self._missed += 1
            _log.error("exit not recorded", extra={"part": "journal", "count": self._missed})
            return 0
        self._tell_missed(event)
        self._told += 1
        self._thread.hand(partial(self._write, self._told, event, holder))
        return -self._told

    def note(self, event: Event, holder: Holder | None = None) -> None:
        """Hand a fact over; one for which there is no room any more is told to the log."""
        if self._thread.is_full:
            _log.error("fact lost with the journal", extra={"part": "journal", "count": 1})
            return
        self._thread.hand(partial(self._note, event, holder))

    def note_unit(self, kind: EventKind, detail: str = "", *, access_point: str = "") -> None:
        """Hand over a fact about the unit itself, or about one of its lanes."""
        if not self._thread.is_full:
            act = partial(self._recorder.note_unit, kind, detail, access_point=access_point)
            self._thread.hand(act)

    def count_exit(self) -> None:
        """Count an exit that could not be recorded."""
        self._thread.hand(self._recorder.count_exit)

    def retry(self, at_s: float) -> None:
        """Leave a broken journal to who waits for it."""

    def _tell_missed(self, now: Event) -> None:
        """Hand over how many exits there was no room for, before what comes after them."""
        if self._missed:
            missed, self._missed = self._missed, 0
            kind = EventKind.EXITS_UNRECORDED
            counted = Event(at=now.at, clock_trusted=now.clock_trusted, kind=kind, count=missed)
            self._thread.hand(partial(self._recorder.note, counted))

    def _write(self, told: int, event: Event, holder: Holder | None) -> None:
        try:
            self._numbers[which_grant(-told)] = self._recorder.record(event, holder)
        except JournalError:
            self._recorder.count_exit()
        if len(self._numbers) > MAX_STAND_INS:
            del self._numbers[next(iter(self._numbers))]

    def _note(self, event: Event, holder: Holder | None) -> None:
        if event.detail.startswith(_STAND_IN):
            number = self._numbers.get(event.detail)
            event = replace(event, detail="" if number is None else which_grant(number))
        self._recorder.note(event, holder)

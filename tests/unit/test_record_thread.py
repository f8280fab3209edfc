"""One journal for two lanes: who waits for it, and what becomes of what could not be written."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gate.errors import JournalError
from gate.events.model import Event, EventKind, which_grant
from gate.sim.devices import ManualClock
from gate.unit import record_thread
from gate.unit.record_thread import HandedRecords, RecordThread, WaitingRecords
from gate.unit.recorder import Recorder
from gate.unit.stamp import StampClock
from tests.unit.conftest import NOW, RefusableJournal

LONG_S = 20.0
EXIT = Event(at=NOW, clock_trusted=True, kind=EventKind.ACCESS, direction="out", outcome="admit")
TURNED = replace(EXIT, kind=EventKind.TURNED, outcome="")


class Shared:
    """A journal in memory, and the two ways to it."""

    def __init__(self) -> None:
        self.journal = RefusableJournal(lambda: False)
        recorder = Recorder(self.journal.open, StampClock(ManualClock(NOW)))
        self.thread = RecordThread(recorder)
        self.waiting = WaitingRecords(self.thread, recorder)
        self.handed = HandedRecords(self.thread, recorder)

    def settled(self) -> list[Event]:
        """Return what is recorded once all that was handed over is written."""
        self.thread.wait(lambda: None)
        return [event for event, _ in self.journal.records]


@pytest.fixture
def shared() -> Iterator[Shared]:
    made = Shared()
    yield made
    assert made.thread.close(LONG_S)


def test_a_turn_names_the_record_of_its_grant_though_that_had_no_number_yet(
    shared: Shared,
) -> None:
    goes_on = threading.Event()
    shared.thread.hand(lambda: _wait(goes_on))
    stand_in = shared.handed.record(EXIT)
    shared.handed.note(replace(TURNED, detail=which_grant(stand_in)))
    goes_on.set()
    assert [event.detail for event in shared.settled()] == ["", which_grant(1)]


def test_an_exit_that_cannot_be_written_is_counted_and_its_turn_names_nothing(
    shared: Shared,
) -> None:
    shared.journal.refuses = True
    stand_in = shared.handed.record(EXIT)
    shared.handed.note(replace(TURNED, detail=which_grant(stand_in)))
    shared.settled()
    shared.journal.refuses = False
    shared.waiting.record(EXIT)
    first, *rest = shared.settled()
    assert (first.kind, first.count) == (EventKind.EXITS_UNRECORDED, 1)
    assert [event.detail for event in rest if event.kind is EventKind.TURNED] == [""]


def test_an_entry_that_cannot_be_written_is_not_granted(shared: Shared) -> None:
    shared.journal.refuses = True
    with pytest.raises(JournalError):
        shared.waiting.record(EXIT)
    assert shared.waiting.broken_by is not None


def test_exits_beyond_what_may_wait_for_a_disk_are_counted(shared: Shared) -> None:
    goes_on = threading.Event()
    shared.thread.hand(lambda: _wait(goes_on))
    for _ in range(record_thread.MAX_HANDED + 5):
        shared.handed.record(EXIT)
    goes_on.set()
    shared.settled()
    shared.handed.record(EXIT)
    found = shared.settled()
    missed = sum(one.count for one in found if one.kind is EventKind.EXITS_UNRECORDED)
    written = sum(1 for one in found if one.kind is EventKind.ACCESS)
    assert missed >= 4
    assert missed + written == record_thread.MAX_HANDED + 6
    assert [one.kind for one in found[-2:]] == [EventKind.EXITS_UNRECORDED, EventKind.ACCESS]


def test_a_defect_in_what_was_handed_over_is_told_and_the_thread_goes_on(shared: Shared) -> None:
    def broken() -> Any:  # noqa: ANN401 - it never returns
        raise ZeroDivisionError

    shared.thread.hand(broken)
    shared.handed.record(EXIT)
    assert [event.kind for event in shared.settled()] == [EventKind.ACCESS]
    assert shared.thread.defect.startswith("ZeroDivisionError at ")


def _wait(goes_on: threading.Event) -> None:
    goes_on.wait(LONG_S)

"""A lane's camera that is given up: the lane goes on, and the camera is tried again."""

from datetime import UTC, datetime

import pytest

from gate.errors import DeviceError
from gate.sim.devices import ManualClock
from gate.unit.camera_stream import Taken
from gate.unit.patient_feed import MAX_STUCK, REOPEN_S, STUCK_S, PatientFeed

TICK_S = 0.001


class GivenUp:
    """A feed that is given up when a frame is asked of it, but for the one that is not."""

    faulty = False
    ended = False

    def __init__(self, *, works: bool = False, comes_back: bool = True) -> None:
        self.closed = 0
        self._works = works
        self._comes_back = comes_back

    def take(self, timeout_s: float) -> Taken | None:
        del timeout_s
        if self._works:
            return None
        raise DeviceError("camera given up")

    def close(self) -> bool:
        self.closed += 1
        return self._comes_back


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 6, 1, tzinfo=UTC))


def test_it_is_opened_anew_after_a_pause_and_no_earlier(clock: ManualClock) -> None:
    feeds = [GivenUp(works=True), GivenUp()]
    patient = PatientFeed(feeds.pop, clock)
    assert patient.take(TICK_S) is None
    assert patient.faulty
    clock.advance(REOPEN_S - 0.1)
    patient.take(TICK_S)
    assert len(feeds) == 1
    clock.advance(0.1)
    patient.take(TICK_S)
    assert not feeds
    assert not patient.faulty


def test_what_would_begin_anew_is_not_tried_again(clock: ManualClock) -> None:
    feeds = [GivenUp(works=True), GivenUp()]
    patient = PatientFeed(feeds.pop, clock, retries=False)
    patient.take(TICK_S)
    clock.advance(10 * REOPEN_S)
    patient.take(TICK_S)
    assert len(feeds) == 1
    assert patient.faulty
    assert not patient.ended


def test_after_a_driver_that_did_not_come_back_the_pause_is_longer(clock: ManualClock) -> None:
    feeds = [GivenUp(works=True), GivenUp(comes_back=False)]
    patient = PatientFeed(feeds.pop, clock)
    patient.take(TICK_S)
    clock.advance(STUCK_S - 0.1)
    patient.take(TICK_S)
    assert len(feeds) == 1
    clock.advance(0.1)
    patient.take(TICK_S)
    assert not feeds


def test_threads_that_never_come_back_are_not_left_behind_without_end(clock: ManualClock) -> None:
    opened: list[GivenUp] = []

    def stuck() -> GivenUp:
        opened.append(GivenUp(comes_back=False))
        return opened[-1]

    patient = PatientFeed(stuck, clock)
    for _ in range(3 * MAX_STUCK):
        patient.take(TICK_S)
        clock.advance(STUCK_S)
    assert len(opened) == MAX_STUCK
    assert all(feed.closed == 1 for feed in opened)

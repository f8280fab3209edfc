"""Frames for a loop that never waits for a camera."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from queue import SimpleQueue

import numpy as np
import pytest

from gate.devices.ports import Frame
from gate.errors import DeviceError
from gate.sim.devices import ManualClock
from gate.unit.camera_feed import LEAVE_S, CameraFeed
from gate.unit.camera_stream import CameraStream, Taken
from gate.unit.camera_watch import MAX_OPENINGS, OPEN_S, RESTART_S, STALL_S
from gate.unit.picture_watch import FROZEN_S, LATE_S

DEADLINE_S = 10.0
"""Far beyond what any wait needs; a test that reaches it has failed."""

END = None
Said = Frame | DeviceError | None


def frame(number: int) -> Frame:
    return Frame(luma=np.full((2, 2), number, dtype=np.uint8), at_s=number / 10)


class HandCamera:
    """Gives what the test puts into its hand, and blocks like a driver until it does."""

    def __init__(self, *, live: bool = True) -> None:
        self.live = live
        self.starts = 0
        self.stops = 0
        self.closed = threading.Event()
        self.is_empty = threading.Event()
        self._hand: SimpleQueue[Said] = SimpleQueue()

    def put(self, *things: Said) -> None:
        self.is_empty.clear()
        for thing in things:
            self._hand.put(thing)

    def frames(self) -> Iterator[Frame]:
        self.starts += 1
        try:
            while True:
                if self._hand.empty():
                    self.is_empty.set()
                thing = self._hand.get()
                if thing is None:
                    return
                if isinstance(thing, DeviceError):
                    raise thing
                yield thing
        finally:
            self.stops += 1

    def close(self) -> None:
        self.closed.set()


class Hands:
    """Opens hand cameras one after the other, the first failures as told."""

    def __init__(self, *, live: bool = True, failures: int = 0) -> None:
        self.cameras: list[HandCamera] = []
        self.tries = 0
        self._live = live
        self._failures = failures

    def open(self) -> HandCamera:
        self.tries += 1
        if self.tries <= self._failures:
            raise DeviceError("camera: it does not open")
        self.cameras.append(HandCamera(live=self._live))
        return self.cameras[-1]


def make(hands: Hands, *, retries: bool = True) -> tuple[CameraFeed, ManualClock]:
    clock = ManualClock(datetime(2026, 6, 1, tzinfo=UTC))
    return CameraFeed(hands.open, clock, retries=retries), clock


def until(feed: CameraFeed, happened: Callable[[], object]) -> list[Taken]:
    """Take until something has happened; the steps are short waits for a thread, no time."""
    taken = []
    for _ in range(1000):
        one = feed.take(0.01)
        if one is not None:
            taken.append(one)
        if happened():
            return taken
    raise AssertionError("it never happened")


def first_camera(feed: CameraFeed, hands: Hands) -> HandCamera:
    until(feed, lambda: hands.cameras)
    return hands.cameras[0]


def number_of(taken: Taken | None) -> int | None:
    return None if taken is None else int(taken.frame.luma[0, 0])


def test_of_a_live_camera_the_newest_frame_is_taken() -> None:
    hands = Hands()
    feed, _ = make(hands)
    camera = first_camera(feed, hands)
    camera.put(frame(1), frame(2), frame(3))
    camera.is_empty.wait(DEADLINE_S)

    assert number_of(feed.take(DEADLINE_S)) == 3
    assert feed.take(0) is None
    camera.put(END)


def test_a_source_that_is_not_live_waits_and_loses_nothing() -> None:
    hands = Hands(live=False)
    feed, _ = make(hands)
    first_camera(feed, hands).put(*map(frame, range(1, 6)), END)

    taken = until(feed, lambda: feed.ended)

    assert [number_of(one) for one in taken] == [1, 2, 3, 4, 5]
    assert not feed.faulty


def test_the_end_is_not_told_before_the_last_frame_was_taken() -> None:
    hands = Hands(live=False)
    stream = CameraStream(hands.open, ManualClock(datetime(2026, 6, 1, tzinfo=UTC)))
    taken = []
    while not hands.cameras:
        taken.append(stream.take(0.01))
    hands.cameras[0].put(frame(1), END)
    assert stream.join(DEADLINE_S)

    assert not stream.ended
    assert number_of(stream.take(0)) == 1
    assert stream.ended


def test_a_live_camera_has_no_end() -> None:
    hands = Hands()
    feed, clock = make(hands)
    first_camera(feed, hands).put(frame(1), END)
    assert number_of(feed.take(DEADLINE_S)) == 1
    until(feed, lambda: feed.faulty)
    clock.advance(STALL_S)
    until(feed, lambda: hands.cameras[0].starts == 2)

    assert not feed.ended
    hands.cameras[0].put(END)


def test_a_frame_is_never_a_view_into_the_cameras_buffer() -> None:
    hands = Hands()
    feed, _ = make(hands)
    buffer = np.zeros((4, 8), dtype=np.uint8)
    camera = first_camera(feed, hands)
    camera.put(Frame(luma=buffer[:, :4], at_s=0.0))
    taken = feed.take(DEADLINE_S)
    buffer[:] = 255

    assert number_of(taken) == 0
    camera.put(END)


def test_a_camera_that_stalls_is_stopped_and_started_and_goes_on() -> None:
    hands = Hands()
    feed, clock = make(hands)
    camera = first_camera(feed, hands)
    camera.put(frame(1))
    feed.take(DEADLINE_S)
    clock.advance(STALL_S)
    feed.take(0)
    assert feed.faulty

    camera.put(DeviceError("the driver timed out"))
    until(feed, lambda: camera.starts == 2)
    assert (camera.stops, camera.closed.is_set()) == (1, False)

    camera.put(frame(2))
    assert number_of(feed.take(DEADLINE_S)) == 2
    assert not feed.faulty
    camera.put(END)


def picture(number: int, at_s: float = 0.0) -> Frame:
    """Return a picture with something to see; another one for each number."""
    luma = np.random.default_rng(number).integers(0, 200, (64, 64), dtype=np.uint8)
    return Frame(luma=luma, at_s=at_s)


def test_a_camera_that_hands_out_one_picture_again_and_again_is_back_with_the_next_one() -> None:
    hands = Hands()
    feed, clock = make(hands)
    camera = first_camera(feed, hands)
    for second in range(int(FROZEN_S) + 1):
        camera.put(picture(1, float(second)))
        assert feed.take(DEADLINE_S) is not None
        clock.advance(1.0)
    camera.put(picture(1, 9.0))
    assert feed.take(DEADLINE_S) is None
    assert feed.faulty

    camera.put(picture(1))
    until(feed, lambda: camera.starts == 2)
    camera.put(picture(2, 10.0))
    assert feed.take(DEADLINE_S) is not None
    assert not feed.faulty
    camera.put(END)


def test_a_stream_that_begins_anew_is_measured_by_its_own_time() -> None:
    hands = Hands()
    feed, clock = make(hands)
    camera = first_camera(feed, hands)
    camera.put(picture(1, at_s=0.0))
    assert feed.take(DEADLINE_S) is not None
    for number in (2, 3):
        clock.advance(LATE_S + 0.5)
        camera.put(picture(number, at_s=0.1 * number))
        feed.take(DEADLINE_S)
    assert feed.faulty

    camera.put(picture(4))
    until(feed, lambda: camera.starts == 2)
    for number in (5, 6, 7):
        clock.advance(1.0)
        camera.put(picture(number, at_s=number - 50.0))
        assert feed.take(DEADLINE_S) is not None
    camera.put(END)


def test_a_film_that_stands_still_is_no_camera_that_is_frozen() -> None:
    hands = Hands(live=False)
    feed, clock = make(hands)
    camera = first_camera(feed, hands)
    for second in range(10):
        camera.put(picture(1, float(second)))
        assert feed.take(DEADLINE_S) is not None
        clock.advance(1.0)
    camera.put(END)


def test_a_driver_that_comes_back_late_leaves_the_next_stream_its_time() -> None:
    hands = Hands()
    feed, clock = make(hands)
    camera = first_camera(feed, hands)
    camera.put(frame(1))
    feed.take(DEADLINE_S)
    clock.advance(STALL_S)
    feed.take(0)
    clock.advance(LEAVE_S - 0.5)
    camera.put(DeviceError("the driver timed out"))
    until(feed, lambda: camera.starts == 2)
    clock.advance(RESTART_S - 0.5)
    feed.take(0)
    camera.put(frame(2))

    assert number_of(feed.take(DEADLINE_S)) == 2
    assert len(hands.cameras) == 1
    camera.put(END)


def test_a_camera_that_stays_silent_is_reopened_and_then_given_up() -> None:
    hands = Hands()
    feed, clock = make(hands)
    first = first_camera(feed, hands)
    first.put(frame(1))
    feed.take(DEADLINE_S)

    for wait_s in (STALL_S, RESTART_S):
        clock.advance(wait_s)
        feed.take(0)
        hands.cameras[-1].put(END)
        count = first.starts + len(hands.cameras)
        until(feed, lambda before=count: first.starts + len(hands.cameras) > before)  # type: ignore[misc]  # mypy can't infer a default's type
    assert first.closed.is_set()
    assert len(hands.cameras) == 2

    clock.advance(OPEN_S)
    with pytest.raises(DeviceError, match="given up"):
        feed.take(0)
    hands.cameras[-1].put(END)


def test_a_camera_that_does_not_open_is_tried_again_and_given_up() -> None:
    hands = Hands(failures=99)
    feed, clock = make(hands)

    for tries in range(1, MAX_OPENINGS + 3):
        until(feed, lambda expected=tries: hands.tries == expected and feed.faulty)  # type: ignore[misc]  # as above
        clock.advance(STALL_S)
    with pytest.raises(DeviceError, match="does not open"):
        until(feed, lambda: False)


def test_a_camera_that_opens_late_is_used() -> None:
    hands = Hands(failures=1)
    feed, clock = make(hands)
    until(feed, lambda: feed.faulty)
    clock.advance(STALL_S)
    camera = first_camera(feed, hands)
    camera.put(frame(7))

    assert number_of(feed.take(DEADLINE_S)) == 7
    camera.put(END)


def test_a_driver_that_does_not_come_back_is_abandoned() -> None:
    hands = Hands()
    feed, clock = make(hands)
    camera = first_camera(feed, hands)
    camera.put(frame(1))
    feed.take(DEADLINE_S)
    clock.advance(STALL_S)
    feed.take(0)
    clock.advance(LEAVE_S)

    with pytest.raises(DeviceError, match="not come back"):
        feed.take(0)
    camera.put(END)


def test_a_source_that_would_begin_anew_is_not_restarted() -> None:
    hands = Hands(live=False)
    feed, _ = make(hands, retries=False)
    first_camera(feed, hands).put(frame(1), DeviceError("2.png: not a picture"))

    with pytest.raises(DeviceError, match=r"2\.png"):
        until(feed, lambda: False)
    assert hands.cameras[0].starts == 1


def test_closing_stops_the_stream_and_lets_the_camera_go() -> None:
    hands = Hands(live=False)
    feed, _ = make(hands)
    camera = first_camera(feed, hands)
    camera.put(frame(1), frame(2), frame(3))
    feed.close()

    assert (camera.stops, camera.closed.is_set()) == (1, True)


def test_closing_does_not_wait_for_a_driver_that_is_stuck() -> None:
    hands = Hands()
    feed, _ = make(hands)
    camera = first_camera(feed, hands)
    camera.is_empty.wait(DEADLINE_S)
    feed.close()

    assert not camera.closed.is_set()
    camera.put(END)
    assert camera.closed.wait(DEADLINE_S)

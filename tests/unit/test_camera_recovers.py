"""Whatever was wrong with a camera's pictures, the gate has one within 5 s of its end.

Time is the test's own: each step of a tenth of a second brings a frame, or none.
"""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Final

import numpy as np
import pytest

from gate.devices.ports import Frame, Luma
from gate.errors import DeviceError
from gate.sim.devices import FREEZE_S, ManualClock
from gate.sim.live_camera import LATE_S, Ailment
from gate.unit.camera_feed import CameraFeed

STEP_S: Final = 0.1
STEP: Final = "step"
LEAVE: Final = "leave"
ILL_FROM_S: Final = 5.0
WELL_FROM_S: Final = 11.0
"""Longer than a restart and a reopening take."""

WITHIN_S: Final = 5.0


def place(at_s: float) -> Luma:
    """Return what a sensor sees at a moment: another noise each time."""
    noise = np.random.default_rng(round(10 * at_s)).integers(60, 160, (64, 64))
    return noise.astype(np.uint8)


class SteppedCamera:
    """Gives a frame when the test takes a step, by what is wrong at that moment."""

    live = True

    def __init__(self, clock: ManualClock, ailment: Ailment) -> None:
        if clock.monotonic() < WELL_FROM_S and clock.monotonic() >= ILL_FROM_S:
            self.check(ailment)
        self._clock = clock
        self._ailment = ailment
        self._steps: SimpleQueue[str] = SimpleQueue()
        self._done = threading.Event()

    @staticmethod
    def check(ailment: Ailment) -> None:
        """Raise what an opening raises."""
        if ailment is Ailment.UNPLUGGED:
            raise DeviceError("camera: it is gone")

    def step(self) -> None:
        """Let a tenth of a second's frame come, and be dealt with."""
        self._done.clear()
        self._steps.put(STEP)
        self._done.wait(0.05)

    def leave(self) -> None:
        """Let the thread that waits for a step end."""
        self._steps.put(LEAVE)

    def frames(self) -> Iterator[Frame]:
        silent_s = 0.0
        while self._steps.get() is STEP:
            at_s = self._clock.monotonic()
            is_ill = ILL_FROM_S <= at_s < WELL_FROM_S
            if is_ill and self._ailment is Ailment.STALL:
                silent_s += STEP_S
                if silent_s >= FREEZE_S:
                    raise DeviceError("camera: no frame for 2 s")
                self._done.set()
                continue
            if is_ill:
                self.check(self._ailment)
            yield self._frame(at_s, is_ill=is_ill)
            self._done.set()

    def close(self) -> None:
        pass

    def _frame(self, at_s: float, *, is_ill: bool) -> Frame:
        if is_ill and self._ailment is Ailment.FREEZE:
            return Frame(luma=place(ILL_FROM_S), at_s=at_s)
        if is_ill and self._ailment is Ailment.WHITE:
            return Frame(luma=np.full((64, 64), 255, np.uint8), at_s=at_s)
        if is_ill and self._ailment is Ailment.LATE:
            return Frame(luma=place(at_s - LATE_S), at_s=max(ILL_FROM_S, at_s - LATE_S))
        return Frame(luma=place(at_s), at_s=at_s)


def story(ailment: Ailment) -> tuple[list[float], list[float]]:
    """Return when frames were taken, and when the camera was called faulty."""
    clock = ManualClock(datetime(2026, 6, 1, tzinfo=UTC))
    cameras: list[SteppedCamera] = []

    def open_camera() -> SteppedCamera:
        cameras.append(SteppedCamera(clock, ailment))
        return cameras[-1]

    feed = CameraFeed(open_camera, clock)
    taken_s, faulty_s = [], []
    while clock.monotonic() < WELL_FROM_S + WITHIN_S:
        clock.advance(STEP_S)
        for camera in cameras[-1:]:
            camera.step()
        try:
            taken = feed.take(0.05)
        except DeviceError:  # it asks for a new process, which begins a second later
            clock.advance(1.0)
            feed = CameraFeed(open_camera, clock)
            continue
        if taken is not None:
            taken_s.append(clock.monotonic())
        if feed.faulty:
            faulty_s.append(clock.monotonic())
    for camera in cameras:
        camera.leave()
    return taken_s, faulty_s


@pytest.mark.parametrize(
    "ailment",
    [Ailment.STALL, Ailment.FREEZE, Ailment.LATE, Ailment.WHITE, Ailment.UNPLUGGED],
)
def test_a_camera_that_was_ill_is_told_and_is_back_within_five_seconds(ailment: Ailment) -> None:
    taken_s, faulty_s = story(ailment)
    assert any(ILL_FROM_S < at_s < WELL_FROM_S for at_s in faulty_s)
    back_s = min(at_s for at_s in taken_s if at_s >= WELL_FROM_S)
    assert back_s - WELL_FROM_S < WITHIN_S
    assert not any(at_s > back_s for at_s in faulty_s)

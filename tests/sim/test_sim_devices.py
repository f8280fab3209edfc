"""The shipped fakes: what they record, and how they fail on request."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from gate.access.model import Direction
from gate.devices.ports import Frame, Luma, Reading, Sight
from gate.devices.signals import Signal
from gate.errors import DeviceError
from gate.sim.devices import (
    FREEZE_S,
    CameraFault,
    Locked,
    ManualClock,
    Released,
    Shown,
    SimCamera,
    SimDecoder,
    SimNotifier,
    SimOutputs,
    picture_of,
)

START = datetime(2026, 1, 5, 7, tzinfo=UTC)
GREY: Luma = np.full((4, 4), 128, dtype=np.uint8)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


def test_time_passes_only_by_hand(clock: ManualClock) -> None:
    clock.advance(1.5)
    assert clock.now() == START + timedelta(seconds=1.5)
    assert clock.monotonic() == 1.5


def test_trust_in_the_clock_may_be_lost(clock: ManualClock) -> None:
    clock.trusted = False
    assert not clock.is_trusted()


def test_outputs_tell_what_happened_and_when(clock: ManualClock) -> None:
    outputs = SimOutputs(clock)
    outputs.show(Signal.ADMITTED)
    clock.advance(1)
    outputs.release(Direction.IN, 5)
    outputs.close()
    assert outputs.happened == [
        Shown(at_s=0.0, signal=Signal.ADMITTED),
        Released(at_s=1.0, direction=Direction.IN, seconds=5),
        Locked(at_s=1.0),
    ]
    assert outputs.signals == [Signal.ADMITTED]


def test_broken_outputs_fail_at_everything_but_an_exit(clock: ManualClock) -> None:
    outputs = SimOutputs(clock)
    outputs.broken = "entry relay: stuck"
    with pytest.raises(DeviceError, match="stuck"):
        outputs.release(Direction.IN, 5)
    with pytest.raises(DeviceError, match="stuck"):
        outputs.show(Signal.FAULT)
    with pytest.raises(DeviceError, match="stuck"):
        outputs.lock()
    outputs.release(Direction.OUT, 5)
    assert outputs.is_released(Direction.OUT)
    assert not outputs.is_released(Direction.IN)


def test_a_frame_takes_its_time_on_the_clock(clock: ManualClock) -> None:
    camera = SimCamera([GREY, GREY], clock, frame_s=0.5)
    assert [frame.at_s for frame in camera.frames()] == [0.5, 1.0]


@pytest.mark.parametrize(
    ("fault", "message", "lost_s"),
    [
        (CameraFault.NOT_OPENING, "does not open", 0.0),
        (CameraFault.FREEZES, "no frame for 2 s", FREEZE_S),
    ],
)
def test_a_camera_that_failed_goes_on_when_started_again(
    clock: ManualClock, fault: CameraFault, message: str, lost_s: float
) -> None:
    camera = SimCamera([fault, GREY], clock, frame_s=0.5)
    with pytest.raises(DeviceError, match=message):
        next(camera.frames())
    assert clock.monotonic() == lost_s
    assert len(list(camera.frames())) == 1
    assert camera.starts == 2


def test_a_camera_that_vanished_does_not_come_back(clock: ManualClock) -> None:
    camera = SimCamera([GREY, CameraFault.VANISHES, GREY], clock)
    stream = camera.frames()
    next(stream)
    for attempt in (stream, camera.frames()):
        with pytest.raises(DeviceError, match="gone"):
            next(attempt)


def test_a_closed_camera_gives_no_frame(clock: ManualClock) -> None:
    camera = SimCamera([GREY], clock)
    camera.close()
    with pytest.raises(DeviceError, match="closed"):
        next(camera.frames())


@pytest.mark.parametrize(
    ("picture", "sight"),
    [
        (GREY, Sight()),
        (picture_of(), Sight()),
        (picture_of(unread=True), Sight(unread=True)),
        (
            picture_of("CC1:A", "https://example.com"),
            Sight(
                readings=(
                    Reading(text="CC1:A", decoder="sim"),
                    Reading(text="https://example.com", decoder="sim"),
                )
            ),
        ),
    ],
    ids=["a real picture", "nothing", "a code it cannot read", "two codes"],
)
def test_a_picture_says_what_was_put_into_it(picture: Luma, sight: Sight) -> None:
    assert SimDecoder().decode(Frame(luma=picture, at_s=0.0)) == sight


def test_a_notifier_tells_what_was_said() -> None:
    notifier = SimNotifier()
    notifier.ready()
    notifier.alive("well")
    notifier.stopping()
    assert notifier.said == ["ready", "alive: well", "stopping"]

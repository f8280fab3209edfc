"""A live camera that isn't there fails as real ones do, and as the moment says."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

import numpy as np
import pytest

from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Frame, Luma
from gate.errors import DeviceError
from gate.sim.devices import FREEZE_S, ManualClock
from gate.sim.frames import render
from gate.sim.live_camera import LATE_S, Ailment, LiveCamera
from gate.sim.look import Look
from gate.sim.pictures import card
from gate.sim.scene import site_scene

FRAME_S = 0.1


def seen(now_s: float) -> Luma:
    """Return a picture that tells when it was taken, in tenths of seconds."""
    return np.full((4, 4), round(10 * now_s) % 256, np.uint8)


def camera(ailing: Callable[[float], Ailment | None]) -> tuple[LiveCamera, ManualClock]:
    clock = ManualClock(datetime(2026, 1, 5, 7, tzinfo=UTC))
    return LiveCamera(seen, ailing, clock, wait=clock.advance, frame_s=FRAME_S), clock


def from_s(begins_s: float, ends_s: float, ailment: Ailment) -> Callable[[float], Ailment | None]:
    return lambda now_s: ailment if begins_s <= now_s < ends_s else None


def shades(frames: list[Frame]) -> list[int]:
    return [int(frame.luma[0, 0]) for frame in frames]


def test_a_well_camera_shows_what_is_there_at_a_steady_pace() -> None:
    live, clock = camera(lambda _: None)
    frames = list(islice(live.frames(), 5))
    assert shades(frames) == [1, 2, 3, 4, 5]
    assert clock.monotonic() == pytest.approx(0.5)


def test_a_stall_is_told_after_two_seconds_and_ends_with_its_cause() -> None:
    live, clock = camera(from_s(0.25, 5.0, Ailment.STALL))
    frames = live.frames()
    assert len(list(islice(frames, 2))) == 2
    with pytest.raises(DeviceError, match="no frame for 2 s"):
        next(frames)
    assert clock.monotonic() == pytest.approx(0.3 + FREEZE_S)
    clock.advance(3.0)
    assert next(live.frames())


def test_a_driver_that_hangs_comes_back_when_that_is_over_and_not_before() -> None:
    live, clock = camera(from_s(0.0, 60.0, Ailment.HANG))
    next(live.frames())
    assert clock.monotonic() == pytest.approx(60.0)


def test_a_camera_that_is_unplugged_neither_streams_nor_opens() -> None:
    ailing = from_s(0.15, 9.0, Ailment.UNPLUGGED)
    live, clock = camera(ailing)
    frames = live.frames()
    next(frames)
    with pytest.raises(DeviceError, match="it is gone"):
        next(frames)
    with pytest.raises(DeviceError, match="it is gone"):
        LiveCamera(seen, ailing, clock, wait=clock.advance)


def test_a_frozen_camera_goes_on_with_one_picture_and_new_times() -> None:
    live, _ = camera(from_s(0.25, 9.0, Ailment.FREEZE))
    frames = list(islice(live.frames(), 6))
    assert shades(frames) == [1, 2, 2, 2, 2, 2]
    assert [frame.at_s for frame in frames] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])


def test_a_late_camera_shows_what_was_there_and_its_time_stands_until_then() -> None:
    live, clock = camera(from_s(5.05, 99.0, Ailment.LATE))
    frames = list(islice(live.frames(), 60))
    assert shades(frames)[49:51] == [50, 21]
    assert frames[50].at_s == pytest.approx(5.0)
    late = next(live.frames())
    assert clock.monotonic() - late.at_s <= LATE_S


@pytest.mark.parametrize("ailment", [None, Ailment.CAST, Ailment.DIM])
def test_a_card_is_read_through_a_colour_cast_and_in_poor_light(ailment: Ailment | None) -> None:
    rng = np.random.default_rng(4)
    scene = site_scene((1280, 720), rng)
    shown = render(card("CC1:" + "A1B2 C3D4" * 42), Look(), scene, rng=rng)
    clock = ManualClock(datetime(2026, 1, 5, 7, tzinfo=UTC))
    live = LiveCamera(lambda _: shown, lambda _: ailment, clock, wait=clock.advance)
    chain = open_decoder(lambda: 0.0)
    read = [chain.decode(frame).readings for frame in islice(live.frames(), 3)]
    assert any(read)


@pytest.mark.parametrize(
    ("ailment", "shade"), [(Ailment.WHITE, 255), (Ailment.CAST, 45), (Ailment.DIM, 30)]
)
def test_light_that_is_wrong_is_seen_in_every_picture(ailment: Ailment, shade: int) -> None:
    live, clock = camera(lambda _: ailment)
    clock.advance(9.9)
    assert shades([next(live.frames())]) == [shade]

"""The lamp at a lane's reader: lit in the dark, dark in the end, and its fault is nobody else's."""

from typing import Final

import numpy as np

from gate.devices.ports import Frame, Shot
from gate.sim.devices import SimCamera, SimDecoder, SimLamp, SimNotifier
from gate.unit.camera_feed import CameraFeed
from gate.unit.lane import Lane as UnitLane
from gate.unit.lane_loop import LaneLoop
from gate.unit.mild import ILLUMINATION
from gate.unit.reader_lamp import LOOK_S, RETRY_S, ReaderLamp
from gate.unit.twilight import DARK_FOR_S
from gate.unit.wiring import Parts
from tests.unit.conftest import Lane

DARK: Final = Frame(
    luma=np.zeros((16, 16), np.uint8), at_s=0.0, shot=Shot(exposure_us=10_000, gain=16.0)
)
NIGHT: Final = np.full((64, 64), 20, np.uint8)
DAY: Final = np.full((64, 64), 160, np.uint8)


def in_the_dark(lamp: ReaderLamp, *, from_s: float, seconds: float) -> None:
    for step in range(round(seconds * 30)):
        lamp.look(DARK, from_s + step / 30, code=False)


def test_it_is_lit_in_the_dark_and_told_so_once() -> None:
    lamp = SimLamp()
    in_the_dark(ReaderLamp(lamp), from_s=0.0, seconds=DARK_FOR_S + 2 * LOOK_S)
    assert lamp.happened == [True]


def test_one_that_does_not_obey_is_tried_again_after_a_while() -> None:
    lamp = SimLamp()
    lamp.broken = "illumination (GPIO26): busy"
    reader = ReaderLamp(lamp)
    in_the_dark(reader, from_s=0.0, seconds=10.0)
    assert not reader.works
    lamp.broken = None
    in_the_dark(reader, from_s=10.0, seconds=RETRY_S - 12.0)
    assert not reader.works
    in_the_dark(reader, from_s=RETRY_S - 1.0, seconds=12.0)
    assert reader.works
    assert lamp.is_lit


def run(way_in: Lane, lamp: SimLamp, *, seconds: int) -> None:
    script = [NIGHT] * (10 * seconds)
    parts = Parts(
        open_camera=lambda: SimCamera(script, way_in.clock, frame_s=0.1),
        decoder=SimDecoder(),
        outputs=way_in.outputs,
        clock=way_in.clock,
        notifier=SimNotifier(),
        lamp=lamp,
    )
    lane = UnitLane(parts=parts, controller=way_in.controller, contacts=way_in.contacts)
    loop = LaneLoop(lane, CameraFeed(parts.open_camera, way_in.clock, retries=False), None)
    while not loop.ended:
        loop.turn()


def test_a_lane_lights_its_reader_by_what_its_camera_sees(way_in: Lane) -> None:
    lamp = SimLamp()
    run(way_in, lamp, seconds=10)
    assert lamp.is_lit
    assert ILLUMINATION not in way_in.controller.faults


def test_a_lamp_that_does_not_obey_is_recorded_and_locks_nothing(way_in: Lane) -> None:
    lamp = SimLamp()
    lamp.broken = "illumination (GPIO26): busy"
    run(way_in, lamp, seconds=10)
    assert ILLUMINATION in way_in.controller.faults
    assert not way_in.controller.keeper.locking

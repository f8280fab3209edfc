"""A window that grows dirty is told before cards stop being read, and one that is cleaned too."""

from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from gate.bench.optics import Condition
from gate.devices.ports import Corners, Frame, Luma, Reading, Sight
from gate.events.model import EventKind
from gate.sim.devices import SimCamera, SimNotifier
from gate.store.camera_days import read_camera_days
from gate.unit.camera_days import WRITE_S, CameraDays
from gate.unit.camera_feed import CameraFeed
from gate.unit.lane import Lane as UnitLane
from gate.unit.lane_loop import LaneLoop
from gate.unit.lens import CARDS, LensWatch
from gate.unit.mild import LENS
from gate.unit.stamp import StampClock
from gate.unit.wiring import Parts
from tests.unit.conftest import Lane
from tests.unit.test_hints import card, held

View = tuple[Luma, Corners]


def view(condition: Condition, *, haze: float = 0.0) -> View:
    """Return a card as it is seen, and where; `haze` is light that the window scatters."""
    frame, sight = held(condition)
    luma = frame.luma * (1 - haze) + 200 * haze
    return luma.astype(np.uint8), sight.missed[0]


CLEAN: Final = view(card(blur=0.8))
SMEARED: Final = view(card(blur=2.2))
HAZY: Final = view(card(blur=0.8), haze=0.4)
SLIGHTLY: Final = view(card(blur=1.1), haze=0.08)
AT_NIGHT: Final = view(card(blur=0.8, light=0.6))
IN_THE_DARK: Final = view(card(blur=2.2, light=0.3))
ASIDE: Final[View] = (CLEAN[0], ((900.0, 0.0), (950.0, 0.0), (950.0, 50.0), (900.0, 50.0)))


def after(*views: tuple[int, View]) -> bool:
    """Tell whether a lens is dirty that saw so many cards in each way."""
    lens = LensWatch()
    for count, (luma, place) in views:
        for _ in range(count):
            lens.look(luma, place)
    return lens.is_dirty


@pytest.mark.parametrize(
    ("views", "is_dirty"),
    [
        pytest.param([(2 * CARDS, CLEAN)], False, id="clean all along"),
        pytest.param([(CARDS, CLEAN), (CARDS, SMEARED)], True, id="smeared"),
        pytest.param([(CARDS, CLEAN), (CARDS, HAZY)], True, id="a veil of dust or dew"),
        pytest.param([(CARDS, CLEAN), (CARDS // 2, SMEARED)], False, id="some cards, not most"),
        pytest.param([(CARDS, CLEAN), (CARDS // 2 + 1, SMEARED)], True, id="most of the last"),
        pytest.param([(CARDS, CLEAN), (CARDS, SLIGHTLY)], False, id="a little worse"),
        pytest.param([(CARDS, CLEAN), (CARDS, AT_NIGHT)], False, id="less light, as clean"),
        pytest.param([(CARDS, CLEAN), (CARDS, IN_THE_DARK)], False, id="too dark to tell"),
        pytest.param([(CARDS, CLEAN), (CARDS, ASIDE)], False, id="places out of the picture"),
        pytest.param([(CARDS - 1, CLEAN), (1, SMEARED)], False, id="too few to tell"),
        pytest.param([(3 * CARDS, SMEARED)], False, id="never better: a lens to be focused"),
        pytest.param([(CARDS, CLEAN), (CARDS, SMEARED), (CARDS, CLEAN)], False, id="cleaned again"),
    ],
)
def test_a_lens_is_dirty_when_most_cards_are_seen_worse_than_once(
    views: list[tuple[int, View]],
    is_dirty: bool,  # noqa: FBT001 - a table's column
) -> None:
    assert after(*views) is is_dirty


def test_a_lens_at_the_limit_does_not_come_and_go() -> None:
    lens = LensWatch()
    told = []
    between = view(card(blur=1.45))
    for luma, place in [CLEAN] * CARDS + [SMEARED] * CARDS + [between] * CARDS:
        lens.look(luma, place)
        told.append(lens.is_dirty)
    changes = sum(one is not other for one, other in pairwise(told))
    assert changes == 1


class EachAnother:
    """A decoder that reads another card in every frame, at one place."""

    def __init__(self, place: Corners) -> None:
        self._place = place
        self._count = 0

    def decode(self, _frame: Frame) -> Sight:
        self._count += 1
        text = f"CC1:{self._count}"
        return Sight(readings=(Reading(text=text, decoder="x", place=self._place),))


def test_each_card_that_is_read_counts_for_its_day(way_in: Lane, tmp_path: Path) -> None:
    parts = Parts(
        open_camera=lambda: SimCamera([CLEAN[0]] * 5, way_in.clock, frame_s=1.0),
        decoder=EachAnother(CLEAN[1]),
        outputs=way_in.outputs,
        clock=way_in.clock,
        notifier=SimNotifier(),
    )
    path = tmp_path / "camera-in.json"
    days = CameraDays(path, StampClock(way_in.clock))
    lane = UnitLane(parts=parts, controller=way_in.controller, contacts=way_in.contacts, days=days)
    loop = LaneLoop(lane, CameraFeed(parts.open_camera, way_in.clock, retries=False), None)
    while not loop.ended:
        loop.turn()
    way_in.clock.advance(WRITE_S)
    days.turn(way_in.clock.monotonic())
    [day] = read_camera_days(path)
    assert day.cards >= 4
    assert 150 < day.edge_cpx < 400


def test_the_gate_records_a_dirty_lens_and_locks_nothing_for_it(way_in: Lane) -> None:
    script = [CLEAN[0]] * CARDS + [SMEARED[0]] * CARDS
    parts = Parts(
        open_camera=lambda: SimCamera(script, way_in.clock, frame_s=1.0),
        decoder=EachAnother(CLEAN[1]),
        outputs=way_in.outputs,
        clock=way_in.clock,
        notifier=SimNotifier(),
    )
    lane = UnitLane(parts=parts, controller=way_in.controller, contacts=way_in.contacts)
    loop = LaneLoop(lane, CameraFeed(parts.open_camera, way_in.clock, retries=False), None)
    for _ in range(CARDS):
        loop.turn()
    assert LENS not in way_in.controller.faults
    while not loop.ended:
        loop.turn()
    assert LENS in way_in.controller.faults
    assert LENS not in way_in.controller.keeper.unit_faults.parts  # of two lanes it says which
    assert not way_in.controller.keeper.locking
    told = [event for event, _ in way_in.journal.records if event.kind is EventKind.FAULT]
    assert [event.detail for event in told] == [LENS]

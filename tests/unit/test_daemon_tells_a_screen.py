"""The gate process tells its screen by itself, in the language of the rules in force."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gate.access.languages import Language
from gate.devices.ports import Frame, Sight
from gate.errors import Reason
from gate.events.lane_state import Hint, Shown
from gate.sim.devices import SimCamera, SimDecoder, SimNotifier, picture_of
from gate.sim.issuer import NOW
from gate.store.lane_state_file import read_lane_state
from gate.unit.camera_feed import CameraFeed
from gate.unit.daemon import run
from gate.unit.lane import Lane
from gate.unit.lane_loop import LaneLoop
from gate.unit.wiring import Parts, Unit
from tests.store.trust_files import POLICY, manifest
from tests.unit.test_hints import card, held
from tests.unit.test_lane_teller import Watched
from tests.unit.whole_unit import WholeUnit

if TYPE_CHECKING:
    from pathlib import Path

    from gate.events.lane_state import LaneState
    from tests.unit.conftest import Desk


def test_what_was_said_of_a_card_is_told_by_the_loop(desk: Desk, tmp_path: Path) -> None:
    watched = Watched(desk, tmp_path)
    lane = watched.lane
    script = [picture_of(desk.card(index=1)), picture_of(), picture_of()]
    parts = Parts(
        open_camera=lambda: SimCamera(script, lane.clock, frame_s=1.0),
        decoder=SimDecoder(),
        outputs=lane.outputs,
        clock=lane.clock,
        notifier=SimNotifier(),
    )
    unit = Unit(
        parts=parts,
        controller=lane.controller,
        recorder=lane.recorder,
        retention=lane.retention,
        upkeep=lane.upkeep,
        contacts=lane.contacts,
        teller=watched.teller,
    )
    run(unit, threading.Event())
    state = read_lane_state(watched.path)
    assert state is not None
    assert (state.shown, state.reason) == (Shown.REFUSED, Reason.REVOKED)


class Missing:
    """A decoder that finds the code of `test_hints.held` and can't read it."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def decode(self, _frame: Frame) -> Sight:
        return self._sight


def test_of_a_code_that_is_not_read_the_loop_tells_what_was_measured(
    desk: Desk, tmp_path: Path
) -> None:
    watched = Watched(desk, tmp_path)
    lane = watched.lane
    frame, sight = held(card(light=0.2))
    parts = Parts(
        open_camera=lambda: SimCamera([frame.luma] * 30, lane.clock, frame_s=0.1),
        decoder=Missing(sight),
        outputs=lane.outputs,
        clock=lane.clock,
        notifier=SimNotifier(),
    )
    loop = LaneLoop(
        Lane(
            parts=parts,
            controller=lane.controller,
            contacts=lane.contacts,
            teller=watched.teller,
        ),
        CameraFeed(parts.open_camera, lane.clock, retries=False),
        None,
    )
    while not loop.ended:
        loop.turn()
        loop.tell()
    state = read_lane_state(watched.path)
    assert state is not None
    assert (state.shown, state.hints) == (Shown.UNREADABLE, (Hint.BRIGHTER,))
    assert parts.exposure.ev > 0
    assert watched.present(desk.card(index=1)).hints == ()


def test_the_language_is_that_of_the_rules_in_force_the_hubs_before_the_units_own(
    tmp_path: Path,
) -> None:
    unit = WholeUnit(tmp_path)
    config = tmp_path / "unit.toml"
    config.write_text(config.read_text("utf-8") + '[screen]\nstate = "lane.json"\n', "utf-8")
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY + '[screen]\nlanguage = "cy"\n', "utf-8")
    unit.boot(NOW, trusted=True)
    assert told_by(unit).language is Language.WELSH
    unit.files.switch_manifest(manifest(policy=POLICY + '[screen]\nlanguage = "pa"\n'))
    unit.turn()
    assert told_by(unit).language is Language.PUNJABI
    unit.stop()


def told_by(unit: WholeUnit) -> LaneState:
    teller = unit.running.teller
    assert teller is not None
    teller.turn(unit.running.controller)
    state = read_lane_state(unit.path / "lane.json")
    assert state is not None
    return state


def test_a_unit_without_a_screen_tells_nobody(tmp_path: Path) -> None:
    unit = WholeUnit(tmp_path)
    unit.boot(NOW, trusted=True)
    assert unit.running.teller is None
    unit.stop()

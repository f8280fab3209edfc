"""Two lanes on one unit: what they share, and what neither may do to the other."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from gate.access.model import Direction
from gate.devices.ports import Contact
from gate.devices.signals import Signal
from gate.errors import Outcome, Reason
from gate.events.lane_state import Shown
from gate.events.model import EventKind, which_grant
from gate.sim.devices import Released
from gate.store.lane_state_file import read_lane_state
from gate.unit.daemon import EXIT_DONE, EXIT_FAULT
from tests.unit.two_lanes import NAMES, HeldDecoder, TwoLanes, comes

IN, OUT = Direction.IN, Direction.OUT


@pytest.fixture
def gate(tmp_path: Path) -> TwoLanes:
    return TwoLanes(tmp_path)


@pytest.fixture
def card(gate: TwoLanes) -> str:
    return gate.card("1")


@pytest.fixture
def running(gate: TwoLanes, card: str) -> Iterator[TwoLanes]:
    assert card
    with gate:
        assert comes(lambda: "ready" in gate.notifier.said)
        yield gate


def test_who_came_in_by_one_lane_and_left_by_the_other_is_not_passed_back(
    running: TwoLanes, card: str
) -> None:
    def answer(way: Direction) -> Outcome | None:
        decision = running.present(way, card).decision
        if way is OUT:
            running.inputs[OUT].pulse(Contact.ROTATION_OUT)
            assert comes(lambda: not running.pair.roll.people.presence.inside)
        return None if decision is None else decision.outcome

    assert [answer(way) for way in (IN, IN, OUT, IN)] == [
        Outcome.ADMIT,
        Outcome.REFUSE,
        Outcome.ADMIT,
        Outcome.ADMIT,
    ]


def test_each_record_says_which_lane(running: TwoLanes, card: str) -> None:
    running.present(IN, card)
    running.present(OUT, card)
    assert comes(lambda: len(running.recorded(EventKind.ACCESS)) == 2)
    found = [(one.access_point, one.direction) for one in running.recorded(EventKind.ACCESS)]
    assert found == [("Gate A in", "in"), ("Gate A out", "out")]


def test_the_way_out_opens_while_the_other_lanes_decoder_hangs(gate: TwoLanes, card: str) -> None:
    gate.decoders[IN] = slow = HeldDecoder()
    with gate:
        slow.goes_on.clear()
        gate.cameras[IN].show(card)
        assert slow.is_in.wait(10)
        assert gate.present(OUT, card).released_s is not None
        assert not gate.released(IN)
        slow.goes_on.set()
        assert comes(lambda: gate.released(IN))


def test_the_way_out_opens_again_and_again_while_the_disk_hangs_in_an_entry(
    running: TwoLanes, card: str
) -> None:
    goes_on = running.hold_the_disk()
    running.cameras[IN].show(card)
    for _ in range(3):
        assert running.present(OUT, card).released_s is not None
    assert not running.released(IN)  # it is not recorded yet
    goes_on.set()
    assert comes(lambda: running.released(IN))
    assert comes(lambda: len(running.recorded(EventKind.ACCESS)) == 4)


def test_a_turn_after_an_exit_names_its_grant_though_the_disk_was_late(
    running: TwoLanes, card: str
) -> None:
    goes_on = running.hold_the_disk()
    running.present(OUT, card)
    running.inputs[OUT].pulse(Contact.ROTATION_OUT)
    running.present(OUT, "CC1:nothing")  # by now the turn was told
    goes_on.set()
    assert comes(lambda: bool(running.recorded(EventKind.TURNED)))
    [turned] = running.recorded(EventKind.TURNED)
    assert turned.detail == which_grant(running.numbers(EventKind.ACCESS)[0])


def test_a_lane_without_its_camera_says_so_and_the_other_works(gate: TwoLanes, card: str) -> None:
    gate.cameras[IN].broken = True
    with gate:
        assert comes(lambda: bool(gate.recorded(EventKind.FAULT)))
        assert gate.present(OUT, card).released_s is not None
        [fault] = gate.recorded(EventKind.FAULT)
        assert (fault.access_point, fault.detail) == (NAMES[IN], "camera")
        assert gate.outputs[IN].signals[-1] is Signal.FAULT
        assert gate.outputs[OUT].signals[-1] is Signal.ADMITTED
        assert comes(lambda: "ready" in gate.notifier.said)


@pytest.mark.parametrize("way", Direction)
def test_a_lane_whose_camera_is_given_up_goes_on_and_sees_again_once_it_is_back(
    gate: TwoLanes, card: str, way: Direction, caplog: pytest.LogCaptureFixture
) -> None:
    other = OUT if way is IN else IN
    another = gate.card("2")
    gate.cameras[way].broken = True

    def shown(lane: Direction) -> tuple[Shown, tuple[str, ...]]:
        state = read_lane_state(gate.path / f"lane-{lane}.json")
        return (Shown.OFF, ()) if state is None else (state.shown, state.faults)

    with gate:
        assert comes(lambda: "camera given up for now" in passing(gate, caplog))
        assert gate.present(other, another).released_s is not None
        assert gate.outputs[way].signals[-1] is Signal.FAULT
        assert not gate.outputs[way].is_released(IN)
        assert comes(lambda: shown(way) == (Shown.FAULT, ("camera",)))
        assert shown(other)[1] == ()
        gate.clock.advance(60.0)
        assert not gate.recorded(EventKind.FAULT_CLEARED)

        gate.cameras[way].broken = False
        assert comes(lambda: is_cleared_in_time(gate))
        assert comes(lambda: shown(way) == (Shown.READY, ()))
        assert gate.present(way, card).released_s is not None
        assert gate.code is None


def is_cleared_in_time(gate: TwoLanes) -> bool:
    """Let a second pass; tell whether a fault is recorded as over."""
    gate.clock.advance(1.0)
    return bool(gate.recorded(EventKind.FAULT_CLEARED))


def passing(gate: TwoLanes, caplog: pytest.LogCaptureFixture) -> str:
    """Let a second pass; return what was logged so far."""
    gate.clock.advance(1.0)
    return caplog.text


def test_a_lane_whose_portal_breaks_is_locked_and_comes_back_while_the_other_works(
    running: TwoLanes, card: str
) -> None:
    broken = running.outputs[IN]
    running.refuses_to_open.add(IN)
    broken.broken = "entry relay: stuck"
    running.cameras[IN].show(card)
    assert comes(lambda: bool(running.recorded(EventKind.FAULT)))
    [fault] = running.recorded(EventKind.FAULT)
    assert (fault.access_point, fault.detail) == (NAMES[IN], "portal")
    assert running.present(OUT, card).released_s is not None
    assert not [event for event in broken.happened if isinstance(event, Released)]

    running.refuses_to_open.clear()
    assert comes(lambda: running.outputs[IN] is not broken)
    assert comes(lambda: bool(running.recorded(EventKind.FAULT_CLEARED)))
    assert not running.stop.is_set()


def test_a_lane_that_does_not_open_at_the_start_keeps_the_other_from_nothing(
    gate: TwoLanes, card: str
) -> None:
    gate.refuses_to_open.add(IN)
    with gate:
        assert gate.present(OUT, card).released_s is not None
        assert comes(lambda: "ready" in gate.notifier.said)
        assert comes(lambda: f"alive: fault: {NAMES[IN]}: portal" in gate.notifier.said)


def test_with_both_lanes_down_the_process_leaves_to_its_supervisor(gate: TwoLanes) -> None:
    gate.refuses_to_open.update(Direction)
    with gate:
        assert gate.ended() == EXIT_FAULT
    kinds = [event.kind for event in gate.recorded()]
    assert kinds[-2:] == [EventKind.FAULT, EventKind.UNIT_STOPPED]


def test_it_begins_and_ends_once_and_ends_locked(gate: TwoLanes) -> None:
    with gate:
        assert comes(lambda: len(gate.outputs) == 2)
    assert gate.code == EXIT_DONE
    kinds = [event.kind for event in gate.recorded()]
    assert kinds.count(EventKind.UNIT_STARTED) == kinds.count(EventKind.UNIT_STOPPED) == 1
    assert kinds[-1] is EventKind.UNIT_STOPPED
    assert not gate.released(IN)
    assert gate.notifier.said[-1] == "stopping"


def test_one_fire_frees_both_portals_and_is_recorded_once(gate: TwoLanes) -> None:
    with gate:
        assert comes(lambda: "ready" in gate.notifier.said)
        gate.shared.set(Contact.FIRE, active=True)
        assert all(one.is_released(way) for one in gate.outputs.values() for way in Direction)
        assert comes(lambda: gate.outputs[IN].signals[-1] is Signal.FIRE_ENTRY)
        assert comes(lambda: gate.outputs[OUT].signals[-1] is Signal.FIRE_EXIT)
    assert len(gate.recorded(EventKind.FIRE_ALARM)) == 1


def test_the_all_clear_at_either_reader_ends_the_fire_at_both(running: TwoLanes, card: str) -> None:
    running.shared.set(Contact.FIRE, active=True)
    assert comes(lambda: bool(running.recorded(EventKind.FIRE_ALARM)))
    running.shared.set(Contact.FIRE, active=False)
    running.shared.set(Contact.GUARD_KEY, active=True)
    # Until the key's turn was noticed, the card is somebody who leaves.
    assert comes(
        lambda: (
            running.present(OUT, card) is not None and bool(running.recorded(EventKind.ALL_CLEAR))
        )
    )
    assert comes(lambda: not running.outputs[IN].is_released(IN))
    assert [one.access_point for one in running.recorded(EventKind.ALL_CLEAR)] == [NAMES[OUT]]


def test_a_lane_that_comes_back_in_a_fire_is_free_at_once(gate: TwoLanes, card: str) -> None:
    gate.refuses_to_open.add(IN)
    with gate:
        assert gate.present(OUT, card).released_s is not None
        gate.shared.set(Contact.FIRE, active=True)
        gate.refuses_to_open.clear()
        assert comes(lambda: IN in gate.outputs and gate.outputs[IN].is_released(IN))
        assert EventKind.FAULT not in [
            one.kind for one in gate.recorded() if one.detail != "portal"
        ]


def test_a_portal_that_is_down_makes_no_fault_of_a_fire_that_frees_the_other(
    gate: TwoLanes, card: str
) -> None:
    with gate:
        assert comes(lambda: "ready" in gate.notifier.said)
        gate.refuses_to_open.add(IN)
        gate.outputs[IN].broken = "entry relay: stuck"
        gate.cameras[IN].show(card)
        assert comes(lambda: bool(gate.recorded(EventKind.FAULT)))
        gate.shared.set(Contact.FIRE, active=True)
        assert comes(lambda: gate.outputs[OUT].signals[-1] is Signal.FIRE_EXIT)
    assert {event.detail for event in gate.recorded(EventKind.FAULT)} == {"portal"}


def test_each_lane_tells_its_own_screen(running: TwoLanes, card: str) -> None:
    running.present(IN, card, "CC1:other")
    running.present(OUT, card)

    def shown(way: Direction) -> tuple[str, Shown, Reason | None]:
        state = read_lane_state(running.path / f"lane-{way}.json")
        assert state is not None
        return state.lane, state.shown, state.reason

    assert comes(lambda: shown(IN) == (NAMES[IN], Shown.REFUSED, Reason.SEVERAL_CODES))
    assert comes(lambda: shown(OUT)[:2] == (NAMES[OUT], Shown.ADMITTED))


def test_the_watchdog_is_not_fed_while_a_lane_hangs(gate: TwoLanes, card: str) -> None:
    gate.decoders[IN] = slow = HeldDecoder()
    with gate:
        assert comes(lambda: "ready" in gate.notifier.said)
        slow.goes_on.clear()
        gate.cameras[IN].show(card)
        assert slow.is_in.wait(10)
        gate.clock.advance(60)
        before = len(gate.notifier.said)
        for _ in range(5):
            gate.clock.advance(2)
            assert comes(partial(has_turned, gate, gate.clock.asked))
        said = gate.notifier.said[before + 1 :]  # one word may have been under way
        slow.goes_on.set()
    assert not [word for word in said if word.startswith("alive")]


def has_turned(gate: TwoLanes, asked: int) -> bool:
    """Tell whether the main thread has turned some times since it had asked for the time so."""
    return gate.clock.asked > asked + 10


def test_no_lamp_at_a_reader_is_lit_after_the_end(gate: TwoLanes) -> None:
    with gate:
        assert comes(lambda: "ready" in gate.notifier.said)
        for lamp in gate.lamps.values():
            lamp.shine(lit=True)
    assert [lamp.is_lit for lamp in gate.lamps.values()] == [False, False]

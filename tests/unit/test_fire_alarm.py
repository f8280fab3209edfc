"""A fire alarm: both ways free before anything else, a frozen roll call, a named all-clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gate.access.model import Direction
from gate.devices.ports import Contact
from gate.devices.signals import Signal
from gate.events.model import EventKind
from gate.sim.devices import Freed
from gate.unit.guard import MAINTENANCE_AFTER_S
from gate.unit.portal import State
from gate.unit.read_filter import Sighting
from tests.unit.conftest import Lane

if TYPE_CHECKING:
    from tests.unit.conftest import Desk

WIRED = (Contact.FIRE, Contact.GUARD_KEY, Contact.ROTATION_IN, Contact.ROTATION_OUT)


@pytest.fixture
def lane(desk: Desk) -> Lane:
    return Lane(desk, wired=WIRED)


def enter(lane: Lane, card: str) -> None:
    """Let somebody in, and through."""
    lane.present(card)
    lane.pulse(Contact.ROTATION_IN)
    lane.wait(5)


def clear(lane: Lane, card: str) -> Signal:
    """Silence the alarm, turn the key and show a card; return what was shown."""
    lane.set(Contact.FIRE, active=False)
    lane.set(Contact.GUARD_KEY, active=True)
    signal = lane.present(card).signal
    lane.set(Contact.GUARD_KEY, active=False)
    return signal


def test_both_ways_are_free_before_the_loop_hears_of_it(lane: Lane) -> None:
    lane.journal.refuses = True
    lane.outputs.happened.clear()
    lane.inputs.set(Contact.FIRE, active=True)

    assert isinstance(lane.outputs.happened[0], Freed)
    assert lane.entry_is_released
    assert lane.exit_is_released


def test_it_is_recorded_with_its_milliseconds_and_who_is_inside(lane: Lane, desk: Desk) -> None:
    enter(lane, desk.card())
    lane.set(Contact.FIRE, active=True)

    event, _ = lane.journal.records[-1]
    assert (event.kind, event.detail) == (
        EventKind.FIRE_ALARM,
        "both ways free after 0.0 ms, 1 inside",
    )


def test_both_ways_stay_free_when_the_input_falls_silent(lane: Lane) -> None:
    lane.set(Contact.FIRE, active=True)
    lane.set(Contact.FIRE, active=False)
    lane.wait(120)

    assert lane.entry_is_released
    assert lane.controller.state is State.FIRE


@pytest.mark.parametrize("happens", ["fault", "lock_down", "stop", "journal"])
def test_nothing_locks_during_a_fire(lane: Lane, happens: str) -> None:
    lane.set(Contact.FIRE, active=True)
    match happens:
        case "fault":
            lane.controller.fault("camera")
        case "lock_down":
            lane.controller.lock_down()
        case "stop":
            lane.controller.stop()
        case _:
            lane.journal.refuses = True
            lane.wait(30)
    lane.outputs.lock()

    assert lane.entry_is_released
    assert lane.exit_is_released


@pytest.mark.parametrize("before", ["fault", "lock_down", "stop"])
def test_a_fire_frees_whatever_stood_before(lane: Lane, before: str) -> None:
    if before == "fault":
        lane.controller.fault("camera")
    elif before == "lock_down":
        lane.controller.lock_down()
    else:
        lane.controller.stop()
    lane.set(Contact.FIRE, active=True)

    assert lane.controller.state is State.FIRE
    assert lane.entry_is_released


def test_a_lock_down_stands_again_after_the_all_clear(lane: Lane, desk: Desk) -> None:
    lane.controller.lock_down()
    lane.set(Contact.FIRE, active=True)
    clear(lane, desk.card())

    assert lane.controller.state is State.LOCK_DOWN
    assert not lane.entry_is_released


def test_no_card_is_judged_on_the_way_in(lane: Lane, desk: Desk) -> None:
    lane.set(Contact.FIRE, active=True)
    answer = lane.present(desk.card())

    assert answer.signal is Signal.FIRE_ENTRY
    assert lane.outputs.signals[-1] is Signal.FIRE_ENTRY
    assert lane.journal.answers == []


def test_a_card_on_the_way_out_is_recorded_and_shown_the_way(desk: Desk) -> None:
    lane = Lane(desk, Direction.OUT, wired=WIRED)
    lane.set(Contact.FIRE, active=True)
    answer = lane.present(desk.card())

    assert answer.signal is Signal.FIRE_EXIT
    assert lane.journal.answers == ["admit"]


def test_the_roll_call_is_frozen_and_turns_are_counted_as_nobody_s(lane: Lane, desk: Desk) -> None:
    enter(lane, desk.card("1"))
    enter(lane, desk.card("2", index=3))
    lane.set(Contact.FIRE, active=True)
    lane.pulse(Contact.ROTATION_OUT)
    lane.pulse(Contact.ROTATION_OUT)
    lane.pulse(Contact.ROTATION_IN)
    lane.wait(2)

    alarm = lane.controller.keeper.muster.alarm
    assert alarm is not None
    assert alarm.roll_call.inside_count == 2
    assert (alarm.turned_in, alarm.turned_out) == (1, 2)
    told = [(e.direction, e.count) for e, _ in lane.journal.records if "unident" in e.kind]
    assert sum(count for way, count in told if way == "out") == 2


def test_a_grant_that_waits_when_it_begins_counts_as_taken(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    lane.set(Contact.FIRE, active=True)

    alarm = lane.controller.keeper.muster.alarm
    assert alarm is not None
    assert alarm.roll_call.inside_count == 1


def test_a_named_card_with_the_key_is_the_all_clear(lane: Lane, desk: Desk) -> None:
    lane.set(Contact.FIRE, active=True)
    shown = clear(lane, desk.card("7"))

    event, holder = lane.journal.records[-1]
    assert shown is Signal.NOTED
    assert event.kind is EventKind.ALL_CLEAR
    assert holder is not None
    assert holder.number == "7"
    assert lane.controller.state is State.LOCKED
    assert not lane.entry_is_released
    assert not lane.exit_is_released


@pytest.mark.parametrize("missing", ["key", "silence", "card", "good standing"])
def test_there_is_no_all_clear_without(lane: Lane, desk: Desk, missing: str) -> None:
    lane.set(Contact.FIRE, active=True)
    if missing != "silence":
        lane.set(Contact.FIRE, active=False)
    if missing != "key":
        lane.set(Contact.GUARD_KEY, active=True)
    card = {"card": "https://example.org", "good standing": desk.card(index=1)}
    lane.present(card.get(missing, desk.card()))

    assert lane.controller.state is State.FIRE
    assert lane.entry_is_released


def test_passback_is_suspended_for_the_roll_call_until_they_came_back_once(
    lane: Lane, desk: Desk
) -> None:
    enter(lane, desk.card("1"))
    lane.set(Contact.FIRE, active=True)
    clear(lane, desk.card("9", index=3))
    lane.wait(5)

    back = lane.present(desk.card("1"))
    lane.pulse(Contact.ROTATION_IN)
    lane.wait(10)
    again = lane.present(desk.card("1"))

    assert (back.signal, again.signal) == (Signal.ADMITTED, Signal.REFUSED)
    assert len(lane.controller.keeper.muster.back) == 1


def test_who_was_on_the_roll_call_is_held_to_be_inside_until_they_are_back(
    lane: Lane, desk: Desk
) -> None:
    enter(lane, desk.card("1"))
    lane.set(Contact.FIRE, active=True)
    clear(lane, desk.card("9", index=3))

    assert lane.controller.presence.inside_count == 1
    assert len(lane.controller.keeper.muster.awaited(lane.controller.presence)) == 1


def test_an_alarm_in_maintenance_is_the_weekly_test_and_awaits_nobody(
    lane: Lane, desk: Desk
) -> None:
    enter(lane, desk.card("1"))
    lane.set(Contact.GUARD_KEY, active=True)
    lane.wait(MAINTENANCE_AFTER_S)
    maintained = lane.controller.state
    lane.set(Contact.FIRE, active=True)
    free = lane.entry_is_released
    clear(lane, desk.card("9", index=3))

    assert maintained is State.MAINTENANCE
    assert free
    assert EventKind.FIRE_TEST in lane.journal.kinds
    assert EventKind.FIRE_ALARM not in lane.journal.kinds
    assert not lane.controller.keeper.muster.awaited(lane.controller.presence)
    assert lane.controller.state is State.LOCKED


def test_maintenance_stands_again_after_a_test_until_the_key_is_turned_back(
    lane: Lane, desk: Desk
) -> None:
    lane.set(Contact.GUARD_KEY, active=True)
    lane.wait(MAINTENANCE_AFTER_S)
    lane.set(Contact.FIRE, active=True)
    lane.set(Contact.FIRE, active=False)
    lane.present(desk.card())
    stands = lane.controller.state
    lane.set(Contact.GUARD_KEY, active=False)

    assert (stands, lane.controller.state) == (State.MAINTENANCE, State.LOCKED)
    assert lane.present(desk.card("2", index=3)).signal is Signal.ADMITTED


def test_an_alarm_in_maintenance_is_a_test_though_the_camera_is_broken(lane: Lane) -> None:
    lane.set(Contact.GUARD_KEY, active=True)
    lane.wait(MAINTENANCE_AFTER_S)
    lane.controller.fault("camera")
    lane.set(Contact.FIRE, active=True)

    assert lane.journal.kinds[-1] is EventKind.FIRE_TEST


def test_who_gave_the_all_clear_may_come_in_with_the_same_card_at_once(
    lane: Lane, desk: Desk
) -> None:
    lane.set(Contact.FIRE, active=True)
    clear(lane, desk.card())
    locked = not lane.entry_is_released
    answer = lane.present(desk.card(), Sighting.AGAIN)

    assert locked
    assert answer.signal is Signal.ADMITTED
    assert lane.entry_is_released


def test_an_all_clear_at_the_way_out_holds_nobody_inside(desk: Desk) -> None:
    lane = Lane(desk, Direction.OUT, wired=WIRED)
    lane.set(Contact.FIRE, active=True)
    clear(lane, desk.card())

    assert not lane.controller.keeper.burns
    assert lane.exit_is_released
    assert not lane.entry_is_released


def test_a_change_of_the_input_that_was_lost_is_found(lane: Lane) -> None:
    lane.inputs.set(Contact.FIRE, active=True)
    lane.inputs.changes()
    lane.turn()

    assert lane.controller.state is State.FIRE
    assert EventKind.FIRE_ALARM in lane.journal.kinds


def test_a_lamp_that_does_not_obey_ends_nothing_during_a_fire(lane: Lane) -> None:
    lane.set(Contact.FIRE, active=True)
    lane.outputs.broken = "a lamp's wire is cut"
    lane.controller.rest(Signal.READY_AGEING)

    assert lane.entry_is_released

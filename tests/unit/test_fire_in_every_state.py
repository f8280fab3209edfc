"""The fire input frees both ways whatever either way of the portal does, and all that stands."""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING, Final

import pytest

from gate.access.model import Direction
from gate.devices.ports import Contact
from gate.unit.guard import MAINTENANCE_AFTER_S
from gate.unit.portal import TABLES, State
from gate.unit.turnstile import DEFAULT_HELD_S
from tests.unit.conftest import Lane

if TYPE_CHECKING:
    from tests.unit.conftest import Desk

WIRED: Final = (Contact.FIRE, Contact.GUARD_KEY, Contact.ROTATION_IN, Contact.ROTATION_OUT)
TURNS: Final = {Direction.IN: Contact.ROTATION_IN, Direction.OUT: Contact.ROTATION_OUT}
EVERY: Final = [(way, state) for way in Direction for state in TABLES[way]]
STANDING: Final = ("maintenance", "lock_down", "fault")
"""From the one that gives way to the one that outranks the others."""

TOGETHER: Final = list(chain.from_iterable(combinations(STANDING, size) for size in range(4)))
RESTS_IN: Final = {
    "maintenance": State.MAINTENANCE,
    "lock_down": State.LOCK_DOWN,
    "fault": State.FAULT,
}


def begin(lane: Lane, what: str) -> None:
    match what:
        case "maintenance":
            lane.set(Contact.GUARD_KEY, active=True)
            lane.wait(MAINTENANCE_AFTER_S)
        case "lock_down":
            lane.controller.lock_down()
        case _:
            lane.controller.fault("camera")


def bring(lane: Lane, desk: Desk, way: Direction, state: State) -> None:
    """Bring one way of the lane, which leads there, to a state by what happens at a gate."""
    match state:
        case State.RELEASED:
            lane.present(desk.card())
        case State.TURNED:
            lane.present(desk.card())
            lane.set(TURNS[way], active=True)
        case State.NOT_TURNED:
            lane.present(desk.card())
            lane.wait(8)
        case State.FORCED:
            lane.set(TURNS[way], active=True)
        case State.HELD:
            lane.present(desk.card())
            lane.set(TURNS[way], active=True)
            lane.wait(DEFAULT_HELD_S)
        case State.MAINTENANCE | State.LOCK_DOWN | State.FAULT:
            begin(lane, state.value)
        case State.STOPPED:
            lane.controller.stop()
        case State.FIRE:
            lane.set(Contact.FIRE, active=True)
            lane.set(Contact.FIRE, active=False)
        case _:
            pass
    assert lane.controller.keeper.turnstile.state(way) is state


@pytest.mark.parametrize(("way", "state"), EVERY)
def test_the_fire_input_frees_both_ways_in_every_state(
    desk: Desk, way: Direction, state: State
) -> None:
    lane = Lane(desk, way, wired=WIRED)
    bring(lane, desk, way, state)

    lane.inputs.set(Contact.FIRE, active=True)

    assert (lane.entry_is_released, lane.exit_is_released) == (True, True)
    lane.turn()
    lane.wait(120)
    assert (lane.entry_is_released, lane.exit_is_released) == (True, True)
    turnstile = lane.controller.keeper.turnstile
    assert {turnstile.state(one) for one in Direction} == {State.FIRE}


@pytest.mark.parametrize("standing", TOGETHER, ids=lambda names: " and ".join(names) or "nothing")
def test_a_fire_outranks_all_that_stands_and_all_of_it_stands_again_after_it(
    desk: Desk, standing: tuple[str, ...]
) -> None:
    lane = Lane(desk, wired=WIRED)
    for what in standing:
        begin(lane, what)

    lane.set(Contact.FIRE, active=True)
    assert (lane.entry_is_released, lane.exit_is_released) == (True, True)

    lane.set(Contact.FIRE, active=False)
    lane.set(Contact.GUARD_KEY, active=True)
    lane.present(desk.card("9"))
    assert not lane.entry_is_released
    expected = RESTS_IN[standing[-1]] if standing else State.LOCKED
    assert lane.controller.state is expected


@pytest.mark.parametrize("standing", STANDING)
def test_what_begins_during_a_fire_keeps_nobody_in_and_stands_after_it(
    desk: Desk, standing: str
) -> None:
    lane = Lane(desk, wired=WIRED)
    lane.set(Contact.FIRE, active=True)

    begin(lane, standing)
    assert (lane.entry_is_released, lane.exit_is_released) == (True, True)

    lane.set(Contact.FIRE, active=False)
    lane.set(Contact.GUARD_KEY, active=True)
    lane.present(desk.card("9"))
    lane.wait(MAINTENANCE_AFTER_S)
    assert lane.controller.state is RESTS_IN[standing]
    assert not lane.entry_is_released

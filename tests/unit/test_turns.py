"""Turns: who passed, who did not, who pushed, and what stood open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gate.access.model import Direction
from gate.access.presence import How
from gate.devices.ports import Contact
from gate.devices.signals import Signal
from gate.events.model import EventKind
from gate.sim.devices import Locked
from gate.unit.open_grants import TURN_GRACE_S
from gate.unit.portal import State
from gate.unit.read_filter import Sighting
from gate.unit.turnstile import DEFAULT_HELD_S, NOT_TURNED_S
from tests.unit.conftest import RELEASE_S, Lane

if TYPE_CHECKING:
    from tests.unit.conftest import Desk

ROTATIONS = (Contact.ROTATION_IN, Contact.ROTATION_OUT)
UNTURNED_S = RELEASE_S + TURN_GRACE_S


@pytest.fixture
def turnstile_in(desk: Desk) -> Lane:
    return Lane(desk, wired=ROTATIONS)


@pytest.fixture
def turnstile_out(desk: Desk) -> Lane:
    return Lane(desk, Direction.OUT, wired=ROTATIONS)


@pytest.fixture
def door(desk: Desk) -> Lane:
    return Lane(desk, wired=[Contact.DOOR])


def test_an_entry_counts_when_the_turnstile_turned(turnstile_in: Lane, desk: Desk) -> None:
    turnstile_in.present(desk.card())
    before = turnstile_in.controller.presence.inside_count
    turnstile_in.pulse(Contact.ROTATION_IN)

    event, holder = turnstile_in.journal.records[-1]
    assert (before, turnstile_in.controller.presence.inside_count) == (0, 1)
    assert (event.kind, event.direction, event.detail) == (EventKind.TURNED, "in", "grant 2")
    assert holder is None
    assert turnstile_in.controller.state is State.LOCKED


def test_the_entry_locks_as_soon_as_the_turn_began(turnstile_in: Lane, desk: Desk) -> None:
    turnstile_in.present(desk.card())
    turnstile_in.set(Contact.ROTATION_IN, active=True)

    assert turnstile_in.controller.state is State.TURNED
    assert isinstance(turnstile_in.outputs.happened[-1], Locked)
    assert not turnstile_in.entry_is_released


def test_a_grant_that_was_not_taken_is_annulled_with_its_holder(
    turnstile_in: Lane, desk: Desk
) -> None:
    turnstile_in.present(desk.card("7"))
    turnstile_in.wait(UNTURNED_S)

    event, holder = turnstile_in.journal.records[-1]
    assert (event.kind, event.direction, event.detail) == (EventKind.NOT_TURNED, "in", "grant 2")
    assert holder is not None
    assert holder.number == "7"
    assert turnstile_in.controller.presence.inside_count == 0
    assert turnstile_in.controller.state is State.NOT_TURNED


def test_who_did_not_turn_may_show_the_card_again_at_once(turnstile_in: Lane, desk: Desk) -> None:
    turnstile_in.present(desk.card())
    turnstile_in.wait(UNTURNED_S)
    answer = turnstile_in.present(desk.card(), Sighting.AGAIN)
    turnstile_in.pulse(Contact.ROTATION_IN)

    assert answer.signal is Signal.ADMITTED
    assert turnstile_in.journal.answers == ["admit", "admit"]
    assert turnstile_in.controller.presence.inside_count == 1


def test_not_turned_is_over_after_some_seconds(turnstile_in: Lane, desk: Desk) -> None:
    turnstile_in.present(desk.card())
    turnstile_in.wait(UNTURNED_S + NOT_TURNED_S)

    assert turnstile_in.controller.state is State.LOCKED


def test_a_card_shown_again_before_the_turn_releases_again_under_the_same_record(
    turnstile_in: Lane, desk: Desk
) -> None:
    turnstile_in.present(desk.card())
    turnstile_in.wait(RELEASE_S - 1)
    turnstile_in.present(desk.card(), Sighting.AGAIN)
    turnstile_in.wait(RELEASE_S - 1)
    released = turnstile_in.entry_is_released
    turnstile_in.pulse(Contact.ROTATION_IN)

    assert released
    assert turnstile_in.journal.answers == ["admit"]
    assert turnstile_in.journal.kinds[-1] is EventKind.TURNED


def test_a_turn_that_ends_just_after_the_release_still_counts(
    turnstile_in: Lane, desk: Desk
) -> None:
    turnstile_in.present(desk.card())
    turnstile_in.wait(UNTURNED_S - 1)
    turnstile_in.pulse(Contact.ROTATION_IN)

    assert turnstile_in.journal.kinds[-1] is EventKind.TURNED


def test_two_who_were_admitted_turn_one_after_the_other(turnstile_in: Lane, desk: Desk) -> None:
    turnstile_in.present(desk.card("1"))
    turnstile_in.wait(1)
    turnstile_in.present(desk.card("2", index=3))
    turnstile_in.pulse(Contact.ROTATION_IN)
    still_released = turnstile_in.entry_is_released
    turnstile_in.pulse(Contact.ROTATION_IN)

    details = [event.detail for event, _ in turnstile_in.journal.records]
    assert still_released
    assert details[-2:] == ["grant 2", "grant 3"]
    assert turnstile_in.controller.presence.inside_count == 2
    assert not turnstile_in.entry_is_released


def test_a_turn_without_a_grant_is_forced_and_nobody_is_inside_by_it(turnstile_in: Lane) -> None:
    turnstile_in.set(Contact.ROTATION_IN, active=True)
    forced = turnstile_in.controller.state
    turnstile_in.set(Contact.ROTATION_IN, active=False)

    assert (forced, turnstile_in.controller.state) == (State.FORCED, State.LOCKED)
    assert turnstile_in.journal.kinds[-1] is EventKind.FORCED
    assert turnstile_in.controller.presence.inside_count == 0


def test_a_turn_without_a_grant_is_forced_under_a_fault_too(turnstile_in: Lane) -> None:
    turnstile_in.controller.fault("camera")
    turnstile_in.pulse(Contact.ROTATION_IN)

    assert turnstile_in.journal.kinds[-1] is EventKind.FORCED
    assert turnstile_in.controller.state is State.FAULT


def test_a_door_that_stands_open_is_held(door: Lane, desk: Desk) -> None:
    door.present(desk.card())
    door.set(Contact.DOOR, active=True)
    door.wait(DEFAULT_HELD_S)
    held = door.controller.state
    door.set(Contact.DOOR, active=False)

    assert (held, door.controller.state) == (State.HELD, State.LOCKED)
    assert door.journal.kinds[-3:] == [EventKind.TURNED, EventKind.HELD, EventKind.HELD_OVER]


def test_a_lock_down_annuls_a_grant_that_waits(turnstile_in: Lane, desk: Desk) -> None:
    turnstile_in.present(desk.card())
    turnstile_in.controller.lock_down()

    assert not turnstile_in.entry_is_released
    assert turnstile_in.journal.kinds[-1] is EventKind.NOT_TURNED
    assert turnstile_in.controller.state is State.LOCK_DOWN


def test_a_lock_down_stands_after_a_fault_is_over(turnstile_in: Lane) -> None:
    turnstile_in.controller.lock_down()
    turnstile_in.controller.fault("camera")
    turnstile_in.controller.clear("camera")
    stood = turnstile_in.controller.state
    turnstile_in.controller.lift()

    assert (stood, turnstile_in.controller.state) == (State.LOCK_DOWN, State.LOCKED)


def test_an_exit_that_was_not_turned_leaves_its_holder_inside(
    turnstile_out: Lane, desk: Desk
) -> None:
    turnstile_out.present(desk.card())
    turnstile_out.wait(UNTURNED_S)

    event, holder = turnstile_out.journal.records[-1]
    assert (event.kind, event.direction) == (EventKind.NOT_TURNED, "out")
    assert holder is not None
    assert not turnstile_out.controller.presence.left


def test_an_exit_without_a_card_is_counted_as_nobody_s(turnstile_out: Lane) -> None:
    for _ in range(3):
        turnstile_out.pulse(Contact.ROTATION_OUT)
    turnstile_out.wait(2)

    counts = [
        event.count
        for event, _ in turnstile_out.journal.records
        if event.kind is EventKind.TURNS_UNIDENTIFIED
    ]
    assert sum(counts) == 3


def test_the_exit_button_releases_before_the_loop_hears_of_it(desk: Desk) -> None:
    lane = Lane(desk, wired=[Contact.EXIT_BUTTON])
    lane.journal.refuses = True
    lane.inputs.set(Contact.EXIT_BUTTON, active=True)

    assert lane.exit_is_released
    lane.journal.refuses = False
    lane.wait(2)
    event, _ = lane.journal.records[-1]
    assert (event.kind, event.direction) == (EventKind.EXIT_BUTTON, "out")


def test_without_a_contact_a_grant_counts_as_taken_and_no_turn_is_recorded(
    way_in: Lane, desk: Desk
) -> None:
    way_in.present(desk.card())
    way_in.wait(UNTURNED_S)

    assert way_in.controller.presence.inside_count == 1
    assert way_in.journal.kinds == [EventKind.UNIT_STARTED, EventKind.ACCESS]


@pytest.mark.parametrize(
    ("contact", "part"), [(Contact.TAMPER, "tamper"), (Contact.MAINS, "mains")]
)
def test_an_open_housing_and_failed_mains_are_told_and_lock_nothing(
    desk: Desk, contact: Contact, part: str
) -> None:
    lane = Lane(desk, wired=[contact])
    lane.set(contact, active=True)
    answer = lane.present(desk.card())
    faults = lane.controller.faults
    lane.set(contact, active=False)

    assert faults == {part}
    assert answer.signal is Signal.ADMITTED
    assert lane.journal.records[-1][0].kind is EventKind.FAULT_CLEARED


def test_an_exit_that_was_not_taken_leaves_its_holder_inside(
    turnstile_out: Lane, desk: Desk
) -> None:
    turnstile_out.present(desk.card())
    turnstile_out.wait(UNTURNED_S)

    assert EventKind.NOT_TURNED in turnstile_out.journal.kinds
    assert turnstile_out.controller.presence.inside_count == 1


def test_an_entry_that_was_not_taken_tells_that_its_holder_is_outside(
    turnstile_in: Lane, desk: Desk
) -> None:
    turnstile_in.present(desk.card())
    turnstile_in.wait(UNTURNED_S)

    (left,) = turnstile_in.controller.presence.left.values()
    assert left.at == turnstile_in.journal.records[1][0].at


def test_of_two_let_through_together_of_whom_one_turned_nobody_knows_which(
    turnstile_in: Lane, desk: Desk
) -> None:
    turnstile_in.present(desk.card("1"))
    turnstile_in.present(desk.card("2", index=3))
    turnstile_in.pulse(Contact.ROTATION_IN)
    turnstile_in.wait(UNTURNED_S)

    people = turnstile_in.controller.presence
    assert [one.how for one in people.inside.values()] == [How.NOT_KNOWN, How.NOT_KNOWN]
    doubts = [
        (event.detail, holder.number)
        for event, holder in turnstile_in.journal.records
        if event.kind is EventKind.TURN_UNKNOWN and holder is not None
    ]
    assert doubts == [("grant 2", "1"), ("grant 3", "2")]
    assert EventKind.NOT_TURNED not in turnstile_in.journal.kinds


def test_two_let_through_together_who_both_turned_are_in_no_doubt(
    turnstile_in: Lane, desk: Desk
) -> None:
    for number in ("1", "2"):
        turnstile_in.present(desk.card(number, index=0 if number == "1" else 3))
    for _ in range(2):
        turnstile_in.pulse(Contact.ROTATION_IN)
    turnstile_in.wait(UNTURNED_S)
    turnstile_in.present(desk.card("3", index=3))
    turnstile_in.wait(UNTURNED_S)

    hows = {one.how for one in turnstile_in.controller.presence.inside.values()}
    assert (turnstile_in.controller.presence.inside_count, hows) == (2, {How.PASSED})


def test_a_grant_whose_time_was_over_as_another_turned_is_taken_by_nobody_later(
    turnstile_in: Lane, desk: Desk
) -> None:
    turnstile_in.present(desk.card("1"))
    turnstile_in.present(desk.card("2", index=3))
    turnstile_in.wait(RELEASE_S + TURN_GRACE_S / 2)
    turnstile_in.pulse(Contact.ROTATION_IN)
    turnstile_in.wait(UNTURNED_S)
    turnstile_in.present(desk.card("3", index=3))
    turnstile_in.pulse(Contact.ROTATION_IN)

    told = [event.detail for event, _ in turnstile_in.journal.records if "turned" in event.kind]
    third = max(
        number
        for number, (event, _) in enumerate(turnstile_in.journal.records, 1)
        if event.kind is EventKind.ACCESS
    )
    assert told[-1] == f"grant {third}"


def numbered(lane: Lane, *kinds: EventKind) -> list[tuple[EventKind, str]]:
    """Return whose grants these records name, by the cards' numbers."""
    return [
        (event.kind, holder.number)
        for event, holder in lane.journal.records
        if event.kind in kinds and holder is not None
    ]


UNSURE = EventKind.NOT_TURNED, EventKind.TURN_UNKNOWN


def test_one_who_walks_away_from_a_queue_puts_one_other_in_doubt_and_nobody_after(
    turnstile_in: Lane, desk: Desk
) -> None:
    turnstile_in.present(desk.card("1"))
    turnstile_in.wait(5)
    for number in range(2, 7):
        turnstile_in.present(desk.card(str(number), index=3))
        turnstile_in.wait(1.5)
        turnstile_in.pulse(Contact.ROTATION_IN)
        turnstile_in.wait(3.5)

    doubted = [(EventKind.TURN_UNKNOWN, "1"), (EventKind.TURN_UNKNOWN, "2")]
    assert numbered(turnstile_in, *UNSURE) == doubted
    known = [one for one in turnstile_in.controller.presence.inside.values() if one.how == "passed"]
    assert len(known) == 4


def test_who_is_overtaken_by_a_card_and_turns_late_passes_and_so_does_the_next(
    turnstile_in: Lane, desk: Desk
) -> None:
    turnstile_in.present(desk.card("1"))
    turnstile_in.wait(5)
    turnstile_in.present(desk.card("2", index=3))
    for later_s in (1, 1.5):
        turnstile_in.wait(later_s)
        turnstile_in.pulse(Contact.ROTATION_IN)
    turnstile_in.wait(UNTURNED_S)

    assert numbered(turnstile_in, *UNSURE) == []
    assert EventKind.FORCED not in turnstile_in.journal.kinds
    assert turnstile_in.controller.presence.inside_count == 2


def test_a_turn_after_a_grants_time_is_forced_though_nobody_has_noticed_its_end(
    turnstile_in: Lane, desk: Desk
) -> None:
    turnstile_in.present(desk.card("1"))
    turnstile_in.clock.advance(UNTURNED_S)
    turnstile_in.pulse(Contact.ROTATION_IN)

    assert numbered(turnstile_in, *UNSURE) == [(EventKind.NOT_TURNED, "1")]
    assert turnstile_in.journal.kinds[-1] is EventKind.FORCED


def test_who_turned_while_another_waited_as_a_fire_began_is_in_doubt_too(desk: Desk) -> None:
    lane = Lane(desk, wired=[*ROTATIONS, Contact.FIRE, Contact.GUARD_KEY])
    lane.present(desk.card("1"))
    lane.present(desk.card("2", index=3))
    lane.pulse(Contact.ROTATION_IN)
    lane.set(Contact.FIRE, active=True)

    doubted = {(EventKind.TURN_UNKNOWN, "1"), (EventKind.TURN_UNKNOWN, "2")}
    assert set(numbered(lane, *UNSURE)) == doubted


def test_who_is_in_doubt_and_shows_the_card_again_is_asked_anew(
    turnstile_in: Lane, desk: Desk
) -> None:
    turnstile_in.present(desk.card("1"))
    turnstile_in.present(desk.card("2", index=3))
    turnstile_in.pulse(Contact.ROTATION_IN)
    turnstile_in.wait(UNTURNED_S)
    turnstile_in.present(desk.card("1"), Sighting.AGAIN)

    assert turnstile_in.journal.answers == ["admit", "admit", "note passback"]
    assert turnstile_in.entry_is_released

"""The guard's key: whom it lets in, and for how long somebody may wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gate.access.model import Direction
from gate.devices.ports import Contact
from gate.devices.signals import Signal
from gate.events.model import EventKind
from gate.unit.guard import MAINTENANCE_AFTER_S, REFERRAL_S, TWICE_S
from gate.unit.portal import State
from gate.unit.read_filter import Sighting
from tests.unit.conftest import Lane, refers_everybody

if TYPE_CHECKING:
    from tests.unit.conftest import Desk


@pytest.fixture
def lane(desk: Desk) -> Lane:
    return refers_everybody(Lane(desk, wired=[Contact.GUARD_KEY]))


def turn_key(lane: Lane) -> None:
    lane.pulse(Contact.GUARD_KEY)


def key_twice(lane: Lane, between_s: float = 1.0) -> None:
    turn_key(lane)
    lane.clock.advance(between_s - 1.0)
    turn_key(lane)


def test_who_was_referred_is_let_in_and_recorded_with_the_reasons(lane: Lane, desk: Desk) -> None:
    shown = lane.present(desk.card("7")).signal
    turn_key(lane)

    event, holder = lane.journal.records[-1]
    assert shown is Signal.REFERRED
    assert lane.entry_is_released
    assert lane.journal.answers == ["refer not_inducted", "note override not_inducted"]
    assert event.detail == "the guard's key: referred in entry 2, 0 s before (not_inducted)"
    assert holder is not None
    assert holder.number == "7"
    assert lane.outputs.signals[-1] is Signal.NOTED
    assert lane.controller.presence.inside_count == 1


def test_it_is_recorded_before_it_is_released(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    turn_key(lane)

    assert lane.journal.released_then[-1] is False


def test_a_record_that_cannot_be_made_lets_nobody_in(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    lane.journal.refuses = True
    turn_key(lane)

    assert not lane.entry_is_released
    assert lane.outputs.signals[-1] is Signal.FAULT


def test_the_key_lets_in_once(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    turn_key(lane)
    lane.wait(10)
    turn_key(lane)

    assert not lane.entry_is_released
    assert len(lane.journal.answers) == 2


@pytest.mark.parametrize("news", ["another", "several", "unreadable"])
def test_whatever_is_held_up_next_takes_the_referral_s_place(
    lane: Lane, desk: Desk, news: str
) -> None:
    lane.present(desk.card())
    match news:
        case "another":
            lane.present("https://example.org")
        case "several":
            lane.present("", Sighting.SEVERAL)
        case _:
            lane.present("", Sighting.UNREADABLE)
    turn_key(lane)

    assert not lane.entry_is_released


def test_a_referral_shows_until_the_guard_acts_but_not_for_ever(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    lane.wait(REFERRAL_S - 1)
    before = lane.outputs.signals[-1]
    lane.wait(1)
    turn_key(lane)

    assert before is Signal.REFERRED
    assert lane.outputs.signals[-1] is Signal.READY
    assert not lane.entry_is_released


def test_who_shows_the_card_again_is_still_waiting_for_the_guard(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    lane.wait(3)
    lane.present(desk.card(), Sighting.AGAIN)
    turn_key(lane)

    assert lane.entry_is_released
    assert lane.journal.answers == ["refer not_inducted", "note override not_inducted"]


def test_the_key_alone_lets_nobody_in(lane: Lane) -> None:
    turn_key(lane)

    assert not lane.entry_is_released
    assert lane.journal.answers == []


def test_the_key_twice_lets_in_whoever_comes_for_an_emergency_and_once_lets_in_nobody(
    lane: Lane,
) -> None:
    turn_key(lane)
    assert not lane.entry_is_released
    turn_key(lane)

    event, holder = lane.journal.records[-1]
    assert lane.entry_is_released
    assert lane.journal.released_then[-1] is False
    assert (lane.journal.answers, holder) == (["note emergency not_inducted"], None)
    assert event.detail == "the guard's key: turned twice"
    assert lane.outputs.signals[-1] is Signal.NOTED


@pytest.mark.parametrize(
    ("between_s", "answers"), [(TWICE_S, ["note emergency not_inducted"]), (TWICE_S + 0.1, [])]
)
def test_two_turns_count_as_one_gesture_for_three_seconds(
    lane: Lane, between_s: float, answers: list[str]
) -> None:
    key_twice(lane, between_s)

    assert lane.journal.answers == answers


def test_three_turns_let_in_one_and_four_let_in_two(lane: Lane) -> None:
    for answers in (0, 1, 1, 2):
        turn_key(lane)
        assert len(lane.journal.answers) == answers


def test_a_card_between_two_turns_makes_them_two_single_ones(lane: Lane) -> None:
    turn_key(lane)
    lane.present("https://example.org")
    turn_key(lane)

    assert not lane.entry_is_released


def test_the_turn_that_lets_in_who_was_referred_is_none_of_two(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    key_twice(lane)

    assert lane.journal.answers == ["refer not_inducted", "note override not_inducted"]


def test_nobody_is_let_in_by_the_key_at_a_way_out(desk: Desk) -> None:
    lane = Lane(desk, Direction.OUT, wired=[Contact.GUARD_KEY])
    key_twice(lane)

    assert not lane.entry_is_released
    assert lane.journal.answers == []


@pytest.mark.parametrize("closed_by", ["fault", "lock_down"])
def test_the_key_does_nothing_while_the_entry_is_closed(
    lane: Lane, desk: Desk, closed_by: str
) -> None:
    lane.present(desk.card())
    if closed_by == "fault":
        lane.controller.fault("camera")
    else:
        lane.controller.lock_down()
    key_twice(lane)
    key_twice(lane)

    assert not lane.entry_is_released
    assert len(lane.journal.answers) == 1


def test_a_key_that_stays_turned_is_maintenance(lane: Lane, desk: Desk) -> None:
    lane.set(Contact.GUARD_KEY, active=True)
    lane.wait(MAINTENANCE_AFTER_S)
    answer = lane.present(desk.card())
    state = lane.controller.state
    lane.set(Contact.GUARD_KEY, active=False)

    details = [e.detail for e, _ in lane.journal.records if e.kind is EventKind.MAINTENANCE]
    assert (state, lane.controller.state) == (State.MAINTENANCE, State.LOCKED)
    assert answer.signal is Signal.FAULT
    assert details == ["begun", "over"]
    assert lane.outputs.signals[-1] is Signal.READY

"""One scan, from a payload to the portal, the lights and the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gate.devices.signals import Signal
from gate.errors import Reason
from gate.events.model import EventKind
from gate.sim.devices import Released, Shown
from gate.unit.portal import State
from gate.unit.read_filter import News, Sighting
from gate.unit.refusals import RUN_S
from tests.trust.set_up_codes import text

if TYPE_CHECKING:
    from tests.unit.conftest import Desk, Lane

RELEASED_S = 5


def test_a_good_card_is_recorded_with_its_holder_and_opens_the_way_in(
    way_in: Lane, desk: Desk
) -> None:
    answer = way_in.present(desk.card("1001"))

    event, holder = way_in.journal.records[-1]
    assert answer.signal is Signal.ADMITTED
    assert way_in.entry_is_released
    assert not way_in.exit_is_released
    assert (event.kind, event.outcome, event.direction) == (EventKind.ACCESS, "admit", "in")
    assert event.list_age_s == 3600
    assert holder is not None
    assert (holder.number, holder.name) == ("1001", "Holder 1001")


def test_entry_is_recorded_before_it_is_released(way_in: Lane, desk: Desk) -> None:
    way_in.present(desk.card())

    assert way_in.entry_is_released
    assert way_in.journal.released_then[-1] is False


def test_exit_is_released_before_it_is_recorded(way_out: Lane, desk: Desk) -> None:
    way_out.present(desk.card())

    assert way_out.journal.released_then[-1] is True


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        pytest.param({"days": -1}, "refuse expired", id="expired"),
        pytest.param({"index": 1}, "refuse revoked", id="revoked"),
        pytest.param({"index": 2}, "refuse suspended", id="suspended"),
        pytest.param({"index": 1, "days": -1}, "refuse expired revoked", id="expired and revoked"),
    ],
)
def test_a_card_that_is_not_good_is_refused_and_its_holder_named(
    way_in: Lane, desk: Desk, kind: dict[str, int], answer: str
) -> None:
    given = way_in.present(desk.card("7", **kind))

    _, holder = way_in.journal.records[-1]
    assert given.signal is Signal.REFUSED
    assert not way_in.entry_is_released
    assert way_in.journal.answers == [answer]
    assert holder is not None
    assert holder.number == "7"


def test_a_text_that_is_no_card_leaves_its_reason_and_nothing_else(
    way_in: Lane, desk: Desk
) -> None:
    for payload in ("https://example.org/SECRET", "CC1:SECRET", desk.foreign_card()):
        way_in.present(payload)

    assert way_in.journal.answers == [
        "refuse web_code",
        "refuse malformed",
        "refuse unknown_issuer",
    ]
    assert "SECRET" not in repr(way_in.journal.records)
    assert all(holder is None for _, holder in way_in.journal.records)


def test_a_set_up_code_at_a_gate_at_work_is_refused_and_recorded_without_its_text(
    way_in: Lane,
) -> None:
    code = text()
    way_in.present(code)

    assert way_in.journal.answers == ["refuse set_up_code"]
    assert code[4:20] not in repr(way_in.journal.records)
    assert not way_in.entry_is_released


def test_two_cards_at_once_are_refused(way_in: Lane) -> None:
    answer = way_in.controller.handle(News(sighting=Sighting.SEVERAL))

    assert answer.signal is Signal.REFUSED
    assert way_in.journal.answers == ["refuse several_codes"]


def test_the_portal_is_released_as_long_as_its_relay(way_in: Lane, desk: Desk) -> None:
    way_in.present(desk.card())
    way_in.wait(RELEASED_S - 1)
    before = way_in.controller.state
    way_in.wait(1)

    assert (before, way_in.controller.state) == (State.RELEASED, State.LOCKED)
    assert not way_in.entry_is_released


def test_a_second_entry_is_passback(way_in: Lane, desk: Desk) -> None:
    way_in.present(desk.card())
    way_in.wait(10)
    answer = way_in.present(desk.card())

    assert answer.decision is not None
    assert answer.decision.reason is Reason.PASSBACK
    assert not way_in.entry_is_released


def test_the_same_card_within_seconds_sees_its_verdict_and_makes_no_second_request(
    way_in: Lane, desk: Desk
) -> None:
    way_in.present(desk.card())
    way_in.wait(RELEASED_S)
    answer = way_in.present(desk.card(), Sighting.AGAIN)

    assert answer.signal is Signal.ADMITTED
    assert len(way_in.journal.answers) == 1
    assert not way_in.entry_is_released


def test_a_refused_card_is_recorded_once_a_minute_with_a_count(way_in: Lane, desk: Desk) -> None:
    for _ in range(4):
        answer = way_in.present(desk.card(days=-1))
        way_in.wait(10)
    way_in.wait(RUN_S)

    counts = [event.count for event, _ in way_in.journal.records if event.outcome]
    assert answer.signal is Signal.REFUSED
    assert counts == [1, 3]


def test_exit_is_released_for_any_code_and_recorded_with_its_reasons(
    way_out: Lane, desk: Desk
) -> None:
    payloads = (desk.card(), desk.card(days=-1), desk.card(index=1), "any web address")
    for payload in payloads:
        answer = way_out.present(payload)
        assert answer.signal is Signal.ADMITTED
        assert way_out.exit_is_released
        assert not way_out.entry_is_released
        way_out.wait(10)

    assert way_out.journal.answers == ["admit", "admit expired", "admit revoked", "admit malformed"]


def test_a_strange_code_on_the_way_out_is_released_each_time_and_counted(way_out: Lane) -> None:
    for _ in range(3):
        way_out.present("any web address")
        assert way_out.exit_is_released
        way_out.wait(10)
    way_out.wait(RUN_S)

    assert [event.count for event, _ in way_out.journal.records if event.outcome] == [1, 2]


def test_exit_is_released_again_when_the_same_code_comes_back(way_out: Lane, desk: Desk) -> None:
    way_out.present(desk.card())
    way_out.wait(RELEASED_S)
    way_out.present(desk.card(), Sighting.AGAIN)

    assert way_out.exit_is_released
    assert len(way_out.journal.answers) == 1


def test_exit_is_released_before_anything_else_is_done(way_out: Lane, desk: Desk) -> None:
    way_out.outputs.happened.clear()
    way_out.journal.refuses = True
    way_out.present(desk.card())

    assert isinstance(way_out.outputs.happened[0], Released)


def test_an_exit_moves_its_holder_outside(way_out: Lane, desk: Desk) -> None:
    way_out.present(desk.card())

    assert len(way_out.controller.presence.left) == 1


def test_an_unreadable_code_is_hinted_at_until_it_is_gone(way_in: Lane) -> None:
    way_in.controller.handle(News(sighting=Sighting.UNREADABLE))
    way_in.controller.handle(News(sighting=Sighting.GONE))

    assert way_in.outputs.signals[-2:] == [Signal.UNREADABLE, Signal.READY]
    assert way_in.journal.answers == []


def test_the_end_locks_and_is_recorded_with_the_counts_that_are_left(
    way_in: Lane, desk: Desk
) -> None:
    way_in.present("x")
    way_in.present("x")
    way_in.present(desk.card())
    way_in.controller.stop()

    assert not way_in.entry_is_released
    assert way_in.journal.kinds[-2:] == [EventKind.ACCESS, EventKind.UNIT_STOPPED]
    assert way_in.present(desk.card("2")).signal is Signal.FAULT
    assert not way_in.entry_is_released


def test_what_was_shown_begins_with_ready(way_in: Lane) -> None:
    shown = [event for event in way_in.outputs.happened if isinstance(event, Shown)]

    assert shown[0].signal is Signal.READY
    assert way_in.journal.kinds == [EventKind.UNIT_STARTED]

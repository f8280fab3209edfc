"""A broken journal, camera, clock or lamp: the entry locks and says so, the exit goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gate.devices.signals import Signal
from gate.errors import DeviceError
from gate.events.model import EventKind
from gate.unit.portal import State
from gate.unit.read_filter import Sighting

if TYPE_CHECKING:
    from tests.unit.conftest import Desk, Lane


def test_a_journal_that_refuses_keeps_the_entry_locked_and_shows_a_fault(
    way_in: Lane, desk: Desk
) -> None:
    way_in.journal.refuses = True
    answer = way_in.present(desk.card())

    assert answer.signal is Signal.FAULT
    assert way_in.outputs.signals[-1] is Signal.FAULT
    assert not way_in.entry_is_released
    assert way_in.controller.state is State.FAULT
    assert way_in.controller.presence.inside_count == 0


def test_the_journal_is_tried_again_at_the_next_scan(way_in: Lane, desk: Desk) -> None:
    way_in.journal.refuses = True
    way_in.present(desk.card())
    way_in.journal.refuses = False
    answer = way_in.present(desk.card(), Sighting.AGAIN)

    assert answer.signal is Signal.ADMITTED
    assert way_in.entry_is_released
    assert way_in.journal.kinds[1:] == [
        EventKind.FAULT,
        EventKind.FAULT_CLEARED,
        EventKind.ACCESS,
    ]


def test_a_refusal_that_would_only_be_counted_shows_the_fault_too(way_in: Lane, desk: Desk) -> None:
    way_in.present(desk.card(days=-1))
    way_in.wait(6)
    way_in.journal.refuses = True
    way_in.present(desk.card())

    assert way_in.present(desk.card(days=-1)).signal is Signal.FAULT


def test_a_broken_journal_is_not_tried_at_every_turn(way_in: Lane, desk: Desk) -> None:
    way_in.journal.refuses = True
    way_in.present(desk.card())
    tried = way_in.journal.tried
    for _ in range(40):
        way_in.clock.advance(0.1)
        way_in.controller.tick(way_in.clock.monotonic())

    assert way_in.journal.tried == tried


def test_what_is_owed_is_recorded_in_the_order_it_happened(way_in: Lane, desk: Desk) -> None:
    way_in.journal.refuses = True
    way_in.present(desk.card())
    way_in.controller.fault("camera")
    way_in.controller.clear("camera")
    way_in.journal.refuses = False
    way_in.wait(6)

    after = [(event.kind.value, event.detail) for event, _ in way_in.journal.records[1:]]
    assert after == [
        ("fault", "journal"),
        ("fault", "camera"),
        ("fault_cleared", "camera"),
        ("fault_cleared", "journal"),
    ]


def test_the_journal_is_tried_again_every_few_seconds(way_in: Lane, desk: Desk) -> None:
    way_in.journal.refuses = True
    way_in.present(desk.card())
    way_in.journal.refuses = False
    way_in.wait(6)

    assert way_in.controller.state is State.LOCKED
    assert way_in.outputs.signals[-1] is Signal.READY
    assert way_in.journal.kinds[-1] is EventKind.FAULT_CLEARED


def test_exits_that_could_not_be_recorded_are_the_first_entry_when_the_journal_returns(
    way_out: Lane, desk: Desk
) -> None:
    way_out.journal.refuses = True
    for number in ("1", "2", "3"):
        answer = way_out.present(desk.card(number))
        assert answer.signal is Signal.ADMITTED
        assert way_out.exit_is_released
    way_out.journal.refuses = False
    way_out.wait(6)

    after = way_out.journal.records[1:]
    assert [event.kind for event, _ in after] == [
        EventKind.EXITS_UNRECORDED,
        EventKind.FAULT,
        EventKind.FAULT_CLEARED,
    ]
    assert after[0][0].count == 3
    assert len(way_out.controller.presence.left) == 3


def test_exits_are_counted_once_though_the_journal_breaks_twice(way_out: Lane, desk: Desk) -> None:
    for number in ("1", "2"):
        way_out.journal.refuses = True
        way_out.present(desk.card(number))
        way_out.journal.refuses = False
        way_out.wait(6)

    counts = [
        event.count
        for event, _ in way_out.journal.records
        if event.kind is EventKind.EXITS_UNRECORDED
    ]
    assert counts == [1, 1]


def test_a_journal_that_does_not_open_is_a_fault_from_the_start(desk: Desk, way_in: Lane) -> None:
    way_in.journal.refuses = True
    way_in.recorder.close()
    way_in.recorder.open()
    way_in.controller.tick(way_in.clock.monotonic())

    assert way_in.present(desk.card()).signal is Signal.FAULT
    assert not way_in.entry_is_released


def test_a_broken_camera_locks_the_entry_at_once_and_is_recorded(way_in: Lane, desk: Desk) -> None:
    way_in.present(desk.card())
    way_in.controller.fault("camera")

    assert not way_in.entry_is_released
    assert way_in.outputs.signals[-1] is Signal.FAULT
    assert way_in.journal.records[-1][0].detail == "camera"


def test_a_camera_that_works_again_ends_the_fault(way_in: Lane) -> None:
    way_in.controller.fault("camera")
    way_in.controller.clear("camera")

    assert way_in.journal.kinds[-2:] == [EventKind.FAULT, EventKind.FAULT_CLEARED]
    assert way_in.outputs.signals[-1] is Signal.READY
    assert way_in.controller.state is State.LOCKED


def test_nothing_is_granted_or_recorded_while_another_part_is_broken(
    way_in: Lane, desk: Desk
) -> None:
    way_in.controller.fault("camera")
    answer = way_in.present(desk.card())

    assert answer.signal is Signal.FAULT
    assert way_in.journal.answers == []
    assert not way_in.entry_is_released


def test_a_recorded_exit_is_not_counted_as_unrecorded_under_another_fault(
    way_out: Lane, desk: Desk
) -> None:
    way_out.controller.fault("camera")
    way_out.present(desk.card())
    way_out.controller.clear("camera")

    assert way_out.journal.answers == ["admit"]
    assert EventKind.EXITS_UNRECORDED not in way_out.journal.kinds


def test_a_clock_before_what_has_passed_is_not_looked_at(way_in: Lane, desk: Desk) -> None:
    started_at = way_in.clock.now()
    way_in.clock.set(started_at - timedelta(hours=2))
    answer = way_in.present(desk.card())

    event, _ = way_in.journal.records[-1]
    assert answer.signal is Signal.ADMITTED
    assert (event.at, event.clock_trusted, event.list_age_s) == (started_at, False, 3600)


def test_a_list_that_was_signed_seconds_ahead_of_our_clock_keeps_nobody_out(
    way_in: Lane, desk: Desk
) -> None:
    way_in.clock.advance(-3600 - 60)

    assert way_in.present(desk.card()).signal is Signal.ADMITTED


def test_a_clock_that_nobody_set_is_recorded_as_such(way_in: Lane, desk: Desk) -> None:
    way_in.clock.trusted = False
    way_in.wait(2)
    answer = way_in.present(desk.card())

    assert answer.signal is Signal.ADMITTED
    assert not way_in.journal.records[-1][0].clock_trusted


def test_a_relay_that_does_not_obey_is_told_to_the_caller(way_in: Lane, desk: Desk) -> None:
    way_in.outputs.broken = "relay: the wire is cut"

    with pytest.raises(DeviceError, match="wire"):
        way_in.present(desk.card())
    assert not way_in.entry_is_released


def test_an_exit_is_recorded_though_the_lamps_are_broken(way_out: Lane, desk: Desk) -> None:
    way_out.outputs.broken = "a lamp's wire is cut"
    with pytest.raises(DeviceError, match="lamp"):
        way_out.present(desk.card())

    assert way_out.exit_is_released
    assert way_out.journal.answers == ["admit"]

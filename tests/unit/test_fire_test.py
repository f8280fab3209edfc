"""The weekly test of the fire release: overdue is said, once, until it is done."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gate.devices.ports import Contact
from gate.devices.signals import Signal
from gate.events.model import Event, EventKind
from gate.store.journal import open_journal
from gate.unit.fire_test import OVERDUE_AFTER, is_overdue, last_fire_test
from gate.unit.guard import MAINTENANCE_AFTER_S
from gate.unit.mild import FIRE_TEST
from tests.unit.conftest import NOW, Desk, Lane

WEEK = timedelta(days=7)


def faults(lane: Lane) -> list[tuple[EventKind, str]]:
    kinds = {EventKind.FAULT, EventKind.FAULT_CLEARED}
    return [(one.kind, one.detail) for one, _ in lane.journal.records if one.kind in kinds]


def looked_after(lane: Lane) -> None:
    lane.clock.advance(1.0)
    lane.upkeep.turn(lane.clock.monotonic())


@pytest.fixture
def lane(desk: Desk) -> Lane:
    made = Lane(desk, wired=(Contact.FIRE, Contact.GUARD_KEY))
    made.controller.keeper.roll.tested_at = NOW - OVERDUE_AFTER
    return made


def test_an_overdue_test_is_recorded_once_and_locks_nobody_out(lane: Lane, desk: Desk) -> None:
    looked_after(lane)
    looked_after(lane)

    assert faults(lane) == [(EventKind.FAULT, FIRE_TEST)]
    assert FIRE_TEST in lane.controller.faults
    assert lane.outputs.signals[-1] is Signal.READY_AGEING
    lane.present(desk.card())
    assert lane.entry_is_released


def test_the_test_ends_it(lane: Lane) -> None:
    looked_after(lane)
    lane.set(Contact.GUARD_KEY, active=True)
    lane.wait(MAINTENANCE_AFTER_S + 1)
    lane.set(Contact.FIRE, active=True)
    looked_after(lane)

    assert EventKind.FIRE_TEST in lane.journal.kinds
    assert faults(lane)[-1] == (EventKind.FAULT_CLEARED, FIRE_TEST)


def test_a_clock_that_nothing_vouches_for_makes_no_test_overdue(lane: Lane) -> None:
    lane.clock.trusted = False
    looked_after(lane)
    assert (EventKind.FAULT, FIRE_TEST) not in faults(lane)


def test_a_portal_without_a_fire_input_is_never_overdue() -> None:
    assert not is_overdue(None, NOW)


@pytest.mark.parametrize(
    ("recorded", "now", "overdue"),
    [
        pytest.param([], NOW + WEEK, False, id="a new unit has a week"),
        pytest.param([], NOW + 2 * WEEK, True, id="and no two"),
        pytest.param([(EventKind.FIRE_TEST, WEEK)], NOW + 2 * WEEK, False, id="tested last week"),
        pytest.param([(EventKind.FIRE_ALARM, WEEK)], NOW + 2 * WEEK, False, id="an alarm counts"),
        pytest.param([(EventKind.MAINTENANCE, WEEK)], NOW + 2 * WEEK, True, id="only worked on"),
        pytest.param([(EventKind.FIRE_TEST, WEEK)], NOW + 3 * WEEK, True, id="a fortnight ago"),
    ],
)
def test_the_record_tells_of_the_last_test(
    tmp_path: Path, recorded: list[tuple[EventKind, timedelta]], now: datetime, *, overdue: bool
) -> None:
    path = tmp_path / "journal.db"
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        for kind, after in recorded:
            journal.append(Event(at=NOW + after, clock_trusted=True, kind=kind), None)
        journal.append(
            Event(at=NOW + 2 * WEEK, clock_trusted=True, kind=EventKind.MAINTENANCE), None
        )
    assert is_overdue(last_fire_test(path, now), now) is overdue


def test_a_record_that_is_not_there_tells_of_none(tmp_path: Path) -> None:
    assert last_fire_test(tmp_path / "journal.db", NOW) is None

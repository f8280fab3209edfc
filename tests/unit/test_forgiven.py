"""A forgotten exit that a manager forgave, at a gate: recorded with who and why."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gate.access.presence import How
from gate.access.roll_call import Standing, call_roll
from gate.devices.signals import Signal
from gate.events.attendance import fold_people
from gate.events.codec import encode_holder
from gate.events.model import Entry, EventKind
from gate.events.movement import movement_of
from gate.trust.commanded import Forgiven
from gate.trust.manifest import Command, CommandKind
from tests.store.trust_files import manifest
from tests.unit.conftest import Desk, Lane


@pytest.fixture
def lane(desk: Desk, tmp_path: Path) -> Lane:
    return Lane(desk, commands=tmp_path / "commands.json")


def entries(lane: Lane) -> Iterator[Entry]:
    """Yield the gate's record as one that starts now would read it."""
    for seq, (event, holder) in enumerate(lane.journal.records, start=1):
        yield Entry(
            journal_id=bytes(16),
            seq=seq,
            event=event,
            commitment=bytes(32),
            salt=None,
            holder=None if holder is None else encode_holder(holder),
            hash=bytes(32),
        )


def inside(lane: Lane) -> bytes:
    (person,) = lane.controller.presence.inside
    return person


def forgive(lane: Lane, person: bytes, at: datetime) -> None:
    """Have the site's manifest tell it, and let the gate notice."""
    now = lane.clock.now().replace(microsecond=0)
    what = Forgiven(person=person, at=at.replace(microsecond=0), by="Morgan", why="Vehicle gate")
    command = Command(
        id=b"f" * 16,
        kind=CommandKind.FORGIVE,
        not_after=now + timedelta(hours=24),
        about=what,
    )
    lane.trust.change(manifest=manifest(2, lane.clock.now(), commands=(command,)))
    for _ in range(2):
        lane.clock.advance(1)
        lane.upkeep.turn(lane.clock.monotonic())


def test_who_was_refused_as_inside_is_let_in_once_it_is_forgiven(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    lane.wait(60)
    refused = lane.present(desk.card())
    forgive(lane, inside(lane), lane.clock.now())
    lane.wait(10)

    assert refused.signal is Signal.REFUSED
    assert lane.present(desk.card()).signal is Signal.ADMITTED


def test_the_record_says_whose_when_by_whom_and_why_and_tells_it_again(
    lane: Lane, desk: Desk
) -> None:
    lane.present(desk.card())
    person = inside(lane)
    lane.wait(60)
    forgive(lane, person, lane.clock.now())

    ((event, holder),) = [
        record for record in lane.journal.records if record[0].kind is EventKind.FORGIVEN
    ]
    assert holder is not None
    assert (holder.person, event.direction) == (person, "out")
    assert event.detail == f"{(b'f' * 16).hex()} by Morgan: Vehicle gate"
    folded = fold_people(map(movement_of, entries(lane)), "site")
    for people in (folded.presence, lane.controller.presence):
        assert people.left[person].how is How.FORGIVEN
        roll = call_roll(people, folded.muster, lane.clock.now())
        assert roll.those(Standing.FORGIVEN) == {person}


def test_who_came_in_after_the_manager_spoke_stays_inside(lane: Lane, desk: Desk) -> None:
    spoken = lane.clock.now()
    lane.wait(60)
    lane.present(desk.card())
    person = inside(lane)
    forgive(lane, person, spoken)

    assert EventKind.FORGIVEN in lane.journal.kinds
    assert lane.controller.presence.is_inside(person)
    assert fold_people(map(movement_of, entries(lane)), "site").presence.is_inside(person)


def test_it_ends_no_lock_down(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    person = inside(lane)
    now = lane.clock.now().replace(microsecond=0)
    lock = Command(id=b"l" * 16, kind=CommandKind.LOCKDOWN, not_after=now + timedelta(hours=1))
    lane.trust.change(manifest=manifest(2, lane.clock.now(), commands=(lock,)))
    lane.clock.advance(1)
    lane.upkeep.turn(lane.clock.monotonic())
    forgive(lane, person, now)

    lane.wait(10)
    assert lane.present(desk.card()).signal is Signal.REFUSED

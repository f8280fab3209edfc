"""A guard in the gatehouse lets in whom a gate referred: by a command of the site's manifest."""

from datetime import timedelta
from pathlib import Path

import pytest

from gate.devices.signals import Signal
from gate.events.model import EventKind
from gate.trust.commanded import Released
from gate.trust.manifest import Command, CommandKind
from gate.unit.guard import REFERRAL_S
from tests.store.trust_files import manifest
from tests.unit.conftest import Desk, Lane, refers_everybody


@pytest.fixture
def lane(desk: Desk, tmp_path: Path) -> Lane:
    return refers_everybody(Lane(desk, commands=tmp_path / "commands.json"))


def release(lane: Lane, **changes: object) -> None:
    """Have the site's manifest tell of the last record's person, and let the gate notice."""
    event, holder = lane.journal.records[-1]
    assert holder is not None
    usual = {
        "person": holder.person,
        "access_point": event.access_point,
        "seq": len(lane.journal.records),
        "by": "Jo",
        "why": "Host is here",
    }
    about = Released(**(usual | changes))  # type: ignore[arg-type]  # the usual ones, but some
    now = lane.clock.now().replace(microsecond=0)
    command = Command(
        id=b"r" * 16,
        kind=CommandKind.RELEASE,
        not_after=now + timedelta(seconds=300),
        about=about,
    )
    lane.trust.change(manifest=manifest(2, lane.clock.now(), commands=(command,)))
    for _ in range(2):
        lane.clock.advance(1)
        lane.upkeep.turn(lane.clock.monotonic())


def commands(lane: Lane) -> list[str]:
    return [event.detail for event, _ in lane.journal.records if event.kind is EventKind.COMMAND]


def test_who_was_referred_is_let_in_once_and_recorded_with_guard_and_reason(
    lane: Lane, desk: Desk
) -> None:
    shown = lane.present(desk.card("7")).signal
    seq = len(lane.journal.records)
    release(lane)

    ((event, holder),) = [
        record for record in lane.journal.records if record[0].detail.startswith("Jo: ")
    ]
    assert shown is Signal.REFERRED
    assert lane.entry_is_released
    assert event.reasons == ("override", "not_inducted")
    assert event.detail == f"Jo: Host is here; let in at the hub, referred in entry {seq}"
    assert holder is not None
    assert holder.number == "7"
    assert lane.journal.released_then[-1] is False  # recorded before it is released
    assert commands(lane) == []
    lane.wait(10)
    lane.upkeep.turn(lane.clock.monotonic())
    assert not lane.entry_is_released


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"seq": 1_000}, "nobody waits any more", id="another referral"),
        pytest.param({"person": b"x" * 16}, "somebody else waits", id="somebody else"),
    ],
)
def test_nobody_else_than_who_is_meant_is_let_in(
    lane: Lane, desk: Desk, changes: dict[str, object], said: str
) -> None:
    lane.present(desk.card())
    release(lane, **changes)
    assert not lane.entry_is_released
    assert commands(lane) == [f"release {(b'r' * 16).hex()}: not done, {said}"]


def test_a_gate_where_they_do_not_stand_says_nothing(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    release(lane, access_point="Another gate")
    assert not lane.entry_is_released
    assert commands(lane) == []


def test_after_five_minutes_nobody_waits(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    lane.wait(REFERRAL_S)
    release(lane)
    assert not lane.entry_is_released
    assert "nobody waits any more" in commands(lane)[0]


def test_a_card_shown_since_takes_the_referral_s_place(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card("7"))
    seq = len(lane.journal.records)
    lane.present(desk.card("8"))
    release(lane, seq=seq)
    assert not lane.entry_is_released


def test_a_gate_that_is_locked_down_lets_nobody_in_and_says_so(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    lane.controller.lock_down()
    release(lane)
    assert not lane.entry_is_released
    assert commands(lane) == [f"release {(b'r' * 16).hex()}: not done, locked or faulty"]


def test_a_record_that_cannot_be_made_lets_nobody_in(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    event, holder = lane.journal.records[-1]
    assert holder is not None
    whom = Released(
        person=holder.person,
        access_point=event.access_point,
        seq=len(lane.journal.records),
        by="Jo",
        why="Host is here",
    )
    lane.journal.refuses = True
    lane.controller.release_by_hub(whom, "release")
    assert not lane.entry_is_released

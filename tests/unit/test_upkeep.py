"""Once a second: what changed counts from the next scan on, is recorded once, and is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gate.access.model import Direction
from gate.access.policy import parse_policy
from gate.access.presence import SiteWide
from gate.access.rules import AntiPassback, ListFreshness
from gate.devices.signals import Signal
from gate.errors import Outcome
from gate.events.model import EventKind
from gate.trust.commanded import Identified
from gate.trust.manifest import Command, CommandKind, SiteManifest
from gate.trust.person import person_key
from gate.trust.site_presence import LastPassage
from gate.unit.portal import Happening, State
from tests.store.trust_files import manifest
from tests.unit.conftest import POLICY, SITE_KEY, Lane

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.conftest import Desk

DAY_S = 24 * 3600


@pytest.fixture
def lane(desk: Desk, tmp_path: Path) -> Lane:
    return Lane(desk, commands=tmp_path / "commands.json")


def turn(lane: Lane, seconds: float = 1.0) -> None:
    lane.clock.advance(seconds)
    lane.upkeep.turn(lane.clock.monotonic())


def told(lane: Lane, *kinds: CommandKind) -> SiteManifest:
    commands = tuple(
        Command(
            id=bytes([number]) * 16,
            kind=kind,
            not_after=lane.clock.now().replace(microsecond=0) + timedelta(hours=1),
        )
        for number, kind in enumerate(kinds)
    )
    return manifest(len(kinds) + 1, lane.clock.now(), commands=commands)


def details(lane: Lane, kind: EventKind) -> list[str]:
    return [event.detail for event, _ in lane.journal.records if event.kind is kind]


def test_a_lock_down_refuses_the_next_card_and_a_lift_admits_it(lane: Lane, desk: Desk) -> None:
    lane.trust.change(manifest=told(lane, CommandKind.LOCKDOWN))
    turn(lane)
    lane.present(desk.card("1"))
    lane.trust.change(manifest=told(lane, CommandKind.LOCKDOWN, CommandKind.LIFT))
    turn(lane)
    lane.present(desk.card("1"))

    assert lane.entry_is_released
    assert lane.journal.answers == ["refuse lockdown", "admit"]
    assert details(lane, EventKind.COMMAND) == [f"lockdown {'00' * 16}", f"lift {'01' * 16}"]


def test_a_lock_down_ends_what_is_released(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card())
    assert lane.entry_is_released
    lane.trust.change(manifest=told(lane, CommandKind.LOCKDOWN))
    turn(lane)
    assert not lane.entry_is_released


def test_a_lock_down_that_was_kept_stands_from_the_start(desk: Desk, tmp_path: Path) -> None:
    before = Lane(desk, commands=tmp_path / "commands.json")
    before.trust.change(manifest=told(before, CommandKind.LOCKDOWN))
    turn(before)
    after = Lane(desk, commands=tmp_path / "commands.json")

    assert after.controller.state is State.LOCK_DOWN


def test_a_lock_down_leaves_the_way_out_free(desk: Desk, tmp_path: Path) -> None:
    lane = Lane(desk, Direction.OUT, commands=tmp_path / "commands.json")
    lane.trust.change(manifest=told(lane, CommandKind.LOCKDOWN))
    turn(lane)
    lane.present(desk.card())

    assert lane.exit_is_released
    assert lane.journal.answers == ["admit"]


def test_a_release_for_a_test_is_recorded_before_it_is_done(lane: Lane) -> None:
    lane.trust.change(manifest=told(lane, CommandKind.TEST_RELEASE))
    turn(lane)

    assert lane.entry_is_released
    assert details(lane, EventKind.COMMAND) == [f"test_release {'00' * 16}"]
    released_then = dict(zip(lane.journal.kinds, lane.journal.released_then, strict=True))
    assert not released_then[EventKind.COMMAND]


@pytest.mark.parametrize("trouble", ["locked down", "no camera", "no journal"])
def test_a_release_for_a_test_opens_no_gate_that_is_locked(lane: Lane, trouble: str) -> None:
    before = (CommandKind.LOCKDOWN,) if trouble == "locked down" else ()
    if trouble == "no camera":
        lane.controller.fault("camera")
    lane.journal.refuses = trouble == "no journal"
    lane.trust.change(manifest=told(lane, *before, CommandKind.TEST_RELEASE))
    turn(lane)

    assert not lane.entry_is_released
    if trouble != "no journal":
        assert details(lane, EventKind.COMMAND)[-1].endswith(": not done, locked or faulty")


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("trouble", [Happening.FIRE, Happening.MAINTENANCE])
def test_a_release_for_a_test_waits_for_no_end_of_a_fire_or_of_maintenance(
    desk: Desk, tmp_path: Path, direction: Direction, trouble: Happening
) -> None:
    lane = Lane(desk, direction, commands=tmp_path / "commands.json")
    lane.controller.keeper.happen(trouble)
    before = lane.controller.state
    lane.trust.change(manifest=told(lane, CommandKind.TEST_RELEASE))
    turn(lane)
    turn(lane)

    assert lane.controller.state is before
    (detail,) = details(lane, EventKind.COMMAND)
    assert detail.endswith(": not done, fire or maintenance")


def test_a_manifest_of_another_version_is_recorded_once(lane: Lane) -> None:
    for version in (3, 3, 4):
        lane.trust.change(manifest=manifest(version, lane.clock.now()))
        turn(lane)
    assert details(lane, EventKind.MANIFEST) == ["version 3", "version 4"]


def test_tiers_are_shown_and_recorded_when_they_change(lane: Lane) -> None:
    shown = []
    for hours in (1, 22, 1, 71, 1, 100):
        turn(lane, hours * 3600)
        shown.append(lane.outputs.signals[-1])

    ready, ageing, stale = Signal.READY, Signal.READY_AGEING, Signal.READY_STALE
    assert shown == [ready, ready, ageing, ageing, stale, stale]
    assert details(lane, EventKind.FRESHNESS) == [
        "amber: list https://lists.ecs.example/1, 25 h old, 71 h left",
        "red: list https://lists.ecs.example/1, 97 h old",
    ]


def test_a_manifest_that_is_too_old_sends_a_person_to_the_guard(lane: Lane, desk: Desk) -> None:
    tiers = ListFreshness(
        amber=timedelta(hours=24), red=timedelta(hours=96), when_red=Outcome.REFER
    )
    lane.trust.change(manifest=manifest(1, lane.clock.now() - timedelta(hours=97)), rules=(tiers,))
    turn(lane)
    lane.present(desk.card())

    assert lane.journal.answers == ["refer list_too_old"]
    assert lane.outputs.signals[-1] is Signal.REFERRED


def test_rules_that_cannot_be_read_send_everybody_who_comes_in_to_the_guard(
    lane: Lane, desk: Desk
) -> None:
    tiers = ListFreshness(
        amber=timedelta(hours=24), red=timedelta(hours=96), when_red=Outcome.REFER
    )
    lane.trust.change(manifest=None, rules=(tiers,), is_unread=True)
    turn(lane)
    lane.present(desk.card())
    assert lane.journal.answers == ["refer list_too_old"]


def test_a_day_without_a_clock_sends_everybody_to_the_guard(lane: Lane, desk: Desk) -> None:
    lane.clock.trusted = False
    turn(lane, DAY_S - 1)
    lane.present(desk.card("1"))
    turn(lane, 60)
    lane.present(desk.card("2"))

    assert lane.journal.answers == ["admit", "refer clock_untrusted"]
    assert details(lane, EventKind.FRESHNESS)[-1] == "red: clock, 24 h old"


def test_a_card_that_begins_later_than_an_untrusted_clock_says_is_for_the_guard(
    lane: Lane, desk: Desk
) -> None:
    assert "refer clock_untrusted" not in lane.journal.answers
    lane.clock.trusted = False
    lane.clock.advance(2)
    lane.present(desk.card_from(lane.clock.now() + timedelta(days=1)))
    assert lane.journal.answers == ["refer clock_untrusted"]


def test_a_card_that_has_expired_by_the_lower_bound_is_refused(lane: Lane, desk: Desk) -> None:
    lane.clock.trusted = False
    turn(lane, 2 * 3600)
    lane.present(desk.card(days=0))
    assert lane.journal.answers == ["refuse expired"]


def test_a_jump_of_the_clock_is_recorded(lane: Lane) -> None:
    lane.clock.set(lane.clock.now() + timedelta(hours=2))
    turn(lane)
    assert details(lane, EventKind.CLOCK_JUMPED) == ["+7200 s"]


def test_a_fault_of_trust_is_recorded_and_shown_and_keeps_nobody_out(
    lane: Lane, desk: Desk
) -> None:
    lane.trust.faults = ("lists/broken.cwt: not CBOR",)
    turn(lane)

    assert details(lane, EventKind.FAULT) == ["trust"]
    assert lane.controller.faults == {"trust"}
    assert lane.outputs.signals[-1].value == "ready_ageing"
    assert lane.present(desk.card()).signal is Signal.ADMITTED

    lane.trust.faults = ()
    turn(lane)
    assert details(lane, EventKind.FAULT_CLEARED) == ["trust"]
    assert lane.outputs.signals[-1].value == "ready"


def test_who_came_in_elsewhere_is_inside_here(lane: Lane, desk: Desk) -> None:
    person = person_key(SITE_KEY, "ecs.example", "1")
    row = LastPassage(person, "in", lane.clock.now(), "Gate B", "site", "Holder 1", "")
    lane.others.seen = SiteWide(as_of=lane.clock.now(), passages={person: row})
    turn(lane)
    lane.present(desk.card("1"))
    lane.wait(300)
    lane.present(desk.card("2"))
    lane.wait(10)
    lane.present(desk.card("2"))

    assert lane.journal.answers == ["refuse passback", "admit", "note passback"]


def test_rules_change_between_two_scans(lane: Lane, desk: Desk) -> None:
    lane.present(desk.card("1"))
    lane.trust.change(manifest=None, rules=(AntiPassback(outcome=Outcome.NOTE),))
    lane.present(desk.card("1"))
    turn(lane)
    lane.present(desk.card("1"))
    assert lane.journal.answers == ["admit", "refuse passback", "note passback"]


@pytest.mark.parametrize(("night", "is_night"), [("06:00-08:00", True), ("22:00-06:00", False)])
def test_the_sounder_is_lower_in_the_sites_night(
    way_in: Lane, night: str, *, is_night: bool
) -> None:
    policy = parse_policy(POLICY + f'[screen]\nnight = "{night}"\n', "policy")
    way_in.trust.in_force = replace(way_in.trust.in_force, policy=policy)
    way_in.clock.advance(1.0)
    way_in.upkeep.turn(way_in.clock.monotonic())
    assert way_in.outputs.is_night is is_night


def test_where_exits_are_free_who_came_in_long_ago_is_let_go_of(way_in: Lane, desk: Desk) -> None:
    policy = parse_policy(POLICY + "[exit]\nfree = true\nstay_h = 1\n", "policy")
    way_in.trust.in_force = replace(way_in.trust.in_force, policy=policy)
    way_in.present(desk.card("1"))
    assert way_in.controller.presence.inside_count == 1

    way_in.clock.advance(3599)
    turn(way_in)
    assert way_in.controller.presence.inside_count == 1
    way_in.clock.advance(61)
    turn(way_in)
    assert way_in.controller.presence.inside_count == 0


def test_where_exits_are_seen_nobody_is_let_go_of(way_in: Lane, desk: Desk) -> None:
    way_in.present(desk.card("1"))
    way_in.clock.advance(48 * 3600)
    turn(way_in)
    assert way_in.controller.presence.inside_count == 1


@pytest.mark.parametrize(("points", "done"), [(("Gate B", "Gate A"), True), (("Gate B",), False)])
def test_the_unit_that_is_meant_shows_which_it_is_once_and_records_it(
    lane: Lane, points: tuple[str, ...], *, done: bool
) -> None:
    until = lane.clock.now().replace(microsecond=0) + timedelta(minutes=2)
    command = Command(
        id=bytes(16),
        kind=CommandKind.IDENTIFY,
        not_after=until,
        about=Identified(access_points=points),
    )
    lane.trust.change(manifest=manifest(2, lane.clock.now(), commands=(command,)))

    turn(lane)
    turn(lane)

    shown = [signal for signal in lane.outputs.signals if signal is Signal.IDENTIFY]
    assert len(shown) == int(done)
    assert details(lane, EventKind.COMMAND) == [f"identify {'00' * 16}"] * done

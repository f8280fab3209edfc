"""Fleet trust over a real connection: what a refresh brings, costs, keeps and survives."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gate.errors import TrustError, UplinkError
from gate.sim.fleet import FleetRepository
from gate.sim.static_server import StaticTrouble
from gate.store.fleet import HUBS, Versions
from gate.store.generations import current
from tests.store.full_disk import no_file_over
from tests.uplink.fleet_unit import NOW, FleetUnit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REFRESH = 6
"""Requests of a first refresh: no second root, timestamp, snapshot, targets, issuers, hubs."""


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[FleetUnit]:
    with ExitStack() as opened:
        yield FleetUnit(tmp_path, opened)


def test_a_first_refresh_brings_what_the_owner_vouches_for(unit: FleetUnit) -> None:
    assert unit.sync()
    assert unit.believed() == ["first"]
    assert unit.in_force().versions == Versions(root=1, timestamp=1, snapshot=1, targets=1)
    assert unit.in_force().expires_at == NOW + timedelta(days=7)
    assert len(unit.server.asked) == REFRESH


def test_with_nothing_new_two_requests_say_so_in_less_than_a_kilobyte(unit: FleetUnit) -> None:
    unit.sync()
    before = unit.files()
    unit.server.forget()
    assert not unit.sync()
    assert unit.asked() == [("2.root.json", 404), ("timestamp.json", 200)]
    assert sum(asked.body_bytes for asked in unit.server.asked) < 1000
    assert unit.files() == before


def test_a_new_timestamp_alone_costs_no_more(unit: FleetUnit) -> None:
    unit.sync()
    unit.repository.publish("timestamp")
    unit.server.forget()
    assert unit.sync()
    assert unit.in_force().versions.timestamp == 2
    assert len(unit.server.asked) == 2


def test_only_the_target_that_changed_is_fetched(unit: FleetUnit) -> None:
    unit.sync()
    unit.publish("first", "second")
    unit.server.forget()
    unit.sync()
    assert unit.believed() == ["first", "second"]
    assert [status for _, status in unit.asked()] == [404, 200, 200, 200, 200]
    assert not any(HUBS in name for name, _ in unit.asked())


def test_a_target_that_was_damaged_on_the_disk_is_fetched_anew(unit: FleetUnit) -> None:
    unit.sync()
    generation = current(unit.trust)
    assert generation is not None
    (generation / "fleet/targets/issuers.json").write_bytes(b"rot")
    assert unit.sync()
    assert unit.believed() == ["first"]


@pytest.mark.parametrize("role", ["root", "targets", "snapshot", "timestamp"])
def test_keys_are_replaced_by_a_root_that_the_old_root_vouches_for(
    unit: FleetUnit, role: str
) -> None:
    unit.sync()
    unit.repository.replace_keys(role)
    unit.publish("first", "second")
    unit.sync()
    assert unit.believed() == ["first", "second"]
    assert unit.in_force().versions.root == 2


def test_a_unit_that_was_away_follows_every_root_in_between(unit: FleetUnit) -> None:
    unit.sync()
    for role in ("root", "timestamp", "root", "targets"):
        unit.repository.replace_keys(role)
    unit.publish("later")
    unit.sync()
    assert (unit.believed(), unit.in_force().versions.root) == (["later"], 5)


@pytest.mark.parametrize("cut_after", range(REFRESH + 1))
def test_a_link_cut_between_any_two_requests_leaves_what_is_in_force(
    unit: FleetUnit, cut_after: int
) -> None:
    unit.sync()
    before = unit.files()
    unit.repository.replace_keys("snapshot")
    unit.repository.put(HUBS, unit.repository.target(HUBS) + b"\n")
    unit.publish("first", "second")
    unit.server.forget()
    unit.server.cut_after = cut_after  # of: root 2, root 3, timestamp, snapshot, targets, two files
    with pytest.raises(UplinkError, match=r"fleet trust: \S+: RemoteDisconnected"):
        unit.sync()
    assert len(unit.server.asked) == cut_after
    assert unit.files() == before
    unit.server.forget()
    assert unit.sync()
    assert unit.believed() == ["first", "second"]


@pytest.mark.parametrize("cut_after", range(REFRESH))
def test_a_link_cut_in_the_first_refresh_leaves_nothing_in_force(
    unit: FleetUnit, cut_after: int
) -> None:
    unit.server.cut_after = cut_after
    with pytest.raises(UplinkError):
        unit.sync()
    assert current(unit.trust) is None
    unit.server.forget()
    assert unit.sync()
    assert unit.believed() == ["first"]


def test_what_was_verified_before_a_cut_is_not_fetched_again(unit: FleetUnit) -> None:
    unit.sync()
    unit.repository.replace_keys("timestamp")
    unit.publish("second")
    unit.server.forget()
    unit.server.cut_after = 5  # root 2, root 3, timestamp, snapshot, targets
    with pytest.raises(UplinkError):
        unit.sync()
    unit.server.forget()
    unit.sync()
    assert [name for name, _ in unit.asked()][:2] == ["3.root.json", "timestamp.json"]
    assert len(unit.server.asked) == 3


def test_a_link_that_is_dead_costs_the_disk_nothing(unit: FleetUnit) -> None:
    unit.sync()
    unit.server.cut_after = 0
    with pytest.raises(UplinkError):
        unit.sync()
    assert sorted(path.name for path in unit.trust.iterdir()) == ["current", "generations"]


def test_what_was_kept_ahead_does_not_hold_back_what_came_later(unit: FleetUnit) -> None:
    unit.sync()
    unit.repository.publish("timestamp")
    unit.repository.timestamp.version = 1000
    unit.repository.publish("snapshot", "timestamp")
    unit.server.troubles.extend([StaticTrouble.NONE, StaticTrouble.NONE, StaticTrouble.LOST])
    with pytest.raises(UplinkError):
        unit.sync()
    unit.repository.timestamp.version = 5
    unit.repository.replace_keys("timestamp")  # whoever made it 1001 has no say any more
    unit.repository.publish("timestamp")
    unit.sync()
    assert unit.in_force().versions.timestamp == 6
    unit.repository.timestamp.version = 4
    unit.repository.publish("timestamp")
    with pytest.raises(TrustError, match="timestamp version 5 must be >= 6"):
        unit.sync()


def test_a_unit_that_is_given_another_root_forgets_the_other_fleet(unit: FleetUnit) -> None:
    unit.repository.replace_keys("root")
    unit.sync()
    other = FleetRepository(NOW)
    unit.server.files = other.files
    unit.pinned_root = other.pinned_root
    unit.sync()
    assert (unit.believed(), unit.in_force().versions.root) == ([], 1)
    assert not any("2.root.json" in name for name in unit.files() if "000002" in name)


def test_a_root_that_is_none_is_told_before_anything_is_asked_for(unit: FleetUnit) -> None:
    unit.pinned_root = b"{}"
    with pytest.raises(TrustError, match="fleet trust: the pinned root: "):
        unit.sync()
    assert unit.server.asked == []


def test_a_clock_behind_accepts_what_has_not_expired_then(unit: FleetUnit) -> None:
    unit.now = NOW - timedelta(days=10_000)
    assert unit.sync()


def test_a_disk_that_is_full_in_a_refresh_is_told_and_changes_nothing(unit: FleetUnit) -> None:
    unit.sync()
    before = unit.files()
    unit.publish(*(f"issuer {number}" for number in range(20)))
    with no_file_over(3000), pytest.raises(TrustError, match="fleet trust: the disk refuses"):
        unit.sync()
    assert unit.files() == before
    unit.sync()
    assert len(unit.believed()) == 20


def test_nothing_is_asked_for_after_the_deadline(unit: FleetUnit) -> None:
    with pytest.raises(UplinkError, match=r"fleet trust: \S+: out of time"):
        unit.sync(within_s=0)
    assert unit.server.asked == []

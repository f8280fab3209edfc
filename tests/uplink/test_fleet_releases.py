"""Releases over a real connection: what a unit comes to know of them, and what it costs."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from gate.store.fleet import RELEASES
from gate.trust.releases import format_releases
from tests.uplink.fleet_attackers import delegated
from tests.uplink.fleet_unit import FleetUnit, release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[FleetUnit]:
    """Return a unit of a fleet that vouches for two releases."""
    with ExitStack() as opened:
        made = FleetUnit(tmp_path, opened)
        made.put_releases("0.1.0", "0.2.0")
        made.repository.publish_all()
        made.sync()
        yield made


def test_a_unit_knows_the_releases_that_its_fleet_vouches_for(unit: FleetUnit) -> None:
    assert unit.in_force().releases == (release("0.1.0"), release("0.2.0"))
    assert unit.believed() == ["first"]


def test_with_nothing_new_releases_cost_no_request(unit: FleetUnit) -> None:
    unit.server.forget()
    assert not unit.sync()
    assert unit.asked() == [("2.root.json", 404), ("timestamp.json", 200)]


def test_releases_that_did_not_change_are_not_fetched_again(unit: FleetUnit) -> None:
    unit.publish("first", "second")
    unit.server.forget()
    assert unit.sync()
    assert not any(RELEASES in name for name, _ in unit.asked())
    assert unit.in_force().releases == (release("0.1.0"), release("0.2.0"))


def test_a_release_that_was_withdrawn_is_vouched_for_no_longer(unit: FleetUnit) -> None:
    unit.put_releases("0.1.0")
    unit.repository.publish_all()
    assert unit.sync()
    assert unit.in_force().releases == (release("0.1.0"),)


def test_a_fleet_that_stops_vouching_for_any_leaves_no_file_behind(unit: FleetUnit) -> None:
    del unit.repository.targets.targets[RELEASES]
    unit.repository.publish_all()
    assert unit.sync()
    assert unit.in_force().releases == ()
    newest = max(name for name in unit.files() if name.endswith("hubs.json")).rpartition("/")[0]
    assert f"{newest}/{RELEASES}" not in unit.files()
    assert not unit.sync()


def test_a_delegation_gives_nobody_a_word_about_releases(unit: FleetUnit) -> None:
    data = format_releases([release("9.9.9")]).encode()
    delegated(unit, RELEASES, data)
    unit.server.forget()
    assert unit.sync()
    assert unit.in_force().releases == ()
    assert data not in unit.files().values()
    assert not any("releases" in name or "delegated" in name for name, _ in unit.asked())

"""What a unit believes comes from its hub when due; nothing old, foreign or half ever counts."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from gate.access.policy import parse_policy
from gate.sim.fleet import FleetRepository
from gate.sim.issuer import NOW, SimIssuer
from gate.sim.static_server import StaticTrouble
from gate.store.clock_state import write_clock_state
from gate.store.trust_in_force import PRESENCE, load_in_force
from gate.trust.clock_floor import ClockState
from gate.trust.hubs import SiteHub
from gate.trust.status_list import list_name
from gate.trust.unit_token import open_request
from gate.uplink.lists_due import LIST_EVERY_S
from gate.uplink.pull import FLEET_EVERY_S
from tests.store.trust_files import HUB, OTHER_HUB, POLICY, SITE, hub_key, manifest
from tests.uplink.pulling_unit import POLL_S, UID, UNIT, PullingUnit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOUR = timedelta(hours=1)


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[PullingUnit]:
    with ExitStack() as opened:
        yield PullingUnit(tmp_path, opened)


def test_manifest_and_lists_come_into_one_generation(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7))
    unit.offer_list(unit.trust.issuer)
    found = unit.poll()

    assert found.manifest == manifest(7)
    assert unit.trust.issuer.uri in found.bundle.status_lists
    assert unit.generation() == "000001"
    assert unit.pull.refused == {}


def test_with_nothing_new_a_poll_is_one_question_each_and_no_generation(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7))
    unit.offer_list(unit.trust.issuer)
    unit.offer_presence()
    unit.poll()
    unit.poll()

    assert unit.asked() == [("manifest", 304), ("presence", 304)]
    assert sum(one.body_bytes for one in unit.server.asked) == 0
    assert unit.generation() == "000001"


def test_a_process_that_begins_anew_makes_no_generation_of_what_is_there(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7))
    unit.poll()
    unit.begin()
    unit.poll()
    assert unit.generation() == "000001"


def test_a_restart_costs_no_bodies(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7))
    unit.offer_list(unit.trust.issuer)
    unit.offer_presence()
    unit.poll()
    unit.begin()
    unit.poll()

    held = [one.get("If-None-Match") for one in unit.server.headers]
    token = unit.files[f"/lists/{list_name(unit.trust.issuer.uri)}"]
    presence = unit.files[f"/api/units/{UID}/presence"]
    expected = [
        f'"7-{int(NOW.timestamp())}"',
        f'"{sha256(token).hexdigest()}"',
        None,  # whether there is a second list: there is none
        f'"{sha256(presence).hexdigest()[:32]}"',
    ]
    assert held == expected


def test_another_server_s_etag_counts_while_what_came_with_it_is_held(unit: PullingUnit) -> None:
    unit.server.etag = 'W/"anything"'
    unit.offer_manifest(manifest(7))
    unit.poll()
    unit.poll()
    assert unit.server.headers[0]["If-None-Match"] == 'W/"anything"'
    unit.trust.switch_manifest(manifest(8))
    unit.poll()
    assert unit.server.headers[0]["If-None-Match"] == f'"8-{int(NOW.timestamp())}"'


def test_what_somebody_took_away_is_fetched_again(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7))
    unit.offer_list(unit.trust.issuer)
    unit.poll()
    (unit.trust.path / "current").unlink()
    found = unit.poll(LIST_EVERY_S)
    assert found.manifest == manifest(7)
    assert list(found.bundle.status_lists) == [unit.trust.issuer.uri]


def test_a_manifest_that_a_hand_brought_meanwhile_is_not_replaced_by_an_older_one(
    unit: PullingUnit,
) -> None:
    unit.offer_manifest(manifest(7))
    unit.poll()
    unit.trust.switch_manifest(manifest(9))
    unit.offer_manifest(manifest(8))
    assert unit.poll().manifest == manifest(9)
    assert "version 8, held is 9" in unit.pull.refused["manifest"]


def test_rules_of_a_newer_version_are_refused_whole_and_nothing_beside_them_counts(
    unit: PullingUnit,
) -> None:
    unit.offer_manifest(manifest(7))
    unit.poll()
    newer = f'{POLICY}\n[search]\npercent = 5\n[plant]\nmode = "note"\n'
    unit.offer_manifest(manifest(8, policy=newer, blocked=frozenset({b"B" * 16})))
    found = unit.poll()

    assert (found.manifest, found.policy) == (manifest(7), parse_policy(POLICY, "policy"))
    why = unit.pull.refused["manifest"]
    assert why.startswith("manifest: rules: plant = a table; allowed here: version, site, ")
    assert why.endswith(
        "next: if the hub is newer than this unit's software, bring that up to date"
    )


def test_nothing_is_asked_before_it_is_due(unit: PullingUnit) -> None:
    unit.poll()
    unit.poll(POLL_S - 1)
    assert unit.asked() == []
    assert unit.pull.wait_s() == 1


def test_a_request_for_the_site_s_own_files_is_signed_by_the_unit(unit: PullingUnit) -> None:
    unit.poll()
    path = f"/api/units/{UID}/manifest"
    token = unit.server.headers[0]["Authorization"]
    assert open_request(token, UNIT.verifying_key, path, unit.clock.now()) == UID


def test_a_list_is_asked_for_at_its_ttl(unit: PullingUnit) -> None:
    unit.offer_list(unit.trust.issuer, ttl_s=300)
    unit.poll()
    unit.poll(300 - POLL_S)
    assert not [name for name, _ in unit.asked() if name.endswith(".cwt")]
    unit.poll()
    assert [status for name, status in unit.asked() if name.endswith(".cwt")] == [304]


def test_what_is_refused_is_logged_once(
    unit: PullingUnit, caplog: pytest.LogCaptureFixture
) -> None:
    unit.offer_manifest(manifest(7), OTHER_HUB)
    for _ in range(5):
        unit.poll()
    assert [record.getMessage() for record in caplog.records] == ["refused"]


def test_a_presence_is_put_beside_the_generations_and_never_goes_back(unit: PullingUnit) -> None:
    unit.offer_manifest(manifest(7))
    unit.offer_presence(NOW)
    unit.poll()
    kept = (unit.trust.path / PRESENCE).read_bytes()
    unit.offer_presence(NOW - HOUR)
    unit.begin()
    unit.poll()

    assert (unit.trust.path / PRESENCE).read_bytes() == kept
    assert "presence" in unit.pull.refused
    assert unit.generation() == "000001"


def test_a_site_without_a_manifest_goes_by_its_own_record(unit: PullingUnit) -> None:
    unit.offer_presence(NOW)
    unit.poll()
    assert ("presence", 200) not in unit.asked()
    assert not (unit.trust.path / PRESENCE).exists()


def test_a_link_that_is_lost_leaves_what_is_in_force_and_is_tried_at_the_next_poll(
    unit: PullingUnit,
) -> None:
    unit.offer_manifest(manifest(7))
    unit.offer_list(unit.trust.issuer)
    unit.server.troubles.extend([StaticTrouble.NONE, StaticTrouble.LOST])
    unit.clock.advance(POLL_S)
    unit.pull.turn()
    first = load_in_force(unit.trust.path, SITE, HUB.verifying_key)
    assert first.manifest == manifest(7)
    assert first.bundle.status_lists == {}

    assert list(unit.poll().bundle.status_lists) == [unit.trust.issuer.uri]


@pytest.mark.parametrize(
    "trouble", [one for one in StaticTrouble if "DRIP" not in one.name and one.name != "NONE"]
)
def test_whatever_stands_on_the_line_puts_nothing_in_force(
    unit: PullingUnit, trouble: StaticTrouble
) -> None:
    unit.offer_manifest(manifest(7))
    unit.server.troubles.extend([trouble] * 3)
    unit.clock.advance(POLL_S)
    unit.pull.turn()
    assert unit.generation() == ""


def test_an_untrusted_clock_counts_as_the_lower_bound_that_the_gate_kept(unit: PullingUnit) -> None:
    write_clock_state(unit.clock_state, ClockState(floor=NOW + 8 * 24 * HOUR))
    unit.clock.trusted = False
    unit.offer_manifest(manifest(7))

    assert unit.poll().manifest is None
    assert "expired" in unit.pull.refused["manifest"]


class TestFleet:
    def test_it_comes_hourly_with_what_the_hub_signs_by_its_keys(self, unit: PullingUnit) -> None:
        other = SimIssuer("skillcard")
        fleet = FleetRepository(NOW, [other.issuer()], [SiteHub(site=SITE, keys=(hub_key(),))])
        (unit.trust.path / "root.json").write_bytes(fleet.pinned_root)
        unit.files.update(fleet.files)
        unit.offer_manifest(manifest(7))
        unit.offer_list(other)
        found = unit.poll()

        assert [issuer.iss for issuer in found.bundle.issuers] == ["skillcard"]
        assert found.manifest == manifest(7)
        assert list(found.bundle.status_lists) == [other.uri]

        unit.poll()
        assert "timestamp.json" not in dict(unit.asked())
        unit.poll(FLEET_EVERY_S)
        assert dict(unit.asked())["timestamp.json"] == 200

    def test_one_that_is_refused_is_named_and_the_rest_comes(self, unit: PullingUnit) -> None:
        fleet = FleetRepository(NOW, [SimIssuer("skillcard").issuer()])
        (unit.trust.path / "root.json").write_bytes(fleet.pinned_root)
        unit.files.update(FleetRepository(NOW).files)
        unit.offer_manifest(manifest(7))
        found = unit.poll()

        assert "fleet trust" in unit.pull.refused["fleet"]
        assert [issuer.iss for issuer in found.bundle.issuers] == ["ecs-jib"]
        assert found.manifest == manifest(7)

    def test_a_block_arrives_where_nobody_serves_the_fleet_s_trust(self, unit: PullingUnit) -> None:
        fleet = FleetRepository(NOW, hubs=[SiteHub(site=SITE, keys=(hub_key(),))])
        unit.trust.pin(fleet)
        unit.offer_manifest(manifest(7))
        assert unit.poll().manifest == manifest(7)

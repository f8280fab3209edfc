"""What a gate goes by: verified again, the newer of two, and nothing half or foreign."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gate.errors import TrustError
from gate.sim.fleet import FleetRepository
from gate.sim.issuer import NOW, SimIssuer
from gate.store.trust_freshness import judge_all
from gate.store.trust_in_force import TrustInForce, load_in_force, load_presence, trace_trust
from gate.trust.bundle import KeyUse
from gate.trust.clock_floor import EARLIEST
from gate.trust.freshness import Tier
from gate.trust.hubs import SiteHub
from gate.trust.manifest import sign_manifest
from gate.trust.status_list import Status
from gate.trust.status_token import issue_status_token
from tests.store.trust_files import HUB, OTHER_HUB, POLICY, SITE, TrustFiles, hub_key, manifest

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

HOUR = timedelta(hours=1)
PASSES = SimIssuer("riverside-passes")


@pytest.fixture
def files(tmp_path: Path) -> TrustFiles:
    return TrustFiles(tmp_path / "trust")


def token(issuer: SimIssuer, issued_at: datetime = NOW, *revoked: int) -> bytes:
    held = issuer.status_list(dict.fromkeys(revoked, Status.INVALID), issued_at)
    return issue_status_token(held, issuer.key)


def loaded(files: TrustFiles, held: TrustInForce | None = None) -> TrustInForce:
    return load_in_force(files.path, SITE, HUB.verifying_key, held)


def test_what_a_hand_carried_counts_as_ever(files: TrustFiles) -> None:
    files.carry_list(token(files.issuer))
    found = loaded(files)

    assert [issuer.iss for issuer in found.bundle.issuers] == ["ecs-jib"]
    assert found.bundle.status_lists[files.issuer.uri].issued_at == NOW
    assert (found.manifest, found.left_out) == (None, ())


def test_of_two_lists_for_one_address_the_newer_counts_wherever_it_lies(files: TrustFiles) -> None:
    files.carry_list(token(files.issuer, NOW + HOUR))
    files.switch(fetched=token(files.issuer, NOW))
    assert loaded(files).bundle.status_lists[files.issuer.uri].issued_at == NOW + HOUR

    files.switch(fetched=token(files.issuer, NOW + 2 * HOUR))
    assert loaded(files).bundle.status_lists[files.issuer.uri].issued_at == NOW + 2 * HOUR


def test_a_list_that_does_not_verify_is_named_and_left_out(files: TrustFiles) -> None:
    files.carry_list(token(files.issuer))
    files.switch(foreign=token(SimIssuer("stranger")), broken=b"\x00")
    found = loaded(files)

    assert list(found.bundle.status_lists) == [files.issuer.uri]
    assert [line.partition(":")[0] for line in found.left_out] == [
        "lists/broken.cwt",
        "lists/foreign.cwt",
    ]


def test_a_list_that_was_in_force_is_not_replaced_by_an_older_one(files: TrustFiles) -> None:
    files.carry_list(token(files.issuer, NOW + HOUR))
    held = loaded(files)
    files.carry_list(token(files.issuer, NOW))
    found = loaded(files, held)

    assert found.bundle.status_lists[files.issuer.uri].issued_at == NOW + HOUR
    assert "older than the one in force" in found.left_out[0]


def test_a_list_that_did_not_change_is_not_unpacked_again(files: TrustFiles) -> None:
    files.carry_list(token(files.issuer))
    held = loaded(files)
    files.switch_manifest(manifest())
    uri = files.issuer.uri

    assert loaded(files, held).bundle.status_lists[uri] is held.bundle.status_lists[uri]


def test_without_issuers_nothing_is_in_force(files: TrustFiles) -> None:
    (files.path / "issuers.json").unlink()
    with pytest.raises(TrustError, match=r"issuers\.json: missing"):
        loaded(files)


def test_a_switch_to_nothing_is_named(files: TrustFiles) -> None:
    (files.path / "current").symlink_to("generations/000009")
    with pytest.raises(TrustError, match="000009 is missing"):
        loaded(files)


class TestManifest:
    def test_it_brings_its_rules(self, files: TrustFiles) -> None:
        files.switch_manifest(manifest(policy=POLICY.replace("version = 1", "version = 9")))
        found = loaded(files)

        assert found.policy is not None
        assert found.policy.version == 9
        assert found.signed_times == (NOW,)

    def test_its_pass_issuers_speak_for_the_site_and_nothing_else(self, files: TrustFiles) -> None:
        uses = frozenset({KeyUse.SITE, KeyUse.LIST})
        passes = replace(PASSES.issuer(uses=uses), schemes=frozenset({"site:riverside"}))
        files.switch(manifest=sign_manifest(manifest(issuers=(passes,)), HUB), passes=token(PASSES))
        found = loaded(files)

        assert [issuer.iss for issuer in found.bundle.issuers] == ["ecs-jib", PASSES.iss]
        assert PASSES.uri in found.bundle.status_lists
        assert found.left_out == ()

    def test_a_pass_issuer_that_takes_a_scheme_s_name_is_left_out(self, files: TrustFiles) -> None:
        uses = frozenset({KeyUse.SITE, KeyUse.LIST})
        taken = replace(files.issuer.issuer(uses=uses), schemes=frozenset({"site:riverside"}))
        files.switch_manifest(manifest(issuers=(taken,)))
        found = loaded(files)

        assert [issuer.schemes for issuer in found.bundle.issuers] == [{"ecs-jib"}]
        assert "ecs-jib" in found.left_out[0]

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            pytest.param(sign_manifest(manifest(2), OTHER_HUB), "manifest", id="a stranger's"),
            pytest.param(
                sign_manifest(manifest(2, site="hilltop"), HUB), "hilltop", id="another site's"
            ),
            pytest.param(
                sign_manifest(manifest(2, policy="version = 1"), HUB),
                "manifest: rules: site is missing",
                id="with faulty rules",
            ),
            pytest.param(
                sign_manifest(manifest(2, policy=POLICY.replace("riverside", "hilltop", 1)), HUB),
                'site = "hilltop"',
                id="with another site's rules",
            ),
            pytest.param(sign_manifest(manifest(1), HUB), "held is 1, newer", id="an older one"),
            pytest.param(b"", "manifest", id="an empty one"),
            pytest.param(None, "gone; version 1 stays", id="none any more"),
        ],
    )
    def test_what_may_not_replace_it_leaves_the_last_good_one(
        self, files: TrustFiles, data: bytes | None, why: str
    ) -> None:
        files.switch_manifest(manifest(1, NOW + HOUR))
        held = loaded(files)
        files.switch(manifest=data, another=token(files.issuer))
        found = loaded(files, held)

        assert found.manifest == held.manifest
        assert found.policy is held.policy
        assert why in found.left_out[0]
        assert files.issuer.uri in found.bundle.status_lists  # what else came counts

    def test_at_a_start_one_with_rules_that_cannot_be_read_is_as_old_as_can_be(
        self, files: TrustFiles
    ) -> None:
        newer = f'{POLICY}\n[plant]\nmode = "note"\n'
        files.switch_manifest(manifest(2, policy=newer))
        found = loaded(files)
        assert (found.manifest, found.policy, found.manifest_at) == (None, None, EARLIEST)
        assert "manifest: rules: plant = a table" in found.left_out[0]
        assert judge_all(found, None, NOW, 0)["manifest"].tier is Tier.RED

        files.switch_manifest(manifest(3))
        found = loaded(files, found)
        assert found.manifest_at == manifest(3).issued_at

    def test_at_a_start_there_is_no_last_good_one(self, files: TrustFiles) -> None:
        files.switch(manifest=sign_manifest(manifest(), OTHER_HUB))
        found = loaded(files)
        assert (found.manifest, found.manifest_at, len(found.left_out)) == (None, None, 1)


class TestFleet:
    def fleet(self, *hubs: SiteHub) -> FleetRepository:
        return FleetRepository(NOW, [SimIssuer("skillcard").issuer()], hubs)

    def test_its_issuers_count_and_not_those_a_hand_carried(self, files: TrustFiles) -> None:
        files.pin(self.fleet())
        assert [issuer.iss for issuer in loaded(files).bundle.issuers] == ["skillcard"]

    def test_it_says_by_which_keys_the_hub_signs(self, files: TrustFiles) -> None:
        files.pin(self.fleet(SiteHub(site=SITE, keys=(hub_key(),))))
        files.switch_manifest(manifest())
        assert loaded(files).manifest == manifest()

    def test_the_key_in_the_unit_s_file_counts_no_more(self, files: TrustFiles) -> None:
        files.pin(self.fleet())
        files.switch_manifest(manifest())
        found = loaded(files)
        assert (found.manifest, found.hub_keys) == (None, ())

    def test_a_hub_s_key_that_was_stolen_takes_its_manifest_along(self, files: TrustFiles) -> None:
        fleet = self.fleet(SiteHub(site=SITE, keys=(hub_key(),)))
        files.pin(fleet)
        files.switch_manifest(manifest())
        held = loaded(files)
        stolen = self.fleet(SiteHub(site=SITE, keys=(hub_key(compromised=True),)))
        files.pin(stolen)
        found = loaded(files, held)

        assert found.manifest is None
        assert "is compromised" in found.left_out[0]

    def test_one_that_does_not_hold_is_an_error_and_no_way_back_to_a_hand(
        self, files: TrustFiles
    ) -> None:
        fleet = self.fleet()
        files.pin(fleet)
        (files.path / "root.json").write_bytes(self.fleet().pinned_root)
        with pytest.raises(TrustError, match="fleet trust"):
            loaded(files)

    def test_a_root_whose_fleet_was_never_fetched_leaves_what_a_hand_carried(
        self, files: TrustFiles
    ) -> None:
        (files.path / "root.json").write_bytes(self.fleet().pinned_root)
        assert [issuer.iss for issuer in loaded(files).bundle.issuers] == ["ecs-jib"]


def test_every_change_leaves_a_trace(files: TrustFiles) -> None:
    traces = {trace_trust(files.path)}
    files.carry_issuers(files.issuer, PASSES)
    traces.add(trace_trust(files.path))
    files.carry_list(token(files.issuer))
    traces.add(trace_trust(files.path))
    files.carry_list(token(files.issuer, NOW + HOUR, 1))
    traces.add(trace_trust(files.path))
    files.switch_manifest(manifest(1))
    traces.add(trace_trust(files.path))
    files.switch_manifest(manifest(2))
    traces.add(trace_trust(files.path))
    assert len(traces) == 6


def test_a_presence_is_the_site_hub_s(files: TrustFiles) -> None:
    assert load_presence(files.path, SITE, [hub_key()]) is None
    files.see(NOW)
    found = load_presence(files.path, SITE, [hub_key()])
    assert found is not None
    assert found.issued_at == NOW
    with pytest.raises(TrustError, match="presence"):
        load_presence(files.path, SITE, ())

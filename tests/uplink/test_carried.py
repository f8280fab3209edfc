"""What a hand brings is judged as what the network brings: taken whole, or refused by name."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gate.errors import TrustError, UplinkError
from gate.sim.devices import ManualClock
from gate.sim.fleet import FleetRepository
from gate.sim.issuer import NOW, SimIssuer
from gate.store.clock_state import write_clock_state
from gate.store.fleet import RELEASES
from gate.store.generations import begin, current
from gate.store.trust_in_force import PRESENCE, TrustInForce, load_in_force
from gate.store.update_file import open_update
from gate.trust.clock_floor import ClockState
from gate.trust.hubs import SiteHub
from gate.trust.manifest import SiteManifest, sign_manifest
from gate.trust.releases import format_releases
from gate.trust.site_presence import SitePresence, sign_presence
from gate.trust.status_list import Status, list_name
from gate.trust.status_token import issue_status_token
from gate.trust.update_file import MANIFEST_PART, PRESENCE_PART, format_update
from gate.uplink.carried import CARRIED_URL, CarriedFiles
from gate.uplink.moment import moment
from gate.uplink.pull import Pull, PullSource
from gate.uplink.told import Fate
from tests.attack_table import attack
from tests.store.full_disk import no_file_over
from tests.store.trust_files import HUB, OTHER_HUB, SITE, TrustFiles, hub_key, manifest
from tests.uplink.fleet_unit import release

if TYPE_CHECKING:
    from pathlib import Path

    from gate.signing.keys import SigningKey
    from tests.attack_table import Refusal

HOUR = timedelta(hours=1)


class CutOff:
    """A gate without a network, and what is carried to it."""

    def __init__(self, directory: Path) -> None:
        self.trust = TrustFiles(directory / "trust")
        self.clock = ManualClock(NOW)
        self.clock_state = directory / "clock.json"
        self.parts: dict[str, bytes] = {}
        self.file = directory / "stick" / "riverside.gateupdate"
        self.file.parent.mkdir()
        self.uri = self.trust.issuer.uri

    def carry_manifest(self, carried: SiteManifest, key: SigningKey = HUB) -> None:
        self.parts[MANIFEST_PART] = sign_manifest(carried, key)

    def carry_list(self, issuer: SimIssuer | None = None, **changed: Any) -> None:  # noqa: ANN401 - fields by name
        issuer = issuer or self.trust.issuer
        held = replace(issuer.status_list({1: Status.INVALID}), **changed)
        self.parts[f"lists/{list_name(issuer.uri)}"] = issue_status_token(held, issuer.key)

    def carry_fleet(self, fleet: FleetRepository) -> None:
        self.parts |= {name.removeprefix("/"): data for name, data in fleet.files.items()}

    def take(self) -> dict[str, tuple[Fate, str]]:
        """Write the file anew and import it; return what became of each part."""
        self.file.write_bytes(format_update(self.parts))
        return self.take_file()

    def take_file(self) -> dict[str, tuple[Fate, str]]:
        with open_update(self.file) as update:
            pull = self.pull(CarriedFiles(update))
            pull.bring()
            return {one.part: (one.fate, one.words) for one in pull.told}

    def pull(self, carried: CarriedFiles) -> Pull:
        source = PullSource(
            trust=self.trust.path,
            site=SITE,
            url=CARRIED_URL,
            hub_key=HUB.verifying_key,
            uid="",
            key=None,
            poll_s=0,
            now=lambda: moment(self.clock, self.clock_state),
            monotonic=self.clock.monotonic,
        )
        return Pull(source, carried)

    def in_force(self) -> TrustInForce:
        return load_in_force(self.trust.path, SITE, HUB.verifying_key)

    def generation(self) -> str:
        found = current(self.trust.path)
        return "" if found is None else found.name


@pytest.fixture
def gate(tmp_path: Path) -> CutOff:
    return CutOff(tmp_path)


def test_all_that_is_good_comes_into_one_generation(gate: CutOff) -> None:
    other = SimIssuer("skillcard")
    fleet = FleetRepository(NOW, [other.issuer()], [SiteHub(site=SITE, keys=(hub_key(),))])
    (gate.trust.path / "root.json").write_bytes(fleet.pinned_root)
    gate.carry_fleet(fleet)
    gate.carry_manifest(manifest(8))
    gate.carry_list(other)
    gate.parts[PRESENCE_PART] = sign_presence(SitePresence(site=SITE, issued_at=NOW), HUB)
    told = gate.take()

    assert {part: fate for part, (fate, _) in told.items()} == {
        "fleet": Fate.TAKEN,
        "manifest": Fate.TAKEN,
        f"list {other.uri}": Fate.TAKEN,
        "presence": Fate.TAKEN,
    }
    assert "version 8" in told["manifest"][1]
    assert gate.generation() == "000001"
    found = gate.in_force()
    assert [issuer.iss for issuer in found.bundle.issuers] == ["skillcard"]
    assert found.manifest == manifest(8)
    assert other.uri in found.bundle.status_lists
    assert (gate.trust.path / PRESENCE).exists()


def test_the_fleet_s_releases_are_carried_with_its_trust(gate: CutOff) -> None:
    fleet = FleetRepository(
        NOW, [gate.trust.issuer.issuer()], [SiteHub(site=SITE, keys=(hub_key(),))]
    )
    (gate.trust.path / "root.json").write_bytes(fleet.pinned_root)
    fleet.put(RELEASES, format_releases([release("0.2.0")]).encode())
    fleet.publish_all()
    gate.carry_fleet(fleet)
    assert gate.take()["fleet"][0] is Fate.TAKEN
    assert gate.in_force().releases == (release("0.2.0"),)


def test_a_hub_s_new_key_and_its_first_manifest_come_together(gate: CutOff) -> None:
    gate.trust.switch_manifest(manifest(9))
    hub = SiteHub(site=SITE, keys=(replace(hub_key(), key=OTHER_HUB.verifying_key),))
    fleet = FleetRepository(NOW, [gate.trust.issuer.issuer()], [hub])
    (gate.trust.path / "root.json").write_bytes(fleet.pinned_root)
    gate.carry_fleet(fleet)
    gate.carry_manifest(manifest(3), OTHER_HUB)
    gate.take()
    assert gate.in_force().manifest == manifest(3)
    assert gate.generation() == "000002"


def test_taken_twice_it_is_held_and_makes_no_generation(gate: CutOff) -> None:
    gate.carry_manifest(manifest(8))
    gate.carry_list()
    gate.take()
    told = gate.take()
    assert {fate for fate, _ in told.values()} == {Fate.HELD, Fate.NONE}
    assert gate.generation() == "000001"


@pytest.mark.parametrize(
    ("carried", "key", "why"),
    [
        pytest.param(manifest(8), OTHER_HUB, "manifest", id="by a stranger"),
        pytest.param(manifest(6), HUB, "version 6, held is 7", id="an older one"),
        pytest.param(manifest(8, NOW - 8 * 24 * HOUR), HUB, "expired", id="expired"),
        pytest.param(manifest(8, site="hilltop"), HUB, "hilltop", id="of another site"),
    ],
)
def test_a_manifest_that_must_not_count_is_refused_and_the_rest_is_taken(
    gate: CutOff, carried: SiteManifest, key: SigningKey, why: str
) -> None:
    gate.trust.switch_manifest(manifest(7))
    gate.carry_manifest(carried, key)
    gate.carry_list()
    told = gate.take()
    fate, words = told["manifest"]
    assert fate is Fate.REFUSED
    assert why in words
    assert told[f"list {gate.uri}"][0] is Fate.TAKEN
    assert gate.in_force().manifest == manifest(7)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"issued_at": NOW - HOUR}, "older than the one held", id="older"),
        pytest.param({"expires_at": NOW}, "expired", id="expired"),
        pytest.param({"uri": "https://ecs-jib.invalid/2"}, "and not of", id="of another address"),
    ],
)
def test_a_list_that_must_not_count_is_refused_and_the_rest_is_taken(
    gate: CutOff, change: dict[str, Any], why: str
) -> None:
    gate.carry_list()
    gate.take()
    gate.carry_list(**change)
    gate.carry_manifest(manifest(8))
    told = gate.take()
    fate, words = told[f"list {gate.uri}"]
    assert fate is Fate.REFUSED
    assert why in words
    assert told["manifest"][0] is Fate.TAKEN
    assert gate.in_force().bundle.status_lists[gate.uri].issued_at == NOW


@attack(
    "older files carried by hand",
    "an update file of last week",
    has="a stick, and an update file that was genuine",
    says="manifest: version 6, held is 7; bring a newer one; status list"
    " https://ecs-jib.invalid/1: signed 2026-11-13 07:00:00 UTC, older than the one held"
    " (2026-11-20 07:00:00)",
    stays="all that was held",
)
def test_an_update_file_of_last_week_brings_nothing(gate: CutOff, refusal: Refusal) -> None:
    gate.carry_manifest(manifest(7))
    gate.carry_list()
    gate.take()
    gate.carry_manifest(manifest(6, NOW - 168 * HOUR, expires_at=NOW + HOUR))
    gate.carry_list(issued_at=NOW - 168 * HOUR)
    told = gate.take().values()
    refusal.heard("; ".join(words for fate, words in told if fate is Fate.REFUSED))
    assert gate.generation() == "000001"


def test_an_older_presence_is_refused(gate: CutOff) -> None:
    gate.trust.switch_manifest(manifest(7))
    gate.trust.see(NOW)
    before = (gate.trust.path / PRESENCE).read_bytes()
    old = SitePresence(site=SITE, issued_at=NOW - HOUR)
    gate.parts[PRESENCE_PART] = sign_presence(old, HUB)
    assert gate.take()["presence"][0] is Fate.REFUSED
    assert (gate.trust.path / PRESENCE).read_bytes() == before


def test_fleet_trust_whose_timestamp_has_expired_is_refused(gate: CutOff) -> None:
    fleet = FleetRepository(NOW - 8 * 24 * HOUR, [SimIssuer("skillcard").issuer()])
    (gate.trust.path / "root.json").write_bytes(fleet.pinned_root)
    gate.carry_fleet(fleet)
    gate.carry_manifest(manifest(8))
    told = gate.take()
    fate, words = told["fleet"]
    assert fate is Fate.REFUSED
    assert "expired" in words
    assert told["manifest"][0] is Fate.TAKEN
    assert [issuer.iss for issuer in gate.in_force().bundle.issuers] == ["ecs-jib"]


def test_a_tampered_part_is_refused(gate: CutOff) -> None:
    gate.carry_manifest(manifest(8))
    for at in (40, 200, -1):
        data = bytearray(gate.parts[MANIFEST_PART])
        data[at] ^= 1
        changed = gate.parts | {MANIFEST_PART: bytes(data)}
        gate.file.write_bytes(format_update(changed))
        assert gate.take_file()["manifest"][0] is Fate.REFUSED
    assert gate.generation() == ""


def test_without_the_fleet_s_trust_in_it_the_rest_counts(gate: CutOff) -> None:
    fleet = FleetRepository(
        NOW, [gate.trust.issuer.issuer()], [SiteHub(site=SITE, keys=(hub_key(),))]
    )
    gate.trust.pin(fleet)
    gate.carry_manifest(manifest(8))
    told = gate.take()
    assert told["fleet"] == (Fate.MISSED, "fleet trust: timestamp.json: not in this file")
    assert gate.in_force().manifest == manifest(8)


def test_an_untrusted_clock_is_a_lower_bound_for_what_has_expired(gate: CutOff) -> None:
    gate.clock.trusted = False
    gate.carry_manifest(manifest(8, NOW + 2000 * HOUR))
    assert gate.take()["manifest"][0] is Fate.TAKEN

    write_clock_state(gate.clock_state, ClockState(floor=NOW + 4000 * HOUR))
    gate.carry_manifest(manifest(9, NOW + 2001 * HOUR))
    assert "expired" in gate.take()["manifest"][1]


def test_while_another_process_builds_it_is_refused_or_waits(gate: CutOff) -> None:
    gate.carry_manifest(manifest(8))
    with begin(gate.trust.path), pytest.raises(TrustError, match="another process"):
        gate.take()
    assert gate.take()["manifest"][0] is Fate.TAKEN


def test_a_file_cut_short_is_refused_before_anything_is_taken(gate: CutOff) -> None:
    gate.carry_manifest(manifest(8))
    gate.carry_list()
    whole = format_update(gate.parts)
    for length in range(0, len(whole) - 1024, 97):
        gate.file.write_bytes(whole[:length])
        with pytest.raises(TrustError, match="cut short"):
            gate.take_file()
    assert gate.generation() == ""


def test_what_is_no_plain_file_is_refused(gate: CutOff) -> None:
    os.mkfifo(gate.file)
    with pytest.raises(TrustError, match="not a plain file"):
        gate.take_file()
    gate.file.unlink()
    with pytest.raises(TrustError, match="No such file"):
        gate.take_file()


def test_a_stick_that_vanishes_in_the_middle_leaves_what_was_whole_by_then(gate: CutOff) -> None:
    gate.carry_manifest(manifest(8))
    gate.carry_list()
    whole = format_update(gate.parts)
    gate.file.write_bytes(whole)
    with open_update(gate.file) as update:
        pull = gate.pull(CarriedFiles(update))
        os.truncate(gate.file, 600)
        with pytest.raises(UplinkError, match="cut short since it was opened"):
            pull.bring()
    assert pull.told == []
    assert gate.generation() == ""

    gate.file.write_bytes(whole)
    lists_first = whole.index(b"manifest.cose")
    with open_update(gate.file) as update:
        pull = gate.pull(CarriedFiles(update))
        gate.file.write_bytes(whole[:300] + bytes(lists_first - 300) + whole[lists_first:])
        pull.bring()
    assert {one.part: one.fate for one in pull.told} == {
        "manifest": Fate.TAKEN,
        f"list {gate.uri}": Fate.REFUSED,
        "presence": Fate.NONE,
    }


def test_a_full_disk_leaves_what_is_in_force_and_tells_nothing_as_taken(gate: CutOff) -> None:
    gate.trust.switch_manifest(manifest(7))
    gate.carry_manifest(manifest(8, blocked=frozenset({bytes([n]) * 16 for n in range(250)})))
    gate.file.write_bytes(format_update(gate.parts))
    with open_update(gate.file) as update:
        pull = gate.pull(CarriedFiles(update))
        with no_file_over(2000), pytest.raises(TrustError, match="make room"):
            pull.bring()
        assert [one.fate for one in pull.told if one.part == "manifest"] == []
        assert gate.in_force().manifest == manifest(7)
        pull.bring()
    assert gate.in_force().manifest is not None
    assert gate.in_force().manifest.version == 8  # type: ignore[union-attr]  # a miss is a failure

"""How the machine is, as far as it tells."""

from datetime import timedelta
from pathlib import Path

import pytest

from gate.sim.issuer import NOW
from gate.store.trust_freshness import judge_all, worst_of, worst_tier
from gate.store.trust_in_force import load_in_force
from gate.trust.freshness import Tier
from gate.trust.status_token import issue_status_token
from gate.uplink.vitals import list_ages, manifest_age_s, read_vitals
from tests.store.trust_files import HUB, POLICY, SITE, TrustFiles, manifest


def zone(root: Path, number: int, text: str) -> None:
    directory = root / "sys" / "class" / "thermal" / f"thermal_zone{number}"
    directory.mkdir(parents=True)
    (directory / "temp").write_text(text)


def register(root: Path, data: bytes) -> None:
    path = root / "proc" / "device-tree" / "chosen" / "bootloader" / "rsts"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)


def test_what_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    vitals = read_vitals(tmp_path / "none", root=tmp_path)
    assert (vitals.temperature_c, vitals.disk_free_bytes, vitals.boot_reason) == (None, None, "")


def test_the_hottest_zone_that_makes_sense_is_told(tmp_path: Path) -> None:
    for number, text in enumerate(("48312\n", "61999\n", "", "-274000\n", "9999999")):
        zone(tmp_path, number, text)
    assert read_vitals(tmp_path, root=tmp_path).temperature_c == 61


def test_the_disk_of_the_journal_has_room(tmp_path: Path) -> None:
    free = read_vitals(tmp_path, root=tmp_path).disk_free_bytes
    assert free is not None
    assert free > 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x00\x00\x10\x00", "power_on"),
        (b"\x00\x00\x10\x20", "power_on"),
        (b"\x00\x00\x00\x20", "restart"),
        (b"\x00\x10\x00\x00", "restart"),
        (b"\x10\x00", ""),
    ],
)
def test_a_pi_tells_a_power_cut_from_a_restart(tmp_path: Path, data: bytes, reason: str) -> None:
    register(tmp_path, data)
    assert read_vitals(tmp_path, root=tmp_path).boot_reason == reason


def test_the_oldest_list_or_the_manifest_says_how_fresh_all_is(tmp_path: Path) -> None:
    files = TrustFiles(tmp_path / "trust")
    files.carry_list(issue_status_token(files.issuer.status_list(), files.issuer.key))
    files.switch_manifest(manifest(3, NOW - timedelta(hours=30)))
    held = load_in_force(files.path, SITE, HUB.verifying_key)
    worst = worst_of(judge_all(held, None, NOW, 0.0))

    assert list_ages(held, NOW) == {files.issuer.uri: 0}
    assert manifest_age_s(held, NOW) == 30 * 3600
    assert (worst.tier, worst.left) == (Tier.AMBER, timedelta(hours=66))


def test_nothing_held_is_neither_fresh_nor_old(tmp_path: Path) -> None:
    files = TrustFiles(tmp_path / "trust")
    held = load_in_force(files.path, SITE, None)
    judged = judge_all(held, None, NOW, 0.0)
    assert (list(judged), worst_tier(judged)) == (["clock"], Tier.AMBER)
    assert (manifest_age_s(held, NOW), list_ages(held, NOW)) == (None, {})


def test_the_manifests_own_hours_decide(tmp_path: Path) -> None:
    files = TrustFiles(tmp_path / "trust")
    files.carry_list(issue_status_token(files.issuer.status_list(), files.issuer.key))
    hours = POLICY + "[freshness]\namber_h = 2\nred_h = 4\n"
    files.switch_manifest(manifest(3, NOW - timedelta(hours=3), policy=hours))
    held = load_in_force(files.path, SITE, HUB.verifying_key)
    worst = worst_of(judge_all(held, None, NOW, 0.0))
    assert (worst.tier, worst.left) == (Tier.AMBER, timedelta(hours=1))


def test_a_clock_that_nobody_vouches_for_makes_the_tier_worse(tmp_path: Path) -> None:
    files = TrustFiles(tmp_path / "trust")
    files.carry_list(issue_status_token(files.issuer.status_list(), files.issuer.key))
    held = load_in_force(files.path, SITE, HUB.verifying_key)
    left = {hours: worst_of(judge_all(held, None, NOW, hours * 3600.0)) for hours in (0, 2, 25)}
    assert [one.tier for one in left.values()] == [Tier.GREEN, Tier.AMBER, Tier.RED]
    assert left[0].left == timedelta(hours=24)
    assert left[2].left == timedelta(hours=22)

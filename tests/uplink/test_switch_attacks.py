"""A pull that is cut, starved or unplugged anywhere leaves the running generation whole."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gate.sim.fleet import FleetRepository
from gate.sim.issuer import NOW, SimIssuer
from gate.store.generations import Builder, begin, current
from gate.store.trust_in_force import MANIFEST, load_in_force
from gate.trust.hubs import SiteHub
from gate.trust.issuers import format_issuers
from gate.trust.manifest import sign_manifest
from gate.trust.status_token import issue_status_token
from gate.uplink.pull import FLEET_EVERY_S
from tests.attack_table import NOTHING, attack
from tests.store.full_disk import no_file_over
from tests.store.trust_files import HUB, SITE, TrustFiles, hub_key, manifest
from tests.uplink.pulling_unit import PullingUnit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gate.store.trust_in_force import TrustInForce
    from tests.attack_table import Refusal

ECS = SimIssuer()
CSCS = SimIssuer("cscs")
LATER = NOW + timedelta(hours=2)
REQUESTS = 9
"""No second root, timestamp, snapshot, targets, issuers; manifest, two lists; presence."""

LARGEST = 4500
"""Bytes; no file of all these has more."""

WHOLE = "the generation in force, whole; the next poll brings the rest"


class FleetPull(PullingUnit):
    """A unit that holds the first of everything, and whose hub offers the second of everything."""

    def __init__(self, directory: Path, opened: ExitStack) -> None:
        super().__init__(directory, opened)
        hubs = [SiteHub(site=SITE, keys=(hub_key(),))]
        self.fleet = FleetRepository(NOW, [ECS.issuer()], hubs)
        (self.trust.path / "root.json").write_bytes(self.fleet.pinned_root)
        self.files.update(self.fleet.files)
        self.offer_manifest(manifest(1))
        self.offer_list(ECS)
        self.offer_presence(NOW)
        self.poll()
        self.fleet.put("issuers.json", self.both())
        self.fleet.publish_all()
        self.files.update(self.fleet.files)
        self.offer_manifest(manifest(2))
        self.offer_list(ECS, issued_at=NOW + timedelta(minutes=1))
        self.offer_list(CSCS)
        self.offer_presence(NOW + timedelta(minutes=1))

    def both(self) -> bytes:
        return format_issuers([ECS.issuer(), CSCS.issuer()]).encode()

    def held(self) -> TrustInForce:
        """Return what the gate goes by; all of it must verify."""
        found = load_in_force(self.trust.path, SITE, None)
        assert found.left_out == ()
        return found

    def has_all(self) -> bool:
        found = self.held()
        return (
            len(found.bundle.issuers) == 2
            and found.manifest == manifest(2)
            and {one.issued_at - NOW for one in found.bundle.status_lists.values()}
            == {timedelta(0), timedelta(minutes=1)}
        )


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[FleetPull]:
    with ExitStack() as opened:
        yield FleetPull(tmp_path, opened)


@attack(
    "link cut between each pair of requests",
    "from the first to the ninth",
    has="the way to the hub",
    says="...RemoteDisconnected",
    stays=WHOLE,
)
@pytest.mark.parametrize("cut_after", range(REQUESTS))
def test_a_link_cut_between_any_two_requests_leaves_a_whole_generation(
    unit: FleetPull, refusal: Refusal, caplog: pytest.LogCaptureFixture, cut_after: int
) -> None:
    unit.server.forget()
    unit.server.cut_after = cut_after
    unit.clock.advance(FLEET_EVERY_S)
    unit.pull.turn()

    assert len(unit.server.asked) == cut_after
    (told,) = (vars(one)["error"] for one in caplog.records if one.message == "not all pulled")
    refusal.heard(told)
    assert unit.held().manifest in {manifest(1), manifest(2)}
    assert not unit.has_all() or cut_after == REQUESTS - 1

    unit.poll()
    assert len(unit.held().bundle.issuers) == 2
    assert unit.has_all()


@attack(
    "disk full in mid-switch",
    "at every size from nothing up",
    has="a way to fill the disk",
    says=".../generations/....part: File too large; what is in force is whole; make room on the"
    " disk, and let gate write here",
    stays="the generation in force, whole; nothing half is left behind",
)
def test_a_disk_that_is_full_at_any_byte_leaves_a_whole_generation(
    unit: FleetPull, refusal: Refusal, caplog: pytest.LogCaptureFixture
) -> None:
    failed = 0
    for size in range(0, LARGEST, 150):
        caplog.clear()
        unit.clock.advance(FLEET_EVERY_S)
        with no_file_over(size):
            unit.pull.turn()
        assert not list(unit.trust.path.rglob("*.part"))
        unit.held()
        for record in caplog.records:
            told = str(vars(record).get("error", ""))
            if "generations" in told:
                refusal.heard(told)
                failed += 1
    assert failed > 0
    assert unit.has_all()


class TestPower:
    """What was not made durable is lost with the power: files are empty, names as before."""

    def builder(self, trust: Path) -> Builder:
        """Return a builder of the second generation over the first."""
        files = TrustFiles(trust)
        files.switch(manifest=sign_manifest(manifest(1), HUB), ecs=self.token(NOW))
        builder = begin(trust)
        builder.put(MANIFEST, sign_manifest(manifest(2), HUB))
        builder.put("lists/ecs.cwt", self.token(LATER))
        return builder

    def token(self, at: object) -> bytes:
        return issue_status_token(ECS.status_list(issued_at=at), ECS.key)  # type: ignore[arg-type]  # a time

    @attack(
        "power cut in mid-switch",
        "before and after every write, sync and rename; what was not synced is lost",
        has="the plug",
        says=NOTHING,
        stays="the old generation or the new one, whole",
    )
    @pytest.mark.parametrize("names_survive", [True, False])
    def test_the_power_cut_after_any_step_leaves_a_whole_generation(
        self, tmp_path: Path, refusal: Refusal, *, names_survive: bool
    ) -> None:
        versions, steps = [], 99
        for stop in range(steps):
            trust = tmp_path / str(stop)
            done = []
            with self.builder(trust) as builder:
                for step in builder.steps(lambda _: None):
                    done.append(step)
                    if len(done) > stop:
                        break
            lose(trust, done, names_survive=names_survive)
            found = load_in_force(trust, SITE, HUB.verifying_key)
            refusal.heard("".join(found.left_out))
            assert found.manifest is not None
            versions.append(found.manifest.version)
            times = {one.issued_at for one in found.bundle.status_lists.values()}
            assert times == {NOW if found.manifest.version == 1 else LATER}
            if len(done) <= stop:
                break
        assert versions == sorted(versions)
        assert set(versions) == {1, 2}


def lose(trust: Path, done: list[str], *, names_survive: bool) -> None:
    """Do to a directory what a power cut does after these steps, at its worst."""
    for step in done:
        verb, _, name = step.partition(" ")
        plain = name.rpartition("/")[2]
        if verb == "wrote" and f"synced {plain}" not in done:
            for path in trust.glob(f"generations/000002*/**/{plain}"):
                path.write_bytes(b"")
    if names_survive:
        return
    switched = [step for step in done if step.startswith("switched")]
    if switched and "synced current" not in done:
        (trust / "current").unlink()
        (trust / "current").symlink_to("generations/000001")
    if any(step.startswith("named") for step in done) and "synced generations" not in done:
        shutil.rmtree(trust / "generations" / "000002")


def test_the_loss_is_felt_where_something_was_not_synced(tmp_path: Path) -> None:
    with TestPower().builder(tmp_path / "trust") as builder:
        done = []
        for step in builder.steps(lambda _: None):
            done.append(step)
            if step.startswith("named"):
                break
    done = [step for step in done if step != "synced manifest.cose"]
    (made,) = tmp_path.glob("trust/generations/000002")
    assert current(tmp_path / "trust") != made
    lose(tmp_path / "trust", done, names_survive=True)
    assert (made / MANIFEST).read_bytes() == b""

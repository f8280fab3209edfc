"""What a unit believes comes from its hub when due; nothing old, foreign or half ever counts."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from gate.events.batch import unit_uid
from gate.sim.devices import ManualClock
from gate.sim.fleet import FleetRepository
from gate.sim.issuer import NOW, SimIssuer, seeded_key
from gate.sim.static_server import StaticServer, StaticTrouble
from gate.store.clock_state import write_clock_state
from gate.store.generations import current
from gate.store.trust_in_force import PRESENCE, TrustInForce, load_in_force
from gate.trust.clock_floor import ClockState
from gate.trust.hubs import SiteHub
from gate.trust.manifest import SiteManifest, sign_manifest
from gate.trust.site_presence import SitePresence, sign_presence
from gate.trust.status_list import Status
from gate.trust.status_token import issue_status_token
from gate.trust.unit_token import open_request
from gate.uplink.fetch import Fetcher
from gate.uplink.moment import moment
from gate.uplink.pull import FLEET_EVERY_S, LIST_EVERY_S, Pull, PullSource
from tests.store.trust_files import (
    HUB,
    OTHER_HUB,
    POLICY,
    SITE,
    TrustFiles,
    hub_key,
    manifest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOUR = timedelta(hours=1)
POLL_S = 15.0
UNIT = seeded_key("unit")
UID = unit_uid(UNIT.verifying_key)


class Unit:
    """A unit with its trust directory, and a server that plays its hub."""

    def __init__(self, directory: Path, opened: ExitStack) -> None:
        self.trust = TrustFiles(directory / "trust")
        self.clock = ManualClock(NOW)
        self.clock_state = directory / "clock.json"
        self.files: dict[str, bytes] = {}
        self.server = opened.enter_context(StaticServer(self.files))
        self.fetcher = opened.enter_context(Fetcher(ca=None, monotonic=self.clock.monotonic))
        self.pull = self.begin()

    def begin(self) -> Pull:
        """Start the process anew."""
        source = PullSource(
            trust=self.trust.path,
            site=SITE,
            url=self.server.url,
            hub_key=HUB.verifying_key,
            uid=UID,
            key=UNIT,
            poll_s=POLL_S,
            now=lambda: moment(self.clock, self.clock_state),
            monotonic=self.clock.monotonic,
        )
        self.pull = Pull(source, self.fetcher)
        return self.pull

    def offer_manifest(self, offered: SiteManifest, key: object = HUB) -> None:
        path = f"/api/units/{UID}/manifest"
        self.files[path] = sign_manifest(offered, key)  # type: ignore[arg-type]  # a key

    def offer_list(self, issuer: SimIssuer, at: str = "", **changed: Any) -> None:  # noqa: ANN401 - fields by name
        """Offer a list, or as whatever else it claims to be, where the one at `at` would be."""
        held = replace(issuer.status_list({1: Status.INVALID}), **changed)
        name = sha256((at or issuer.uri).encode()).hexdigest()[:16]
        self.files[f"/lists/{name}.cwt"] = issue_status_token(held, issuer.key)

    def offer_presence(self, issued_at: datetime = NOW) -> None:
        presence = SitePresence(site=SITE, issued_at=issued_at)
        self.files[f"/api/units/{UID}/presence"] = sign_presence(presence, HUB)

    def poll(self, seconds: float = POLL_S) -> TrustInForce:
        """Let time pass, turn, and return what the gate would go by."""
        self.clock.advance(seconds)
        self.server.forget()
        self.pull.turn()
        return load_in_force(self.trust.path, SITE, HUB.verifying_key)

    def asked(self) -> list[tuple[str, int]]:
        return [(one.path.rpartition("/")[2], one.status) for one in self.server.asked]

    def generation(self) -> str:
        found = current(self.trust.path)
        return "" if found is None else found.name


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    with ExitStack() as opened:
        yield Unit(tmp_path, opened)


def test_manifest_and_lists_come_into_one_generation(unit: Unit) -> None:
    unit.offer_manifest(manifest(7))
    unit.offer_list(unit.trust.issuer)
    found = unit.poll()

    assert found.manifest == manifest(7)
    assert unit.trust.issuer.uri in found.bundle.status_lists
    assert unit.generation() == "000001"
    assert unit.pull.refused == {}


def test_with_nothing_new_a_poll_is_one_question_each_and_no_generation(unit: Unit) -> None:
    unit.offer_manifest(manifest(7))
    unit.offer_list(unit.trust.issuer)
    unit.offer_presence()
    unit.poll()
    unit.poll()

    assert unit.asked() == [("manifest", 304), ("presence", 304)]
    assert sum(one.body_bytes for one in unit.server.asked) == 0
    assert unit.generation() == "000001"


def test_a_process_that_begins_anew_makes_no_generation_of_what_is_there(unit: Unit) -> None:
    unit.offer_manifest(manifest(7))
    unit.poll()
    unit.begin()
    unit.poll()
    assert unit.generation() == "000001"


def test_nothing_is_asked_before_it_is_due(unit: Unit) -> None:
    unit.poll()
    unit.poll(POLL_S - 1)
    assert unit.asked() == []
    assert unit.pull.wait_s() == 1


def test_a_request_for_the_site_s_own_files_is_signed_by_the_unit(unit: Unit) -> None:
    unit.poll()
    path = f"/api/units/{UID}/manifest"
    token = unit.server.headers[0]["Authorization"]
    assert open_request(token, UNIT.verifying_key, path, unit.clock.now()) == UID


def test_a_list_is_asked_for_at_its_ttl(unit: Unit) -> None:
    unit.offer_list(unit.trust.issuer, ttl_s=300)
    unit.poll()
    unit.poll(300 - POLL_S)
    assert not [name for name, _ in unit.asked() if name.endswith(".cwt")]
    unit.poll()
    assert [status for name, status in unit.asked() if name.endswith(".cwt")] == [304]


@pytest.mark.parametrize(
    ("offered", "key", "why"),
    [
        pytest.param(manifest(8), OTHER_HUB, "manifest", id="by a stranger"),
        pytest.param(manifest(6), HUB, "version 6, held is 7", id="an older one"),
        pytest.param(manifest(7, NOW - HOUR), HUB, "held as signed", id="as it was before"),
        pytest.param(
            manifest(7, blocked=frozenset({b"A" * 16})), HUB, "other contents", id="changed"
        ),
        pytest.param(manifest(8, NOW - 8 * 24 * HOUR), HUB, "expired", id="one that has expired"),
        pytest.param(manifest(8, NOW + HOUR), HUB, "issued at", id="of the future"),
        pytest.param(manifest(8, site="hilltop"), HUB, "hilltop", id="of another site"),
        pytest.param(
            manifest(8, policy=POLICY.replace("accept", "except")), HUB, "accept", id="faulty rules"
        ),
    ],
)
def test_a_manifest_that_must_not_count_is_refused_by_name(
    unit: Unit, offered: SiteManifest, key: object, why: str
) -> None:
    unit.offer_manifest(manifest(7))
    unit.poll()
    unit.offer_manifest(offered, key)
    found = unit.poll()

    assert found.manifest == manifest(7)
    assert why in unit.pull.refused["manifest"]
    assert unit.generation() == "000001"

    unit.offer_manifest(manifest(9))
    assert unit.poll().manifest == manifest(9)
    assert unit.pull.refused == {}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"issued_at": NOW - HOUR}, "older than the one held", id="an older one"),
        pytest.param({"issued_at": NOW + 24 * HOUR}, "in the future", id="of the future"),
        pytest.param({"expires_at": NOW}, "expired", id="one that has expired"),
        pytest.param({"uri": "https://ecs-jib.invalid/2"}, "and not of", id="of another address"),
    ],
)
def test_a_list_that_must_not_count_is_refused_by_name(
    unit: Unit, change: dict[str, object], why: str
) -> None:
    uri = unit.trust.issuer.uri
    unit.offer_list(unit.trust.issuer)
    unit.poll()
    unit.offer_list(unit.trust.issuer, at=uri, **change)
    found = unit.poll(LIST_EVERY_S)

    assert list(found.bundle.status_lists) == [uri]
    assert found.bundle.status_lists[uri].issued_at == NOW
    assert why in unit.pull.refused[f"list {uri}"]


def test_what_is_refused_is_logged_once(unit: Unit, caplog: pytest.LogCaptureFixture) -> None:
    unit.offer_manifest(manifest(7), OTHER_HUB)
    for _ in range(5):
        unit.poll()
    assert [record.getMessage() for record in caplog.records] == ["refused"]


def test_a_presence_is_put_beside_the_generations_and_never_goes_back(unit: Unit) -> None:
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


def test_a_site_without_a_manifest_goes_by_its_own_record(unit: Unit) -> None:
    unit.offer_presence(NOW)
    unit.poll()
    assert ("presence", 200) not in unit.asked()
    assert not (unit.trust.path / PRESENCE).exists()


def test_a_link_that_is_lost_leaves_what_is_in_force_and_is_tried_at_the_next_poll(
    unit: Unit,
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
    unit: Unit, trouble: StaticTrouble
) -> None:
    unit.offer_manifest(manifest(7))
    unit.server.troubles.extend([trouble] * 3)
    unit.clock.advance(POLL_S)
    unit.pull.turn()
    assert unit.generation() == ""


def test_an_untrusted_clock_counts_as_the_lower_bound_that_the_gate_kept(unit: Unit) -> None:
    write_clock_state(unit.clock_state, ClockState(floor=NOW + 8 * 24 * HOUR))
    unit.clock.trusted = False
    unit.offer_manifest(manifest(7))

    assert unit.poll().manifest is None
    assert "expired" in unit.pull.refused["manifest"]


class TestFleet:
    def test_it_comes_hourly_with_what_the_hub_signs_by_its_keys(self, unit: Unit) -> None:
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

    def test_one_that_is_refused_is_named_and_the_rest_comes(self, unit: Unit) -> None:
        fleet = FleetRepository(NOW, [SimIssuer("skillcard").issuer()])
        (unit.trust.path / "root.json").write_bytes(fleet.pinned_root)
        unit.files.update(FleetRepository(NOW).files)
        unit.offer_manifest(manifest(7))
        found = unit.poll()

        assert "fleet trust" in unit.pull.refused["fleet"]
        assert [issuer.iss for issuer in found.bundle.issuers] == ["ecs-jib"]
        assert found.manifest == manifest(7)

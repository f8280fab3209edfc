"""Attacks on what a unit pulls from its hub, each with its named refusal; what was held stays."""

from __future__ import annotations

import zlib
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gate.card.wire import PREFIX
from gate.signing import base45, cbor
from gate.signing.message import sign_message
from gate.sim.fleet import FleetRepository
from gate.sim.issuer import NOW, SimIssuer
from gate.store.trust_in_force import PRESENCE, load_in_force
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.hubs import SiteHub, format_hubs
from gate.trust.manifest import SiteManifest, sign_manifest
from gate.trust.site_presence import SitePresence, sign_presence
from gate.trust.status_list import MAX_LIST_BYTES
from gate.trust.status_token import TYP, issue_status_token
from gate.uplink.lists_due import LIST_EVERY_S
from gate.uplink.pull import FLEET_EVERY_S
from tests.attack_table import attack
from tests.store.trust_files import HUB, OTHER_HUB, POLICY, SITE, hub_key, manifest
from tests.uplink.pulling_unit import UID, PullingUnit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _pytest.mark import ParameterSet

    from gate.signing.keys import SigningKey
    from tests.attack_table import Refusal

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ECS = SimIssuer()
CSCS = SimIssuer("cscs")
NETWORK = "the way to the hub"
HUB_KEY = "the way to the hub, and the hub's key"
LIST_KEY = "the issuer's key for lists"
HELD = "the manifest that was held, version 7"
HELD_LIST = "the list that was held"


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[PullingUnit]:
    """Return a unit that holds version 7 of its manifest, a list and a presence."""
    with ExitStack() as opened:
        made = PullingUnit(tmp_path, opened)
        made.trust.carry_issuers(ECS, CSCS)
        made.offer_manifest(manifest(7))
        made.offer_list(made.trust.issuer)
        made.offer_presence(NOW)
        made.poll()
        yield made


def offered(
    name: str,
    how: str,
    fresh: SiteManifest,
    says: str,
    *,
    has: str = NETWORK,
    key: SigningKey = HUB,
) -> ParameterSet:
    """Return a manifest, by a key, as a case of a table."""
    mark = attack(name, how, has=has, says=says, stays=HELD)
    return pytest.param(sign_manifest(fresh, key), marks=mark, id=how or name)


NOT_THE_HUB = (
    "manifest: header: not that of application/vnd.site-gate.manifest+cbor by the key ...; only"
    " this site's hub may sign it: by [hub] key in unit.toml, or as the fleet's hubs.json names it"
)
NO_HUB = "manifest by a key that is no hub's"
MANIFESTS = [
    offered("older manifest", "", manifest(6), "manifest: version 6, held is 7; bring a newer one"),
    offered(
        "older manifest",
        "signed anew",
        manifest(6, NOW + timedelta(seconds=10)),
        "manifest: version 6, held is 7; bring a newer one",
        has="the way to the hub, and a hub that was put back",
    ),
    offered(
        "older manifest",
        "the same version as it was signed before",
        manifest(7, NOW - HOUR),
        "manifest: version 7 as signed at 06:00:00, held as signed at 07:00:00",
    ),
    offered(
        "older manifest",
        "the same version, with other rules",
        manifest(7, policy=POLICY + "\n"),
        "manifest: version 7 again, with other contents; two hubs sign for this site, or one"
        " was put back: change its rules there",
        has=HUB_KEY,
    ),
    offered(
        "manifest of another site",
        "",
        manifest(8, site="hilltop"),
        "manifest: of the site 'hilltop', this is 'riverside'; compare [unit] site in unit.toml"
        " with the unit's site on the hub",
        has="the manifest of another site of the same hub",
    ),
    offered(
        "expired manifest",
        "",
        manifest(8, NOW - 8 * DAY),
        "manifest: expired on ... 07:00 UTC; bring one that the hub signed since, or put this clock"
        " right",
    ),
    offered(
        "manifest of the future",
        "",
        manifest(8, NOW + HOUR),
        "manifest: issued at 2026-11-20 08:00:00, and now it is 2026-11-20 07:00:30 UTC",
        has=HUB_KEY,
    ),
    offered(
        NO_HUB,
        "a stranger's",
        manifest(8),
        NOT_THE_HUB,
        key=OTHER_HUB,
    ),
    offered(
        NO_HUB,
        "a card issuer's, whom the fleet vouches for",
        manifest(8),
        NOT_THE_HUB,
        has="an issuer's key for cards and lists",
        key=ECS.key,
    ),
    offered(
        "manifest with faulty rules",
        "",
        manifest(8, policy=POLICY.replace("accept", "except")),
        "manifest: rules: ...",
        has=HUB_KEY,
    ),
]


@pytest.mark.parametrize("message", MANIFESTS)
def test_a_manifest_that_must_not_count_is_refused_by_name(
    unit: PullingUnit, refusal: Refusal, message: bytes
) -> None:
    unit.files[f"/api/units/{UID}/manifest"] = message
    found = unit.poll()

    refusal.heard(unit.pull.refused["manifest"])
    assert found.manifest == manifest(7)
    assert unit.generation() == "000001"

    unit.offer_manifest(manifest(9))
    assert unit.poll().manifest == manifest(9)
    assert unit.pull.refused == {}


def listed(name: str, how: str, token: bytes, says: str, has: str = LIST_KEY) -> ParameterSet:
    """Return what is offered where the list would be, as a case of a table."""
    mark = attack(name, how, has=has, says=says, stays=HELD_LIST)
    return pytest.param(token, marks=mark, id=how or name)


def ecs_list(key: SigningKey = ECS.key, **changed: object) -> bytes:
    return issue_status_token(replace(ECS.status_list(), **changed), key)  # type: ignore[arg-type]  # its fields, by name


def bomb() -> bytes:
    """Return a token of 33 kB whose list unpacks to more than may be."""
    lst = zlib.compress(bytes(MAX_LIST_BYTES + 1), 9)
    claims = {2: ECS.uri, 6: int(NOW.timestamp()) + 60, 65533: {"bits": 2, "lst": lst}}
    return sign_message(TYP, cbor.encode(claims), ECS.key)  # type: ignore[arg-type]  # a list's claims


CARD = base45.decode(ECS.text().removeprefix(PREFIX))
LISTS = [
    listed(
        "list of another URI",
        "another list of the same issuer",
        ecs_list(uri="https://ecs-jib.invalid/2", issued_at=NOW + timedelta(seconds=10)),
        "status list: of https://ecs-jib.invalid/2, and not of https://ecs-jib.invalid/1",
        has=NETWORK,
    ),
    listed(
        "list with lower iat",
        "",
        ecs_list(issued_at=NOW - HOUR),
        "status list https://ecs-jib.invalid/1: signed 2026-11-20 06:00:00 UTC, older than the one"
        " held (2026-11-20 07:00:00)",
        has=NETWORK,
    ),
    listed(
        "expired list",
        "",
        ecs_list(expires_at=NOW + timedelta(minutes=1)),
        "status list https://ecs-jib.invalid/1: it expired at 2026-11-20 07:01:00 UTC;"
        " bring one that the issuer signed since, or put this clock right",
        has=NETWORK,
    ),
    listed(
        "list of the future",
        "",
        ecs_list(issued_at=NOW + 365 * DAY),
        "status list https://ecs-jib.invalid/1: signed 2027-11-20 07:00:00 UTC, in the future; put"
        " this clock right, or the issuer's",
    ),
    listed(
        "list bomb",
        "8 MB and a byte, packed into 8 kB",
        bomb(),
        "status list: lst is cut short, trailed, or unpacks to over 8388608 bytes;"
        " the issuer must sign a list that fits",
    ),
    listed(
        "list by another issuer",
        "in the issuer's name",
        ecs_list(CSCS.key),
        "status token: https://ecs-jib.invalid/1 is not signed by a list key of ecs-jib",
        has="another issuer's key for lists",
    ),
    listed(
        "list by another issuer",
        "in its own name, at the issuer's address",
        issue_status_token(CSCS.status_list(), CSCS.key),
        "status list: of https://cscs.invalid/1, and not of https://ecs-jib.invalid/1",
        has=NETWORK,
    ),
    listed(
        "card as status token",
        "",
        CARD,
        "status token: its type is not application/statuslist+cwt; something else lies in its"
        " place",
        has="a genuine card, and the way to the hub",
    ),
]


@pytest.mark.parametrize("token", LISTS)
def test_a_list_that_must_not_count_is_refused_by_name(
    unit: PullingUnit, refusal: Refusal, token: bytes
) -> None:
    unit.offer_token(token, ECS.uri)
    found = unit.poll(LIST_EVERY_S)

    refusal.heard(unit.pull.refused[f"list {ECS.uri}"])
    assert list(found.bundle.status_lists) == [ECS.uri]
    assert found.bundle.status_lists[ECS.uri].issued_at == NOW

    unit.offer_list(ECS, issued_at=NOW + HOUR)
    unit.clock.advance(3600)
    assert unit.poll().bundle.status_lists[ECS.uri].issued_at == NOW + HOUR
    assert unit.pull.refused == {}


@attack(
    "presence replayed",
    has=NETWORK,
    says="presence: issued at 2026-11-20 06:00:00, held is of 2026-11-20 07:00:00 UTC",
    stays="the presence that was held; once that is old, passback marks and no longer refuses",
)
def test_a_presence_of_an_hour_ago_is_refused_after_a_restart_too(
    unit: PullingUnit, refusal: Refusal
) -> None:
    kept = (unit.trust.path / PRESENCE).read_bytes()
    unit.offer_presence(NOW - HOUR)
    unit.begin()
    unit.poll()

    refusal.heard(unit.pull.refused["presence"])
    assert (unit.trust.path / PRESENCE).read_bytes() == kept


@attack(
    "presence as manifest",
    has="a genuine presence, and the way to the hub",
    says=NOT_THE_HUB,
    stays=HELD,
)
def test_a_presence_is_no_manifest(unit: PullingUnit, refusal: Refusal) -> None:
    fresh = SitePresence(site=SITE, issued_at=NOW + timedelta(seconds=10))
    unit.files[f"/api/units/{UID}/manifest"] = sign_presence(fresh, HUB)
    found = unit.poll()

    refusal.heard(unit.pull.refused["manifest"])
    assert found.manifest == manifest(7)


class TestFleet:
    """A fleet vouches for two sites' hubs; the unit stands at one of them."""

    @pytest.fixture
    def fleet(self, unit: PullingUnit) -> FleetRepository:
        other = TrustedKey(key=OTHER_HUB.verifying_key, uses=frozenset({KeyUse.SITE}))
        hubs = [SiteHub(site=SITE, keys=(hub_key(),)), SiteHub(site="hilltop", keys=(other,))]
        fleet = FleetRepository(NOW, [ECS.issuer()], hubs)
        (unit.trust.path / "root.json").write_bytes(fleet.pinned_root)
        unit.files.update(fleet.files)
        unit.poll()
        return fleet

    def publish(self, unit: PullingUnit, fleet: FleetRepository, key: TrustedKey) -> None:
        """Let the fleet's owner say by which key the site's hub signs, and let it be heard."""
        fleet.put("hubs.json", _hubs(key))
        fleet.publish_all()
        unit.files.update(fleet.files)
        unit.poll(FLEET_EVERY_S)

    @attack(
        "hub key of another site",
        has="the key of another site's hub in the same fleet",
        says=NOT_THE_HUB,
        stays=HELD,
    )
    @pytest.mark.usefixtures("fleet")
    def test_the_hub_of_another_site_has_no_word_here(
        self, unit: PullingUnit, refusal: Refusal
    ) -> None:
        unit.offer_manifest(manifest(8), OTHER_HUB)
        found = unit.poll()

        refusal.heard(unit.pull.refused["manifest"])
        assert found.manifest == manifest(7)

    @attack(
        "retired key used after its date",
        "a hub's, on a manifest",
        has="a hub's key that was retired",
        says="manifest: the key ... was not in force on 2026-11-20 07:30 UTC",
        stays=HELD,
    )
    def test_a_hub_s_retired_key_signs_no_manifest_after_its_date(
        self, unit: PullingUnit, fleet: FleetRepository, refusal: Refusal
    ) -> None:
        self.publish(unit, fleet, hub_key(not_after=NOW + timedelta(minutes=20)))
        unit.offer_manifest(manifest(8, NOW + timedelta(minutes=30)))
        found = unit.poll()

        refusal.heard(unit.pull.refused["manifest"])
        assert found.manifest == manifest(7)

    @attack(
        "stolen key that backdates",
        "a hub's, on a manifest",
        has="a hub's key that was marked compromised",
        says="manifest: the key ... is compromised; nothing by it is true; bring one by the"
        " hub's next key",
        stays="no manifest: the unit's own rules; the hub's next one counts, by another key",
    )
    def test_a_hub_s_stolen_key_signs_nothing_of_any_date(
        self, unit: PullingUnit, fleet: FleetRepository, refusal: Refusal
    ) -> None:
        self.publish(unit, fleet, hub_key(compromised=True))
        unit.offer_manifest(manifest(8, NOW - DAY))
        found = unit.poll()

        refusal.heard(unit.pull.refused["manifest"])
        assert found.manifest is None
        assert "is compromised" in found.left_out[0]

    @attack(
        "fast-forward of versions",
        "manifest",
        has="a hub's key, until it is marked compromised",
        says="manifest: version 8, held is 9007199254740991; bring a newer one",
        stays="the thief's manifest, until the fleet's owner marks the key; then the hub's next",
    )
    def test_a_thief_who_spends_all_versions_is_forgotten_with_the_key(
        self, unit: PullingUnit, fleet: FleetRepository, refusal: Refusal
    ) -> None:
        unit.offer_manifest(manifest(2**53 - 1))
        unit.poll()
        unit.offer_manifest(manifest(8))
        unit.poll()
        refusal.heard(unit.pull.refused["manifest"])

        fresh = TrustedKey(key=ECS.key.verifying_key, uses=frozenset({KeyUse.SITE}))
        fleet.put("hubs.json", _hubs(hub_key(compromised=True), fresh))
        fleet.publish_all()
        unit.files.update(fleet.files)
        unit.offer_manifest(manifest(8, NOW + HOUR), ECS.key)
        unit.poll(FLEET_EVERY_S)
        found = load_in_force(unit.trust.path, SITE, None)
        assert found.manifest == manifest(8, NOW + HOUR)
        assert unit.pull.refused == {}


def _hubs(*keys: TrustedKey) -> bytes:
    return format_hubs([SiteHub(site=SITE, keys=keys)]).encode()

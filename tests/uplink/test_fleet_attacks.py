"""Attacks on fleet trust, each with its named refusal; the generation in force never changes."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tuf.api.metadata import DelegatedRole, Delegations, Key, Metadata, TargetFile, Targets

from gate.errors import TrustError, UplinkError
from gate.sim.static_server import StaticTrouble
from gate.store.fleet import ISSUERS
from gate.trust.issuers import format_issuers
from tests.uplink.fleet_unit import NOW, FleetUnit, issuer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

METADATA = "/fleet/metadata/"
LATER = (b'"expires":"20', b'"expires":"21')


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[FleetUnit]:
    """Return a unit that saw two versions of everything."""
    with ExitStack() as opened:
        made = FleetUnit(tmp_path, opened)
        made.publish("first", "second")
        made.sync()
        yield made


def old_repository(unit: FleetUnit) -> None:
    unit.server.files = unit.first_files


def old_timestamp(unit: FleetUnit) -> None:
    unit.publish("third")
    name = f"{METADATA}timestamp.json"
    unit.server.files = unit.repository.files | {name: unit.first_files[name]}


def old_snapshot(unit: FleetUnit) -> None:
    """Whoever has the online keys signs an older snapshot as the newest."""
    unit.repository.snapshot.meta["targets.json"].version = 1
    unit.repository.publish("snapshot", "timestamp")


def tampered_target(unit: FleetUnit) -> None:
    unit.publish("third")
    path = unit.served(ISSUERS)
    unit.repository.files[path] = unit.repository.files[path].replace(b"third", b"thirx")


def truncated_target(unit: FleetUnit) -> None:
    unit.publish("third")
    path = unit.served(ISSUERS)
    unit.repository.files[path] = unit.repository.files[path][:-1]


def tampered(role: str) -> Callable[[FleetUnit], None]:
    def attack(unit: FleetUnit) -> None:
        unit.publish("third")
        path = next(path for path in unit.repository.files if path.endswith(f"3.{role}.json"))
        unit.repository.files[path] = unit.repository.files[path].replace(*LATER)

    return attack


def tampered_timestamp(unit: FleetUnit) -> None:
    unit.publish("third")
    path = f"{METADATA}timestamp.json"
    unit.repository.files[path] = unit.repository.files[path].replace(*LATER)


def one_of_two(role: str) -> Callable[[FleetUnit], None]:
    def attack(unit: FleetUnit) -> None:
        unit.put_issuers("third")
        unit.repository.signers[role] = unit.repository.signers[role][:1]
        unit.repository.publish(*(["root"] if role == "root" else []))
        unit.repository.publish_all()

    return attack


def one_key_twice(unit: FleetUnit) -> None:
    one_of_two("root")(unit)
    path = f"{METADATA}2.root.json"
    root = json.loads(unit.repository.files[path])
    root["signatures"] *= 2
    unit.repository.files[path] = json.dumps(root).encode()


def stolen_online_key(unit: FleetUnit) -> None:
    """Sign an issuers' file with the key of timestamp and snapshot."""
    unit.put_issuers("stolen")
    unit.repository.signers["targets"] = unit.repository.signers["timestamp"]
    unit.repository.publish_all()


def stolen_online_key_makes_itself_offline(unit: FleetUnit) -> None:
    """Sign a root that gives the stolen key the word over targets."""
    stolen = unit.repository.signers["timestamp"]
    unit.repository.root.add_key(stolen[0].public_key, "targets")
    unit.repository.root.roles["targets"].threshold = 1
    unit.repository.signers |= {"root": stolen, "targets": stolen}
    unit.put_issuers("stolen")
    unit.repository.publish("root", "targets", "snapshot", "timestamp")


def mixed_and_matched(unit: FleetUnit) -> None:
    """Serve the newest timestamp with targets of another version that once were genuine."""
    unit.publish("third")
    files = unit.repository.files
    files[f"{METADATA}3.targets.json"] = files[f"{METADATA}2.targets.json"]


def one_kind_as_another(unit: FleetUnit) -> None:
    """Serve a snapshot where a timestamp belongs; one key that signs both would let it pass."""
    unit.repository.signers["snapshot"] += unit.repository.signers["timestamp"]
    unit.repository.publish("snapshot")
    files = unit.repository.files
    files[f"{METADATA}timestamp.json"] = files[f"{METADATA}3.snapshot.json"]


def a_root_that_jumps(unit: FleetUnit) -> None:
    unit.repository.root.version = 7
    unit.repository.sign("root")
    files = unit.repository.files
    files[f"{METADATA}2.root.json"] = files[f"{METADATA}7.root.json"]


def no_json(unit: FleetUnit) -> None:
    unit.repository.files[f"{METADATA}timestamp.json"] = b"[" * 10_000


def no_issuers(unit: FleetUnit) -> None:
    """The offline keys themselves sign a file that is none."""
    unit.repository.put(ISSUERS, b'{"version": 1, "issuers": [{}]}')
    unit.repository.publish_all()


def no_issuers_at_all(unit: FleetUnit) -> None:
    del unit.repository.targets.targets[ISSUERS]
    unit.repository.publish_all()


def too_large_a_target(unit: FleetUnit) -> None:
    described = TargetFile(1 << 30, {"sha256": "0" * 64}, ISSUERS)
    unit.repository.targets.targets[ISSUERS] = described
    unit.repository.publish_all()


def delegated_issuers(unit: FleetUnit) -> None:
    """Let targets delegate everything to an online key, which signs an issuers' file."""
    repository = unit.repository
    online = repository.signers["timestamp"][0]
    data = format_issuers([issuer("delegated")]).encode()
    described = TargetFile.from_data(ISSUERS, data)
    role = DelegatedRole("online", [online.public_key.keyid], 1, terminating=False, paths=["*"])
    delegated = Metadata(Targets(expires=NOW + timedelta(days=7), targets={ISSUERS: described}))
    delegated.sign(online)
    repository.files[f"{METADATA}1.online.json"] = delegated.to_bytes()
    repository.files[f"/fleet/targets/{described.hashes['sha256']}.{ISSUERS}"] = data
    keys: dict[str, Key] = {online.public_key.keyid: online.public_key}
    repository.targets.delegations = Delegations(keys, {"online": role})
    repository.snapshot.meta["online.json"] = repository.snapshot.meta["targets.json"]
    del repository.targets.targets[ISSUERS]
    repository.publish("targets")
    repository.snapshot.meta["online.json"] = type(repository.timestamp.snapshot_meta)(1)
    repository.publish("snapshot", "timestamp")


def later(unit: FleetUnit) -> None:
    """Serve what was true eight days ago, for ever."""
    unit.now = NOW + timedelta(days=8)


FINE = StaticTrouble.NONE
OLDER = "fleet trust: another version than it must have: "
UNSIGNED = "fleet trust: too few signatures: "
ALTERED = "fleet trust: not what was signed: "
EXPIRED = "fleet trust: expired: "
PORTAL = r"fleet trust: captive portal\? "

REFUSED = {
    "old repository": (old_repository, f"{OLDER}New timestamp version 1 must be >= 2"),
    "old timestamp": (old_timestamp, f"{OLDER}New timestamp version 1 must be >= 2"),
    "older targets, by whoever has the online keys": (old_snapshot, f"{OLDER}Expected targets"),
    "frozen timestamp": (later, f"{EXPIRED}timestamp.json is expired"),
    "tampered target": (tampered_target, f"{ALTERED}Observed hash"),
    "truncated target": (truncated_target, f"{ALTERED}Observed length"),
    "tampered timestamp": (tampered_timestamp, f"{UNSIGNED}timestamp was signed by 0/1"),
    "tampered snapshot": (tampered("snapshot"), f"{ALTERED}Observed hash"),
    "tampered targets": (tampered("targets"), f"{ALTERED}Observed hash"),
    "a root by one of two signatures": (one_of_two("root"), f"{UNSIGNED}root was signed by 1/2"),
    "targets by one of two": (one_of_two("targets"), f"{UNSIGNED}targets was signed by 1/2"),
    "one key's signature twice": (one_key_twice, "fleet trust: malformed: Failed to deserialize"),
    "stolen online key signs an issuer list": (
        stolen_online_key,
        f"{UNSIGNED}targets was signed by 0/2",
    ),
    "stolen online key signs a root": (
        stolen_online_key_makes_itself_offline,
        f"{UNSIGNED}root was signed by 0/2",
    ),
    "stolen online key is delegated to": (
        delegated_issuers,
        "fleet trust: issuers.json: not among the targets that the offline keys sign",
    ),
    "targets of another version": (mixed_and_matched, f"{ALTERED}Observed hash"),
    "a snapshot as a timestamp": (one_kind_as_another, "fleet trust: malformed: Expected 'time"),
    "a root that jumps": (a_root_that_jumps, f"{OLDER}Expected root version 2"),
    "no JSON": (no_json, "fleet trust: malformed: Failed to deserialize"),
    "issuers that are none": (no_issuers, r"fleet trust: issuers.json: issuers\[0\]: "),
    "no issuers' file": (no_issuers_at_all, "fleet trust: issuers.json: not among the targets"),
    "a target of a gigabyte": (too_large_a_target, "fleet trust: issuers.json: 1073741824 bytes"),
}

UNHEARD = {
    "endless timestamp": ([FINE, StaticTrouble.ENDLESS], "over 16384 bytes"),
    "endless word that there is no newer root": ([StaticTrouble.ENDLESS], "over 8192 bytes"),
    "endless target": ([FINE] * 4 + [StaticTrouble.ENDLESS], r"over \d{3} bytes"),
    "a timestamp said to be a terabyte": ([FINE, StaticTrouble.LONG], "over 16384 bytes"),
    "drip-fed timestamp": ([FINE, StaticTrouble.DRIP], "cut off: no whole answer"),
    "drip-fed headers": ([StaticTrouble.DRIP_HEADERS], "cut off: no whole answer"),
    "truncated timestamp": ([FINE, StaticTrouble.TRUNCATED], "cut short"),
    "sign-in page for a root": ([StaticTrouble.PORTAL_PAGE], r"captive portal\? it answers with"),
    "sign-in redirect": ([StaticTrouble.PORTAL_REDIRECT], r"captive portal\? it answers 302"),
    "304 that was not asked for": ([StaticTrouble.UNASKED_304], r"captive portal\? .* 304"),
}


@pytest.mark.parametrize(("attack", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_the_owners_newest_word_is_refused(
    unit: FleetUnit, attack: Callable[[FleetUnit], None], words: str
) -> None:
    before = unit.files()
    attack(unit)
    with pytest.raises(TrustError, match=words):
        unit.sync()
    assert unit.files() == before
    assert unit.believed() == ["first", "second"]


@pytest.mark.parametrize(("troubles", "words"), UNHEARD.values(), ids=UNHEARD)
def test_what_is_no_answer_changes_nothing_and_the_next_is_heard(
    unit: FleetUnit, troubles: list[StaticTrouble], words: str
) -> None:
    before = unit.files()
    unit.publish("third")
    unit.server.troubles.extend(troubles)
    with pytest.raises(UplinkError, match=f"fleet trust: .*{words}"):
        unit.sync(within_s=0.5 if "cut off" in words else 30)
    assert unit.files() == before
    unit.sync()
    assert unit.believed() == ["third"]


def test_a_new_root_once_seen_is_not_unseen_by_cutting_the_link(unit: FleetUnit) -> None:
    stolen = unit.repository.signers["timestamp"]
    honest = dict(unit.repository.files)
    unit.repository.replace_keys("timestamp")
    unit.server.forget()
    unit.server.cut_after = 2  # root 2, and that there is no root 3
    with pytest.raises(UplinkError):
        unit.sync()
    unit.server.forget()
    unit.server.files = honest
    unit.repository.signers["timestamp"] = stolen
    unit.repository.publish("timestamp")
    honest[f"{METADATA}timestamp.json"] = unit.repository.files[f"{METADATA}timestamp.json"]
    with pytest.raises(TrustError, match=f"{UNSIGNED}timestamp was signed by 0/1"):
        unit.sync()
    assert unit.believed() == ["first", "second"]


def test_a_newer_timestamp_once_seen_is_not_unseen_by_cutting_the_link(unit: FleetUnit) -> None:
    unit.publish("third")
    older = dict(unit.repository.files)
    unit.publish("fourth")
    unit.server.forget()
    unit.server.cut_after = 2
    with pytest.raises(UplinkError):
        unit.sync()
    unit.server.forget()
    unit.server.files = older
    with pytest.raises(TrustError, match=f"{OLDER}New timestamp version 3 must be >= 4"):
        unit.sync()

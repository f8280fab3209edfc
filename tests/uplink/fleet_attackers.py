"""What attackers do to a fleet's repository before the next refresh, each by what they have."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tuf.api.metadata import DelegatedRole, Delegations, Key, Metadata, TargetFile, Targets

from gate.store.fleet import ISSUERS, RELEASES
from gate.trust.issuers import format_issuers
from gate.trust.releases import format_releases
from tests.uplink.fleet_unit import NOW, issuer, release

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.uplink.fleet_unit import FleetUnit

METADATA: Final = "/fleet/metadata/"
LATER: Final = (b'"expires":"20', b'"expires":"21')


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


def tampered_releases(unit: FleetUnit) -> None:
    unit.put_releases("0.2.0")
    unit.repository.publish_all()
    path, genuine = unit.served(RELEASES), release("0.2.0").files[0].sha256.hex().encode()
    unit.repository.files[path] = unit.repository.files[path].replace(genuine, b"0" * 64)


def stolen_online_key_vouches_for_a_release(unit: FleetUnit) -> None:
    """Sign a releases' file with the key of timestamp and snapshot."""
    unit.put_releases("9.9.9")
    unit.repository.signers["targets"] = unit.repository.signers["timestamp"]
    unit.repository.publish_all()


def no_releases(unit: FleetUnit) -> None:
    """The offline keys themselves sign a file that is none."""
    data = format_releases([release("0.2.0")]).replace('"0.2.0"', '"0.2.0rc1"')
    unit.repository.put(RELEASES, data.encode())
    unit.repository.publish_all()


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
    delegated(unit, ISSUERS, format_issuers([issuer("delegated")]).encode())


def delegated(unit: FleetUnit, name: str, data: bytes) -> None:
    """Let targets delegate everything to an online key, which signs that file."""
    repository = unit.repository
    online = repository.signers["timestamp"][0]
    described = TargetFile.from_data(name, data)
    role = DelegatedRole("online", [online.public_key.keyid], 1, terminating=False, paths=["*"])
    delegated = Metadata(Targets(expires=NOW + timedelta(days=7), targets={name: described}))
    delegated.sign(online)
    repository.files[f"{METADATA}1.online.json"] = delegated.to_bytes()
    repository.files[f"/fleet/targets/{described.hashes['sha256']}.{name}"] = data
    keys: dict[str, Key] = {online.public_key.keyid: online.public_key}
    repository.targets.delegations = Delegations(keys, {"online": role})
    repository.snapshot.meta["online.json"] = repository.snapshot.meta["targets.json"]
    del repository.targets.targets[name]
    repository.publish("targets")
    repository.snapshot.meta["online.json"] = type(repository.timestamp.snapshot_meta)(1)
    repository.publish("snapshot", "timestamp")


def later(unit: FleetUnit) -> None:
    """Serve what was true eight days ago, for ever."""
    unit.now = NOW + timedelta(days=8)


def fast_forward(role: str) -> Callable[[FleetUnit], None]:
    """Whoever has the online keys spends all versions; then the owner replaces them."""

    def attack(unit: FleetUnit) -> None:
        part = getattr(unit.repository, role)
        part.version = 2_000_000_000
        unit.repository.publish(*{role: None, "timestamp": None})
        unit.sync()
        part.version = 7
        unit.repository.timestamp.version = 7
        unit.put_issuers("after the theft")
        unit.repository.publish_all()

    return attack

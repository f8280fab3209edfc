"""A fleet's TUF repository, made in memory by python-tuf's own Metadata API.

As its owner means it: root and targets by two of three offline keys each, snapshot and timestamp by
one online key each, versioned names (consistent snapshots), lengths and hashes throughout. `files`
is what a static server would serve, by path. Whoever plays the attacker changes `files`, `signers`
or a part and publishes, which signs with whatever keys are there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from gate.store.fleet import HUBS, ISSUERS, METADATA, TARGETS
from gate.store.trust_names import FLEET
from gate.trust.bundle import Issuer
from gate.trust.hubs import SiteHub, format_hubs
from gate.trust.issuers import format_issuers

OFFLINE_LIFE: Final = timedelta(days=365)
ONLINE_LIFE: Final = timedelta(days=7)
KEYS: Final = {"root": (3, 2), "targets": (3, 2), "snapshot": (1, 1), "timestamp": (1, 1)}
"""Of each role: how many keys it has, and how many must sign."""

_LIVES: Final = {
    "root": OFFLINE_LIFE,
    "targets": OFFLINE_LIFE,
    "snapshot": ONLINE_LIFE,
    "timestamp": ONLINE_LIFE,
}


_P = TypeVar("_P", Root, Timestamp, Snapshot, Targets)


class FleetRepository:
    """A repository; `files` maps "/fleet/..." to what is served there."""

    def __init__(
        self, now: datetime, issuers: Sequence[Issuer] = (), hubs: Sequence[SiteHub] = ()
    ) -> None:
        """Make the keys and publish version 1 of everything, signed at `now`."""
        self.now = now
        self.files: dict[str, bytes] = {}
        self.signers = {role: _new_signers(count) for role, (count, _) in KEYS.items()}
        self.root = Root(consistent_snapshot=True, expires=now + OFFLINE_LIFE)
        self.targets = Targets(expires=now + OFFLINE_LIFE)
        self.snapshot = Snapshot(expires=now + ONLINE_LIFE)
        self.timestamp = Timestamp(expires=now + ONLINE_LIFE)
        for role, (_, threshold) in KEYS.items():
            self.root.roles[role].threshold = threshold
            for signer in self.signers[role]:
                self.root.add_key(signer.public_key, role)
        self.put(ISSUERS, format_issuers(issuers).encode())
        self.put(HUBS, format_hubs(hubs).encode())
        for role in ("root", "targets", "snapshot", "timestamp"):
            self.sign(role)

    @property
    def pinned_root(self) -> bytes:
        """The first root, as a unit gets it at enrolment."""
        return self.files[f"/{FLEET}/{METADATA}/1.root.json"]

    def put(self, name: str, data: bytes) -> None:
        """Change a target; it counts from the next `publish("targets", ...)` on."""
        target = TargetFile.from_data(name, data)
        self.targets.targets[name] = target
        self.files[f"/{FLEET}/{TARGETS}/{target.hashes['sha256']}.{name}"] = data

    def target(self, name: str) -> bytes:
        """Return a target's content."""
        digest = self.targets.targets[name].hashes["sha256"]
        return self.files[f"/{FLEET}/{TARGETS}/{digest}.{name}"]

    def publish(self, *roles: str) -> None:
        """Raise the version of each role, date it anew from `now`, sign it, and name it above."""
        for role in roles:
            part = self._part(role)
            part.version += 1
            part.expires = self.now + _LIVES[role]
            self.sign(role)

    def publish_all(self) -> None:
        """Publish changed targets and what names them."""
        self.publish("targets", "snapshot", "timestamp")

    def sign(self, role: str) -> None:
        """Serve a role as it stands, and let what is above it say so."""
        data = self._signed(role)
        version = self._part(role).version
        name = f"{role}.json" if role == "timestamp" else f"{version}.{role}.json"
        self.files[f"/{FLEET}/{METADATA}/{name}"] = data
        described = MetaFile.from_data(version, data, ["sha256"])
        if role == "targets":
            self.snapshot.meta["targets.json"] = described
        if role == "snapshot":
            self.timestamp.snapshot_meta = described

    def replace_keys(self, role: str) -> None:
        """Take a role's keys out of the root, and put as many new ones in; publishes a root."""
        before = self.signers[role]
        fresh = _new_signers(KEYS[role][0])
        for signer in before:
            self.root.revoke_key(signer.public_key.keyid, role)
        for signer in fresh:
            self.root.add_key(signer.public_key, role)
        # A root that replaces root's own keys is signed by the old ones too.
        self.signers[role] = [*before, *fresh] if role == "root" else fresh
        self.publish("root")
        self.signers[role] = fresh

    def _part(self, role: str) -> Root | Timestamp | Snapshot | Targets:
        match role:
            case "root":
                return self.root
            case "targets":
                return self.targets
            case "snapshot":
                return self.snapshot
            case _:
                return self.timestamp

    def _signed(self, role: str) -> bytes:
        match self._part(role):
            case Root() as part:
                return _sign(Metadata(part), self.signers[role])
            case Targets() as part:
                return _sign(Metadata(part), self.signers[role])
            case Snapshot() as part:
                return _sign(Metadata(part), self.signers[role])
            case Timestamp() as part:
                return _sign(Metadata(part), self.signers[role])


def _new_signers(count: int) -> list[CryptoSigner]:
    return [CryptoSigner.generate_ed25519() for _ in range(count)]


def _sign(metadata: Metadata[_P], signers: Sequence[CryptoSigner]) -> bytes:
    for signer in signers:
        metadata.sign(signer, append=True)
    return metadata.to_bytes()

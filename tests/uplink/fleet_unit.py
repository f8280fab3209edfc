"""A unit that gets its fleet trust from a repository on loopback."""

from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.devices.clock import SystemClock
from gate.signing.keys import SigningKey
from gate.sim.fleet import FleetRepository
from gate.sim.static_server import StaticServer
from gate.store.fleet import ISSUERS, RELEASES, TARGETS, Fleet, verify_fleet
from gate.store.generations import begin, current
from gate.store.trust_names import FLEET
from gate.trust.bundle import Issuer, KeyUse, TrustedKey
from gate.trust.issuers import format_issuers
from gate.trust.releases import Release, ReleaseFile, format_releases
from gate.uplink.fetch import Fetcher
from gate.uplink.fleet import fleet_repository, refresh_fleet

NOW: Final = datetime(2031, 12, 6, 7, 15, tzinfo=UTC)
"""Far from any machine's clock, so that a test that passes has not asked it."""


def issuer(name: str) -> Issuer:
    """Return an issuer with a key of its own."""
    key = SigningKey(Ed25519PrivateKey.generate()).verifying_key
    return Issuer(
        iss=name,
        schemes=frozenset({name}),
        status_base=f"https://{name}.invalid/",
        keys=(TrustedKey(key=key, uses=frozenset({KeyUse.CARD})),),
    )


def release(version: str) -> Release:
    """Return a release of one file."""
    name = f"site_gate-{version}-py3-none-any.whl"
    file = ReleaseFile(name=name, sha256=sha256(name.encode()).digest(), length_bytes=123_456)
    return Release(version=version, files=(file,))


class FleetUnit:
    """A repository, its server, and a unit; what a test does to them and asks of them."""

    def __init__(self, directory: Path, opened: ExitStack) -> None:
        self.repository = FleetRepository(NOW, issuers=[issuer("first")])
        self.first_files = dict(self.repository.files)
        self.pinned_root = self.repository.pinned_root
        self.server = opened.enter_context(StaticServer(self.repository.files))
        self.clock = SystemClock()
        self.fetcher = opened.enter_context(Fetcher(ca=None, monotonic=self.clock.monotonic))
        self.now = NOW
        self.trust = directory / "trust"
        self.trust.mkdir()

    def sync(self, *, within_s: float = 30) -> bool:
        """Refresh, and commit what changed; return whether anything did."""
        repository = fleet_repository(self.server.url, self.fetcher, self.pinned_root)
        deadline_s = self.clock.monotonic() + within_s
        with begin(self.trust) as builder:
            refresh_fleet(builder, repository, now=self.now, deadline_s=deadline_s)
            is_changed = builder.is_changed
            if is_changed:
                builder.commit(self._verify)
            return is_changed

    def in_force(self) -> Fleet:
        """Return what the gate would believe now."""
        generation = current(self.trust)
        assert generation is not None
        return self._verify(generation)

    def believed(self) -> list[str]:
        """Return the names of the issuers that the gate would believe now."""
        return [issuer.iss for issuer in self.in_force().issuers]

    def files(self) -> dict[str, bytes]:
        """Return every file of every generation, and which one is in force."""
        generations = self.trust / "generations"
        found = {
            path.relative_to(self.trust).as_posix(): path.read_bytes()
            for path in generations.rglob("*")
            if path.is_file()
        }
        return found | {"current": str(current(self.trust)).encode()}

    def publish(self, *names: str) -> None:
        """Let the fleet's owner vouch for these issuers, and no others."""
        self.put_issuers(*names)
        self.repository.publish_all()

    def put_issuers(self, *names: str) -> None:
        """Change the issuers' file, which counts once it is published."""
        issuers = [issuer(name) for name in names]
        self.repository.put(ISSUERS, format_issuers(issuers).encode())

    def put_releases(self, *versions: str) -> None:
        """Change the releases' file, which counts once it is published."""
        text = format_releases([release(version) for version in versions])
        self.repository.put(RELEASES, text.encode())

    def served(self, name: str) -> str:
        """Return the path of a target as it is now."""
        digest = self.repository.targets.targets[name].hashes["sha256"]
        return f"/{FLEET}/{TARGETS}/{digest}.{name}"

    def asked(self) -> list[tuple[str, int]]:
        """Return what was asked for since the server last forgot: the file's name, the status."""
        return [
            (asked.path.rpartition("/")[2].rpartition("-")[2], asked.status)
            for asked in self.server.asked
        ]

    def _verify(self, generation: Path) -> Fleet:
        return verify_fleet(generation / FLEET, self.pinned_root)

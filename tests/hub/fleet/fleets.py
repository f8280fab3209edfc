"""A fleet in a directory of a test's own, its keys on four sticks, at a time of its choice."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.hub.fleet import ceremony, directory
from gate.hub.fleet.keys import read_key
from gate.hub.fleet.publish import Version, publish
from gate.hub.fleet.repository import STAGED
from gate.hub.fleet.roles import Role
from gate.hub.fleet.staged import Staged
from gate.signing.keys import SigningKey
from gate.trust.bundle import Issuer, KeyUse, TrustedKey
from gate.trust.issuers import format_issuers

NOW: Final = datetime(2026, 11, 22, 7, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A fleet's directory and the folder of its sticks."""

    folder: Path
    sticks: Path

    def key(self, name: str) -> Path:
        """Return where a key that `begin` made lies."""
        (path,) = self.sticks.glob(f"*/{name}.pem")
        return path

    def sign(self, *names: str) -> Staged:
        """Sign what is staged by keys of these names."""
        keys = [read_key(self.key(name)) for name in names]
        staged, _ = directory.sign(self.folder / STAGED, keys)
        return staged

    def publish(self, now: datetime = NOW) -> Version:
        """Publish what is staged."""
        return publish(self.folder, now)

    def stick(self, name: str) -> Path:
        """Return a stick of that name, made if there is none."""
        path = self.sticks / name
        path.mkdir(exist_ok=True)
        return path

    def rotate(self, role: Role, old: str | None = None, now: datetime = NOW) -> Staged:
        """Stage another key of a role, made on a stick named `new`."""
        place = self.stick("new")
        return ceremony.rotate(self.folder, role, now, old=old, place=place, before=nobody)


def begin(tmp_path: Path, now: datetime = NOW) -> Held:
    """Return a fleet, published, with three root keys of which two must sign."""
    held = Held(folder=tmp_path / "fleet", sticks=tmp_path / "sticks")
    held.sticks.mkdir()
    ceremony.init(
        held.folder,
        root=[held.stick(name) for name in ("anna", "ben", "cleo")],
        targets=[held.stick("dora")],
        threshold=2,
        now=now,
        before=nobody,
    )
    held.publish(now)
    return held


def nobody(role: str, place: Path) -> None:
    """Be asked for a stick that is in already."""


def an_issuer(iss: str = "ecs-jib", *, base: str | None = None, seed: int = 1) -> Issuer:
    """Return an issuer with one key, made of `seed`."""
    key = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)).verifying_key
    uses = frozenset({KeyUse.CARD, KeyUse.LIST})
    return Issuer(
        iss=iss,
        schemes=frozenset({iss}),
        status_base=base or f"https://{iss}.invalid/",
        keys=(TrustedKey(key=key, uses=uses),),
    )


def exported(folder: Path, *issuers: Issuer) -> Path:
    """Write what `gate trust export` would have written."""
    folder.mkdir()
    (folder / "issuers.json").write_text(format_issuers(issuers), "utf-8")
    return folder

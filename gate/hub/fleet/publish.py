"""Putting a version before the world: what people signed, and the two roles that sign by machine.

1. See that every signature is there and nothing has expired.  2. Sign a snapshot and a timestamp
with the keys at hand.  3. Put the files in place, `timestamp.json` last.  4. Remove what was
staged. Cut off anywhere, it can be done again: what is in place then is what it would put there.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Timestamp

from gate.errors import TrustError
from gate.hub.fleet.files import locked, put
from gate.hub.fleet.keys import KeyInHand, read_keyring
from gate.hub.fleet.metadata import Published, Vouched
from gate.hub.fleet.repository import (
    KEYS,
    PUBLISHED,
    STAGED,
    Fleet,
    open_fleet,
    see_that_it_is_whole,
)
from gate.hub.fleet.roles import LIFE, Role, name_of
from gate.hub.fleet.staged import Staged, still_needed

_Online = TypeVar("_Online", Snapshot, Timestamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What was put in place."""

    root: int
    targets: int
    snapshot: int
    timestamp: int
    expires: datetime


def publish(directory: Path, now: datetime) -> Version:
    """Publish what is staged.

    Raises:
        TrustError: nothing is staged, signatures are missing, a role has expired, an online key is
            not at hand, or the disk refuses; what was published before stays.
    """
    with locked(directory):
        fleet = open_fleet(directory)
        if fleet.staged is None:
            step = "`gate hub fleet renew` signs timestamp and snapshot anew"
            raise TrustError(f"{directory / STAGED}: nothing is staged; {step}")
        _see_that_it_is_signed(directory / STAGED, fleet.staged)
        version = _put(fleet, fleet.staged.next, now, with_snapshot=True)
        (directory / STAGED).unlink()
        return version


def renew(directory: Path, now: datetime, *, after_restore: bool = False) -> Version:
    """Sign the timestamp anew, and the snapshot if half its life is over.

    After a restore units hold versions that the backup never saw: both are then signed under a
    version made of the time, in seconds since 1970, above any that was counted.

    Raises:
        TrustError: as `publish`; what was published before stays.
    """
    with locked(directory):
        fleet = open_fleet(directory)
        see_that_it_is_whole(fleet)
        held = fleet.in_force
        is_due = held.snapshot.signed.expires - now < LIFE[Role.SNAPSHOT] / 2
        least = int(now.timestamp()) if after_restore else 1
        return _put(fleet, held.vouched, now, with_snapshot=is_due or after_restore, least=least)


def _see_that_it_is_signed(path: Path, staged: Staged) -> None:
    missing = still_needed(staged)
    if missing:
        words = "; ".join(map(str, missing))
        step = f"next: `gate hub fleet sign {path} --key FILE` by one of them"
        raise TrustError(f"{path}: {words}; {step}")


def _put(
    fleet: Fleet, vouched: Vouched, now: datetime, *, with_snapshot: bool, least: int = 1
) -> Version:
    root, held = vouched.root.signed, fleet.published
    _see_that_people_signed_for_now(vouched, now)
    ring = read_keyring(fleet.directory / KEYS)
    place = fleet.directory / PUBLISHED / "fleet"
    files: list[tuple[Path, bytes]] = []
    targets = _targets_bytes(vouched, held)
    if with_snapshot or held is None:
        for name, target in vouched.targets.signed.targets.items():
            files.append((place / "targets" / target.get_prefixed_paths()[0], vouched.files[name]))
        version = vouched.targets.signed.version
        files.append((place / "metadata" / f"{version}.targets.json", targets))
        snapshot = _snapshot(vouched, targets, held, now, least)
        snapshot_bytes = _sign(root, Role.SNAPSHOT, snapshot, ring)
        version = snapshot.signed.version
        files.append((place / "metadata" / f"{version}.snapshot.json", snapshot_bytes))
        files.append((place / "metadata" / f"{root.version}.root.json", vouched.root.to_bytes()))
    else:
        snapshot, snapshot_bytes = held.snapshot, held.snapshot_bytes
    timestamp = _timestamp(snapshot.signed.version, snapshot_bytes, held, now, least)
    timestamp_bytes = _sign(root, Role.TIMESTAMP, timestamp, ring)
    fresh = [(path, data) for path, data in files if not _holds(path, data)]
    put([*fresh, (place / "metadata" / "timestamp.json", timestamp_bytes)])
    return Version(
        root=root.version,
        targets=vouched.targets.signed.version,
        snapshot=snapshot.signed.version,
        timestamp=timestamp.signed.version,
        expires=timestamp.signed.expires,
    )


def _see_that_people_signed_for_now(vouched: Vouched, now: datetime) -> None:
    for role, signed in ((Role.ROOT, vouched.root.signed), (Role.TARGETS, vouched.targets.signed)):
        if signed.is_expired(now):
            raise TrustError(
                f"{role} version {signed.version}: expired at {signed.expires:%F %T} UTC, so no "
                f"unit would take it; next: `gate hub fleet extend DIR {role}`, and sign that"
            )


def _targets_bytes(vouched: Vouched, held: Published | None) -> bytes:
    """Return targets as they lie there already, or a new version of them."""
    if held is not None and held.vouched.targets.signed.version == vouched.targets.signed.version:
        return held.targets_bytes
    return vouched.targets.to_bytes()


def _snapshot(
    vouched: Vouched, targets: bytes, held: Published | None, now: datetime, least: int
) -> Metadata[Snapshot]:
    meta = MetaFile.from_data(vouched.targets.signed.version, targets, ["sha256"])
    version = max(least, 1 if held is None else held.snapshot.signed.version + 1)
    expires = _expiry(Role.SNAPSHOT, now)
    return Metadata(Snapshot(version=version, expires=expires, meta={"targets.json": meta}))


def _timestamp(
    version: int, snapshot: bytes, held: Published | None, now: datetime, least: int
) -> Metadata[Timestamp]:
    meta = MetaFile.from_data(version, snapshot, ["sha256"])
    expires = _expiry(Role.TIMESTAMP, now)
    if held is None:
        return Metadata(Timestamp(version=least, expires=expires, snapshot_meta=meta))
    before = held.timestamp.signed
    if expires < before.expires:
        signed = before.expires - LIFE[Role.TIMESTAMP]
        raise TrustError(
            f"this machine's clock says {now:%F %T} UTC, but the timestamp in force was signed at "
            f"{signed:%F %T}; next: set the clock right"
        )
    version = max(least, before.version + 1)
    return Metadata(Timestamp(version=version, expires=expires, snapshot_meta=meta))


def _sign(
    root: Root, role: Role, metadata: Metadata[_Online], ring: tuple[KeyInHand, ...]
) -> bytes:
    at_hand = {key.key.keyid: key for key in ring}
    wanted = root.roles[role]
    for keyid in wanted.keyids:
        if keyid in at_hand and at_hand[keyid].signer is not None:
            _add(metadata, at_hand[keyid])
    try:
        root.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except RepositoryError as error:
        names = ", ".join(name_of(root.keys[keyid]) for keyid in wanted.keyids)
        raise TrustError(
            f"{role}: {wanted.threshold} of {names} must sign, and {KEYS}/ has "
            f"{', '.join(key.name for key in ring) or 'no key'}; next: put the key's file there, "
            f"or `gate hub fleet rotate DIR {role}` if it is lost"
        ) from error
    return metadata.to_bytes()


def _add(metadata: Metadata[_Online], key: KeyInHand) -> None:
    if key.signer is None:
        return
    try:
        metadata.sign(key.signer, append=True)
    except RepositoryError as error:
        raise TrustError(f"{key.source}: did not sign: {error}") from error


def _holds(path: Path, data: bytes) -> bool:
    return path.exists() and path.read_bytes() == data


def _expiry(role: Role, now: datetime) -> datetime:
    return (now + LIFE[role]).replace(microsecond=0)

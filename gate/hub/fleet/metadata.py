"""What root and targets keys vouch for, and the published version that holds it.

Every file is verified as a unit would: the root chain from the first root on, then timestamp,
snapshot, targets and the files. Only expiry is left to the caller, who says what it means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp
from tuf.api.serialization import DeserializationError, SerializationError

from gate.errors import TrustError
from gate.hub.fleet.files import read_file
from gate.hub.fleet.roles import Role
from gate.trust.hubs import MAX_HUBS_BYTES, parse_hubs
from gate.trust.issuers import MAX_ISSUERS_BYTES, parse_issuers
from gate.trust.releases import MAX_RELEASES_BYTES, Release, parse_releases

ISSUERS: Final = "issuers.json"
HUBS: Final = "hubs.json"
RELEASES: Final = "releases.json"
"""Not there before the first release was added."""

FILES: Final[Mapping[str, int]] = {
    ISSUERS: MAX_ISSUERS_BYTES,
    HUBS: MAX_HUBS_BYTES,
    RELEASES: MAX_RELEASES_BYTES,
}
"""The files that units are to believe, and how many bytes each may have."""

MAX_METADATA_BYTES: Final = 500_000
"""Less than what python-tuf's client takes of the smallest but timestamp (root: 512,000)."""

_Kind = TypeVar("_Kind", Root, Targets, Snapshot, Timestamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What people sign: the keys of each role, and the files units are to believe."""

    root: Metadata[Root]
    targets: Metadata[Targets]
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A whole version, verified; the bytes are those that lie there."""

    vouched: Vouched
    snapshot: Metadata[Snapshot]
    timestamp: Metadata[Timestamp]
    targets_bytes: bytes
    snapshot_bytes: bytes


def load_published(folder: Path, last_root: int | None = None) -> Published | None:
    """Return the version in `folder`; None if nothing was ever published there.

    `last_root` is the version to judge by, as if later ones were not there.

    Raises:
        TrustError: a file is missing, damaged or not signed as it must be.
    """
    place = folder / "fleet" / "metadata"
    if not (place / "timestamp.json").exists():
        return None
    root = _load_root(place, last_root)
    timestamp = parse(Timestamp, _read(place / "timestamp.json"), place / "timestamp.json")
    check_signed(root.signed, Role.TIMESTAMP, timestamp, place / "timestamp.json")
    path, data = _named(place, Role.SNAPSHOT, timestamp.signed.snapshot_meta)
    snapshot = parse(Snapshot, data, path)
    check_signed(root.signed, Role.SNAPSHOT, snapshot, path)
    targets_path, targets_data = _named(
        place, Role.TARGETS, snapshot.signed.meta.get("targets.json", MetaFile(0x7FFFFFFF))
    )
    targets = parse(Targets, targets_data, targets_path)
    check_signed(root.signed, Role.TARGETS, targets, targets_path)
    files = {
        name: read_file(
            folder / "fleet" / "targets" / target.get_prefixed_paths()[0], FILES.get(name, 0)
        )
        for name, target in targets.signed.targets.items()
    }
    check_files(targets.signed, files, targets_path)
    return Published(
        vouched=Vouched(root=root, targets=targets, files=files),
        snapshot=snapshot,
        timestamp=timestamp,
        targets_bytes=targets_data,
        snapshot_bytes=data,
    )


def published_root(folder: Path, version: int) -> Metadata[Root] | None:
    """Return one root of those that lie there, unverified; None if it is not there."""
    path = folder / "fleet" / "metadata" / f"{version}.root.json"
    return parse(Root, _read(path), path) if path.exists() else None


def read_root(path: Path) -> Metadata[Root]:
    """Return a root that lies somewhere, signed by itself; raises TrustError."""
    root = parse(Root, _read(path), path)
    check_signed(root.signed, Role.ROOT, root, path)
    return root


def parse(kind: type[_Kind], data: bytes, source: Path) -> Metadata[_Kind]:
    """Take one metadata file apart; nothing in it is verified.

    Raises:
        TrustError: it is none, or one of another kind.
    """
    try:
        found: Metadata[Any] = Metadata.from_bytes(data)
        _ = found.signed_bytes  # what can't be signed, such as a fraction, is no metadata either
    except (DeserializationError, SerializationError) as error:
        raise TrustError(f"{source}: no metadata of TUF's: {error.__cause__!r}") from error
    if not isinstance(found.signed, kind):
        raise TrustError(f"{source}: {found.signed.type!r} metadata, {kind.type!r} was expected")
    if isinstance(found.signed, Root):
        named = {keyid for role in found.signed.roles.values() for keyid in role.keyids}
        if missing := named - found.signed.keys.keys():
            raise TrustError(f"{source}: names {len(missing)} key(s) that it does not hold")
    return Metadata(found.signed, found.signatures, found.unrecognized_fields)


def check_signed(root: Root, role: Role, metadata: Metadata[_Kind], source: Path) -> None:
    """See that enough keys of a role signed; raises TrustError."""
    try:
        root.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, ValueError) as error:
        raise TrustError(f"{source}: not signed as root {root.version} asks: {error}") from error


def check_files(targets: Targets, files: Mapping[str, bytes], source: Path) -> None:
    """See that the files are those that targets names, and no others; raises TrustError."""
    if files.keys() != targets.targets.keys():
        named = ", ".join(sorted(targets.targets))
        raise TrustError(f"{source}: names {named}, but {', '.join(sorted(files))} are here")
    for name, target in targets.targets.items():
        try:
            target.verify_length_and_hashes(files[name])
        except RepositoryError as error:
            raise TrustError(f"{name}: not the file that {source} names: {error}") from error
    parse_issuers(text_of(files, ISSUERS), ISSUERS)
    parse_hubs(text_of(files, HUBS), HUBS)
    releases_in(files)


def releases_in(files: Mapping[str, bytes]) -> tuple[Release, ...]:
    """Return the releases of a version; none where the file is not there. Raises TrustError."""
    if RELEASES not in files:
        return ()
    return parse_releases(text_of(files, RELEASES), RELEASES)


def text_of(files: Mapping[str, bytes], name: str) -> str:
    """Return a file as text; raises TrustError if it is missing or none."""
    try:
        return files[name].decode()
    except (KeyError, UnicodeDecodeError) as error:
        raise TrustError(f"{name}: missing, or not UTF-8") from error


def _load_root(place: Path, last: int | None) -> Metadata[Root]:
    """Walk the chain from the first root on."""
    root = read_root(place / "1.root.json")
    while last is None or root.signed.version < last:
        path = place / f"{root.signed.version + 1}.root.json"
        if not path.exists():
            break
        later = parse(Root, _read(path), path)
        if later.signed.version != root.signed.version + 1:
            raise TrustError(f"{path}: holds version {later.signed.version}")
        for judge in (root.signed, later.signed):
            check_signed(judge, Role.ROOT, later, path)
        root = later
    return root


def _named(place: Path, role: Role, meta: MetaFile) -> tuple[Path, bytes]:
    path = place / f"{meta.version}.{role}.json"
    data = _read(path)
    try:
        meta.verify_length_and_hashes(data)
    except RepositoryError as error:
        raise TrustError(f"{path}: not the file that was signed for: {error}") from error
    return path, data


def _read(path: Path) -> bytes:
    return read_file(path, MAX_METADATA_BYTES)

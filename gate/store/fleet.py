"""Fleet trust as it lies on the disk: a TUF repository's metadata, verified from the pinned root.

    fleet/metadata/<n>.root.json, timestamp.json, snapshot.json, targets.json
    fleet/targets/issuers.json, hubs.json, and releases.json if the owner vouches for any

Everything is verified again at every load, without a network: python-tuf's own client has no such
mode (theupdateframework/python-tuf, issue 2359). Signatures, thresholds, versions, lengths and
hashes are held to the TUF specification, sections 5.3 to 5.7. Expiry is not: it was judged when the
file was fetched (`gate.uplink.fleet`); afterwards age decides, by the site's tiers. Only the
top-level targets role counts, whose keys are offline: a delegation gives nobody a word in who may
issue cards.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from gate.errors import TrustError
from gate.store.trust_names import PINNED_ROOT
from gate.trust.bundle import Issuer
from gate.trust.hubs import MAX_HUBS_BYTES, SiteHub, parse_hubs
from gate.trust.issuers import parse_issuers
from gate.trust.releases import Release, parse_releases

METADATA: Final = "metadata"
TARGETS: Final = "targets"
ISSUERS: Final = "issuers.json"
HUBS: Final = "hubs.json"
RELEASES: Final = "releases.json"

MAX_ROOT_ROTATIONS: Final = 256
MAX_ROOT_BYTES: Final = 512_000
MAX_TIMESTAMP_BYTES: Final = 16_384
MAX_SNAPSHOT_BYTES: Final = 2_000_000
MAX_TARGETS_BYTES: Final = 5_000_000
"""These five are the defaults of tuf.ngclient.config.UpdaterConfig (python-tuf 7.0.1)."""

MAX_TARGET_BYTES: Final = MAX_HUBS_BYTES
"""The largest of the targets; `gate.trust.issuers` takes a quarter of it, releases an eighth."""

_TIMESTAMP: Final = "timestamp.json"
_SNAPSHOT: Final = "snapshot.json"
_TARGETS: Final = "targets.json"

Files = Mapping[str, bytes]
_S = TypeVar("_S", Root, Timestamp, Snapshot, Targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The version of each top-level role; none of them ever falls while its keys stay."""

    root: int
    timestamp: int
    snapshot: int
    targets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Metadata that holds from the pinned root to the targets; `expires_at` is its earliest end."""

    versions: Versions
    targets: Targets
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What the fleet's owner vouches for.

    Attributes:
        issuers: who may sign cards.
        hubs: by which keys each site's hub signs.
        releases: which versions of this software may be installed, the newest last.
        versions: of the metadata that vouches for them.
        expires_at: the earliest end of that metadata, as it was fetched.
    """

    issuers: tuple[Issuer, ...]
    hubs: tuple[SiteHub, ...]
    versions: Versions
    expires_at: datetime
    releases: tuple[Release, ...] = ()


def read_pinned_root(trust: Path) -> bytes | None:
    """Return the root that a hand or the enrolment put into `trust`; None: there is none.

    Raises:
        TrustError: it can't be read, or is too long.
    """
    path = trust / PINNED_ROOT
    return _read(path, MAX_ROOT_BYTES) if path.exists() else None


def verify_fleet(directory: Path, pinned_root: bytes) -> Fleet:
    """Return what the fleet trust in `directory` says, which holds from `pinned_root` on.

    1. The roots, each by the one before.  2. Timestamp, snapshot and targets, each by the last root
    and by what stands above it.  3. The files, by length and hash.  4. What they say.

    Raises:
        TrustError: a file is missing or does not hold; names it.
    """
    metadata = {
        path.name: _read(path, MAX_TARGETS_BYTES)
        for path in sorted((directory / METADATA).glob("*.json"))
    }
    return read_fleet(
        verify_chain(metadata, pinned_root),
        {
            path.name: _read(path, MAX_TARGET_BYTES)
            for path in sorted((directory / TARGETS).glob("*.json"))
        },
    )


def verify_chain(metadata: Files, pinned_root: bytes) -> Chain:
    """Return what `metadata` (file names to contents) comes to, from `pinned_root` on.

    Raises:
        TrustError: a file is missing or does not hold; names it.
    """
    root = _pinned(pinned_root)
    for _, later in _later_roots(root, metadata):
        root = later
    timestamp = _signed(Timestamp, _present(metadata, _TIMESTAMP), root)
    data = _present(metadata, _SNAPSHOT)
    with _named(_SNAPSHOT):
        timestamp.snapshot_meta.verify_length_and_hashes(data)
    snapshot = _signed(Snapshot, data, root)
    _same_version(_SNAPSHOT, snapshot.version, timestamp.snapshot_meta.version)
    data = _present(metadata, _TARGETS)
    if _TARGETS not in snapshot.meta:
        raise TrustError(f"fleet trust: {_TARGETS}: not in the snapshot")
    with _named(_TARGETS):
        snapshot.meta[_TARGETS].verify_length_and_hashes(data)
    targets = _signed(Targets, data, root)
    _same_version(_TARGETS, targets.version, snapshot.meta[_TARGETS].version)
    return Chain(
        versions=Versions(
            root=root.version,
            timestamp=timestamp.version,
            snapshot=snapshot.version,
            targets=targets.version,
        ),
        targets=targets,
        expires_at=min(part.expires for part in (root, timestamp, snapshot, targets)),
    )


def read_fleet(chain: Chain, files: Files) -> Fleet:
    """Return what `files` (target names to contents) say, as far as `chain` vouches for them.

    Raises:
        TrustError: one is missing, not as it was signed, or malformed.
    """
    has_releases = RELEASES in chain.targets.targets
    for name in (ISSUERS, HUBS, *[RELEASES] * has_releases):
        target = chain.targets.targets.get(name)
        if target is None:
            raise TrustError(
                f"fleet trust: {name}: not among the targets that the offline keys sign"
            )
        with _named(name):
            target.verify_length_and_hashes(_present(files, name))
    return Fleet(
        issuers=parse_issuers(_text(files, ISSUERS), f"fleet trust: {ISSUERS}"),
        hubs=parse_hubs(_text(files, HUBS), f"fleet trust: {HUBS}"),
        versions=chain.versions,
        expires_at=chain.expires_at,
        releases=_releases(files) if has_releases else (),
    )


def best_known(pinned_root: bytes, *sources: Files) -> dict[str, bytes]:
    """Return the metadata that a refresh starts from: of each role the newest that holds.

    A chain that was cut in the middle need not be whole. What its roots no longer vouch for is left
    out: after a key was replaced, its versions may begin anew (TUF specification 5.3.11).

    Raises:
        TrustError: the pinned root is none.
    """
    root = _pinned(pinned_root)
    known = {f"{root.version}.root.json": pinned_root}
    for source in (*sources, *sources):  # twice: what lacks a root in one may follow in the other
        for data, later in _later_roots(root, source, strict=False):
            root = later
            known[f"{root.version}.root.json"] = data
    newest: dict[str, int] = {}
    for source in sources:
        for name in (_TIMESTAMP, _SNAPSHOT, _TARGETS):
            version = _version(name, source.get(name), root)
            if version > newest.get(name, 0):
                newest[name], known[name] = version, source[name]
    return known


def _releases(files: Files) -> tuple[Release, ...]:
    return parse_releases(_text(files, RELEASES), f"fleet trust: {RELEASES}")


def _pinned(data: bytes) -> Root:
    root = _open(Root, data, "the pinned root")
    return _vouched(root, root.signed, "the pinned root")


def _later_roots(
    root: Root, metadata: Files, *, strict: bool = True
) -> Iterator[tuple[bytes, Root]]:
    """Yield each root after `root`, with its bytes, for as long as the next one is there.

    With `strict` one that does not hold is a TrustError, else the end.
    """
    for version in range(root.version + 1, root.version + 1 + MAX_ROOT_ROTATIONS):
        name = f"{version}.root.json"
        if name not in metadata:
            return
        try:
            later = _open(Root, metadata[name], name)
            _vouched(later, root, name)
            root = _vouched(later, later.signed, name)
            _same_version(name, root.version, version)
        except TrustError:
            if strict:
                raise
            return
        yield metadata[name], root


def _version(name: str, data: bytes | None, root: Root) -> int:
    """Return the version of a role's metadata; 0 if there is none that `root` vouches for."""
    if data is None:
        return 0
    try:
        match name:
            case "timestamp.json":
                return _signed(Timestamp, data, root).version
            case "snapshot.json":
                return _signed(Snapshot, data, root).version
            case _:
                return _signed(Targets, data, root).version
    except TrustError:
        return 0


def _signed(kind: type[_S], data: bytes, root: Root) -> _S:
    name = f"{kind.type}.json"
    return _vouched(_open(kind, data, name), root, name)


def _open(kind: type[_S], data: bytes, name: str) -> Metadata[_S]:
    with _named(name):
        metadata = Metadata[_S].from_bytes(data)
    if not isinstance(metadata.signed, kind):
        raise TrustError(f"fleet trust: {name}: it is {metadata.signed.type} metadata")
    return metadata


def _vouched(metadata: Metadata[_S], root: Root, name: str) -> _S:
    """Return what enough of the keys that `root` names for this role have signed."""
    with _named(name):
        root.verify_delegate(metadata.signed.type, metadata.signed_bytes, metadata.signatures)
    return metadata.signed


def _same_version(name: str, found: int, named: int) -> None:
    if found != named:
        raise TrustError(f"fleet trust: {name}: version {found}, where {named} is named")


def _present(files: Files, name: str) -> bytes:
    if name not in files:
        raise TrustError(f"fleet trust: {name}: missing")
    return files[name]


def _text(files: Files, name: str) -> str:
    try:
        return files[name].decode()
    except UnicodeDecodeError as error:
        raise TrustError(f"fleet trust: {name}: not UTF-8") from error


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Make what python-tuf refuses a TrustError that names the file."""
    try:
        yield
    except RepositoryError as error:
        raise TrustError(f"fleet trust: {name}: {error}") from error


def _read(path: Path, max_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise TrustError(f"{path}: {error.strerror}") from error
    if len(data) > max_bytes:
        raise TrustError(f"{path}: over {max_bytes} bytes, which is the most for it")
    return data

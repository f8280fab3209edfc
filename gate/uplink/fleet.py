"""Fleet trust from its repository: one TUF refresh, into a builder of the next generation.

1. Lay out in a scratch directory what is known and holds: of the generation in force, and of an
earlier refresh that could not be finished.  2. Let python-tuf refresh there, by the workflow of the
TUF specification (5.3 to 5.6), over our own fetcher.  3. Get the targets that changed.  4. Verify
the whole once more, as the gate will.  5. Put it into the builder; the caller commits.

The generation in force is never touched. A refresh that breaks off keeps what it had verified in
`ahead/`, apart from every generation: a new root, once seen, is not forgotten because the link was
cut after it, and an attacker can't have it unseen by cutting. With nothing new it costs two
requests: for the root after the last one (404 says there is none) and for the timestamp.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final
from urllib.parse import quote

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from gate.errors import TrustError, UplinkError
from gate.store.files import write_file
from gate.store.fleet import (
    HUBS,
    ISSUERS,
    MAX_ROOT_BYTES,
    MAX_ROOT_ROTATIONS,
    MAX_SNAPSHOT_BYTES,
    MAX_TARGET_BYTES,
    MAX_TARGETS_BYTES,
    MAX_TIMESTAMP_BYTES,
    METADATA,
    RELEASES,
    TARGETS,
    Chain,
    Files,
    Fleet,
    best_known,
    read_fleet,
    verify_chain,
)
from gate.store.generations import Builder
from gate.store.trust_names import FLEET
from gate.uplink.fetch import Fetching

AHEAD: Final = "ahead"
DELEGATED: Final = "delegated/"
"""A folder apart for the roles that targets delegate to, since one may be called "1.root"; a fleet
has none (`gate.store.fleet` takes no word of theirs)."""

_METADATA: Final = f"{FLEET}/{METADATA}/"
_ROOT: Final = ".root.json"
_ROOTS: Final = "root_history"  # of python-tuf's own cache
_TOP: Final = frozenset({"timestamp.json", "snapshot.json", "targets.json"})
_WHO: Final = "see who answers at the hub's address"
_REFUSALS: Final = (
    (UnsignedMetadataError, f"too few signatures: {{error}}; {_WHO}"),
    (
        ExpiredMetadataError,
        (
            "expired: {error}, and now it is {now:%Y-%m-%d %H:%M} UTC; publish on the hub, or put"
            " this clock right"
        ),
    ),
    (
        BadVersionNumberError,
        (
            f"another version than it must have: {{error}}; {_WHO}; a hub that was put back"
            " publishes anew"
        ),
    ),
    (
        LengthOrHashMismatchError,
        (
            "{file}: not what was signed: {error}; damaged on its way or on the hub, it is asked"
            " for again within the hour"
        ),
    ),
    (RepositoryError, f"{{file}}: malformed: {{error}}; {_WHO}"),
)
_HASHED: Final = re.compile(r"[0-9a-f]{64}\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A TUF repository: how it is reached, and what all its trust comes from.

    Attributes:
        metadata_url: where its metadata is served; ends in "/", as does the next.
        targets_url: where its targets are served.
        fetcher: gets the files.
        pinned_root: the root metadata that is believed because of who put it here.
    """

    metadata_url: str
    targets_url: str
    fetcher: Fetching
    pinned_root: bytes


def fleet_repository(url: str, fetcher: Fetching, pinned_root: bytes) -> Repository:
    """Return the fleet's, as the hub or a CDN at `url` (no slash at its end) serves it."""
    return Repository(
        metadata_url=f"{url}/{FLEET}/{METADATA}/",
        targets_url=f"{url}/{FLEET}/{TARGETS}/",
        fetcher=fetcher,
        pinned_root=pinned_root,
    )


def refresh_fleet(
    builder: Builder, repository: Repository, *, now: datetime, deadline_s: float
) -> Fleet:
    """Bring the builder's fleet trust up to date; `builder.is_changed` tells whether it was not.

    Args:
        builder: of the next generation.
        repository: the fleet's.
        now: by which expiry is judged: the time, or its lower bound if it is not trusted.
        deadline_s: on the fetcher's steady line.

    Raises:
        UplinkError: the repository did not answer in time, or not as a repository.
        TrustError: what it answered is refused, or the disk is full; nothing was put.
    """
    wanted, at_will = (ISSUERS, HUBS), (RELEASES,)
    with _refreshed(builder, repository, now, deadline_s, wanted, at_will) as (chain, targets):
        return read_fleet(chain, targets)


def refresh_targets(
    builder: Builder,
    repository: Repository,
    *,
    now: datetime,
    deadline_s: float,
    wanted: Sequence[str],
) -> Files:
    """Do what `refresh_fleet` does with any targets of any repository; return those `wanted`."""
    with _refreshed(builder, repository, now, deadline_s, wanted) as (_, targets):
        return targets


def known_metadata(builder: Builder, pinned_root: bytes) -> dict[str, bytes]:
    """Return the metadata that is held: in force, or ahead of it since a refresh broke off.

    Raises:
        TrustError: the pinned root is none, or the disk refuses.
    """
    held = {
        name.removeprefix(_METADATA): builder.get(name) or b""
        for name in builder.names()
        if name.startswith(_METADATA)
    }
    ahead = _read_all(builder.trust / AHEAD)
    delegated = {name: data for name, data in (held | ahead).items() if name.startswith(DELEGATED)}
    return delegated | best_known(pinned_root, held, ahead)


@contextmanager
def _refreshed(
    builder: Builder,
    repository: Repository,
    now: datetime,
    deadline_s: float,
    wanted: Sequence[str],
    at_will: Sequence[str] = (),
) -> Iterator[tuple[Chain, Files]]:
    """Give what a refresh came to, and put it into the builder unless the block refuses it.

    Targets `at_will` are those that the owner may leave out.
    """
    known = known_metadata(builder, repository.pinned_root)  # 1.
    fetcher = _TufFetcher(repository.fetcher, deadline_s)
    with _translated(fetcher, now), TemporaryDirectory(prefix="gate-fleet-") as name:
        scratch = Path(name)
        _lay_out(scratch, known)
        try:
            with _translated(fetcher, now):
                updater = _updater(scratch, repository, now, fetcher)
                updater.refresh()  # 2.
                there = (*wanted, *(name for name in at_will if _has(updater, name)))
                targets = {name: _target(updater, scratch, builder, name) for name in there}  # 3.
            yield verify_chain(_gather(scratch), repository.pinned_root), targets  # 4.
        except (TrustError, UplinkError):
            _keep(builder.trust / AHEAD, _gather(scratch), known)
            raise
        _put(builder, _gather(scratch), targets)  # 5.
        for left_out in set(at_will) - targets.keys():
            builder.drop(_target_name(left_out))


def _updater(
    scratch: Path, repository: Repository, now: datetime, fetcher: "_TufFetcher"
) -> Updater:
    updater = Updater(
        metadata_dir=str(scratch),
        metadata_base_url=repository.metadata_url,
        target_dir=str(scratch / TARGETS),
        target_base_url=repository.targets_url,
        fetcher=fetcher,
        config=UpdaterConfig(
            max_root_rotations=MAX_ROOT_ROTATIONS,
            root_max_length=MAX_ROOT_BYTES,
            timestamp_max_length=MAX_TIMESTAMP_BYTES,
            snapshot_max_length=MAX_SNAPSHOT_BYTES,
            targets_max_length=MAX_TARGETS_BYTES,
        ),
        bootstrap=repository.pinned_root,
    )
    updater._trusted_set.reference_time = now  # noqa: SLF001 - it asks the system's clock else
    return updater


def _has(updater: Updater, name: str) -> bool:
    """Tell whether the targets that the offline keys sign name a file."""
    return name in updater._trusted_set.targets.targets  # noqa: SLF001 - no word of a delegation's


def _target(updater: Updater, scratch: Path, builder: Builder, name: str) -> bytes:
    """Return a target's content, verified; from the network only if what is held is another."""
    info = updater.get_targetinfo(name)
    if info is None:
        raise TrustError(
            f"fleet trust: {name}: not among the targets; stage it on the hub, sign and publish"
        )
    if info.length > MAX_TARGET_BYTES:
        raise TrustError(
            f"fleet trust: {name}: {info.length} bytes, at most {MAX_TARGET_BYTES}; publish less"
        )
    held = builder.get(_target_name(name))
    if held is not None:
        (scratch / TARGETS / quote(name, "")).write_bytes(held)
    path = updater.find_cached_target(info) or updater.download_target(info)
    return Path(path).read_bytes()


def _target_name(name: str) -> str:
    return f"{FLEET}/{TARGETS}/{quote(name, '')}"


def _put(builder: Builder, metadata: Files, targets: Files) -> None:
    for name in builder.names():
        if name.startswith(_METADATA) and name.removeprefix(_METADATA) not in metadata:
            builder.drop(name)
    for name, data in metadata.items():
        builder.put(f"{_METADATA}{name}", data)
    for name, data in targets.items():
        builder.put(_target_name(name), data)


def _keep(ahead: Path, metadata: Files, known: Files) -> None:
    """Remember what a refresh had verified when it broke off."""
    for name, data in metadata.items():
        if known.get(name) != data:
            path = ahead / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, data)


def _lay_out(scratch: Path, known: Files) -> None:
    """Write what is known as python-tuf's cache has it."""
    (scratch / TARGETS).mkdir()
    (scratch / _ROOTS).mkdir()
    for name, data in known.items():
        if name.startswith(DELEGATED):
            (scratch / name.removeprefix(DELEGATED)).write_bytes(data)
        else:
            (scratch / (_ROOTS if name.endswith(_ROOT) else ".") / name).write_bytes(data)


def _gather(scratch: Path) -> dict[str, bytes]:
    """Return what python-tuf's cache holds by now, by the names we keep it under."""
    roots = {path.name: path.read_bytes() for path in (scratch / _ROOTS).glob(f"*{_ROOT}")}
    others = {
        path.name if path.name in _TOP else f"{DELEGATED}{path.name}": path.read_bytes()
        for path in scratch.glob("*.json")
        if path.name != "root.json"  # a link into the roots
    }
    return roots | others


def _read_all(directory: Path) -> dict[str, bytes]:
    try:
        return {
            path.relative_to(directory).as_posix(): path.read_bytes()
            for path in directory.rglob("*.json")
        }
    except OSError as error:
        raise TrustError(f"{directory}: {error.strerror}") from error


class _TufFetcher(FetcherInterface):
    """Our fetcher as python-tuf wants it: bounded while it streams, and by the pass's deadline.

    `last` is the name of the file that was asked for last: python-tuf's refusals don't say which.
    """

    def __init__(self, fetcher: Fetching, deadline_s: float) -> None:
        self.last = ""
        self._fetcher = fetcher
        self._deadline_s = deadline_s

    @contextmanager
    def download_file(self, url: str, max_length: int) -> Iterator[IO[bytes]]:
        """Give the file at `url`."""
        yield BytesIO(self._get(url, max_length))

    def _fetch(self, url: str) -> Iterator[bytes]:
        return iter((self._get(url, MAX_TARGETS_BYTES),))

    def _get(self, url: str, max_bytes: int) -> bytes:
        self.last = _HASHED.sub("", url.rpartition("/")[2])
        try:
            answer = self._fetcher.get(url, max_bytes=max_bytes, deadline_s=self._deadline_s)
        except UplinkError as error:
            raise DownloadError(str(error)) from error
        if answer.status != 200:
            raise DownloadHTTPError(f"the server says {answer.status}", answer.status)
        return answer.body


@contextmanager
def _translated(fetcher: _TufFetcher, now: datetime) -> Iterator[None]:
    """Make python-tuf's errors, and the disk's, ours."""
    try:
        yield
    except DownloadError as error:
        raise UplinkError(f"fleet trust: {fetcher.last}: {error}") from error
    except RepositoryError as error:
        words = next(words for kind, words in _REFUSALS if isinstance(error, kind))
        refusal = words.format(file=fetcher.last, error=str(error).rstrip("."), now=now)
        raise TrustError(f"fleet trust: {refusal}") from error
    except OSError as error:
        raise TrustError(f"fleet trust: the disk refuses: {error}; make room on it") from error

"""One file that carries to a cut-off gate what its hub serves: names, bounds and form. Pure.

    fleet/metadata/<n>.root.json ...    the fleet's trust, under the names it is served by
    fleet/targets/<hash>.<name>.json
    lists/<name>.cwt                    status lists
    manifest.cose                       the site's manifest
    presence.cose                       the site's presence; seldom worth carrying

It is a plain tar archive (POSIX.1-1988, "ustar"), not compressed, not signed: each part has its own
signature and is judged as if it had come through the network. So little may stand in it that what
stands there can be bounded before any of it is read: regular files of these names, each once. The
same parts give the same bytes.

Invariant: `index_update` of any bytes is where each part lies, all within the file, or TrustError;
and `index_update(format_update(parts))` finds the parts.
"""

import re
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from tarfile import TarInfo
from typing import Final

from gate.errors import TrustError
from gate.trust.hubs import MAX_HUBS_BYTES
from gate.trust.manifest import KIND as MANIFEST_KIND
from gate.trust.releases import MAX_RELEASES_BYTES
from gate.trust.site_presence import KIND as PRESENCE_KIND
from gate.trust.status_token import MAX_TOKEN_BYTES

SUFFIX: Final = ".gateupdate"
MANIFEST_PART: Final = "manifest.cose"
PRESENCE_PART: Final = "presence.cose"
TIMESTAMP_PART: Final = "fleet/metadata/timestamp.json"

MAX_PARTS: Final = 1024
"""256 changes of the fleet's root (`gate.store.fleet`), and as many lists as anybody has, twice."""

MAX_UPDATE_BYTES: Final = 64 << 20
"""100 lists of two million cards, a hundredth of them cancelled, take 3.3 MB."""

_LIMITS: Final = (
    (re.compile(r"fleet/metadata/[1-9][0-9]{0,8}\.root\.json", re.ASCII), 512_000),
    (re.compile(r"fleet/metadata/timestamp\.json"), 16_384),
    (re.compile(r"fleet/metadata/[1-9][0-9]{0,8}\.snapshot\.json", re.ASCII), 2_000_000),
    (re.compile(r"fleet/metadata/[1-9][0-9]{0,8}\.targets\.json", re.ASCII), 5_000_000),
    (re.compile(r"fleet/targets/[0-9a-f]{64}\.(?:issuers|hubs)\.json", re.ASCII), MAX_HUBS_BYTES),
    (re.compile(r"fleet/targets/[0-9a-f]{64}\.releases\.json", re.ASCII), MAX_RELEASES_BYTES),
    (re.compile(r"lists/[0-9a-f]{16}\.cwt", re.ASCII), MAX_TOKEN_BYTES),
    (re.compile(r"manifest\.cose"), MANIFEST_KIND.max_bytes),
    (re.compile(r"presence\.cose"), PRESENCE_KIND.max_bytes),
)
"""Which parts there may be, and how long each: as where the network brings it."""

_BLOCK: Final = tarfile.BLOCKSIZE
_END: Final = bytes(2 * _BLOCK)
_KINDS: Final = {
    tarfile.LNKTYPE: "a link",
    tarfile.SYMTYPE: "a link",
    tarfile.DIRTYPE: "a directory",
}

ReadAt = Callable[[int, int], bytes]
"""Returns so many bytes from an offset on, fewer only where the file ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a part lies in the file."""

    offset_bytes: int
    size_bytes: int


def format_update(parts: Mapping[str, bytes]) -> bytes:
    """Return the file with these parts.

    Raises:
        TrustError: a part that has no place in it, or too many or too large ones.
    """
    whole = bytearray()
    for name in sorted(parts):
        data = parts[name]
        _check(name, len(data))
        header = TarInfo(name)
        header.size, header.mode = len(data), 0o644
        whole += header.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")
        whole += data + bytes(-len(data) % _BLOCK)
    whole += _END
    _check_whole(len(parts), len(whole))
    return bytes(whole)


def index_update(read_at: ReadAt, size_bytes: int) -> dict[str, Place]:
    """Return where each part of a file lies; nothing but the parts' headers is read.

    Raises:
        TrustError: it is no such file; names the first part that may not be in it, and why.
    """
    _check_whole(0, size_bytes)
    found: dict[str, Place] = {}
    offset = 0
    while True:
        block = read_at(offset, _BLOCK)
        if len(block) < _BLOCK:
            after = f"after {list(found)[-1]}" if found else "at its beginning"
            raise TrustError(f"update: cut short {after}; copy it again")
        if not any(block):
            return found
        name, size = _header(block)
        if name in found:
            raise TrustError(f"update: {name!r} stands twice in it")
        _check(name, size)
        found[name] = Place(offset_bytes=offset + _BLOCK, size_bytes=size)
        offset += _BLOCK + size + -size % _BLOCK
        if offset > size_bytes:
            raise TrustError(f"update: cut short in {name}; copy it again")
        _check_whole(len(found), size_bytes)


def _header(block: bytes) -> tuple[str, int]:
    try:
        header = TarInfo.frombuf(block, "latin-1", "strict")
    except tarfile.TarError as error:
        raise TrustError(f"update: not as `gate trust export` writes it: {error}") from error
    name = header.name[:100]
    if header.type != tarfile.REGTYPE:
        kind = _KINDS.get(header.type, f"of the kind {header.type!r}")
        raise TrustError(f"update: {name!r} is {kind}; only plain files may stand in it")
    return header.name, header.size


def _check(name: str, size_bytes: int) -> None:
    for pattern, most_bytes in _LIMITS:
        if pattern.fullmatch(name):
            if 0 <= size_bytes <= most_bytes:
                return
            raise TrustError(f"update: {name}: {size_bytes} bytes, at most {most_bytes}")
    raise TrustError(f"update: {name[:100]!r} is no name for a part of it")


def _check_whole(parts: int, size_bytes: int) -> None:
    if parts > MAX_PARTS:
        raise TrustError(f"update: over {MAX_PARTS} parts, which is the most")
    if size_bytes > MAX_UPDATE_BYTES:
        raise TrustError(f"update: {size_bytes} bytes, at most {MAX_UPDATE_BYTES}")

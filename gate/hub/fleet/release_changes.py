"""Changes to which versions of the software the fleet vouches for, as values."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from gate.errors import TrustError
from gate.trust.releases import (
    MAX_FILE_BYTES,
    MAX_RELEASES,
    Release,
    ReleaseFile,
    check_file,
    check_files,
    check_version,
    version_order,
)


def read_release(version: str, paths: Sequence[Path]) -> Release:
    """Return a release of these files as they lie there.

    Raises:
        TrustError: no version, no such file, or one whose name or length may not stand there.
    """
    whose = f"release {version[:64]!r}"
    check_version(version, whose)
    release = Release(version=version, files=tuple(_hashed(path) for path in paths))
    check_files(release.files, f"{whose}: files")
    return release


def add_release(held: Sequence[Release], fresh: Release) -> tuple[Release, ...]:
    """Vouch for one more version; it is put where its number belongs.

    Raises:
        TrustError: it is there already, whatever its files, or there are too many.
    """
    order = version_order(fresh.version)
    for one in held:
        if version_order(one.version) == order:
            raise TrustError(
                f"release {fresh.version!r}: is there already, as {one.version!r}; next: give what"
                " changed another version, or `gate hub fleet withdraw-release` it first"
            )
    if len(held) >= MAX_RELEASES:
        raise TrustError(
            f"release {fresh.version!r}: {len(held)} are there, at most {MAX_RELEASES}; next:"
            f" `gate hub fleet withdraw-release` the oldest, {held[0].version}"
        )
    return tuple(sorted((*held, fresh), key=lambda one: version_order(one.version)))


def withdraw_release(held: Sequence[Release], version: str) -> tuple[Release, ...]:
    """Vouch for a version no longer."""
    kept = tuple(one for one in held if one.version != version)
    if len(kept) == len(held):
        known = ", ".join(one.version for one in held) or "none"
        raise TrustError(f"release {version[:64]!r}: is not there; the fleet's releases: {known}")
    return kept


def _hashed(path: Path) -> ReleaseFile:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
                raise TrustError(f"{path}: over {MAX_FILE_BYTES} bytes, the most for a file")
            digest = hashlib.file_digest(file, "sha256").digest()
            length_bytes = file.tell()
    except OSError as error:
        raise TrustError(
            f"{path}: can't be read: {error.strerror}; next: name a release's file"
        ) from error
    found = ReleaseFile(name=path.name, sha256=digest, length_bytes=length_bytes)
    check_file(found, str(path))
    return found

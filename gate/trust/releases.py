"""The releases' file: which versions of this software the fleet's owners vouch for, in JSON.

It names each file of a release by hash and length; it does not hold the files. It travels as a
target of the fleet's trust (TUF), which says by itself who may change it.

Versions are those of PEP 440 that are digits and dots only, in their one spelling. They ascend, so
the newest is the last; 0.2 and 0.2.0 are the same.

Invariant: `parse_releases(text)` returns releases whose `format_releases` parses to the same, or
raises TrustError naming the place that is wrong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from gate.errors import TrustError
from gate.trust.json_fields import (
    read_document,
    read_integer,
    read_list,
    read_object,
    read_string,
    write_document,
)

MAX_RELEASES: Final = 64
"""A gate goes to the newest; what is years old is withdrawn."""

MAX_FILES: Final = 16
"""Of a release: the wheel of each processor and Python, and what is beside them."""

MAX_FILE_BYTES: Final = 1 << 30
"""A whole image of a unit's system is below it."""

MAX_RELEASES_BYTES: Final = 512 << 10
"""As many releases, files and characters as there may be, in this form."""

_VERSION: Final = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){0,4}", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """One file of a release: its name, and what tells it from any other."""

    name: str
    sha256: bytes
    length_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version of this software, and all of its files."""

    version: str
    files: tuple[ReleaseFile, ...]


def parse_releases(text: str, source: str) -> tuple[Release, ...]:
    """Return the releases in `text`, the newest last; `source` names the file in errors.

    Raises:
        TrustError: not this form, over a bound, or not ascending.
    """
    items = read_document(text, source, "releases", MAX_RELEASES_BYTES)
    if len(items) > MAX_RELEASES:
        raise TrustError(
            f"{source}: releases: {len(items)} of them, at most {MAX_RELEASES}; next: withdraw"
            " the oldest"
        )
    releases = tuple(
        _release(item, f"{source}: releases[{place}]") for place, item in enumerate(items)
    )
    for place, (before, after) in enumerate(pairwise(releases), start=1):
        if version_order(before.version) >= version_order(after.version):
            raise TrustError(
                f"{source}: releases[{place}].version: {after.version!r} after {before.version!r};"
                " each stands once, the newest last"
            )
    return releases


def format_releases(releases: Sequence[Release]) -> str:
    """Return the file's text."""
    return write_document("releases", [describe_release(release) for release in releases])


def describe_release(release: Release) -> dict[str, object]:
    """Return a release as it stands in the file."""
    files = [
        {"name": file.name, "sha256": file.sha256.hex(), "length": file.length_bytes}
        for file in release.files
    ]
    return {"version": release.version, "files": files}


def version_order(version: str) -> tuple[int, ...]:
    """Return what versions are compared by: trailing zeros count for nothing (PEP 440)."""
    numbers = [int(number) for number in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def check_version(version: str, place: str) -> None:
    """See that it is a version that a release may have; raises TrustError."""
    if not _VERSION.fullmatch(version):
        raise TrustError(
            f"{place}: {version[:64]!r} is no version of a release: 1 to 5 numbers of at most 9"
            " digits with dots between them, such as 0.2.0"
        )


def check_file(file: ReleaseFile, place: str) -> None:
    """See that a file's name and length are such as may stand here; raises TrustError."""
    if not _NAME.fullmatch(file.name):
        raise TrustError(
            f"{place}.name: {file.name[:200]!r} is not 1 to 128 letters, digits, dots, hyphens,"
            " underscores and plus signs, with a letter or digit first; next: rename the file"
        )
    if not 1 <= file.length_bytes <= MAX_FILE_BYTES:
        raise TrustError(f"{place}.length: {file.length_bytes} bytes, 1 to {MAX_FILE_BYTES}")


def check_files(files: Sequence[ReleaseFile], place: str) -> None:
    """See that a release has as many files as it may, each name once; raises TrustError."""
    if not 1 <= len(files) <= MAX_FILES:
        raise TrustError(f"{place}: {len(files)} files, 1 to {MAX_FILES}")
    names = [file.name for file in files]
    for name in names:
        if names.count(name) > 1:
            raise TrustError(f"{place}: {name!r} stands twice; each file stands once")


def _release(value: object, place: str) -> Release:
    found = read_object(value, place, {"version", "files"}, set())
    version = read_string(found["version"], f"{place}.version")
    check_version(version, f"{place}.version")
    files = tuple(
        _file(item, f"{place}.files[{index}]")
        for index, item in enumerate(read_list(found["files"], f"{place}.files"))
    )
    check_files(files, f"{place}.files")
    return Release(version=version, files=files)


def _file(value: object, place: str) -> ReleaseFile:
    found = read_object(value, place, {"name", "sha256", "length"}, set())
    digest = read_string(found["sha256"], f"{place}.sha256")
    if not _SHA256.fullmatch(digest):
        raise TrustError(f"{place}.sha256: {digest!r} is not 64 hexadecimal digits, small letters")
    file = ReleaseFile(
        name=read_string(found["name"], f"{place}.name"),
        sha256=bytes.fromhex(digest),
        length_bytes=read_integer(found["length"], f"{place}.length"),
    )
    check_file(file, place)
    return file

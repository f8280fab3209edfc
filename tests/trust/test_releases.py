"""The releases' file: what is written is read back, what is wrong is named."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.trust.releases import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_RELEASES,
    MAX_RELEASES_BYTES,
    Release,
    ReleaseFile,
    format_releases,
    parse_releases,
    version_order,
)


def file(name: str, length_bytes: int = 1) -> ReleaseFile:
    return ReleaseFile(name=name, sha256=bytes(range(32)), length_bytes=length_bytes)


RELEASES = (
    Release(version="0.9.0", files=(file("site_gate-0.9.0-py3-none-any.whl"), file("notes.txt"))),
    Release(version="0.10.0", files=(file("site_gate-0.10.0+arm.tar.gz", MAX_FILE_BYTES),)),
)


def changed(change: Callable[[list[dict[str, Any]]], object]) -> str:
    document = json.loads(format_releases(RELEASES))
    change(document["releases"])
    return json.dumps(document)


def first_file(**fields: object) -> str:
    return changed(lambda releases: releases[0]["files"][0].update(fields))


def first(**fields: object) -> str:
    return changed(lambda releases: releases[0].update(fields))


def test_releases_come_back_as_they_were_written() -> None:
    assert parse_releases(format_releases(RELEASES), "releases.json") == RELEASES
    assert parse_releases(format_releases(()), "releases.json") == ()


def test_the_file_at_its_fullest_may_still_be_read() -> None:
    files = tuple(file(f"{place:x}{'x' * 127}", MAX_FILE_BYTES) for place in range(MAX_FILES))
    releases = tuple(
        Release(version=".".join(["999999999"] * 4 + [f"{100_000_000 + place}"]), files=files)
        for place in range(MAX_RELEASES)
    )
    assert parse_releases(format_releases(releases), "x") == releases
    assert len(format_releases(releases)) > MAX_RELEASES_BYTES / 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "not JSON", id="nothing"),
        pytest.param("x" * (MAX_RELEASES_BYTES + 1), "at most", id="too long"),
        pytest.param('{"version": 1, "hubs": []}', "releases missing", id="the hubs' file"),
        pytest.param('{"version": 2, "releases": []}', "version 2", id="a later form"),
        pytest.param(first(note=""), "unknown note", id="a field too many"),
        pytest.param(first(version=2), r"\[0\].version: not a text", id="a version in no quotes"),
        pytest.param(first(version="0.2.0rc1"), "no version of a release", id="a candidate"),
        pytest.param(first(version="00.2"), "no version of a release", id="a zero in front"),
        pytest.param(first(version="0.2."), "no version of a release", id="a dot at the end"),
        pytest.param(first(version="\u0662.0"), "no version of a release", id="other digits"),
        pytest.param(first(version="0.11"), "the newest last", id="the newest first"),
        pytest.param(first(version="0.10"), "'0.10.0' after '0.10'", id="one version twice"),
        pytest.param(first(files=[]), r"files: 0 files, 1 to 16", id="no file"),
        pytest.param(
            changed(lambda releases: releases[0].update(files=releases[0]["files"] * 9)),
            "18 files, 1 to 16",
            id="too many files",
        ),
        pytest.param(
            changed(lambda releases: releases.extend([releases[0]] * MAX_RELEASES)),
            "66 of them, at most 64; next: withdraw",
            id="too many releases",
        ),
        pytest.param(first_file(name="notes.txt"), "'notes.txt' stands twice", id="a file twice"),
        pytest.param(first_file(name="../etc/x"), r"files\[0\].name: '../etc/x'", id="a path"),
        pytest.param(first_file(name=".."), "rename the file", id="the directory above"),
        pytest.param(first_file(name="-rf"), "rename the file", id="an option"),
        pytest.param(first_file(name="a b"), "rename the file", id="a blank"),
        pytest.param(first_file(name="a\\b"), "rename the file", id="a backslash"),
        pytest.param(first_file(name="x" * 129), "rename the file", id="a long name"),
        pytest.param(first_file(length=0), "length: 0 bytes, 1 to 1073741824", id="empty"),
        pytest.param(first_file(length=MAX_FILE_BYTES + 1), "1073741825 bytes", id="too large"),
        pytest.param(first_file(length=True), "not an integer", id="no number"),
        pytest.param(first_file(sha256="0" * 63), "not 64 hexadecimal", id="a short hash"),
        pytest.param(first_file(sha256="AB" * 32), "small letters", id="capital letters"),
    ],
)
def test_what_is_wrong_is_named(text: str, told: str) -> None:
    with pytest.raises(TrustError, match=told) as caught:
        parse_releases(text, "releases.json")

    assert str(caught.value).startswith("releases.json: ")


@pytest.mark.parametrize(
    ("older", "newer"), [("0.9", "0.10"), ("0", "0.0.1"), ("1.0", "1.0.1"), ("9.9.9.9.9", "10")]
)
def test_versions_are_compared_by_their_numbers(older: str, newer: str) -> None:
    assert version_order(older) < version_order(newer)
    assert version_order(newer) == version_order(f"{newer}.0")


NUMBERS = st.lists(st.integers(0, 999_999_999), min_size=1, max_size=5)
FILES = st.lists(
    st.builds(
        ReleaseFile,
        name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}", fullmatch=True),
        sha256=st.binary(min_size=32, max_size=32),
        length_bytes=st.integers(1, MAX_FILE_BYTES),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda file: file.name,
).map(tuple)


# Invariant: any releases are read as they were written.
@given(
    st.lists(
        st.builds(
            Release,
            version=NUMBERS.map(lambda numbers: ".".join(map(str, numbers))),
            files=FILES,
        ),
        max_size=4,
        unique_by=lambda release: version_order(release.version),
    )
)
def test_any_releases_come_back(found: list[Release]) -> None:
    releases = tuple(sorted(found, key=lambda release: version_order(release.version)))
    assert parse_releases(format_releases(releases), "x") == releases


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


# Invariant: whatever stands in the place of one field is releases that come back the same, or
# TrustError.
@given(
    st.sampled_from(["version", "files", "note", "name", "sha256", "length"]),
    JSON | st.from_regex(r"[0-9.]{1,6}", fullmatch=True),
)
def test_any_field_is_taken_or_one_error(field: str, value: object) -> None:
    change = first if field in {"version", "files", "note"} else first_file
    try:
        releases = parse_releases(change(**{field: value}), "x")
    except TrustError:
        return
    assert parse_releases(format_releases(releases), "x") == releases


# Invariant: any text is releases or TrustError.
@given(st.text(max_size=50) | JSON.map(json.dumps))
def test_any_text_is_releases_or_one_error(text: str) -> None:
    with pytest.raises(TrustError):
        parse_releases(text, "x")

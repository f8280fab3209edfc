"""An update file holds parts of known names and bounded sizes, and nothing else at all."""

import io
import tarfile
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.trust.update_file import (
    MAX_PARTS,
    MAX_UPDATE_BYTES,
    Place,
    format_update,
    index_update,
)

PARTS = {
    "fleet/metadata/1.root.json": b"root",
    "fleet/metadata/timestamp.json": b"timestamp",
    f"fleet/targets/{'a' * 64}.issuers.json": b"issuers",
    "lists/0123456789abcdef.cwt": b"list" * 200,
    "manifest.cose": b"manifest",
    "presence.cose": b"",
}


def index(data: bytes) -> dict[str, Place]:
    return index_update(lambda offset, size: data[offset : offset + size], len(data))


def contents(data: bytes) -> dict[str, bytes]:
    return {
        name: data[place.offset_bytes : place.offset_bytes + place.size_bytes]
        for name, place in index(data).items()
    }


def tar(*members: tarfile.TarInfo, form: Literal[0, 1] = tarfile.USTAR_FORMAT) -> bytes:
    """Return an archive with these members, their data left out: nobody gets to read it."""
    blocks = (member.tobuf(form, "latin-1", "strict") for member in members)
    return b"".join(blocks) + bytes(1024)


def member(name: str = "manifest.cose", kind: bytes = tarfile.REGTYPE, size: int = 0) -> bytes:
    found = tarfile.TarInfo(name)
    found.type, found.size, found.linkname = kind, size, "/etc/shadow"
    return tar(found)


def test_what_goes_in_comes_out_and_the_same_parts_give_the_same_bytes() -> None:
    data = format_update(PARTS)
    assert contents(data) == PARTS
    assert format_update(dict(reversed(PARTS.items()))) == data


def test_anybody_s_tar_reads_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(format_update(PARTS))) as archive:
        assert sorted(PARTS) == archive.getnames()
        assert all(one.isfile() and one.mtime == 0 for one in archive.getmembers())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(member("/etc/passwd"), "'/etc/passwd' is no name", id="absolute"),
        pytest.param(member("../manifest.cose"), "is no name", id="climbs"),
        pytest.param(member("./manifest.cose"), "is no name", id="another spelling"),
        pytest.param(member("manifest.cose\n"), "is no name", id="a line end"),
        pytest.param(member("lists/\xb9123456789abcdef.cwt"), "is no name", id="another digit"),
        pytest.param(member("fleet/metadata/0.root.json"), "is no name", id="version 0"),
        pytest.param(member("root.json"), "'root.json' is no name", id="a root to pin"),
        pytest.param(member("issuers.json"), "is no name", id="unsigned issuers"),
        pytest.param(member(kind=tarfile.SYMTYPE), "'manifest.cose' is a link", id="symlink"),
        pytest.param(member(kind=tarfile.LNKTYPE), "is a link", id="hard link"),
        pytest.param(member("lists", kind=tarfile.DIRTYPE), "is a directory", id="directory"),
        pytest.param(member(kind=tarfile.CHRTYPE), "of the kind", id="device"),
        pytest.param(member(kind=tarfile.FIFOTYPE), "of the kind", id="pipe"),
        pytest.param(member(kind=tarfile.GNUTYPE_SPARSE), "of the kind", id="sparse"),
        pytest.param(member(kind=tarfile.GNUTYPE_LONGNAME, size=1 << 30), "of the kind", id="long"),
        pytest.param(member(kind=tarfile.XHDTYPE, size=1 << 30), "of the kind", id="extended"),
        pytest.param(member(size=(1 << 20) + 1), "1048577 bytes, at most 1048576", id="large"),
        pytest.param(member("fleet/metadata/timestamp.json", size=20_000), "at most", id="own"),
        pytest.param(member()[:-1024] * 2 + bytes(1024), "stands twice", id="twice"),
        pytest.param(member(size=5000), "cut short in manifest.cose", id="data that is not there"),
        pytest.param(member()[:-1024], "cut short after manifest.cose", id="no end"),
        pytest.param(b"", "cut short at its beginning", id="empty"),
        pytest.param(b"PK\x03\x04" + bytes(600), "not as", id="a zip archive"),
        pytest.param(b"<html>" * 100, "not as", id="a page"),
    ],
)
def test_whatever_else_stands_in_it_is_refused_by_name(data: bytes, why: str) -> None:
    with pytest.raises(TrustError, match=why):
        index(data)


def test_a_negative_size_is_no_size() -> None:
    found = tarfile.TarInfo("manifest.cose")
    found.size = -512
    data = tar(found, form=tarfile.GNU_FORMAT)
    with pytest.raises(TrustError, match="-512 bytes"):
        index(data)


def test_parts_and_file_are_bounded_both_ways() -> None:
    lists = {f"lists/{number:016x}.cwt": b"" for number in range(MAX_PARTS + 1)}
    with pytest.raises(TrustError, match="parts"):
        format_update(lists)
    too_many = [tarfile.TarInfo(name) for name in lists]
    with pytest.raises(TrustError, match="parts"):
        index(tar(*too_many))
    with pytest.raises(TrustError, match="bytes, at most"):
        index_update(_never, MAX_UPDATE_BYTES + 1)
    with pytest.raises(TrustError, match="no name"):
        format_update({"readme.txt": b""})


def _never(offset: int, size: int) -> bytes:
    raise AssertionError((offset, size))


def test_cut_off_anywhere_it_is_cut_short() -> None:
    data = format_update(PARTS)
    for length in range(0, len(data) - 1024, 37):
        with pytest.raises(TrustError, match="cut short"):
            index(data[:length])


def test_nothing_but_headers_is_read() -> None:
    asked: list[int] = []
    data = format_update(PARTS)

    def read(offset: int, size: int) -> bytes:
        asked.append(size)
        return data[offset : offset + size]

    index_update(read, len(data))
    assert asked == [512] * (len(PARTS) + 1)


# Invariant: `index_update` of any bytes is where the parts lie, all within the file, or TrustError.
@given(at=st.integers(0, 4095), byte=st.binary(min_size=1, max_size=1))
def test_a_changed_byte_leaves_parts_within_the_file_or_a_refusal(at: int, byte: bytes) -> None:
    whole = format_update(PARTS)
    data = whole[:at] + byte + whole[at + 1 :]
    try:
        found = index(data)
    except TrustError:
        return
    assert all(place.offset_bytes + place.size_bytes <= len(data) for place in found.values())


@given(st.binary(max_size=2000))
def test_noise_is_parts_within_the_file_or_refused(data: bytes) -> None:
    try:
        found = index(data)
    except TrustError:
        return
    assert all(place.offset_bytes + place.size_bytes <= len(data) for place in found.values())

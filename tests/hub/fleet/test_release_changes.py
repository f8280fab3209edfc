"""Which versions the fleet vouches for: what may be added and withdrawn, and what is refused."""

from pathlib import Path

import pytest

from gate.errors import TrustError
from gate.hub.fleet.metadata import RELEASES
from gate.hub.fleet.release_changes import add_release, read_release, withdraw_release
from gate.hub.fleet.repository import open_fleet, stage
from gate.trust.releases import MAX_RELEASES, Release, ReleaseFile
from tests.hub.fleet.fleets import NOW, begin

FILE = ReleaseFile(name="a.whl", sha256=bytes(32), length_bytes=1)


def release(version: str) -> Release:
    return Release(version=version, files=(FILE,))


def test_a_release_is_put_where_its_number_belongs() -> None:
    held: tuple[Release, ...] = ()
    for version in ("0.10.0", "0.9.0", "0.9.1"):
        held = add_release(held, release(version))
    assert [one.version for one in held] == ["0.9.0", "0.9.1", "0.10.0"]


@pytest.mark.parametrize("version", ["0.2.0", "0.2"])
def test_a_release_that_is_there_is_never_given_other_files(version: str) -> None:
    with pytest.raises(TrustError, match=f"'{version}': is there already, as '0.2.0'; next: "):
        add_release((release("0.2.0"),), release(version))


def test_more_releases_than_a_unit_reads_are_refused_with_the_oldest_named() -> None:
    held = tuple(release(f"1.{number}") for number in range(MAX_RELEASES))
    with pytest.raises(TrustError, match=r"64 are there, at most 64; next: .* the oldest, 1\.0"):
        add_release(held, release("2.0"))


def test_a_release_that_is_withdrawn_is_gone_and_an_unknown_one_is_named() -> None:
    held = (release("0.1.0"), release("0.2.0"))
    assert withdraw_release(held, "0.1.0") == (release("0.2.0"),)
    with pytest.raises(TrustError, match=r"'0.3.0': is not there; the .* releases: 0.1.0, 0.2.0"):
        withdraw_release(held, "0.3.0")


def test_what_is_no_file_of_a_release_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.whl").touch()
    (tmp_path / "a b.whl").write_bytes(b"x")
    (tmp_path / "good.whl").write_bytes(b"x")
    for names, told in (
        (["empty.whl"], "empty.whl.length: 0 bytes"),
        (["a b.whl"], "rename the file"),
        (["none.whl"], "none.whl: can't be read: No such file"),
        ([], "release '0.2.0': files: 0 files, 1 to 16"),
        (["good.whl", "good.whl"], "'good.whl' stands twice"),
    ):
        with pytest.raises(TrustError, match=told):
            read_release("0.2.0", [tmp_path / name for name in names])


def test_a_file_larger_than_a_unit_takes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.img"
    with path.open("wb") as file:
        file.truncate((1 << 30) + 1)  # a hole, which takes no room
    with pytest.raises(TrustError, match=r"image.img: over 1073741824 bytes"):
        read_release("0.2.0", [path])


def test_releases_that_no_unit_could_read_are_signed_by_nobody(tmp_path: Path) -> None:
    held = begin(tmp_path)
    faulty = b'{"version": 1, "releases": [{"version": "new"}]}'
    stage(open_fleet(held.folder), NOW, change_files=lambda files: {**files, RELEASES: faulty})
    with pytest.raises(TrustError, match=r"releases.json: releases\[0\]: files missing"):
        held.sign("targets-1")

"""Putting files in place: all of them, or none."""

from pathlib import Path

import pytest

from gate.hub.fleet.files import put


def test_files_are_put_in_place_whole(tmp_path: Path) -> None:
    (tmp_path / "last").write_bytes(b"old")
    put([(tmp_path / "new" / "first", b"1"), (tmp_path / "last", b"2")])
    assert (tmp_path / "new" / "first").read_bytes() == b"1"
    assert (tmp_path / "last").read_bytes() == b"2"
    assert (tmp_path / "last").stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in tmp_path.iterdir()) == ["last", "new"]


def test_what_fails_half_way_leaves_nothing_new(tmp_path: Path) -> None:
    (tmp_path / "last").mkdir()  # a file can't take its place
    with pytest.raises(IsADirectoryError):
        put([(tmp_path / "first", b"1"), (tmp_path / "last", b"2")])
    assert [path.name for path in tmp_path.iterdir()] == ["last"]


def test_what_failed_after_something_was_replaced_stays(tmp_path: Path) -> None:
    (tmp_path / "second").write_bytes(b"old, of before first")
    (tmp_path / "last").mkdir()
    with pytest.raises(IsADirectoryError):
        put([(tmp_path / name, b"new") for name in ("first", "second", "last")])
    assert {path.name for path in tmp_path.iterdir()} == {"first", "second", "last"}


def test_what_a_killed_one_left_is_in_nobody_s_way(tmp_path: Path) -> None:
    (tmp_path / ".first.part").write_bytes(b"half")
    put([(tmp_path / "first", b"1")])
    assert [path.name for path in tmp_path.iterdir()] == ["first"]

"""Whole files: the old content or the new, never a mixture, and nothing left over."""

import os
from pathlib import Path

import pytest

from gate.store.files import replacing, write_file


def names_in(directory: Path) -> list[str]:
    return [file.name for file in directory.iterdir()]


def test_a_file_is_replaced_whole_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "unit.key"
    path.write_bytes(b"old and longer")
    write_file(path, b"new", mode=0o600)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert names_in(tmp_path) == ["unit.key"]


def test_the_mode_does_not_depend_on_the_process(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_file(tmp_path / "list", b"", mode=0o644)
    finally:
        os.umask(before)
    assert (tmp_path / "list").stat().st_mode & 0o777 == 0o644


def test_a_write_that_breaks_off_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), replacing(path) as file:
        file.writelines([b"half of the n", "ew"])  # type: ignore[list-item]
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["list"]


def test_what_a_reader_has_open_does_not_change_under_it(tmp_path: Path) -> None:
    path = tmp_path / "list"
    write_file(path, b"old")
    with path.open("rb") as reader:
        write_file(path, b"new")
        assert reader.read() == b"old"


def test_a_disk_that_refuses_is_an_os_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "file").touch()
    with pytest.raises(OSError, match="directory"):
        write_file(tmp_path / "here", b"new")
    assert names_in(tmp_path) == ["here"]

"""The rig's own disk: what it keeps and what it forgets when the power goes."""

from pathlib import Path

import pytest

from tests.rig.disk import BLOCK_BYTES, Disk

BLOCKS = 64


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "disk"
    path.write_bytes(bytes(BLOCKS * BLOCK_BYTES))
    return path


def _filled(disk: Disk, *, at_once: bool = False) -> None:
    for number in range(BLOCKS):
        disk.write(number * BLOCK_BYTES, bytes([number + 1]) * BLOCK_BYTES, at_once=at_once)


def _kept(file: Path) -> int:
    content = file.read_bytes()
    return sum(content[number * BLOCK_BYTES] == number + 1 for number in range(BLOCKS))


def test_what_was_written_is_read_back_before_it_is_durable(file: Path) -> None:
    disk = Disk(file, lies=False, seed=1)
    disk.write(BLOCK_BYTES - 2, b"abcd", at_once=False)
    assert disk.read(BLOCK_BYTES - 3, 6) == b"\0abcd\0"
    assert file.read_bytes() == bytes(BLOCKS * BLOCK_BYTES)


def test_an_honest_disk_keeps_what_was_flushed(file: Path) -> None:
    disk = Disk(file, lies=False, seed=1)
    _filled(disk)
    disk.flush()
    assert disk.lose_power() == 0
    assert _kept(file) == BLOCKS


def test_an_honest_disk_keeps_at_once_what_has_to_be(file: Path) -> None:
    disk = Disk(file, lies=False, seed=1)
    _filled(disk, at_once=True)
    disk.lose_power()
    assert _kept(file) == BLOCKS


@pytest.mark.parametrize("lies", [False, True])
def test_of_what_was_not_flushed_some_is_gone_and_some_is_not(file: Path, *, lies: bool) -> None:
    disk = Disk(file, lies=lies, seed=1)
    _filled(disk)
    lost = disk.lose_power()
    assert 0 < lost < BLOCKS
    assert _kept(file) == BLOCKS - lost


def test_a_lying_disk_forgets_what_it_said_it_had_flushed(file: Path) -> None:
    disk = Disk(file, lies=True, seed=1)
    _filled(disk, at_once=True)
    disk.flush()
    assert disk.lose_power() > 0

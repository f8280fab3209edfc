"""The file that tells what a lane shows: replaced whole, read by its neighbours."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from gate.access.model import Direction
from gate.errors import EventError, JournalError
from gate.events.lane_state import LaneState, Shown
from gate.store.lane_state_file import read_lane_state, write_lane_state

STATE: Final = LaneState(at_s=1.5, lane="Gate A", direction=Direction.IN, shown=Shown.READY)


def test_a_reader_has_what_was_written_last(tmp_path: Path) -> None:
    path = tmp_path / "lane.json"
    write_lane_state(path, STATE)
    write_lane_state(path, replace(STATE, shown=Shown.FAULT))
    state = read_lane_state(path)
    assert state is not None
    assert state.shown is Shown.FAULT
    assert [file.name for file in tmp_path.iterdir()] == ["lane.json"]


def test_others_than_the_units_group_read_no_name(tmp_path: Path) -> None:
    write_lane_state(tmp_path / "lane.json", STATE)
    assert (tmp_path / "lane.json").stat().st_mode & 0o007 == 0


def test_no_file_is_no_word(tmp_path: Path) -> None:
    assert read_lane_state(tmp_path / "lane.json") is None


def test_a_file_that_holds_no_state_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lane.json"
    path.write_bytes(b"{}")
    with pytest.raises(EventError, match=r"lane\.json: lane state: not of version 2"):
        read_lane_state(path)


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EventError, match="can't be read"):
        read_lane_state(tmp_path)


def test_a_directory_that_is_missing_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="next: let gate-unit write to"):
        write_lane_state(tmp_path / "gone" / "lane.json", STATE)


def test_a_link_put_in_the_way_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / ".lane.json.new").symlink_to(target)
    with pytest.raises(JournalError):
        write_lane_state(tmp_path / "lane.json", STATE)
    assert target.read_text() == "precious"

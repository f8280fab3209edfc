"""Where the gate keeps how its cameras saw: two days, and nothing where it can't be read."""

from pathlib import Path

import pytest

from gate.access.model import Direction
from gate.events.camera_day import CameraDay
from gate.store.camera_days import camera_days_path, read_camera_days, write_camera_days


def day(number: int) -> CameraDay:
    return CameraDay(day=number, cards=5, edge_cpx=210, haze_percent=9, need_us=0, missed=1)


def test_the_newest_days_are_kept(tmp_path: Path) -> None:
    path = camera_days_path(tmp_path / "journal.db", Direction.IN)
    assert path == tmp_path / "camera-in.json"
    write_camera_days(path, (day(3), day(2), day(1)))
    assert read_camera_days(path) == (day(3), day(2))


@pytest.mark.parametrize("text", ["", "{}", "[[1]]", "[1]", "null", "[[1,2,3,4,5,6.5]]", "\ud800"])
def test_what_can_not_be_read_is_as_if_nothing_had_been_seen(tmp_path: Path, text: str) -> None:
    path = tmp_path / "camera-in.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert read_camera_days(path) == ()
    assert read_camera_days(tmp_path / "not-there.json") == ()

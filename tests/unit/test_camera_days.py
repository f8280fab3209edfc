"""How a lane's camera sees each day's cards is summed up and kept, and nothing stops for it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from gate.devices.ports import Shot
from gate.events.camera_day import CameraDay
from gate.reading.light import Light
from gate.sim.devices import ManualClock
from gate.store.camera_days import read_camera_days
from gate.unit.camera_days import WRITE_S, CameraDays
from gate.unit.stamp import StampClock

NOON: Final = datetime(2026, 12, 6, 12, 0, tzinfo=UTC)
DAY: Final = 20_793
DAY_S: Final = 86_400


def light(edge_px: float = 2.0, dark: float = 30.0) -> Light:
    return Light(
        dark=dark, bright=200.0, glare=0.0, edge_px=edge_px, side_px=300.0, x=640.0, y=360.0
    )


class Kept:
    """A lane's days, on a clock moved by hand."""

    def __init__(self, path: Path) -> None:
        self.path = path / "camera-in.json"
        self.clock = ManualClock(NOON)
        self.begin()

    def begin(self) -> None:
        self.days = CameraDays(self.path, StampClock(self.clock))

    def written(self) -> tuple[CameraDay, ...]:
        self.clock.advance(WRITE_S)
        self.days.turn(self.clock.monotonic())
        return read_camera_days(self.path)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_a_day_is_the_mean_of_the_cards_that_were_read(kept: Kept) -> None:
    kept.days.read(light(2.0, dark=20.0), Shot(exposure_us=5_000, gain=2.0))
    kept.days.read(light(3.0, dark=60.0), Shot(exposure_us=10_000, gain=2.0))
    kept.days.missed()
    [day] = kept.written()
    assert day == CameraDay(
        day=DAY, cards=2, edge_cpx=250, haze_percent=20, need_us=15_000, missed=1
    )


def test_a_gate_that_begins_anew_goes_on_with_its_day(kept: Kept) -> None:
    kept.days.read(light(2.0), None)
    kept.written()
    kept.begin()
    kept.days.read(light(4.0), None)
    [day] = kept.written()
    assert (day.cards, day.edge_cpx) == (2, 300)


def test_yesterday_is_kept_beside_today_and_what_was_before_is_not(kept: Kept) -> None:
    for _ in range(3):
        kept.days.read(light(), None)
        kept.clock.advance(DAY_S)
    kept.days.missed()
    assert [day.day for day in kept.written()] == [DAY + 3, DAY + 2]


def test_it_is_written_seldom_and_only_if_there_is_something_new(kept: Kept) -> None:
    kept.days.read(light(), None)
    kept.written()
    kept.path.unlink()
    assert kept.written() == ()
    kept.days.read(light(), None)
    kept.days.turn(kept.clock.monotonic() + WRITE_S - 1)
    assert read_camera_days(kept.path) == ()


def test_what_is_seen_under_a_clock_that_nobody_set_counts_for_no_day(kept: Kept) -> None:
    kept.clock.trusted = False
    kept.begin()
    kept.days.read(light(), None)
    assert kept.written() == ()


def test_a_disk_that_refuses_stops_nothing(kept: Kept) -> None:
    kept.path.mkdir()
    kept.days.read(light(), None)
    kept.written()
    kept.path.rmdir()
    kept.days.read(light(), None)
    [day] = kept.written()
    assert day.cards == 2

"""From the gate's file to what is on the screen, without one."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pygame
import pytest

from gate.access.languages import Language
from gate.access.model import Direction
from gate.errors import DeviceError
from gate.events.lane_state import LaneState, Shown
from gate.screen.drawing import DAY
from gate.screen.scene import Paint
from gate.screen.window import Viewer, open_surface, show
from gate.sim.devices import ManualClock
from gate.store.lane_state_file import write_lane_state

STATE: Final = LaneState(
    at_s=0.0, lane="Gate A", direction=Direction.IN, shown=Shown.ADMITTED, first_name="Ann"
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 6, 1, 7, tzinfo=UTC))


@pytest.fixture
def viewer(tmp_path: Path, clock: ManualClock) -> Viewer:
    return Viewer(tmp_path / "lane.json", clock)


@pytest.fixture
def window() -> Iterator[pygame.Surface]:
    """A window in memory, through SDL's driver that has no screen."""
    pygame.display.quit()
    pygame.display.init()
    yield pygame.display.set_mode((320, 240))
    pygame.display.quit()


def test_what_the_gate_told_is_seen_and_then_is_old(
    tmp_path: Path, viewer: Viewer, clock: ManualClock
) -> None:
    assert viewer.scene().headline == "Gate not running"
    write_lane_state(tmp_path / "lane.json", STATE)
    assert viewer.scene().headline == "Ann"
    clock.advance(5.1)
    assert viewer.scene().headline == "Gate not running"


def test_a_name_that_no_typeface_has_is_left_out(tmp_path: Path, viewer: Viewer) -> None:
    write_lane_state(tmp_path / "lane.json", replace(STATE, first_name="\u674e"))
    scene = viewer.scene()
    assert (scene.headline, scene.step) == ("In", "")


def test_the_site_may_change_its_language_while_it_runs(tmp_path: Path, viewer: Viewer) -> None:
    write_lane_state(tmp_path / "lane.json", replace(STATE, shown=Shown.READY))
    assert viewer.scene().headline == "Show your card"
    changed = replace(STATE, shown=Shown.READY, language=Language.WELSH)
    write_lane_state(tmp_path / "lane.json", changed)
    assert viewer.scene().headline == "Dangoswch eich cerdyn"


def test_a_damaged_file_is_a_gate_that_is_not_running_and_is_logged_once(
    tmp_path: Path, viewer: Viewer, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "lane.json").write_bytes(b"{")
    with caplog.at_level(logging.ERROR):
        assert [viewer.scene().headline for _ in range(3)] == ["Gate not running"] * 3
    assert [one.message for one in caplog.records] == ["no word from the gate"]


def test_the_window_is_drawn_and_ends_when_told(
    tmp_path: Path, viewer: Viewer, window: pygame.Surface
) -> None:
    write_lane_state(tmp_path / "lane.json", STATE)
    stop = threading.Event()
    stop.set()
    show(viewer, window, stop)
    assert tuple(window.get_at((1, 1)))[:3] == DAY[Paint.GREEN][0]


def test_a_window_that_is_closed_ends_it(viewer: Viewer, window: pygame.Surface) -> None:
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    show(viewer, window, threading.Event())
    assert tuple(window.get_at((1, 1)))[:3] == DAY[Paint.AMBER][0]


def test_the_whole_screen_is_taken() -> None:
    surface = open_surface()
    assert surface.get_width() >= 320
    pygame.display.quit()


def test_a_machine_without_a_screen_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pygame.display.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", "none such")
    with pytest.raises(DeviceError, match="next: connect a screen"):
        open_surface()

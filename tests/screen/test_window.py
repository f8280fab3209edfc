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
from gate.screen.window import Panel, Viewer, open_panels, show, windows_on
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
    show([viewer], [Panel(surface=window, flip=pygame.display.flip)], stop)
    assert tuple(window.get_at((1, 1)))[:3] == DAY[Paint.GREEN][0]


def test_a_window_that_is_closed_ends_it(viewer: Viewer, window: pygame.Surface) -> None:
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    show([viewer], [Panel(surface=window, flip=pygame.display.flip)], threading.Event())
    assert tuple(window.get_at((1, 1)))[:3] == DAY[Paint.AMBER][0]


def test_the_whole_screen_is_taken() -> None:
    [panel] = open_panels(1)
    assert panel.surface.get_width() >= 320
    pygame.display.quit()


def test_a_machine_without_a_screen_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pygame.display.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", "none such")
    with pytest.raises(DeviceError, match="next: connect a screen"):
        open_panels(1)


def test_two_lanes_have_a_screen_each_in_one_process(tmp_path: Path, clock: ManualClock) -> None:
    pygame.display.quit()
    pygame.display.init()
    ways = (Direction.IN, Direction.OUT)
    for way in ways:
        state = replace(STATE, direction=way, shown=Shown.FIRE_ENTRY)
        if way is Direction.OUT:
            state = replace(state, shown=Shown.FIRE_EXIT)
        write_lane_state(tmp_path / f"{way}.json", state)
    viewers = [Viewer(tmp_path / f"{way}.json", clock) for way in ways]
    panels = windows_on([(800, 480), (640, 360)])
    stop = threading.Event()
    stop.set()

    show(viewers, panels, stop)

    grounds = [tuple(panel.surface.get_at((1, 1)))[:3] for panel in panels]
    assert grounds == [DAY[Paint.RED][0], DAY[Paint.GREEN][0]]
    pygame.display.quit()


def test_one_screen_for_two_lanes_is_too_few() -> None:
    with pytest.raises(DeviceError, match="1 found; needed: 2, one a lane; next: connect the"):
        open_panels(2)
    pygame.display.quit()

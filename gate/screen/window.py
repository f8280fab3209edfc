"""The screens themselves: looks for what the gate process told, and draws it when it changes.

SDL finds the screens: KMS/DRM on a unit, windows on a desk. One process draws both screens of a
unit with two lanes: the kernel lets one process at a time drive a graphics device. Whatever can't
be read is shown as a gate that is not running, and logged once.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Final, Protocol

import pygame

from gate.access.languages import Language
from gate.access.words import Say
from gate.devices.ports import Clock
from gate.errors import DeviceError, EventError
from gate.events.lane_state import LaneState
from gate.screen.catalogues import speaker
from gate.screen.drawing import MIN_SIZE_PX, draw
from gate.screen.lettering import lacking
from gate.screen.scene import Scene, language_of, scene_of
from gate.store.lane_state_file import read_lane_state

LOOK_S: Final = 0.05
"""Between two looks at the file: with drawing, an answer is on the screen within 0.2 s."""

_log = logging.getLogger(__name__)


class Told(Protocol):
    """What a screen asks."""

    def scene(self) -> Scene:
        """Return what is to be seen now."""
        ...


class Viewer:
    """Turns what the gate process told into scenes, in the language of the site."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._says: dict[Language, Say] = {}
        self._fault = ""

    def scene(self) -> Scene:
        """Return what is to be seen now."""
        state = self._state()
        language = language_of(state)
        if language not in self._says:
            self._says[language] = speaker(language)
        return scene_of(state, self._clock.monotonic(), self._says[language])

    def _state(self) -> LaneState | None:
        try:
            state = read_lane_state(self._path)
        except EventError as error:
            if str(error) != self._fault:
                self._fault = str(error)
                _log.error("no word from the gate", extra={"error": self._fault})
            return None
        self._fault = ""
        if state is not None and lacking(state.first_name):
            return replace(state, first_name="")  # a tick and the way say it in any script
        return state


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One whole screen: what is drawn on, and how that is made to be seen."""

    surface: pygame.Surface
    flip: Callable[[], None]


def open_panels(lanes: int) -> Sequence[Panel]:
    """Take a whole screen for each lane, in SDL's order, without a pointer.

    Raises:
        DeviceError: there are too few, or one is too small.
    """
    try:
        pygame.display.init()
        panels = _panels(lanes)
        pygame.mouse.set_visible(False)
    except pygame.error as error:
        step = "connect a screen, and run as a user of the groups video and render"
        raise DeviceError(f"screen: {error}; next: {step}") from error
    for panel in panels:
        width, height = panel.surface.get_size()
        if width < MIN_SIZE_PX[0] or height < MIN_SIZE_PX[1]:
            least = "{} x {}".format(*MIN_SIZE_PX)
            raise DeviceError(f"screen: {width} x {height} pixels; allowed: at least {least}")
    return panels


def windows_on(sizes_px: Sequence[tuple[int, int]]) -> Sequence[Panel]:
    """Return a window over each of the screens of these sizes, which SDL puts side by side."""
    if not hasattr(pygame, "Window"):
        step = "install requirements/screen.txt: Debian's pygame draws one"
        raise DeviceError(f"screen: {len(sizes_px)} are to be drawn; next: {step}")
    lefts = accumulate((width for width, _ in sizes_px), initial=0)
    windows = [
        pygame.Window("gate", size=size, position=(left, 0), fullscreen_desktop=True)
        for size, left in zip(sizes_px, lefts, strict=False)
    ]
    return [Panel(surface=one.get_surface(), flip=one.flip) for one in windows]


def show(viewers: Sequence[Told], panels: Sequence[Panel], stop: threading.Event) -> None:
    """Keep every panel true until `stop` is set, or its window is closed."""
    drawn: list[Scene | None] = [None] * len(panels)
    while True:
        for place, (viewer, panel) in enumerate(zip(viewers, panels, strict=True)):
            scene = viewer.scene()
            if scene != drawn[place]:
                draw(panel.surface, scene)
                panel.flip()
                drawn[place] = scene
        if any(event.type == pygame.QUIT for event in pygame.event.get()) or stop.wait(LOOK_S):
            return


def _panels(lanes: int) -> Sequence[Panel]:
    if lanes == 1:
        surface = pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
        return [Panel(surface=surface, flip=pygame.display.flip)]
    sizes_px = pygame.display.get_desktop_sizes()
    if len(sizes_px) < lanes:
        step = "connect the other, or name the lane that has one, such as --lane in"
        raise DeviceError(
            f"screen: {len(sizes_px)} found; needed: {lanes}, one a lane; next: {step}"
        )
    return windows_on(sizes_px[:lanes])

"""The screen itself: looks for what the gate process told, and draws it when it changes.

SDL finds the screen: KMS/DRM on a unit, a window on a desk. Whatever can't be read is shown as a
gate that is not running, and logged once.
"""

import logging
import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

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


def open_surface() -> pygame.Surface:
    """Take the whole screen, without a pointer.

    Raises:
        DeviceError: there is none, or it is too small.
    """
    try:
        pygame.display.init()
        surface = pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
        pygame.mouse.set_visible(False)
    except pygame.error as error:
        step = "connect a screen, and run as a user of the groups video and render"
        raise DeviceError(f"screen: {error}; next: {step}") from error
    width, height = surface.get_size()
    if width < MIN_SIZE_PX[0] or height < MIN_SIZE_PX[1]:
        least = "{} x {}".format(*MIN_SIZE_PX)
        raise DeviceError(f"screen: {width} x {height} pixels; allowed: at least {least}")
    return surface


def show(viewer: Viewer, surface: pygame.Surface, stop: threading.Event) -> None:
    """Keep `surface` true until `stop` is set, or the window is closed."""
    drawn: Scene | None = None
    while True:
        scene = viewer.scene()
        if scene != drawn:
            draw(surface, scene)
            pygame.display.flip()
            drawn = scene
        if any(event.type == pygame.QUIT for event in pygame.event.get()) or stop.wait(LOOK_S):
            return

"""How bright a camera is asked to be, by the codes that it sees and nobody can read.

A camera exposes for the whole picture: before a dark yard a phone's screen is washed out, before a
low sun a card is black. What counts is the code. The wish is a step of light values up or down from
the camera's own automatic exposure, which goes on; it goes back to none when no code asks for it.
"""

from __future__ import annotations

from math import copysign, inf
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gate.reading.light import (
        Light,  # loads numpy, which whoever reads the unit's file needs not
    )

STEP_EV: Final = 0.5
MOST_EV: Final = 2.0
"""A quarter of the light, or four times: what comes next is never lost by it."""

SETTLE_S: Final = 0.5
"""Between two steps: 15 frames, in which automatic exposure follows and its pictures arrive."""

REST_S: Final = 20.0
"""Between two steps back, from the last code that asked: a few people later."""

WASHED_DARK: Final = 110.0
WASHED_BRIGHT: Final = 250.0
WASHED_SHARE: Final = 0.08
"""Dark modules as light as this beside white ones, or so many blocks without a dark one."""

DIM_BRIGHT: Final = 70.0
"""Of 255, of light modules."""


class Exposure:
    """One camera's wish; whoever judges codes writes it, the camera's own thread reads `ev`."""

    def __init__(self) -> None:
        self.ev = 0.0
        self._changed_s = -inf

    def look(self, light: Light | None, at_s: float) -> None:
        """Take note of a code that was missed at `at_s`, on a steady line; None: there was none."""
        since_s = at_s - self._changed_s
        asked = _asked(light)
        if asked and since_s >= SETTLE_S:
            self._step(asked, at_s)
        elif not asked and self.ev and since_s >= REST_S:
            self._step(-copysign(STEP_EV, self.ev), at_s)

    def _step(self, by_ev: float, at_s: float) -> None:
        self.ev = min(max(self.ev + by_ev, -MOST_EV), MOST_EV)
        self._changed_s = at_s


def _asked(light: Light | None) -> float:
    """Return the step that a code asks for; 0 if its light is not what is wrong with it."""
    if light is None:
        return 0.0
    is_white = light.bright >= WASHED_BRIGHT
    if is_white and (light.dark >= WASHED_DARK or light.glare > WASHED_SHARE):
        return -STEP_EV
    return STEP_EV if light.bright < DIM_BRIGHT else 0.0

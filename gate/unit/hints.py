"""What a worker is told to do whose code is seen and can't be read, by what was measured: pure.

Each frame in which a code is missed says what is against it there; what half of the last seconds'
frames say is told, the most frequent first. Where none of the figures is bad the code itself is:
a screen that is smeared, a card that is scratched.
"""

from collections import Counter, deque
from collections.abc import Iterable
from math import hypot
from typing import Final

import numpy as np

from gate.devices.ports import Frame, Sight
from gate.events.lane_state import MAX_HINTS, Hint
from gate.reading.light import Light, light_at

WINDOW_S: Final = 2.0
"""As long as a code is unread before anything is said (EXPERIENCE)."""

MAX_FRAMES: Final = 64
"""Two seconds of 30 a second."""

SHARE: Final = 0.5

DIM_LEVEL: Final = 70.0
"""Of 255, of a code's light modules: three times a sensor's noise away from the dark ones."""

GLARE_SHARE: Final = 0.08
"""Level M repairs codewords of 15 percent of a code; what is washed out is not all that is bad."""

CARD_MODULES: Final = 69
"""A side of a card's code (version 13); what is no card has fewer, and the more px for each."""

SMALL_PX: Final = 2.0 * CARD_MODULES
"""A code's side; below 2 px a module little is read that is not sharp."""

LARGE_SHARE: Final = 0.75
"""Of the picture's lower side; a card this near is out of a fixed focus's depth."""

WIDE_EDGE_MODULES: Final = 1.0
"""An edge as wide as a module: dark and light ones run into each other."""

SHARP_EDGE_PX: Final = 3.0
"""Narrower edges are in focus, however small the modules: 2.4 measured, 2.9 with sigma 1."""

FAST_SIDES_S: Final = 1.0
"""Sides of the code a second: in 10 ms of exposure a module and more of smear at 69 a side."""

_BREAK_S: Final = 0.5


class Hints:
    """Remembers what was against the codes of one lane's last frames."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, tuple[Hint, ...]]] = deque(maxlen=MAX_FRAMES)
        self._last: tuple[float, Light] | None = None

    @property
    def now(self) -> tuple[Hint, ...]:
        """What to do, `MAX_HINTS` at most; nothing while nothing was measured."""
        votes = Counter(hint for _, hints in self._seen for hint in hints)
        said = [hint for hint, count in votes.most_common() if count >= SHARE * len(self._seen)]
        return tuple(said[:MAX_HINTS])

    def look(self, frame: Frame, sight: Sight) -> Light | None:
        """Take note of the codes that were missed in a frame; return the largest one's figures."""
        at_s = frame.at_s
        while self._seen and not 0 <= at_s - self._seen[0][0] <= WINDOW_S:
            self._seen.popleft()
        if not sight.unread:
            return None
        lights = [light_at(frame.luma, np.array(place, float)) for place in sight.missed]
        largest = max(
            (light for light in lights if light is not None),
            key=lambda light: light.side_px,
            default=None,
        )
        if largest is None:
            return None
        hints = tuple(self._against(largest, frame)) or (Hint.WIPE,)
        self._last = (at_s, largest)
        self._seen.append((at_s, hints))
        return largest

    def _against(self, light: Light, frame: Frame) -> Iterable[Hint]:
        if light.bright < DIM_LEVEL:
            yield Hint.BRIGHTER
        if light.glare > GLARE_SHARE:
            yield Hint.TILT
        if self._moves(light, frame.at_s):
            yield Hint.STILL
        module_px = light.side_px / CARD_MODULES
        is_blurred = light.edge_px > max(WIDE_EDGE_MODULES * module_px, SHARP_EDGE_PX)
        if is_blurred and light.side_px > LARGE_SHARE * min(frame.luma.shape):
            yield Hint.FURTHER
        elif is_blurred:
            yield from (Hint.CLOSER, Hint.WIPE)
        elif light.side_px < SMALL_PX:
            yield Hint.CLOSER

    def _moves(self, light: Light, at_s: float) -> bool:
        if self._last is None:
            return False
        last_s, last = self._last
        if not 0 < at_s - last_s <= _BREAK_S:
            return False
        sides = hypot(light.x - last.x, light.y - last.y) / light.side_px
        return sides / (at_s - last_s) > FAST_SIDES_S

"""Bursts: half a second of a card in a hand, in conditions in which single frames can't be read.

Eleven conditions, from what READING names as still unread by zxing-cpp, pyzbar and sharpening:
defocus of 2 px and more at 3 px a module, motion of 8 px and more, dim screens with their own
pixels, darkness, and mixtures. The hand drifts and trembles, so each frame lies elsewhere, is moved
another way and has its own noise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import radians
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.bench.optics import (
    SIZE_PX,
    Card,
    Condition,
    Marks,
    Pose,
    any_marks,
    any_pose,
    drawn_card,
    taken,
)
from gate.bench.read_degraded import BASE45
from gate.bench.scenes import empty_scene
from gate.devices.ports import Luma

BURSTS_EACH: Final = 6
FRAMES: Final = 15
"""READING: bursts of 15 frames, half a second at 30 a second."""

FRAMES_PER_S: Final = 30

_TREMOR_HZ: Final = (4.0, 11.0)
"""Of a hand that holds something out (Elble and Koller, Tremor, 1990: 6 to 12 Hz), and its sway."""

_TREMOR_PX: Final = 2.5
_DRIFT_PX: Final = 24.0
"""Over the burst."""

_TREMOR_TURN: Final = radians(0.7)
_TREMOR_LEAN: Final = radians(1.5)
_SCATTER: Final = 0.15
"""Of defocus and motion, from frame to frame."""

_WAY_SCATTER: Final = 0.6
"""Radians by which the way of motion differs from frame to frame."""

_PLAIN: Final = Condition()
_NEAR: Final = Condition(px=4)

CONDITIONS: Final[Mapping[str, Condition]] = {
    "blur 2.0, 3 px": replace(_PLAIN, blur=2.0),
    "blur 2.6, 3 px": replace(_PLAIN, blur=2.6),
    "blur 3.0, 4 px": replace(_NEAR, blur=3.0),
    "motion 8, 3 px": replace(_PLAIN, motion=8),
    "motion 8, 4 px": replace(_NEAR, motion=8),
    "motion 12, 4 px": replace(_NEAR, motion=12),
    "tilt 35 and blur 2.0, 3 px": replace(_PLAIN, tilt=35, blur=2.0),
    "dark and blur 1.8, 4 px": replace(_NEAR, light=0.08, blur=1.8),
    "noise 50 and blur 1.2, 3 px": replace(_PLAIN, noise=50, blur=1.2),
    "dim screen, 3 px": replace(_PLAIN, grid=0.5, light=0.15, noise=5, blur=1.2),
    "phone and motion 8, 4 px": Condition(
        px=4, grid=0.3, light=0.5, glare=0.3, noise=4, tilt=15, blur=1.6, motion=8
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Burst:
    """Frames in their order, what they show and under which condition."""

    condition: str
    lumas: tuple[Luma, ...]
    truth: str


def bursts(
    seed: int,
    each: int,
    text_chars: int,
    conditions: Mapping[str, Condition] = CONDITIONS,
) -> Iterator[Burst]:
    """Yield `each` bursts of every condition, the same for the same seed."""
    for number, (name, condition) in enumerate(conditions.items()):
        for turn in range(each):
            rng = np.random.default_rng((seed, number, turn))
            text = "".join(rng.choice(list(BASE45), text_chars))
            lumas = tuple(_frames(text, condition, rng))
            yield Burst(condition=name, lumas=lumas, truth=text)


def _frames(text: str, condition: Condition, rng: np.random.Generator) -> Iterator[Luma]:
    card = drawn_card(text, condition)
    ground = empty_scene(SIZE_PX, int(rng.integers(1 << 30))).astype(np.float32)
    marks = any_marks(card, condition, rng)
    for pose in _poses(card, condition, rng):
        spread = 1 + rng.uniform(-_SCATTER, _SCATTER, 2)
        now = replace(
            condition, blur=condition.blur * spread[0], motion=condition.motion * spread[1]
        )
        yield taken(card, ground, now, pose, _marks_now(marks, condition, rng), rng)


def _poses(card: Card, condition: Condition, rng: np.random.Generator) -> Iterator[Pose]:
    """Yield where a hand that drifts and trembles holds the card."""
    pose = any_pose(card, condition, rng)
    drift = rng.uniform(-0.5, 0.5, 2) * _DRIFT_PX
    trembles = _trembles(rng, 4)
    for turn in range(FRAMES):
        along = turn / (FRAMES - 1) - 0.5
        x, y, roll, lean = trembles[turn]
        yield replace(
            pose,
            x=pose.x * 0.8 + drift[0] * along + x * _TREMOR_PX,
            y=pose.y * 0.8 + drift[1] * along + y * _TREMOR_PX,
            turn=pose.turn + roll * _TREMOR_TURN,
            lean=pose.lean + lean * _TREMOR_LEAN,
        )


def _trembles(rng: np.random.Generator, ways: int) -> NDArray[np.float64]:
    """Return (FRAMES, ways) two sines each, of sizes 1 and 0.5 at most."""
    at_s = np.arange(FRAMES)[:, None] / FRAMES_PER_S
    total = np.zeros((FRAMES, ways))
    for size in (1.0, 0.5):
        pace, phase = rng.uniform(*_TREMOR_HZ, ways), rng.uniform(0, 2 * np.pi, ways)
        total += size * np.sin(2 * np.pi * pace * at_s + phase)
    return total


def _marks_now(marks: Marks, condition: Condition, rng: np.random.Generator) -> Marks:
    step = rng.uniform(-1, 1, 5)
    return replace(
        marks,
        screen_turn=marks.screen_turn + step[0] * radians(1),
        screen_pitch=marks.screen_pitch + step[1] * 0.02,
        glare_x=marks.glare_x + step[2] * 4 * condition.px,
        glare_y=marks.glare_y + step[3] * 4 * condition.px,
        way=marks.way + step[4] * _WAY_SCATTER,
    )

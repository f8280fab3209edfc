"""Frames of a card under conditions that a gate meets, made from a seed, with their truth.

33 conditions of 20 frames are 660, as in the design notes on reading: tilt, blur, motion, contrast,
darkness, glare, screens, noise, a missing margin, inversion, and mixtures of them, at 3 and 4 px a
module. Each frame has a text, a turn, a place and noise of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gate.bench.optics import SIZE_PX, Condition, any_marks, any_pose, drawn_card, taken
from gate.bench.scenes import empty_scene
from gate.devices.ports import Luma

FRAMES_EACH: Final = 20
TEXT_CHARS: Final = 380
"""READING, "Our own payload"."""

BASE45: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DegradedFrame:
    """A frame, what it shows and under which condition."""

    condition: str
    luma: Luma
    truth: str


_PLAIN: Final = Condition()
_NEAR: Final = Condition(px=4)
_PHONE: Final = Condition(px=4, grid=0.3, light=0.5, glare=0.3, noise=4)

CONDITIONS: Final[Mapping[str, Condition]] = {
    "plain, 3 px": _PLAIN,
    "tilt 20, 3 px": replace(_PLAIN, tilt=20),
    "tilt 30, 4 px": replace(_NEAR, tilt=30),
    "tilt 40, 3 px": replace(_PLAIN, tilt=40),
    "tilt 40, 4 px": replace(_NEAR, tilt=40),
    "blur 1.2, 3 px": replace(_PLAIN, blur=1.2),
    "blur 1.6, 3 px": replace(_PLAIN, blur=1.6),
    "blur 2.0, 3 px": replace(_PLAIN, blur=2.0),
    "blur 2.0, 4 px": replace(_NEAR, blur=2.0),
    "motion 4, 3 px": replace(_PLAIN, motion=4),
    "motion 6, 4 px": replace(_NEAR, motion=6),
    "motion 8, 4 px": replace(_NEAR, motion=8),
    "contrast 0.3, 3 px": replace(_PLAIN, contrast=0.3),
    "contrast 0.15, 4 px": replace(_NEAR, contrast=0.15),
    "dark 0.2, 3 px": replace(_PLAIN, light=0.2, noise=4),
    "dark 0.1, 4 px": replace(_NEAR, light=0.1, noise=3),
    "glare 0.5, 3 px": replace(_PLAIN, glare=0.5),
    "glare 0.8, 4 px": replace(_NEAR, glare=0.8),
    "glare 1, 4 px": replace(_NEAR, glare=1.0),
    "screen 0.3, 3 px": replace(_PLAIN, grid=0.3),
    "screen 0.6, 4 px": replace(_NEAR, grid=0.6),
    "screen 0.4 dim, 3 px": replace(_PLAIN, grid=0.4, light=0.25),
    "noise 20, 3 px": replace(_PLAIN, noise=20),
    "noise 35, 4 px": replace(_NEAR, noise=35),
    "no margin, 3 px": replace(_PLAIN, margin=0),
    "no margin, 4 px": replace(_NEAR, margin=0),
    "inverted, 3 px": replace(_PLAIN, inverted=True),
    "inverted blur, 4 px": replace(_NEAR, inverted=True, blur=1.5),
    "tilt and blur, 3 px": replace(_PLAIN, tilt=30, blur=1.4),
    "tilt and motion, 4 px": replace(_NEAR, tilt=25, motion=5),
    "dark and blur, 4 px": replace(_NEAR, light=0.3, blur=1.8, noise=4),
    "phone, 4 px": replace(_PHONE, tilt=15),
    "phone and blur, 4 px": replace(_PHONE, blur=1.6, motion=3),
}


def degraded_frames(
    seed: int,
    each: int,
    text_chars: int,
    conditions: Mapping[str, Condition] = CONDITIONS,
) -> Iterator[DegradedFrame]:
    """Yield `each` frames of every condition, the same for the same seed."""
    for number, (name, condition) in enumerate(conditions.items()):
        for turn in range(each):
            rng = np.random.default_rng((seed, number, turn))
            text = "".join(rng.choice(list(BASE45), text_chars))
            yield DegradedFrame(condition=name, luma=degraded(text, condition, rng), truth=text)


def degraded(text: str, condition: Condition, rng: np.random.Generator) -> Luma:
    """Return a frame that shows `text` under one condition."""
    card = drawn_card(text, condition)
    ground = empty_scene(SIZE_PX, int(rng.integers(1 << 30))).astype(np.float32)
    pose = any_pose(card, condition, rng)
    marks = any_marks(card, condition, rng)
    return taken(card, ground, condition, pose, marks, rng)

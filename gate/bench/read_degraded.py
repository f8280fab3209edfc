"""Frames of a card under conditions that a gate meets, made from a seed, with their truth.

33 conditions of 20 frames are 660, as in the design notes on reading: tilt, blur, motion, contrast,
darkness, glare, screens, noise, a missing margin, inversion, and mixtures of them, at 3 and 4 px a
module. Each frame has a text, a turn, a place and noise of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import cos, radians, sin
from typing import Final

import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image

from gate.bench.scenes import empty_scene
from gate.devices.ports import Luma

FRAMES_EACH: Final = 20
SIZE_PX: Final = (640, 480)
TEXT_CHARS: Final = 380
"""READING, "Our own payload"."""

_BASE45: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_MARGIN_MODULES: Final = 4
_FOCAL: Final = 2.5
"""Of the code's side: a card held a hand's width and a half away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What happens to one card before the camera.

    Attributes:
        px: a module.
        tilt: degrees out of the picture's plane.
        blur: sigma, px.
        motion: px moved during the exposure.
        contrast: share of the levels between ink and paper that is left.
        light: share of the light that is left.
        noise: sigma, levels.
        glare: 0 to 1, how bright a lamp is mirrored.
        grid: depth 0 to 1 of a screen's own pixels, and moire with the camera's.
        margin: modules of light rim.
        inverted: light on dark.
    """

    px: float = 3.0
    tilt: float = 0.0
    blur: float = 0.6
    motion: float = 0.0
    contrast: float = 0.85
    light: float = 1.0
    noise: float = 3.0
    glare: float = 0.0
    grid: float = 0.0
    margin: int = _MARGIN_MODULES
    inverted: bool = False


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
            text = "".join(rng.choice(list(_BASE45), text_chars))
            yield DegradedFrame(condition=name, luma=degraded(text, condition, rng), truth=text)


def degraded(text: str, condition: Condition, rng: np.random.Generator) -> Luma:
    """Return a frame that shows `text` under one condition."""
    card = _card(text, condition)
    height, width = SIZE_PX[1], SIZE_PX[0]
    ground = empty_scene(SIZE_PX, int(rng.integers(1 << 30))).astype(np.float32)
    modules = len(card) / _CARD_PX
    size_px = modules * condition.px
    seen, cover = _seen(card, size_px, condition, rng)
    if condition.grid:
        seen = seen * _screen(rng, condition.grid)
    light = ground * (1 - cover) + seen * cover
    light = _glared(light, size_px, condition.glare, rng)
    light = _smeared(light, condition, rng) * condition.light
    light += rng.normal(0, condition.noise, (height, width))
    return np.asarray(light.clip(0, 255), dtype=np.uint8)


_CARD_PX: Final = 8
"""Of the drawing, a module: fine enough for any turn."""


def _card(text: str, condition: Condition) -> NDArray[np.float32]:
    rows = segno.make_qr(text, error="m", boost_error=False).matrix_iter(border=condition.margin)
    dark = np.array([list(row) for row in rows], dtype=bool) ^ condition.inverted
    half = 127 * condition.contrast
    tones = np.where(dark, 128 - half, 128 + half).astype(np.float32)
    return tones.repeat(_CARD_PX, axis=0).repeat(_CARD_PX, axis=1)


def _seen(
    card: NDArray[np.float32], size_px: float, condition: Condition, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the card as the camera sees it, and how far each pixel is of the card."""
    # Drawn at twice the size and halved, so that edges are as soft as a sensor's.
    width, height = 2 * SIZE_PX[0], 2 * SIZE_PX[1]
    corners = 2 * _corners(size_px, condition.tilt, rng)
    side = len(card)
    source = np.array([(0, 0), (side, 0), (side, side), (0, side)], float)
    coefficients = _homography(corners, source)
    pictures = []
    for plane in (card, np.full_like(card, 1.0)):
        image = Image.fromarray(plane, mode="F").transform(
            (width, height),
            Image.Transform.PERSPECTIVE,
            coefficients,
            resample=Image.Resampling.BILINEAR,
        )
        fine = np.asarray(image)
        pictures.append((fine[::2, ::2] + fine[1::2, ::2] + fine[::2, 1::2] + fine[1::2, 1::2]) / 4)
    seen, cover = pictures
    return seen / np.maximum(cover, 1e-3), cover


def _corners(size_px: float, tilt: float, rng: np.random.Generator) -> NDArray[np.float64]:
    half = size_px / 2
    square = np.array([(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)])
    turn, about = radians(rng.uniform(-20, 20)), rng.uniform(0, 2 * np.pi)
    lean = radians(tilt)
    flat = np.array([(cos(turn), -sin(turn), 0), (sin(turn), cos(turn), 0), (0, 0, 1)])
    axis = np.array((cos(about), sin(about), 0.0))
    skew = np.array([(0, 0, axis[1]), (0, 0, -axis[0]), (-axis[1], axis[0], 0)])
    tilted = np.eye(3) + sin(lean) * skew + (1 - cos(lean)) * skew @ skew
    away = square @ (tilted @ flat).T
    focal = _FOCAL * size_px
    places = away[:, :2] * focal / (focal + away[:, 2:])
    room = (np.array(SIZE_PX) - (places.max(axis=0) - places.min(axis=0))) / 2
    shift = rng.uniform(-0.5, 0.5, 2) * np.maximum(room - 2, 0)
    return np.asarray(
        places - (places.max(axis=0) + places.min(axis=0)) / 2 + np.array(SIZE_PX) / 2 + shift
    )


def _homography(places: NDArray[np.float64], to: NDArray[np.float64]) -> list[float]:
    rows, sides = [], []
    for (x, y), (u, v) in zip(places, to, strict=True):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
        sides += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(sides))]


def _screen(rng: np.random.Generator, depth: float) -> NDArray[np.float32]:
    """Return what a screen's rows and columns of pixels leave, beating with the camera's."""
    down, across = np.mgrid[0 : SIZE_PX[1], 0 : SIZE_PX[0]]
    turn, pitch = radians(rng.uniform(-15, 15)), rng.uniform(2.05, 2.9)
    along = across * cos(turn) + down * sin(turn)
    athwart = down * cos(turn) - across * sin(turn)
    ripple = np.cos(2 * np.pi * along / pitch) + np.cos(2 * np.pi * athwart / pitch)
    return np.asarray(1 - depth * (ripple + 2) / 4, dtype=np.float32)


def _glared(
    light: NDArray[np.float32], size_px: float, glare: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    if not glare:
        return light
    down, across = np.mgrid[0 : SIZE_PX[1], 0 : SIZE_PX[0]]
    x, y = np.array(SIZE_PX) / 2 + rng.uniform(-0.25, 0.25, 2) * size_px
    away = ((across - x) ** 2 + (down - y) ** 2) / (size_px * 0.16) ** 2
    return np.asarray(light + 320 * glare * np.exp(-away / 2), dtype=np.float32).clip(0, 255)


def _smeared(
    light: NDArray[np.float32], condition: Condition, rng: np.random.Generator
) -> NDArray[np.float32]:
    smeared = _blurred(light, condition.blur)
    if not condition.motion:
        return smeared
    steps = max(int(condition.motion * 2), 2)
    way = rng.uniform(0, 2 * np.pi)
    total = np.zeros_like(smeared)
    whole = Image.fromarray(smeared, mode="F")
    for step in np.linspace(-0.5, 0.5, steps) * condition.motion:
        shift = (1, 0, step * cos(way), 0, 1, step * sin(way))
        total += np.asarray(
            whole.transform(SIZE_PX, Image.Transform.AFFINE, shift, Image.Resampling.BILINEAR)
        )
    return np.asarray(total / steps, dtype=np.float32)


def _blurred(plane: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    reach = int(3 * sigma) + 1
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    for _ in range(2):
        padded = np.pad(plane, ((reach, reach), (0, 0)), mode="edge")
        plane = np.zeros_like(plane)
        for k, weight in enumerate(kernel.astype(np.float32)):
            plane += weight * padded[k : k + len(plane)]
        plane = plane.T
    return plane

"""How a card comes to be hard to read: pose, lens, motion, lamp, screen and sensor, by arithmetic.

A `Condition` says what happens to a card, a `Pose` where it is held, `Marks` what chance adds to
one frame. What is drawn depends on these and on the sensor's noise, nothing else.
"""

from dataclasses import dataclass, replace
from math import cos, radians, sin
from typing import Final

import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image

from gate.devices.ports import Luma

SIZE_PX: Final = (640, 480)

_MARGIN_MODULES: Final = 4
_FOCAL: Final = 2.5
"""Of the code's side: a card held a hand's width and a half away."""

_CARD_PX: Final = 8
"""Of the drawing, a module: fine enough for any turn."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How a card is held.

    Attributes:
        px: a module, as `Condition.px`.
        turn: in the picture's plane, radians.
        lean: out of it, radians.
        about: the way it leans, radians.
        x: of its middle, from the picture's, px.
        y: downwards.
    """

    px: float
    turn: float
    lean: float
    about: float
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What chance adds to one frame.

    Attributes:
        screen_turn: of a screen's rows against the camera's, radians.
        screen_pitch: of its pixels, px of the camera.
        glare_x: of the lamp's image, from the picture's middle, px.
        glare_y: downwards.
        way: in which the card moves, radians.
    """

    screen_turn: float = 0.0
    screen_pitch: float = 2.5
    glare_x: float = 0.0
    glare_y: float = 0.0
    way: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Card:
    """A code drawn with its margin, and how many modules that is a side."""

    tones: NDArray[np.float32]
    modules: float


def drawn_card(text: str, condition: Condition) -> Card:
    """Return the code of `text` at level M, faded and with a margin as the condition says."""
    rows = segno.make_qr(text, error="m", boost_error=False).matrix_iter(border=condition.margin)
    dark = np.array([list(row) for row in rows], dtype=bool) ^ condition.inverted
    half = 127 * condition.contrast
    tones = np.where(dark, 128 - half, 128 + half).astype(np.float32)
    tones = tones.repeat(_CARD_PX, axis=0).repeat(_CARD_PX, axis=1)
    return Card(tones=tones, modules=len(tones) / _CARD_PX)


def any_pose(card: Card, condition: Condition, rng: np.random.Generator) -> Pose:
    """Return a pose by chance, the whole card in the picture."""
    pose = Pose(
        px=condition.px,
        turn=radians(rng.uniform(-20, 20)),
        lean=radians(condition.tilt),
        about=rng.uniform(0, 2 * np.pi),
    )
    room = (np.array(SIZE_PX) - np.ptp(_places(card, pose), axis=0)) / 2
    shift = rng.uniform(-0.5, 0.5, 2) * np.maximum(room - 2, 0)
    return replace(pose, x=float(shift[0]), y=float(shift[1]))


def any_marks(card: Card, condition: Condition, rng: np.random.Generator) -> Marks:
    """Return marks by chance."""
    marks = Marks()
    if condition.grid:
        turn = radians(rng.uniform(-15, 15))
        marks = replace(marks, screen_turn=turn, screen_pitch=rng.uniform(2.05, 2.9))
    if condition.glare:
        x, y = rng.uniform(-0.25, 0.25, 2) * card.modules * condition.px
        marks = replace(marks, glare_x=float(x), glare_y=float(y))
    if condition.motion:
        marks = replace(marks, way=rng.uniform(0, 2 * np.pi))
    return marks


def taken(
    card: Card,
    ground: NDArray[np.float32],
    condition: Condition,
    pose: Pose,
    marks: Marks,
    rng: np.random.Generator,
) -> Luma:
    """Return the frame of a card before `ground` (height, width); `rng` is the sensor's noise."""
    seen, cover = _seen(card, pose)
    if condition.grid:
        seen = seen * _screen(marks, condition.grid)
    light = ground * (1 - cover) + seen * cover
    light = _glared(light, card.modules * condition.px, condition.glare, marks)
    light = _smeared(light, condition, marks.way) * condition.light
    light += rng.normal(0, condition.noise, light.shape)
    return np.asarray(light.clip(0, 255), dtype=np.uint8)


def _seen(card: Card, pose: Pose) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the card as the camera sees it, and how far each pixel is of the card."""
    # Drawn at twice the size and halved, so that edges are as soft as a sensor's.
    width, height = 2 * SIZE_PX[0], 2 * SIZE_PX[1]
    side = len(card.tones)
    source = np.array([(0, 0), (side, 0), (side, side), (0, side)], float)
    coefficients = _homography(2 * corners_of(card, pose), source)
    pictures = []
    for plane in (card.tones, np.full_like(card.tones, 1.0)):
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


def corners_of(card: Card, pose: Pose) -> NDArray[np.float64]:
    """Return (4, 2) px of the card's corners, with its margin."""
    places = _places(card, pose)
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    return np.asarray(places - middle + np.array(SIZE_PX) / 2 + (pose.x, pose.y))


def _places(card: Card, pose: Pose) -> NDArray[np.float64]:
    size_px = card.modules * pose.px
    half = size_px / 2
    square = np.array([(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)])
    turn, about, lean = pose.turn, pose.about, pose.lean
    flat = np.array([(cos(turn), -sin(turn), 0), (sin(turn), cos(turn), 0), (0, 0, 1)])
    axis = np.array((cos(about), sin(about), 0.0))
    skew = np.array([(0, 0, axis[1]), (0, 0, -axis[0]), (-axis[1], axis[0], 0)])
    tilted = np.eye(3) + sin(lean) * skew + (1 - cos(lean)) * skew @ skew
    away = square @ (tilted @ flat).T
    focal = _FOCAL * size_px
    return np.asarray(away[:, :2] * focal / (focal + away[:, 2:]))


def _homography(places: NDArray[np.float64], to: NDArray[np.float64]) -> list[float]:
    rows, sides = [], []
    for (x, y), (u, v) in zip(places, to, strict=True):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
        sides += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(sides))]


def _screen(marks: Marks, depth: float) -> NDArray[np.float32]:
    """Return what a screen's rows and columns of pixels leave, beating with the camera's."""
    down, across = np.mgrid[0 : SIZE_PX[1], 0 : SIZE_PX[0]]
    turn, pitch = marks.screen_turn, marks.screen_pitch
    along = across * cos(turn) + down * sin(turn)
    athwart = down * cos(turn) - across * sin(turn)
    ripple = np.cos(2 * np.pi * along / pitch) + np.cos(2 * np.pi * athwart / pitch)
    return np.asarray(1 - depth * (ripple + 2) / 4, dtype=np.float32)


def _glared(
    light: NDArray[np.float32], size_px: float, glare: float, marks: Marks
) -> NDArray[np.float32]:
    if not glare:
        return light
    down, across = np.mgrid[0 : SIZE_PX[1], 0 : SIZE_PX[0]]
    x, y = SIZE_PX[0] / 2 + marks.glare_x, SIZE_PX[1] / 2 + marks.glare_y
    away = ((across - x) ** 2 + (down - y) ** 2) / (size_px * 0.16) ** 2
    return np.asarray(light + 320 * glare * np.exp(-away / 2), dtype=np.float32).clip(0, 255)


def _smeared(light: NDArray[np.float32], condition: Condition, way: float) -> NDArray[np.float32]:
    smeared = _blurred(light, condition.blur)
    if not condition.motion:
        return smeared
    steps = max(int(condition.motion * 2), 2)
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

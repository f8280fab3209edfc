"""The hand that holds a card: fingers behind it, a thumb upon its lower left corner.

Measures are a grown-up's, in millimetres from the corner where the thumb presses.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from gate.sim.layers import Layer, make_layer, moved
from gate.sim.relief import Plane, Rod, bent, shade

_PX_PER_MM: Final = 3.5
_SKIN: Final = 205.0
_GLOVE: Final = 105.0
_SLEEVE: Final = 215.0
_REFLECTIVE: Final = 250.0

_THUMB: Final = ((-4, 46, 15.0), (-11, 26, 11.5), (-8, 10, 9.2), (-2, 0, 9.6), (2, -7, 7.6))
# Behind the card: four bent fingers, one upon the other, and the ball of the hand to the wrist.
_FIST: Final = (
    ((0, 8, 9.5), (22, 5, 8.6), (38, 5, 8.8), (47, 8, 8.0)),
    ((4, 24, 10.0), (20, 21, 9.2), (36, 20.5, 9.4), (45, 24, 8.4)),
    ((8, 40, 10.0), (22, 37, 9.0), (34, 37, 9.2), (41, 40, 8.0)),
    ((10, 54, 9.5), (20, 52, 8.0), (29, 52, 8.0), (35, 54, 6.8)),
    ((-4, 24, 15.0), (-1, 42, 19.0), (6, 64, 21.0), (10, 100, 22.0)),
)
_FOREARM: Final = ((9, 90, 27.0), (13, 130, 29.0), (22, 200, 36.0), (32, 300, 42.0))
# Where the thumb leaves the ball of the hand, which is drawn behind the card.
_THUMB_ROOT_MM: Final = (12.0, 26.0)


def hand_behind(x_mm: float, y_mm: float, *, gloved: bool = False) -> Layer:
    """Return the fingers and the arm, to lie under the thing whose corner is at (x_mm, y_mm)."""
    return moved(_behind(gloved=gloved), x_mm, y_mm)


def thumb_before(x_mm: float, y_mm: float, *, gloved: bool = False) -> Layer:
    """Return the thumb and its shadow, to lie upon the thing whose corner is at (x_mm, y_mm)."""
    return moved(_before(gloved=gloved), x_mm, y_mm)


# There are two hands and they never change: drawn once, a card costs 50 ms less.
@lru_cache(maxsize=2)
def _behind(*, gloved: bool) -> Layer:
    xs, ys = _grid(-32, 76, -6, 300)
    light, cover = shade(
        [rod for line in (*_FIST, _THUMB) for rod in bent(*line)], xs, ys, soft=0.8
    )
    luma = light * (_GLOVE if gloved else _SKIN)
    luma *= _texture(xs, ys, gloved=gloved)
    # The card keeps the light from the finger behind it.
    beside_thumb = np.clip((xs[None, :] - 1) / 7, 0, 1)
    luma *= 1 - 0.5 * np.exp(-np.maximum(ys[:, None], 0) / 5) * beside_thumb
    arm_light, arm_cover = shade(bent(*_FOREARM), xs, ys)
    band = (ys > 118) & (ys < 150)
    arm = arm_light * np.where(band, _REFLECTIVE, _SLEEVE)[:, None]
    folds = np.sin(ys[:, None] * 0.13 + 1.3 * np.sin(xs[None, :] * 0.06) + xs[None, :] * 0.09)
    arm *= 1 - 0.06 * folds
    luma = arm * arm_cover + luma * (1 - arm_cover)
    return _layer(luma, np.maximum(cover, arm_cover), xs, ys)


@lru_cache(maxsize=2)
def _before(*, gloved: bool) -> Layer:
    xs, ys = _grid(-28, 20, -22, 52)
    light, cover = shade(bent(*_THUMB), xs, ys, soft=0.8)
    top, bottom = _THUMB_ROOT_MM
    cover = cover * np.clip((bottom - ys[:, None]) / (bottom - top), 0, 1)
    luma = light * (_GLOVE if gloved else _SKIN) * _texture(xs, ys, gloved=gloved)
    if not gloved:
        luma += _nail(xs, ys)
    _, shadow = shade([_shifted(rod, 2.0, 2.5) for rod in bent(*_THUMB)], xs, ys)
    # Only the card takes the shadow: the arm behind it is too far below.
    above_edge = np.clip((1 - ys[:, None]) / 5, 0, 1)
    fall = _softened(shadow, 1.6) * 0.45 * above_edge * (1 - cover)
    both = cover + fall
    luma = (luma * cover + 25 * fall) / np.maximum(both, 1e-3)
    return _layer(luma, both, xs, ys)


def _texture(xs: Plane, ys: Plane, *, gloved: bool) -> Plane:
    """Return knitted yarn, or the fine unevenness of skin, about 1."""
    x, y = xs[None, :], ys[:, None]
    if gloved:
        yarn = np.sin(x * 3.9 + 0.6 * np.sin(y * 1.9)) * np.sin(y * 3.3)
        return np.asarray(1 + 0.1 * yarn, dtype=np.float32)
    fine = 0.018 * np.sin(x * 2.9 + 2 * np.sin(y * 1.1)) * np.sin(y * 3.7 + np.sin(x * 1.7))
    coarse = 0.03 * np.sin(x * 0.31 + np.sin(y * 0.23)) * np.sin(y * 0.37 + 1)
    return np.asarray(1 + fine + coarse, dtype=np.float32)


def _nail(xs: Plane, ys: Plane) -> Plane:
    """Return how much lighter the thumb's nail is."""
    x, y = xs[None, :] - 0.2, ys[:, None] + 5.0
    along, across = x * 0.45 - y * 0.89, x * 0.89 + y * 0.45
    inside = (np.abs(along) / 6.0) ** 2.6 + (np.abs(across) / 4.6) ** 2.6
    plate = np.clip((1 - inside) * 2.5 + 0.5, 0, 1)
    rim = np.exp(-(((inside - 1.12) / 0.16) ** 2))
    tip = plate * np.clip((along - 3.8) / 0.8, 0, 1)
    return np.asarray(14 * plate + 20 * tip - 20 * rim, dtype=np.float32)


def _shifted(rod: Rod, by_x: float, by_y: float) -> Rod:
    return Rod(rod.x0 + by_x, rod.y0 + by_y, rod.r0, rod.x1 + by_x, rod.y1 + by_y, rod.r1)


def _grid(left: float, right: float, top: float, bottom: float) -> tuple[Plane, Plane]:
    step = 1 / _PX_PER_MM
    return (
        np.arange(left, right, step, dtype=np.float32),
        np.arange(top, bottom, step, dtype=np.float32),
    )


def _softened(plane: Plane, radius_mm: float) -> Plane:
    blurred = _image(plane * 255).filter(ImageFilter.GaussianBlur(radius_mm * _PX_PER_MM))
    return np.asarray(blurred, dtype=np.float32) / np.float32(255)


def _layer(luma: Plane, cover: Plane, xs: Plane, ys: Plane) -> Layer:
    soft = _image(luma).filter(ImageFilter.GaussianBlur(0.5 * _PX_PER_MM))
    return make_layer(
        soft,
        _image(cover * 255),
        left_mm=float(xs[0]),
        top_mm=float(ys[0]),
        px_per_mm=_PX_PER_MM,
        soft=True,
    )


def _image(plane: Plane) -> Image.Image:
    return Image.fromarray(np.clip(plane, 0, 255).astype(np.uint8))

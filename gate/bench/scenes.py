"""Frames to measure decoders on: a plain site, still or changing, with or without a code.

Made by arithmetic from a seed, so that every run measures the same pixels.
"""

from typing import Final

import numpy as np
import segno

from gate.devices.ports import Luma

PX_PER_MODULE: Final = 4
"""READING: aim the optics for at least 4 px a module."""

NOISE_LEVELS: Final = 3.0
"""A sensor's noise in daylight."""

_BOXES: Final = 12


def qr_picture(text: str, px_per_module: int = PX_PER_MODULE) -> Luma:
    """Return the QR code of `text` at EC level M, black on white with its margin."""
    rows = segno.make_qr(text, error="m", boost_error=False).matrix_iter(border=4)
    dark = np.array([list(row) for row in rows], dtype=bool)
    modules = np.where(dark, 0, 255).astype(np.uint8)
    return modules.repeat(px_per_module, axis=0).repeat(px_per_module, axis=1)


def empty_scene(size_px: tuple[int, int], seed: int) -> Luma:
    """Return a scene of (width, height) with edges, gradients and noise, and no code."""
    width_px, height_px = size_px
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[0:height_px, 0:width_px]
    light = 110 + 40 * np.sin(across / 97) + 30 * np.cos(down / 61)
    for _ in range(_BOXES):
        left, top = int(rng.integers(0, width_px)), int(rng.integers(0, height_px))
        wide, high = int(rng.integers(20, width_px // 4)), int(rng.integers(20, height_px // 4))
        light[top : top + high, left : left + wide] = rng.integers(20, 230)
    light += rng.normal(0, NOISE_LEVELS, light.shape)
    return np.asarray(light.clip(0, 255), dtype=np.uint8)


def pasted(scene: Luma, picture: Luma) -> Luma:
    """Return `scene` with `picture` in its middle.

    Raises:
        ValueError: the picture is larger than the scene.
    """
    (height_px, width_px), (high, wide) = scene.shape, picture.shape
    if high > height_px or wide > width_px:
        raise ValueError(f"picture of {wide}x{high} px does not fit {width_px}x{height_px}")
    top, left = (height_px - high) // 2, (width_px - wide) // 2
    whole = scene.copy()
    whole[top : top + high, left : left + wide] = picture
    return whole

"""How a picture is seen: pose, optics, light and sensor, as numbers with units.

A `Look` says nothing about what is held up (`gate.sim.pictures`) nor where (`gate.sim.scene`). The
defaults are a card that every reader reads; `ordinary_look` is a person who means well, and
`HARD_LOOKS` are the ways in which a card cannot be read by any of today's decoders.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np

# Further over, the plane of a forearm would pass through the lens; READING.md tried up to 40.
MAX_TILT_DEG: Final = 50.0
# Finer than the pictures are drawn; a card at this size is wider than any camera's frame.
MAX_PX_PER_MODULE: Final = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Glare:
    """A lamp mirrored in the card: `strength` 1 turns black ink as white as the paper.

    The place and the size are fractions of the card's width, from its upper left corner.
    """

    strength: float = 0.0
    x: float = 0.2
    y: float = 0.1
    radius: float = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One way of holding something before one camera.

    Attributes:
        px_per_module: camera pixels to one module of the code, at its middle.
        tilt_x_deg: top edge away from the camera; `tilt_y_deg` right edge away.
        roll_deg: clockwise in the picture.
        x: where the middle of the thing is, as a fraction of the frame; `y` from the top.
        blur_sigma_px: defocus, as a Gaussian.
        motion_px: path of the card during the exposure; `motion_deg` its direction.
        noise_sigma: of the sensor, in levels of 255.
        contrast: 1 keeps black and white apart, 0 leaves one grey.
        brightness: exposure; 1 is well exposed.
        jpeg_quality: as a USB camera compresses, or None.
    """

    px_per_module: float = 4.0
    tilt_x_deg: float = 4.0
    tilt_y_deg: float = -5.0
    roll_deg: float = -2.0
    x: float = 0.5
    y: float = 0.55
    blur_sigma_px: float = 0.6
    motion_px: float = 0.0
    motion_deg: float = 0.0
    noise_sigma: float = 2.5
    contrast: float = 0.92
    brightness: float = 1.0
    glare: Glare = field(default_factory=Glare)
    jpeg_quality: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that no camera could see.

        Raises:
            ValueError: naming the number, its value and the limits.
        """
        limits = {
            "px_per_module": (0.05, MAX_PX_PER_MODULE),
            "tilt_x_deg": (-MAX_TILT_DEG, MAX_TILT_DEG),
            "tilt_y_deg": (-MAX_TILT_DEG, MAX_TILT_DEG),
            "roll_deg": (-360.0, 360.0),
            "blur_sigma_px": (0.0, 50.0),
            "motion_px": (0.0, 200.0),
            "noise_sigma": (0.0, 100.0),
            "contrast": (0.0, 2.0),
            "brightness": (0.0, 4.0),
        }
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise ValueError(f"Look.{name} is {value}; it must be from {least} to {most}")
        if not (math.isfinite(self.x) and math.isfinite(self.y)):
            raise ValueError(f"Look.x, Look.y are {self.x}, {self.y}; they must be finite")
        if self.jpeg_quality is not None and not 1 <= self.jpeg_quality <= 95:
            raise ValueError(f"Look.jpeg_quality is {self.jpeg_quality}; it must be from 1 to 95")


def ordinary_look(rng: np.random.Generator) -> Look:
    """Return how somebody who means well holds a card, indoors or out; readable."""
    return Look(
        px_per_module=rng.uniform(3.2, 4.4),
        tilt_x_deg=rng.uniform(-14, 14),
        tilt_y_deg=rng.uniform(-14, 14),
        roll_deg=rng.normal(0, 5),
        x=rng.uniform(0.45, 0.55),
        y=rng.uniform(0.48, 0.58),
        blur_sigma_px=rng.uniform(0.5, 0.9),
        motion_px=rng.uniform(0, 1.2),
        motion_deg=rng.uniform(0, 180),
        noise_sigma=rng.uniform(1.5, 4.5),
        contrast=rng.uniform(0.75, 0.97),
        brightness=rng.uniform(0.8, 1.1),
        glare=Glare(strength=rng.uniform(0, 0.35), x=rng.uniform(0, 0.3), y=rng.uniform(0, 0.5)),
    )


HARD_LOOKS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "too_small": Look(px_per_module=1.1),
        "too_blurred": Look(px_per_module=3.0, blur_sigma_px=5.0),
        "too_dark": Look(brightness=0.03, noise_sigma=5.0),
        "too_faint": Look(contrast=0.025, noise_sigma=5.0),
        "too_fast": Look(px_per_module=3.0, motion_px=26.0, motion_deg=35.0),
        "glare_over_code": Look(glare=Glare(strength=1.4, x=0.66, y=0.3, radius=0.2)),
        "out_of_frame": Look(x=0.96),
    }
)
"""Looks that leave the code unreadable, by name; the thing held up is there for all to see."""

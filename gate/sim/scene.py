"""The place a gate's camera looks at: a site entrance out of focus, and the person in front of it.

The lens is focused on a card 30 cm away, so everything behind is soft. A scene is drawn once from
a seeded generator and then copied for every frame.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from gate.sim.relief import Plane, Rod, bent, shade

# As a share of the frame's height: what a lens focused at 30 cm makes of 1 m and of 5 m.
_PERSON_BLUR: Final = 0.013
_PLACE_BLUR: Final = 0.013
_POST_BLUR: Final = 0.005
# Below this nothing of a card would be seen at all.
MIN_FRAME_PX: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """A place, and who stands there when something is held up; all of one size, mode L."""

    place: Image.Image
    person: Image.Image
    person_cover: Image.Image

    def with_person(self, shift: float) -> Image.Image:
        """Return a fresh picture with the person moved sideways by `shift` frame widths."""
        canvas = self.place.copy()
        if abs(shift) < 1:
            left = round(shift * canvas.width)
            canvas.paste(self.person, (left, 0), self.person_cover)
        return canvas


def site_scene(size: tuple[int, int], rng: np.random.Generator) -> Scene:
    """Return one of endless site entrances, `size` (width, height) in pixels."""
    _check_size(size)
    place = _place(size, rng).filter(ImageFilter.GaussianBlur(size[1] * _PLACE_BLUR))
    place = Image.fromarray(_vignetted(np.asarray(_with_posts(place, rng), dtype=np.float32)))
    person, cover = _person(size, rng)
    return Scene(place=place, person=person, person_cover=cover)


def plain_scene(size: tuple[int, int], luma: int = 118) -> Scene:
    """Return a grey wall and nobody, for measurements."""
    _check_size(size)
    wall = Image.new("L", size, luma)
    return Scene(place=wall, person=wall, person_cover=Image.new("L", size, 0))


def _check_size(size: tuple[int, int]) -> None:
    if min(size) < MIN_FRAME_PX:
        raise ValueError(f"frame size is {size}; each side must be at least {MIN_FRAME_PX} px")


def _place(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Return sky, buildings under scaffolding, hoarding, ground and a striped barrier, sharp."""
    width, height = size
    unit = height / 720
    horizon = round(height * rng.uniform(0.5, 0.6))
    rows = np.linspace(0, 1, height)[:, None]
    sky = 246 - 34 * rows + 10 * np.sin(rows * 9 + rng.uniform(0, 6))
    image = Image.fromarray(np.repeat(sky, width, axis=1).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    _draw_buildings(draw, rng, width, horizon, unit)
    top = horizon - 150 * unit
    panel = 150 * unit
    left = -rng.uniform(0, panel)
    while left < width:
        shade_of_panel = int(rng.integers(88, 118))
        draw.rectangle((left, top, left + panel - 2 * unit, horizon), fill=shade_of_panel)
        if rng.random() < 0.35:
            poster = (left + 0.2 * panel, top + 25 * unit, left + 0.75 * panel, top + 115 * unit)
            draw.rectangle(poster, fill=205)
            for line in range(5):
                y = poster[1] + (12 + 15 * line) * unit
                draw.rectangle((poster[0] + 8 * unit, y, poster[2] - 9 * unit, y + 6 * unit), 90)
        left += panel
    draw.rectangle((0, horizon, width, height), fill=132)
    for _ in range(40):
        x, y = rng.uniform(0, width), rng.uniform(horizon, height)
        reach = rng.uniform(20, 110) * unit
        tone = int(rng.integers(112, 150))
        draw.ellipse((x - reach, y - reach / 6, x + reach, y + reach / 6), fill=tone)
    _draw_barrier(draw, rng, width, horizon + 20 * unit, unit)
    return image


def _draw_buildings(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, ground: int, unit: float
) -> None:
    for _ in range(3):
        left = rng.uniform(-0.1, 0.8) * width
        right = left + rng.uniform(0.2, 0.4) * width
        top = ground - rng.uniform(230, 420) * unit
        tone = int(rng.integers(138, 178))
        draw.rectangle((left, top, right, ground), fill=tone)
        storey, bay = 58 * unit, 46 * unit
        for y in np.arange(top + storey / 2, ground, storey):
            for x in np.arange(left + bay / 3, right - bay / 2, bay):
                dark = tone - int(rng.integers(35, 75))
                draw.rectangle((x, y, x + bay * 0.5, y + storey * 0.55), fill=dark)
        for x in np.arange(left, right, bay * 1.5):
            draw.line((x, top - 20 * unit, x, ground), fill=84, width=max(round(4 * unit), 1))
        for y in np.arange(top, ground, storey):
            draw.line((left, y, right, y), fill=92, width=max(round(5 * unit), 1))


def _draw_barrier(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, top: float, unit: float
) -> None:
    """Draw red and white boards; red is dark to a camera that sees brightness only."""
    left = rng.uniform(0, 0.5) * width
    right = left + rng.uniform(0.25, 0.5) * width
    board = 30 * unit
    draw.rectangle((left, top, right, top + board), fill=226)
    for x in np.arange(left, right - board, 2.2 * board):
        stripe = [
            (x, top + board),
            (x + board, top),
            (x + 2 * board, top),
            (x + board, top + board),
        ]
        draw.polygon(stripe, fill=84)
    for x in (left + board, right - board):
        draw.rectangle((x, top + board, x + 9 * unit, top + 4.5 * board), fill=70)


def _with_posts(place: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Return the place behind the turnstile's own steel posts, which are nearer and sharper."""
    width, height = place.size
    for share in (rng.uniform(0.02, 0.12), rng.uniform(0.88, 0.98)):
        thick = round(height * rng.uniform(0.05, 0.08))
        profile = np.sin(np.linspace(0.25, 2.9, thick)) ** 0.8 * 150 + 34
        profile += 60 * np.exp(-((np.linspace(-1, 1, thick) + 0.35) ** 2) / 0.02)
        post = np.repeat(np.clip(profile, 0, 255)[None, :], height, axis=0)
        image = Image.fromarray(post.astype(np.uint8))
        cover = Image.new("L", image.size, 255)
        place.paste(image, (round(share * width) - thick // 2, 0), cover)
    return place.filter(ImageFilter.GaussianBlur(height * _POST_BLUR))


def _person(size: tuple[int, int], rng: np.random.Generator) -> tuple[Image.Image, Image.Image]:
    """Return somebody in a helmet and a hi-vis vest, a metre away, and the cover."""
    width, height = size
    # In shares of the frame's height, from the middle of the frame; worked out at half size.
    step = 2 / height
    xs = ((np.arange(width // 2) + 0.5) * step - width / height / 2).astype(np.float32)
    ys = ((np.arange(height // 2) + 0.5) * step).astype(np.float32)
    xs -= rng.uniform(-0.12, 0.12)
    luma, cover = _vest(xs, ys)
    skin, helmet = rng.uniform(105, 175), rng.uniform(175, 250)
    for rods, tone in (
        (bent((0, 0.34, 0.075), (0, 0.42, 0.074), (0, 0.47, 0.08)), skin * 0.85),
        (bent((0, 0.14, 0.12), (0, 0.21, 0.128), (0, 0.29, 0.105), (0, 0.335, 0.07)), skin),
        ([Rod(-0.056, 0.205, 0.017, -0.042, 0.205, 0.017)], skin * 0.66),
        ([Rod(0.042, 0.205, 0.017, 0.056, 0.205, 0.017)], skin * 0.66),
        ([Rod(0, 0.22, 0.014, 0, 0.262, 0.022)], skin * 1.08),
        ([Rod(-0.04, 0.32, 0.009, 0.04, 0.32, 0.009)], skin * 0.7),
        (bent((-0.05, 0.06, 0.13), (0, 0.03, 0.15), (0.05, 0.06, 0.13)), helmet),
        (bent((-0.15, 0.145, 0.016), (0, 0.16, 0.022), (0.15, 0.145, 0.016)), helmet * 0.85),
    ):
        light, over = shade(rods, xs, ys, soft=0.01)
        luma = tone * (0.25 + 0.75 * light) * over + luma * (1 - over)
        cover = np.maximum(cover, over)
    soft = ImageFilter.GaussianBlur(height * _PERSON_BLUR / 2)
    return (
        _grey(luma).filter(soft).resize(size, Image.Resampling.BILINEAR),
        _grey(cover * 255).filter(soft).resize(size, Image.Resampling.BILINEAR),
    )


def _vest(xs: Plane, ys: Plane) -> tuple[Plane, Plane]:
    body = [
        Rod(-0.27, 0.64, 0.16, -0.26, 1.2, 0.2),
        Rod(0.27, 0.64, 0.16, 0.26, 1.2, 0.2),
        Rod(0, 0.62, 0.2, 0, 1.2, 0.34),
        Rod(-0.12, 0.54, 0.09, 0.12, 0.54, 0.09),
    ]
    light, cover = shade(body, xs, ys)
    across, down = np.abs(xs)[None, :], ys[:, None]
    fabric = np.where(across < 0.30, 212.0, 96.0)
    fabric = np.where(across < 0.008, 120.0, fabric)
    stripe = (np.abs(across - 0.185) < 0.035) | (np.abs(down - 0.86 - 0.15 * across**2) < 0.04)
    rim = (np.abs(across - 0.185) < 0.043) | (np.abs(down - 0.86 - 0.15 * across**2) < 0.048)
    fabric = np.where(rim & (across < 0.30), 150.0, fabric)
    fabric = np.where(stripe & (across < 0.30), 248.0, fabric)
    folds = 1 + 0.05 * np.sin(down * 31 + across * 17) * np.sin(across * 23 + 1)
    luma: Plane = (fabric * light * folds).astype(np.float32)
    return luma, cover


def _vignetted(luma: Plane) -> NDArray[np.uint8]:
    rows = np.linspace(-1, 1, luma.shape[0], dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, luma.shape[1], dtype=np.float32)[None, :]
    darker = luma * (1 - 0.11 * (rows**2 + columns**2))
    return np.clip(darker, 0, 255).astype(np.uint8)


def _grey(plane: Plane) -> Image.Image:
    return Image.fromarray(np.clip(plane, 0, 255).astype(np.uint8))

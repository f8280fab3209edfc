"""From a plane in space to pixels: the projection, the blur, the light and the sensor.

Everything works on 8-bit Pillow images of mode L, in place or on the box that changes, because a
demo renders fifteen frames a second beside the real decoders on a small machine.
"""

import io
import math
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from gate.sim.layers import Layer
from gate.sim.look import Glare, Look

Matrix = NDArray[np.float64]
Box = tuple[int, int, int, int]
"""left, top, right, bottom in pixels of the frame; right and bottom just outside."""

# How far people hold a card from a reader; it sets how strong the perspective is.
_DISTANCE_MM: Final = 330.0
# Light changes slowly over a card, and a hand has no fine detail.
_LIGHT_STEP_PX: Final = 8
_SOFT_STEP_PX: Final = 2
# One pixel of a telephone at about 400 to the inch.
_SCREEN_PITCH_MM: Final = 0.0635


def plane_to_pixels(look: Look, module_mm: float, size: tuple[int, int]) -> Matrix:
    """Return the homography from millimetres of the held plane to pixels of the frame."""
    tilt_x, tilt_y, roll = (
        math.radians(d) for d in (look.tilt_x_deg, look.tilt_y_deg, look.roll_deg)
    )
    over = np.array(
        [
            [1, 0, 0],
            [0, math.cos(tilt_x), math.sin(tilt_x)],
            [0, -math.sin(tilt_x), math.cos(tilt_x)],
        ]
    )
    aside = np.array(
        [
            [math.cos(tilt_y), 0, -math.sin(tilt_y)],
            [0, 1, 0],
            [math.sin(tilt_y), 0, math.cos(tilt_y)],
        ]
    )
    turn = np.array(
        [
            [math.cos(roll), -math.sin(roll), 0],
            [math.sin(roll), math.cos(roll), 0],
            [0, 0, 1],
        ]
    )
    placed = (aside @ over @ turn)[:, :2]
    placed = np.column_stack([placed, [0.0, 0.0, _DISTANCE_MM]])
    focal_px = look.px_per_module / module_mm * _DISTANCE_MM
    lens = np.array([[focal_px, 0, look.x * size[0]], [0, focal_px, look.y * size[1]], [0, 0, 1]])
    matrix: Matrix = lens @ placed
    return matrix


def lay(canvas: Image.Image, layer: Layer, matrix: Matrix, glare: Glare) -> Box | None:
    """Draw one layer into the frame; return what it may have touched, None if nothing."""
    box = _seen_box(layer, matrix, canvas.size)
    if box is None:
        return None
    px_per_mm = math.sqrt(abs(np.linalg.det(matrix[:2, :2]))) / matrix[2, 2]
    step = _SOFT_STEP_PX if layer.soft else 1
    copies = layer.copy_for(px_per_mm / step)
    to_layer = _to_layer(layer, copies[0].size, matrix, box)
    size = (box[2] - box[0], box[3] - box[1])
    seen, mask = (_projected(copy, to_layer, size, step) for copy in copies)
    if layer.glossy:
        across, down = _positions(to_layer, copies[0].size, size, _LIGHT_STEP_PX)
        seen = _lit(seen, across, down, layer, glare)
    if layer.grid_depth > 0:
        across, down = _positions(to_layer, copies[0].size, size, 1)
        seen = _behind_grid(seen, across * layer.width_mm, down * layer.height_mm, layer)
    canvas.paste(seen, box, mask)
    return box


def blur(canvas: Image.Image, box: Box, look: Look) -> None:
    """Defocus and smear the box by the hand's motion, in place."""
    reach = math.ceil(3 * look.blur_sigma_px + look.motion_px / 2) + 1
    box = _grown(box, reach, canvas.size)
    part = canvas.crop(box)
    if look.blur_sigma_px > 0:
        part = part.filter(ImageFilter.GaussianBlur(look.blur_sigma_px))
    # Less than this is lost in the sampling.
    if look.motion_px > 0.3:
        part = _smeared(part, look.motion_px, math.radians(look.motion_deg))
    canvas.paste(part, box)


def expose(canvas: Image.Image, look: Look, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the frame as the sensor and the camera's compression deliver it."""
    levels = np.arange(256, dtype=np.float64)
    levels = (128 + (levels - 128) * look.contrast) * look.brightness
    canvas = canvas.point([round(level) for level in np.clip(levels, 0, 255)])
    luma = np.asarray(canvas)
    if look.noise_sigma > 0:
        # Bytes looked up in the normal distribution: five times as fast as drawing normals.
        normal = NormalDist(0.0, look.noise_sigma)
        table = np.array([normal.inv_cdf((i + 0.5) / 256) for i in range(256)])
        noise = np.rint(table).astype(np.int16)[rng.integers(0, 256, luma.shape, dtype=np.uint8)]
        noise += luma
        luma = np.clip(noise, 0, 255, out=noise).astype(np.uint8)
    else:
        luma = luma.copy()
    return luma if look.jpeg_quality is None else _compressed(luma, look.jpeg_quality)


def union(boxes: list[Box]) -> Box:
    """Return the box around all of them."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _seen_box(layer: Layer, matrix: Matrix, size: tuple[int, int]) -> Box | None:
    right, bottom = layer.left_mm + layer.width_mm, layer.top_mm + layer.height_mm
    corners = np.array(
        [
            [layer.left_mm, right, right, layer.left_mm],
            [layer.top_mm, layer.top_mm, bottom, bottom],
            [1, 1, 1, 1],
        ]
    )
    x, y, depth = matrix @ corners
    columns, rows = x / depth, y / depth
    box = (
        max(math.floor(columns.min()), 0),
        max(math.floor(rows.min()), 0),
        min(math.ceil(columns.max()), size[0]),
        min(math.ceil(rows.max()), size[1]),
    )
    return box if box[0] < box[2] and box[1] < box[3] else None


def _projected(
    copy: Image.Image, to_layer: Matrix, size: tuple[int, int], step: int
) -> Image.Image:
    """Return the layer's copy as seen in the box, worked out for every `step`th pixel."""
    coarse = to_layer @ np.diag([step, step, 1])
    width, height = math.ceil(size[0] / step), math.ceil(size[1] / step)
    seen = copy.transform(
        (width, height),
        Image.Transform.PERSPECTIVE,
        tuple((coarse / coarse[2, 2]).ravel()[:8]),
        Image.Resampling.BILINEAR,
    )
    if step == 1:
        return seen
    full = seen.resize((width * step, height * step), Image.Resampling.BILINEAR)
    return full.crop((0, 0, *size))


def _to_layer(layer: Layer, layer_px: tuple[int, int], matrix: Matrix, box: Box) -> Matrix:
    """Return the homography from pixels of the box to pixels of the layer's copy."""
    across, down = layer_px[0] / layer.width_mm, layer_px[1] / layer.height_mm
    scaled = np.array(
        [[across, 0, -layer.left_mm * across], [0, down, -layer.top_mm * down], [0, 0, 1]]
    )
    shifted = np.array([[1, 0, box[0]], [0, 1, box[1]], [0, 0, 1]])
    to_layer: Matrix = scaled @ np.linalg.inv(matrix) @ shifted
    return to_layer


def _positions(
    to_layer: Matrix, layer_px: tuple[int, int], size: tuple[int, int], step: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return where in the layer (fractions of it) every `step`th pixel of the box looks."""
    xs = (np.arange(math.ceil(size[0] / step)) + 0.5) * step
    ys = (np.arange(math.ceil(size[1] / step)) + 0.5) * step
    rows = to_layer.astype(np.float32)
    x, y = xs.astype(np.float32)[None, :], ys.astype(np.float32)[:, None]
    depth = rows[2, 0] * x + rows[2, 1] * y + rows[2, 2]
    across = (rows[0, 0] * x + rows[0, 1] * y + rows[0, 2]) / (depth * layer_px[0])
    down = (rows[1, 0] * x + rows[1, 1] * y + rows[1, 2]) / (depth * layer_px[1])
    return across, down


def _lit(
    seen: Image.Image,
    across: NDArray[np.float32],
    down: NDArray[np.float32],
    layer: Layer,
    glare: Glare,
) -> Image.Image:
    """Return the layer under a light from its upper left, and a lamp mirrored in it."""
    shading = 255 * (1.0 - 0.07 * np.clip(across, 0, 1) - 0.06 * np.clip(down, 0, 1))
    seen = ImageChops.multiply(seen, _spread(shading, seen.size))
    if glare.strength <= 0:
        return seen
    down_widths = down * (layer.height_mm / layer.width_mm)
    long = (across - glare.x) * 0.8 - (down_widths - glare.y) * 0.6
    short = (across - glare.x) * 0.6 + (down_widths - glare.y) * 0.8
    apart2 = ((long / 1.5) ** 2 + short**2) / glare.radius**2
    lamp = np.exp(-(apart2**2)) + 0.3 * np.exp(-apart2 / 4)
    mirrored = np.clip(255 * glare.strength * lamp, 0, 255)
    return ImageChops.add(seen, _spread(mirrored, seen.size))


def _spread(coarse: NDArray[np.float32], size: tuple[int, int]) -> Image.Image:
    """Return a map of every 8th pixel at full size."""
    covered = (coarse.shape[1] * _LIGHT_STEP_PX, coarse.shape[0] * _LIGHT_STEP_PX)
    image = Image.fromarray(coarse.astype(np.uint8))
    return image.resize(covered, Image.Resampling.BILINEAR).crop((0, 0, *size))


def _behind_grid(
    seen: Image.Image,
    x_mm: NDArray[np.float32],
    y_mm: NDArray[np.float32],
    layer: Layer,
) -> Image.Image:
    """Return a screen through the grid of its own pixels, which beats with the camera's (moire)."""
    turns = 2 * math.pi / _SCREEN_PITCH_MM
    grid = 0.5 + 0.25 * (np.cos(x_mm * turns) + np.cos(y_mm * turns))
    kept = 255 * (1 - layer.grid_depth * grid)
    return ImageChops.multiply(seen, Image.fromarray(kept.astype(np.uint8)))


def _smeared(part: Image.Image, path_px: float, angle: float) -> Image.Image:
    """Return the mean over a straight path, centred."""
    reach = math.ceil(path_px / 2) + 1
    weights = np.zeros((2 * reach + 1, 2 * reach + 1))
    # Four samples a pixel, each shared among its four neighbours.
    steps = np.linspace(-0.5, 0.5, 4 * math.ceil(path_px) + 1) * path_px
    for x, y in zip(steps * math.cos(angle) + reach, steps * math.sin(angle) + reach, strict=True):
        column, row = math.floor(x), math.floor(y)
        right, below = x - column, y - row
        weights[row, column] += (1 - right) * (1 - below)
        weights[row, column + 1] += right * (1 - below)
        weights[row + 1, column] += (1 - right) * below
        weights[row + 1, column + 1] += right * below
    weights /= weights.sum()
    wide = np.pad(np.asarray(part, dtype=np.float32), reach, mode="edge")
    height, width = part.height, part.width
    mean = np.zeros((height, width), dtype=np.float32)
    for row, column in np.argwhere(weights > 1e-6):
        mean += np.float32(weights[row, column]) * wide[row : row + height, column : column + width]
    return Image.fromarray(np.rint(mean).astype(np.uint8))


def _grown(box: Box, by_px: int, size: tuple[int, int]) -> Box:
    return (
        max(box[0] - by_px, 0),
        max(box[1] - by_px, 0),
        min(box[2] + by_px, size[0]),
        min(box[3] + by_px, size[1]),
    )


def _compressed(luma: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    buffer = io.BytesIO()
    Image.fromarray(luma).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer)).copy()

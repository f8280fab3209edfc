"""A flat sheet to draw on in millimetres: areas, words, QR codes, bar codes, a portrait.

Brightness is 0 to 255 as printed; light and exposure come later, from the `Look`.
"""

from typing import Final

import numpy as np
import segno
import segno.encoder
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gate.errors import DeviceError
from gate.sim.layers import Layer, make_layer

# 8 px a module of a card's code: above what any simulated camera sees of it.
PX_PER_MM: Final = 12.0
INK: Final = 24
PAPER: Final = 240


class Sheet:
    """Blank paper of a size, with its upper left corner at (0, 0)."""

    def __init__(self, width_mm: float, height_mm: float, *, luma: int = PAPER) -> None:
        """Lay out an area of brightness `luma`."""
        size = (round(width_mm * PX_PER_MM), round(height_mm * PX_PER_MM))
        self.image = Image.new("L", size, luma)
        self._draw = ImageDraw.Draw(self.image)

    def area(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        *,
        luma: int,
        round_mm: float = 0.0,
    ) -> None:
        """Fill a rectangle."""
        box = tuple(n * PX_PER_MM for n in (left, top, left + width, top + height))
        self._draw.rounded_rectangle(box, radius=round_mm * PX_PER_MM, fill=luma)

    def words(self, text: str, left: float, top: float, *, size_mm: float, luma: int = INK) -> None:
        """Write a line; `size_mm` is the height of the line."""
        font = ImageFont.load_default(size=size_mm * PX_PER_MM)
        self._draw.text((left * PX_PER_MM, top * PX_PER_MM), text, fill=luma, font=font)

    def portrait(self, left: float, top: float, width: float, height: float) -> None:
        """Draw a passport photograph of nobody."""
        self.area(left, top, width, height, luma=178)
        photo = Image.new("L", (round(width * PX_PER_MM), round(height * PX_PER_MM)), 178)
        draw = ImageDraw.Draw(photo)
        w, h = photo.size
        draw.ellipse((0.08 * w, 0.68 * h, 0.92 * w, 1.5 * h), fill=66)
        draw.rectangle((0.41 * w, 0.55 * h, 0.59 * w, 0.75 * h), fill=138)
        draw.ellipse((0.28 * w, 0.14 * h, 0.72 * w, 0.62 * h), fill=58)
        draw.ellipse((0.31 * w, 0.22 * h, 0.69 * w, 0.66 * h), fill=152)
        self.image.paste(photo, (round(left * PX_PER_MM), round(top * PX_PER_MM)))

    def bar_code(self, left: float, top: float, width: float, height: float) -> None:
        """Draw a linear code, as on cards that carry no QR code."""
        bars = 30
        pitch = width / bars
        for bar in range(bars):
            thick = pitch * (0.25, 0.5, 0.3, 0.72)[(bar * bar + 3 * bar) // 2 % 4]
            self.area(left + bar * pitch, top, thick, height, luma=INK)

    def code(
        self,
        modules: NDArray[np.uint8],
        left: float,
        top: float,
        side: float,
        *,
        luma: tuple[int, int] = (PAPER, INK),
    ) -> None:
        """Print `modules` (0 light, 1 dark, margin included) over a square; `luma` light, dark."""
        pixels = np.where(modules == 0, luma[0], luma[1]).astype(np.uint8)
        fine = Image.fromarray(np.kron(pixels, np.ones((10, 10), dtype=np.uint8)))
        side_px = round(side * PX_PER_MM)
        printed = fine.resize((side_px, side_px), Image.Resampling.BOX)
        self.image.paste(printed, (round(left * PX_PER_MM), round(top * PX_PER_MM)))

    def layer(
        self,
        left_mm: float,
        top_mm: float,
        *,
        round_mm: float = 0.0,
        glossy: bool = True,
        grid_depth: float = 0.0,
    ) -> Layer:
        """Return the finished sheet, cut out with round corners, at its place in the plane."""
        cover = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(cover).rounded_rectangle(
            (1, 1, cover.width - 2, cover.height - 2), radius=round_mm * PX_PER_MM, fill=255
        )
        return make_layer(
            self.image,
            cover,
            left_mm=left_mm,
            top_mm=top_mm,
            px_per_mm=PX_PER_MM,
            glossy=glossy,
            grid_depth=grid_depth,
        )


def code_modules(text: str, margin_modules: int = 4) -> NDArray[np.uint8]:
    """Return the QR code of `text` at EC level M as 0 and 1, with its margin.

    Raises:
        DeviceError: the text is more than one QR code holds.
        ValueError: a negative margin.
    """
    if margin_modules < 0:
        raise ValueError(f"margin_modules is {margin_modules}; it must be 0 or more")
    try:
        symbol = segno.make_qr(text, error="m", boost_error=False)
    except segno.encoder.DataOverflowError as error:
        raise DeviceError(
            f"simulated card: {len(text)} characters do not fit one QR code at level M; "
            "shorten the text"
        ) from error
    modules = np.array([list(row) for row in symbol.matrix], dtype=np.uint8)
    return np.pad(modules, margin_modules)

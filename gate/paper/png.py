"""A card as PNG: for a card printer, a screen, or a camera's test.

Everything but the code is drawn at twice the resolution and averaged down for clean edges; the
code's modules are whole pixels, so that nothing is grey where a decoder wants black or white.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Final, assert_never

from PIL import Image, ImageDraw, ImageFont

from gate.errors import ConfigError
from gate.paper.face import CardFace
from gate.paper.layout import (
    CARD_HEIGHT_MM,
    CARD_WIDTH_MM,
    CORNER_RADIUS_MM,
    Bar,
    Code,
    Mark,
    Picture,
    Words,
    lay_out,
)
from gate.paper.qr import dark_runs
from gate.paper.typeface import Typefaces, load_typefaces

MM_PER_INCH: Final = 25.4
MIN_MODULE_PX: Final = 4
"""Decoders read all codes at 4 px a module and lose some at 3 (docs: reading, as measured)."""

MAX_DPI: Final = 600
"""Twice a card printer's resolution; at 1200 the drawing alone would take 120 MB."""

_OVERSAMPLING: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """What is drawn on: a card or a screen."""

    width_mm: float
    height_mm: float
    corner_radius_mm: float = 0


def draw_png(face: CardFace, dpi: int = 300) -> bytes:
    """Return the card as PNG at `dpi`, its corners transparent.

    Raises:
        ConfigError: the face cannot be printed as it is, or not at this resolution.
    """
    typefaces = load_typefaces()
    canvas = Canvas(
        width_mm=CARD_WIDTH_MM, height_mm=CARD_HEIGHT_MM, corner_radius_mm=CORNER_RADIUS_MM
    )
    return draw_marks(lay_out(face, typefaces), typefaces, canvas, dpi)


def draw_marks(marks: tuple[Mark, ...], typefaces: Typefaces, canvas: Canvas, dpi: int) -> bytes:
    """Return marks as PNG at `dpi`; outside rounded corners it is transparent.

    Raises:
        ConfigError: they cannot be drawn at this resolution.
    """
    if not 1 <= dpi <= MAX_DPI:
        raise ConfigError("card face", [f"dpi {dpi} is outside 1 to {MAX_DPI}"])
    image = _averaged(marks, typefaces, canvas, dpi)
    for mark in marks:
        if isinstance(mark, Code):
            _draw_code(image, mark, dpi)
    out = BytesIO()
    image.save(out, "PNG", dpi=(dpi, dpi), optimize=True)
    return out.getvalue()


def _averaged(
    marks: tuple[Mark, ...], typefaces: Typefaces, canvas: Canvas, dpi: int
) -> Image.Image:
    """All but the code, with the corners' transparency; white below the code."""
    px_per_mm = dpi * _OVERSAMPLING / MM_PER_INCH
    size_px = tuple(
        _OVERSAMPLING * round(side_mm * dpi / MM_PER_INCH)
        for side_mm in (canvas.width_mm, canvas.height_mm)
    )
    sheet = Image.new("RGB", (size_px[0], size_px[1]), "white")
    radius_px = canvas.corner_radius_mm * px_per_mm
    corners = Image.new("L", sheet.size, 0)
    ImageDraw.Draw(corners).rounded_rectangle(
        (0, 0, sheet.width - 1, sheet.height - 1), radius_px, fill=255
    )
    for mark in marks:
        _draw(sheet, mark, typefaces, px_per_mm)
    sheet = sheet.reduce(_OVERSAMPLING)
    sheet.putalpha(corners.reduce(_OVERSAMPLING))
    return sheet


def _draw(sheet: Image.Image, mark: Mark, typefaces: Typefaces, px_per_mm: float) -> None:
    match mark:
        case Bar():
            ImageDraw.Draw(sheet).rectangle(_corners_px(mark, px_per_mm), fill=mark.fill)
        case Words():
            _draw_words(sheet, mark, typefaces, px_per_mm)
        case Picture():
            left, top, right, bottom = _corners_px(mark, px_per_mm)
            with Image.open(BytesIO(mark.jpeg), formats=("JPEG",)) as picture:
                scaled = picture.resize(
                    (right - left + 1, bottom - top + 1), Image.Resampling.LANCZOS
                )
            sheet.paste(scaled, (left, top))
        case Code():
            pass  # drawn after averaging, on whole pixels
        case _:
            assert_never(mark)


def _corners_px(mark: Bar | Picture, px_per_mm: float) -> tuple[int, int, int, int]:
    """First and last pixel, both inside, as Pillow counts rectangles."""
    return (
        round(mark.x_mm * px_per_mm),
        round(mark.y_mm * px_per_mm),
        round((mark.x_mm + mark.width_mm) * px_per_mm) - 1,
        round((mark.y_mm + mark.height_mm) * px_per_mm) - 1,
    )


def _draw_words(sheet: Image.Image, words: Words, typefaces: Typefaces, px_per_mm: float) -> None:
    typeface = typefaces[words.weight]
    size_px = words.size_pt / 72 * MM_PER_INCH * px_per_mm
    font = ImageFont.truetype(BytesIO(typeface.file), size_px, layout_engine=ImageFont.Layout.BASIC)
    pen = ImageDraw.Draw(sheet)
    x_px = words.x_mm * px_per_mm
    # Letter by letter: a font engine rounds each advance to whole pixels, the layout does not.
    for character in words.text:
        pen.text((x_px, words.y_mm * px_per_mm), character, words.ink, font, anchor="ls")
        x_px += typeface.advances[character] * size_px


def _draw_code(image: Image.Image, code: Code, dpi: int) -> None:
    box_px = code.side_mm * dpi / MM_PER_INCH
    side = len(code.modules)
    module_px = int(box_px / side)
    if module_px < MIN_MODULE_PX:
        fault = f"at {dpi} dpi a module of this code has {module_px} px; it needs {MIN_MODULE_PX}"
        needed_dpi = -(-MIN_MODULE_PX * side * MM_PER_INCH // code.side_mm)
        raise ConfigError("card face", [f"{fault}: draw at {needed_dpi:.0f} dpi or more"])
    slack_px = (box_px - module_px * side) / 2
    left, top = (round(at * dpi / MM_PER_INCH + slack_px) for at in (code.x_mm, code.y_mm))
    pen = ImageDraw.Draw(image)
    for x, y, length in dark_runs(code.modules):
        x_px, y_px = left + x * module_px, top + y * module_px
        pen.rectangle(
            (x_px, y_px, x_px + length * module_px - 1, y_px + module_px - 1), fill="black"
        )

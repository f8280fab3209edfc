"""Cards on A4, ten to a sheet at their true size, with marks to cut along.

A code is a picture of whole pixels here: as a path it takes fpdf2 fifteen times as long, and nobody
can tell them apart in print.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from fpdf import FPDF
from PIL import Image

from gate.paper.face import CardFace
from gate.paper.layout import CARD_HEIGHT_MM, CARD_WIDTH_MM, Code, lay_out
from gate.paper.pdf import begun, draw_mark
from gate.paper.qr import Modules
from gate.paper.typeface import Typefaces, load_typefaces

COLUMNS: Final = 2
ROWS: Final = 5
CARDS_A_SHEET: Final = COLUMNS * ROWS

A4_WIDTH_MM: Final = 210.0
A4_HEIGHT_MM: Final = 297.0
"""ISO 216."""

LEFT_MM: Final = (A4_WIDTH_MM - COLUMNS * CARD_WIDTH_MM) / 2
TOP_MM: Final = (A4_HEIGHT_MM - ROWS * CARD_HEIGHT_MM) / 2

CUT_MM: Final = 6.0
"""The marks' length, outside the cards; printers leave about 5 mm of the edge white."""

_PX_A_MODULE: Final = 8
"""Over 44 mm more dots an inch than an office printer has."""


def draw_sheets(faces: Sequence[CardFace], title: str, drawn_at: datetime) -> bytes:
    """Return cards as a PDF of A4 sheets, in their order, row by row.

    Raises:
        ConfigError: a face cannot be printed as it is.
    """
    typefaces = load_typefaces()
    document = FPDF(unit="mm", format="A4")
    with begun(document, title, drawn_at):
        for sheet in _sheets(faces):
            document.add_page()
            _draw_cuts(document)
            for place, face in enumerate(sheet):
                _draw_card(document, face, typefaces, place)
        return bytes(document.output())


def sheets_of(cards: int) -> int:
    """Return how many sheets so many cards take."""
    return -(-cards // CARDS_A_SHEET)


def picture_of(modules: Modules, px_a_module: int = _PX_A_MODULE) -> Image.Image:
    """Return a code as a picture of whole pixels."""
    side = len(modules)
    image = Image.new("L", (side, side), 255)
    image.putdata([0 if dark else 255 for row in modules for dark in row])
    large = (side * px_a_module, side * px_a_module)
    return image.resize(large, Image.Resampling.NEAREST)


def _sheets(faces: Sequence[CardFace]) -> Iterator[list[CardFace]]:
    left = iter(faces)
    while sheet := list(islice(left, CARDS_A_SHEET)):
        yield sheet


def _draw_card(document: FPDF, face: CardFace, typefaces: Typefaces, place: int) -> None:
    row, column = divmod(place, COLUMNS)
    left_mm, top_mm = LEFT_MM + column * CARD_WIDTH_MM, TOP_MM + row * CARD_HEIGHT_MM
    for mark in lay_out(face, typefaces):
        if isinstance(mark, Code):
            x_mm, y_mm = left_mm + mark.x_mm, top_mm + mark.y_mm
            document.image(picture_of(mark.modules), x_mm, y_mm, mark.side_mm, mark.side_mm)
        else:
            draw_mark(document, mark, left_mm, top_mm)


def _draw_cuts(document: FPDF) -> None:
    """Lines outside the cards alone: what is cut a little off shows no stroke."""
    document.set_draw_color("#7b8894")
    document.set_line_width(0.1)
    for column in range(COLUMNS + 1):
        x_mm = LEFT_MM + column * CARD_WIDTH_MM
        foot_mm = A4_HEIGHT_MM - TOP_MM
        document.line(x_mm, TOP_MM - CUT_MM, x_mm, TOP_MM)
        document.line(x_mm, foot_mm, x_mm, foot_mm + CUT_MM)
    for row in range(ROWS + 1):
        y_mm = TOP_MM + row * CARD_HEIGHT_MM
        right_mm = A4_WIDTH_MM - LEFT_MM
        document.line(LEFT_MM - CUT_MM, y_mm, LEFT_MM, y_mm)
        document.line(right_mm, y_mm, right_mm + CUT_MM, y_mm)

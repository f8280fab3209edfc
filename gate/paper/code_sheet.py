"""Set-up codes on A4: forty to a sheet, each with the name of the unit it makes.

A code is drawn as large as its place allows. One that says more than an address, a token and a
network has more modules than a place of forty shows, so those come on fewer and larger places.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fpdf import FPDF

from gate.paper.pdf import begun
from gate.paper.qr import MARGIN_MODULES, Modules, qr_modules
from gate.paper.sheets import A4_HEIGHT_MM, A4_WIDTH_MM, picture_of
from gate.paper.typeface import Weight

LEAST_MODULE_MM: Final = 0.33
"""Four dots of an office printer at 300 an inch, and two pixels of a unit's camera at 15 cm."""

_LEFT_MM: Final = 9.0
_TOP_MM: Final = 17.0
_BOTTOM_MM: Final = 12.0
_NAME_MM: Final = 3.2
"""Of height, for the name under a code."""

_BASELINE_MM: Final = 2.2
"""Of the name, under the code and its margin: capitals of 7 pt are 1.8 mm high."""

_GRIDS: Final = ((5, 8), (3, 4), (2, 3), (1, 2))
"""Columns and rows: forty places, then fewer and larger ones."""

_PX_A_MODULE: Final = 4
"""300 dots an inch in a place of forty; black and white alone, which packs at once."""

_FAMILY: Final = "Inter"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCode:
    """One code and the name of the unit that it makes."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSheet:
    """What is printed above and below the codes."""

    title: str
    note: str
    words: str


def draw_code_sheets(codes: Sequence[SheetCode], sheet: CodeSheet, drawn_at: datetime) -> bytes:
    """Return the codes as a PDF of A4 sheets, in their order, row by row.

    Raises:
        ConfigError: a code is too long for any symbol.
    """
    symbols = [qr_modules(code.text) for code in codes]
    columns, rows = grid_of(max(map(len, symbols), default=0))
    document = FPDF(unit="mm", format="A4")
    with begun(document, sheet.title, drawn_at):
        for page in _pages(list(zip(codes, symbols, strict=True)), columns * rows):
            document.add_page()
            _draw_frame(document, sheet)
            for place, (code, modules) in enumerate(page):
                _draw_code(document, code, modules, (columns, rows), place)
        return bytes(document.output())


def grid_of(modules: int) -> tuple[int, int]:
    """Return the columns and rows of a sheet for symbols of so many modules, margin included."""
    for columns, rows in _GRIDS:
        if side_mm(columns, rows) / max(modules, 1) >= LEAST_MODULE_MM:
            return columns, rows
    return _GRIDS[-1]


def side_mm(columns: int, rows: int) -> float:
    """Return how wide a code is, margin included."""
    width_mm = (A4_WIDTH_MM - 2 * _LEFT_MM) / columns
    height_mm = (A4_HEIGHT_MM - _TOP_MM - _BOTTOM_MM) / rows - _NAME_MM
    return min(width_mm, height_mm)


def _pages(
    codes: list[tuple[SheetCode, Modules]], places: int
) -> list[list[tuple[SheetCode, Modules]]]:
    return [codes[start : start + places] for start in range(0, len(codes), places)]


def _draw_frame(document: FPDF, sheet: CodeSheet) -> None:
    document.set_text_color("#10253a")
    document.set_font(_FAMILY + Weight.BOLD, size=11)
    document.text(_LEFT_MM, 9, sheet.title)
    document.set_font(_FAMILY + Weight.REGULAR, size=8)
    document.text(_LEFT_MM, 13.5, sheet.note)
    document.text(_LEFT_MM, A4_HEIGHT_MM - 6, f"The unit must say: {sheet.words}")


def _draw_code(
    document: FPDF, code: SheetCode, modules: Modules, grid: tuple[int, int], place: int
) -> None:
    columns, rows = grid
    row, column = divmod(place, columns)
    side = side_mm(columns, rows)
    cell_mm = (A4_WIDTH_MM - 2 * _LEFT_MM) / columns
    height_mm = (A4_HEIGHT_MM - _TOP_MM - _BOTTOM_MM) / rows
    x_mm = _LEFT_MM + column * cell_mm + (cell_mm - side) / 2
    y_mm = _TOP_MM + row * height_mm
    picture = picture_of(modules, _PX_A_MODULE).convert("1")
    document.image(picture, x_mm, y_mm, side, side)
    margin_mm = side * MARGIN_MODULES / len(modules)
    document.set_font(_FAMILY + Weight.BOLD, size=7)
    document.set_text_color("#000000")
    document.text(
        x_mm + margin_mm,
        y_mm + side + _BASELINE_MM,
        _fitting(document, code.name, side - margin_mm),
    )


def _fitting(document: FPDF, text: str, width_mm: float) -> str:
    """Return as much of a name as fits; a name that is cut ends in three dots."""
    if document.get_string_width(text) <= width_mm:
        return text
    while text and document.get_string_width(f"{text}...") > width_mm:
        text = text[:-1]
    return f"{text}..."

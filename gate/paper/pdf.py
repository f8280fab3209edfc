"""A card as PDF: one page of the card's own size, text as text, Inter embedded.

Vector throughout but for the photograph. The same face and time give the same bytes.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from io import BytesIO
from typing import Final, assert_never

from fpdf import FPDF

from gate.paper.face import CardFace
from gate.paper.layout import (
    CARD_HEIGHT_MM,
    CARD_WIDTH_MM,
    Bar,
    Code,
    Picture,
    Words,
    lay_out,
)
from gate.paper.qr import dark_runs
from gate.paper.typeface import Weight, font_path, load_typefaces

_FAMILY: Final = "Inter"


def draw_pdf(face: CardFace, drawn_at: datetime) -> bytes:
    """Return the card as a PDF of one page, 85.60 x 53.98 mm, square-cornered for the printer.

    Args:
        face: what stands on the card.
        drawn_at: aware; the document's creation date.

    Raises:
        ConfigError: the face cannot be printed as it is.
    """
    marks = lay_out(face, load_typefaces())
    document = FPDF(orientation="landscape", unit="mm", format=(CARD_HEIGHT_MM, CARD_WIDTH_MM))
    with begun(document, f"Card {face.number}", drawn_at):
        document.add_page()
        for mark in marks:
            if isinstance(mark, Code):
                _draw_code(document, mark)
            else:
                draw_mark(document, mark, 0, 0)
        return bytes(document.output())


@contextmanager
def begun(document: FPDF, title: str, drawn_at: datetime) -> Iterator[None]:
    """Give a document its title, its date and Inter; its output must be taken within."""
    document.set_creation_date(drawn_at)
    document.set_title(title)
    document.set_lang("en-GB")
    document.set_auto_page_break(auto=False)
    with ExitStack() as lent:
        # Until output() has embedded them the font files must stay where they are.
        for weight in Weight:
            document.add_font(_FAMILY + weight, fname=lent.enter_context(font_path(weight)))
        yield


def draw_mark(document: FPDF, mark: Bar | Words | Picture, left_mm: float, top_mm: float) -> None:
    """Draw a mark of a card whose corner is at a place of the page."""
    x_mm, y_mm = left_mm + mark.x_mm, top_mm + mark.y_mm
    match mark:
        case Bar():
            document.set_fill_color(mark.fill)
            document.rect(x_mm, y_mm, mark.width_mm, mark.height_mm, style="F")
        case Words():
            document.set_font(_FAMILY + mark.weight, size=mark.size_pt)
            document.set_text_color(mark.ink)
            document.text(x_mm, y_mm, mark.text)
        case Picture():
            document.image(BytesIO(mark.jpeg), x_mm, y_mm, mark.width_mm, mark.height_mm)
        case _:
            assert_never(mark)


def _draw_code(document: FPDF, code: Code) -> None:
    """One path, filled once, so that no seam shows between neighbours."""
    module_mm = code.side_mm / len(code.modules)
    document.set_fill_color("#ffffff")
    document.rect(code.x_mm, code.y_mm, code.side_mm, code.side_mm, style="F")
    with document.new_path() as path:
        path.style.fill_color = "#000000"
        path.style.stroke_color = None
        for x, y, length in dark_runs(code.modules):
            path.rectangle(
                code.x_mm + x * module_mm,
                code.y_mm + y * module_mm,
                length * module_mm,
                module_mm,
            )

"""A commissioning certificate on A4: what was checked at a gate, by what figures, on whose word.

One lane with every input fits one page: its picture stands beside what identifies the unit. Two
lanes take two pages, and each page says of which unit it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from gate.paper.pdf import begun
from gate.paper.typeface import Weight

_FAMILY: Final = "Inter"
_INK: Final = "#10253a"
_GREY: Final = "#5a6672"
_LINE: Final = "#c9cfd5"
_MARGIN_MM: Final = 16.0
_WIDTH_MM: Final = 210.0 - 2 * _MARGIN_MM
_NAME_MM: Final = 52.0
_MARK_MM: Final = 24.0
_PICTURE_MM: Final = 84.0
_BESIDE_MM: Final = 72.0
_FACT_MM: Final = 26.0
_GAP_MM: Final = 6.0
_BOTTOM_MM: Final = 18.0
_FOOT_MM: Final = 11.0
_HEAD_MM: Final = 12.5
_LEAST_MM: Final = 11.0
"""Two lines: a title never stands alone at a page's end."""
_GREEN, _AMBER = "#0f6b35", "#8a5a00"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPart:
    """One line: a part, its answer, how it is."""

    name: str
    answer: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPicture:
    """What a camera saw, as PNG."""

    lane: str
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What the certificate says.

    Attributes:
        facts: name and value of what identifies the unit.
        words: what the installer confirmed, each as it was asked.
    """

    facts: Sequence[tuple[str, str]]
    parts: Sequence[CheckedPart]
    pictures: Sequence[SeenPicture]
    words: Sequence[str]
    installer: str
    uid: str


def draw_certificate(certificate: Certificate, drawn_at: datetime) -> bytes:
    """Return the certificate as a PDF."""
    unit = dict(certificate.facts).get("Unit", "")
    document = _Pages(f"Commissioning certificate, {unit}, {certificate.uid}")
    document.set_margins(_MARGIN_MM, _MARGIN_MM)
    with begun(document, "Commissioning certificate", drawn_at):
        document.set_auto_page_break(True, margin=_BOTTOM_MM)
        document.add_page()
        _write(document, "Commissioning certificate", 20, bold=True, height_mm=11)
        _facts(document, certificate)
        _head(document, "What was checked")
        for part in certificate.parts:
            _part(document, part)
        if len(certificate.pictures) > 1:
            _pictures(document, certificate.pictures)
        _head(document, "The installer's word, the unit being unplugged")
        for word in certificate.words:
            _write(document, f"Confirmed: {word}", 9.5)
        _write(document, f"Installer: {certificate.installer}", 9.5, bold=True, height_mm=8)
        _head(document, "Signature")
        _write(
            document,
            f"Signed by the unit's own key, {certificate.uid}. Any change of this file shows:"
            " gate doctor --verify FILE",
            9,
        )
        _write(
            document,
            "It says how the unit was on that day. Whether the exit is an escape route, the site's"
            " fire risk assessment decides.",
            9,
            ink=_GREY,
        )
        return bytes(document.output())


class _Pages(FPDF):
    """Pages that are known for one document's once they lie loose."""

    def __init__(self, name: str) -> None:
        super().__init__(unit="mm", format="A4")
        self._name = name

    def footer(self) -> None:
        """Say of what this is a page, and which."""
        self.set_y(-_FOOT_MM)
        _font(self, 8, ink=_GREY)
        self.cell(_WIDTH_MM - 40, 4, self._name)
        self.cell(40, 4, f"page {self.page_no()} of {{nb}}", align="R")


def _facts(document: FPDF, certificate: Certificate) -> None:
    """Write what identifies the unit; what its one camera sees stands beside it."""
    alone = certificate.pictures[0] if len(certificate.pictures) == 1 else None
    top_mm, width_mm = document.get_y(), _WIDTH_MM
    if alone is not None:
        width_mm -= _BESIDE_MM + _GAP_MM
    for name, value in certificate.facts:
        _row(document, name, value, width_mm)
    if alone is not None:
        left_mm = _MARGIN_MM + _WIDTH_MM - _BESIDE_MM
        bottom_mm = _picture(document, alone, left_mm, top_mm, _BESIDE_MM)
        document.set_y(max(document.get_y(), bottom_mm))


def _head(document: FPDF, text: str) -> None:
    if document.will_page_break(_HEAD_MM + _LEAST_MM):
        document.add_page()
    document.ln(4)
    _write(document, text, 12, bold=True, height_mm=7)
    document.set_draw_color(_LINE)
    document.line(_MARGIN_MM, document.get_y(), _MARGIN_MM + _WIDTH_MM, document.get_y())
    document.ln(1.5)


def _row(document: FPDF, name: str, value: str, width_mm: float) -> None:
    _font(document, 9.5, ink=_GREY)
    document.cell(_FACT_MM, 5.4, name)
    _font(document, 9.5)
    document.multi_cell(width_mm - _FACT_MM, 5.4, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _part(document: FPDF, part: CheckedPart) -> None:
    with document.offset_rendering() as trial:
        _part_drawn(document, part)
    if trial.page_break_triggered:
        document.add_page()
    _part_drawn(document, part)


def _part_drawn(document: FPDF, part: CheckedPart) -> None:
    _font(document, 9)
    if document.get_string_width(part.name) > _NAME_MM - 2:
        document.cell(_WIDTH_MM, 5.2, part.name, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        document.set_x(_MARGIN_MM + _NAME_MM)
    else:
        document.cell(_NAME_MM, 5.2, part.name)
    _font(document, 9, bold=True, ink=_GREEN if part.answer == "passed" else _AMBER)
    document.cell(_MARK_MM, 5.2, part.answer)
    _font(document, 9)
    width_mm = _WIDTH_MM - _NAME_MM - _MARK_MM
    document.multi_cell(width_mm, 5.2, part.says, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _pictures(document: FPDF, pictures: Sequence[SeenPicture]) -> None:
    if document.will_page_break(_HEAD_MM + _PICTURE_MM * 3 / 4):
        document.add_page()
    _head(document, "What the cameras see")
    top_mm = bottom_mm = document.get_y() + 1
    for number, picture in enumerate(pictures):
        left_mm = _MARGIN_MM + number * (_PICTURE_MM + 8)
        bottom_mm = max(bottom_mm, _picture(document, picture, left_mm, top_mm, _PICTURE_MM))
    document.set_y(bottom_mm)


def _picture(
    document: FPDF, picture: SeenPicture, left_mm: float, top_mm: float, width_mm: float
) -> float:
    """Draw what a camera saw, its lane below; return how far down that reaches."""
    drawn = document.image(BytesIO(picture.png), left_mm, top_mm, w=width_mm)
    _font(document, 8, ink=_GREY)
    document.text(left_mm, top_mm + drawn.rendered_height + 4, f"What {picture.lane} sees")
    return top_mm + drawn.rendered_height + 6


def _write(
    document: FPDF,
    text: str,
    size: float,
    *,
    bold: bool = False,
    height_mm: float = 5.4,
    ink: str = _INK,
) -> None:
    _font(document, size, bold=bold, ink=ink)
    document.multi_cell(_WIDTH_MM, height_mm, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _font(document: FPDF, size: float, *, bold: bool = False, ink: str = _INK) -> None:
    document.set_font(_FAMILY + (Weight.BOLD if bold else Weight.REGULAR), size=size)
    document.set_text_color(ink)

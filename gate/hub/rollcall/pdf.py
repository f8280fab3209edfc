"""A roll call on paper: A4, by company, a box to tick beside each name, and what it can't know.

Letters that Inter has not are written as "?": a name must never keep a list from being printed.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fpdf import FPDF

from gate.hub.rollcall.sheet import Company, Line
from gate.paper.typeface import Weight, font_path

_LEFT_MM: Final = 14.0
_RIGHT_MM: Final = 196.0
_TOP_MM: Final = 14.0
_BOTTOM_MM: Final = 282.0
_ROW_MM: Final = 7.0
_REGULAR: Final = "Inter"
_BOLD: Final = "InterBold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is printed above the names."""

    title: str
    subtitle: str
    warnings: tuple[str, ...]


def draw(paper: Paper, companies: Iterable[Company], safe: set[int], drawn_at: datetime) -> bytes:
    """Return the list as a PDF; who was marked safe has a ticked box."""
    document = FPDF(unit="mm", format="A4")
    document.set_creation_date(drawn_at)
    document.set_title(paper.title)
    document.set_lang("en-GB")
    document.set_auto_page_break(auto=False)
    with ExitStack() as lent:
        # Until output() has embedded them the font files must stay where they are.
        for family, weight in ((_REGULAR, Weight.REGULAR), (_BOLD, Weight.BOLD)):
            document.add_font(family, fname=lent.enter_context(font_path(weight)))
        sheet = _Sheet(document, paper)
        for company in companies:
            sheet.company(company, safe)
        return bytes(document.output())


class _Sheet:
    def __init__(self, document: FPDF, paper: Paper) -> None:
        self._document = document
        self._paper = paper
        self._known = getattr(document.fonts[_REGULAR.lower()], "cmap", {})
        self._y_mm = 0.0
        self._page()
        self._head()

    def company(self, company: Company, safe: set[int]) -> None:
        """Draw a company and its people; a heading never stands alone at a page's foot."""
        if self._y_mm + 9 + 2 * _ROW_MM > _BOTTOM_MM:
            self._page()
        self._heading(company)
        for line in company.lines:
            if self._y_mm + _ROW_MM > _BOTTOM_MM:
                self._page()
                self._heading(company)
            self._row(line, line.number in safe)

    def _page(self) -> None:
        self._document.add_page()
        self._y_mm = _TOP_MM
        self._text(_LEFT_MM, 289, f"{self._paper.title} · {self._paper.subtitle}", 7)
        self._text(_RIGHT_MM - 14, 289, f"page {self._document.page_no()}", 7)

    def _head(self) -> None:
        self._text(_LEFT_MM, self._y_mm + 6, self._paper.title, 18, _BOLD)
        self._text(_LEFT_MM, self._y_mm + 12, self._paper.subtitle, 9.5)
        self._y_mm += 15
        for words in self._paper.warnings:
            self._document.set_xy(_LEFT_MM, self._y_mm)
            self._document.set_font(_BOLD, size=9)
            self._document.multi_cell(_RIGHT_MM - _LEFT_MM, 4.6, self._printable(f"! {words}"))
            self._y_mm = self._document.get_y()

    def _heading(self, company: Company) -> None:
        self._y_mm += 8
        self._text(_LEFT_MM, self._y_mm, company.name, 11, _BOLD)
        self._text(_RIGHT_MM - 8, self._y_mm, str(len(company.lines)), 11, _BOLD)
        self._y_mm += 1.6
        self._document.set_line_width(0.4)
        self._document.line(_LEFT_MM, self._y_mm, _RIGHT_MM, self._y_mm)

    def _row(self, line: Line, is_safe: bool) -> None:  # noqa: FBT001 - private
        top = self._y_mm + 1.6
        self._document.set_line_width(0.35)
        self._document.rect(_LEFT_MM + 1, top, 4, 4)
        if is_safe:
            self._document.line(_LEFT_MM + 1.8, top + 2.1, _LEFT_MM + 2.8, top + 3.2)
            self._document.line(_LEFT_MM + 2.8, top + 3.2, _LEFT_MM + 4.4, top + 0.8)
        base = top + 3.2
        self._text(_LEFT_MM + 8, base, line.name[:34], 9, _BOLD)
        self._text(_LEFT_MM + 66, base, line.card[:16], 8.5)
        self._text(_LEFT_MM + 92, base, f"{line.when} · {line.gate}"[:38], 8.5)
        self._text(_LEFT_MM + 150, base, line.evidence[:30], 7)
        self._y_mm += _ROW_MM

    def _text(
        self, x_mm: float, y_mm: float, words: str, size_pt: float, family: str = _REGULAR
    ) -> None:
        self._document.set_font(family, size=size_pt)
        self._document.text(x_mm, y_mm, self._printable(words))

    def _printable(self, words: str) -> str:
        return "".join(letter if ord(letter) in self._known else "?" for letter in words)

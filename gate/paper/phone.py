"""A card for a phone's screen: upright, the code as wide as the screen, nothing too small to read.

Kept as a picture it is as easily passed on as a printed card is copied: the photograph is on it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from gate.paper.colour import WHITE, ink_on
from gate.paper.face import CardFace
from gate.paper.fit import Box, fit
from gate.paper.layout import INK, QUIET_INK, Bar, Code, Mark, Picture, Words, day_words
from gate.paper.photo import portrait_jpeg
from gate.paper.png import Canvas, draw_marks
from gate.paper.qr import qr_modules
from gate.paper.typeface import Typefaces, Weight, load_typefaces

WIDTH_MM: Final = 60.0
HEIGHT_MM: Final = 107.0
"""9:16, as screens are at least."""

DPI: Final = 457
"""1,080 px over the width."""

_EDGE_MM: Final = 4.0
_BAND_MM: Final = 16.0
_STRIPE_MM: Final = 1.6
_CODE_MM: Final = 58.0
_CODE_TOP_MM: Final = HEIGHT_MM - _CODE_MM - 1.0
_PHOTO_TOP_MM: Final = _BAND_MM + _STRIPE_MM + 2.4
_PHOTO_HEIGHT_MM: Final = 25.0
_PHOTO_WIDTH_MM: Final = _PHOTO_HEIGHT_MM * 35 / 45
_SCHEME_BOX: Final = Box(width_mm=52, height_mm=7, max_pt=14, one_line_pt=10)
_WORD_BOX: Final = Box(width_mm=52, height_mm=5, max_pt=9, one_line_pt=7)


def draw_for_phone(face: CardFace) -> bytes:
    """Return a card as PNG for a phone.

    Raises:
        ConfigError: the face cannot be drawn as it is.
    """
    typefaces = load_typefaces()
    marks = tuple(_marks(face, typefaces))
    return draw_marks(marks, typefaces, Canvas(width_mm=WIDTH_MM, height_mm=HEIGHT_MM), DPI)


def _marks(face: CardFace, typefaces: Typefaces) -> Iterator[Mark]:
    yield Bar(x_mm=0, y_mm=0, width_mm=WIDTH_MM, height_mm=HEIGHT_MM, fill=WHITE)
    yield from _band(face, typefaces)
    left_mm = _EDGE_MM
    if face.photo is not None:
        yield Picture(
            x_mm=_EDGE_MM,
            y_mm=_PHOTO_TOP_MM,
            width_mm=_PHOTO_WIDTH_MM,
            height_mm=_PHOTO_HEIGHT_MM,
            jpeg=portrait_jpeg(face.photo),
        )
        left_mm += _PHOTO_WIDTH_MM + 2.5
    yield from _person(face, typefaces, left_mm)
    yield Code(
        x_mm=(WIDTH_MM - _CODE_MM) / 2,
        y_mm=_CODE_TOP_MM,
        side_mm=_CODE_MM,
        modules=qr_modules(face.payload),
    )


def _band(face: CardFace, typefaces: Typefaces) -> Iterator[Mark]:
    colour = face.colour
    yield Bar(x_mm=0, y_mm=0, width_mm=WIDTH_MM, height_mm=_BAND_MM, fill=colour.fill)
    foot = colour.stripe or INK
    yield Bar(x_mm=0, y_mm=_BAND_MM, width_mm=WIDTH_MM, height_mm=_STRIPE_MM, fill=foot)
    ink = ink_on(colour.fill)
    yield from _lines(face.scheme, typefaces, _SCHEME_BOX, Weight.BOLD, (_EDGE_MM, 3.2), ink)
    if colour.word:
        at = (_EDGE_MM, _BAND_MM - 5.2)
        yield from _lines(colour.word, typefaces, _WORD_BOX, Weight.SEMIBOLD, at, ink)


def _person(face: CardFace, typefaces: Typefaces, left_mm: float) -> Iterator[Mark]:
    width_mm = WIDTH_MM - _EDGE_MM - left_mm
    box = Box(width_mm=width_mm, height_mm=11, max_pt=13, one_line_pt=11)
    yield from _lines(face.name, typefaces, box, Weight.BOLD, (left_mm, _PHOTO_TOP_MM), INK)
    facts = (
        (face.card_type, 12.0, QUIET_INK),
        (face.number, 17.4, INK),
        (f"until {day_words(face.expires_on)}", 22.0, INK),
    )
    line = Box(width_mm=width_mm, height_mm=4.8, max_pt=9, one_line_pt=6)
    for text, below_mm, ink in facts:
        at = (left_mm, _PHOTO_TOP_MM + below_mm)
        yield from _lines(text, typefaces, line, Weight.SEMIBOLD, at, ink)


def _lines(
    text: str,
    typefaces: Typefaces,
    box: Box,
    weight: Weight,
    at: tuple[float, float],
    ink: str,
) -> Iterator[Words]:
    fitted = fit(text, typefaces[weight], box)
    first = Words(
        x_mm=at[0],
        y_mm=at[1] + fitted.cap_mm,
        text="",
        weight=weight,
        size_pt=fitted.size_pt,
        ink=ink,
    )
    for index, line in enumerate(fitted.lines):
        yield replace(first, text=line, y_mm=first.y_mm + index * fitted.leading_mm)

"""Where everything stands on a card: one layout, which three renderers walk.

Millimetres from the card's top left corner, y downwards; a renderer scales and nothing more. The
card is ISO/IEC 7810 ID-1. A colour band on top; on the right the code, as large as the rest leaves;
on the left the holder, whose column begins and ends level with the code's dark modules.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from gate.paper.colour import WHITE, ink_on
from gate.paper.face import CardFace
from gate.paper.fit import Box, Fitted, fit
from gate.paper.photo import portrait_jpeg
from gate.paper.qr import Modules, qr_modules
from gate.paper.typeface import MM_PER_PT, Typefaces, Weight

CARD_WIDTH_MM: Final = 85.60
CARD_HEIGHT_MM: Final = 53.98
CORNER_RADIUS_MM: Final = 3.18
"""ISO/IEC 7810, ID-1."""

INK: Final = "#14181f"
QUIET_INK: Final = "#4a5361"
"""7.7:1 on white."""

BAND_HEIGHT_MM: Final = 9.3
STRIPE_HEIGHT_MM: Final = 1.9
RULE_HEIGHT_MM: Final = 0.35

CODE_SIDE_MM: Final = 44.0
CODE_LEFT_MM: Final = 40.4
CODE_TOP_MM: Final = 9.7

LEFT_MM: Final = 3.6
RIGHT_MM: Final = 82.0
TOP_MM: Final = 12.1
BOTTOM_MM: Final = 51.3
COLUMN_WIDTH_MM: Final = 36.6

PHOTO_WIDTH_MM: Final = 16.1
PHOTO_HEIGHT_MM: Final = 20.7
"""35:45."""

LABEL_PT: Final = 6.0
LABEL_GAP_MM: Final = 1.3
FACT_PITCH_MM: Final = 5.1

SCHEME_BOX: Final = Box(width_mm=41, height_mm=5, max_pt=10.5, one_line_pt=8)
WORD_BOX: Final = Box(width_mm=35, height_mm=5, max_pt=10.5, one_line_pt=7)
NAME_BOX: Final = Box(width_mm=COLUMN_WIDTH_MM, height_mm=13, max_pt=15, one_line_pt=13)
TYPE_BOX: Final = Box(width_mm=COLUMN_WIDTH_MM, height_mm=6.5, max_pt=9.5, one_line_pt=8)
FACT_BOX: Final = Box(width_mm=COLUMN_WIDTH_MM, height_mm=5, max_pt=11, one_line_pt=7)
PICTURED_NAME_BOX: Final = Box(width_mm=COLUMN_WIDTH_MM, height_mm=9, max_pt=12, one_line_pt=10)
PICTURED_TYPE_BOX: Final = Box(width_mm=COLUMN_WIDTH_MM, height_mm=5.7, max_pt=8, one_line_pt=7)
PICTURED_FACT_BOX: Final = Box(width_mm=18.5, height_mm=5, max_pt=8.5, one_line_pt=6)

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip  # two rows of six


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A filled rectangle without outline."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    fill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of text; `y_mm` is the baseline."""

    x_mm: float
    y_mm: float
    text: str
    weight: Weight
    size_pt: float
    ink: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A JPEG that fills its box."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    jpeg: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A QR code with its margin, in a square box that is white."""

    x_mm: float
    y_mm: float
    side_mm: float
    modules: Modules


Mark = Bar | Words | Picture | Code


def lay_out(face: CardFace, typefaces: Typefaces) -> tuple[Mark, ...]:
    """Return what is drawn, in painting order.

    Raises:
        ConfigError: a text, the photograph or the payload cannot be printed; it says which.
    """
    code = Code(
        x_mm=CODE_LEFT_MM,
        y_mm=CODE_TOP_MM,
        side_mm=CODE_SIDE_MM,
        modules=qr_modules(face.payload),
    )
    paper = Bar(x_mm=0, y_mm=0, width_mm=CARD_WIDTH_MM, height_mm=CARD_HEIGHT_MM, fill=WHITE)
    holder = (
        _plain(face, typefaces) if face.photo is None else _pictured(face, face.photo, typefaces)
    )
    return (paper, *_band(face, typefaces), code, *holder)


def _band(face: CardFace, typefaces: Typefaces) -> Iterator[Mark]:
    """The colour with its word on the right, and who issued the card on the left."""
    colour = face.colour
    foot_mm = STRIPE_HEIGHT_MM if colour.stripe else RULE_HEIGHT_MM
    field_mm = BAND_HEIGHT_MM - foot_mm
    yield Bar(x_mm=0, y_mm=0, width_mm=CARD_WIDTH_MM, height_mm=field_mm, fill=colour.fill)
    yield Bar(
        x_mm=0,
        y_mm=field_mm,
        width_mm=CARD_WIDTH_MM,
        height_mm=foot_mm,
        fill=colour.stripe or INK,
    )
    ink = ink_on(colour.fill)
    scheme = fit(face.scheme, typefaces[Weight.SEMIBOLD], SCHEME_BOX)
    yield from _lines(scheme, LEFT_MM, (field_mm - scheme.height_mm) / 2, Weight.SEMIBOLD, ink)
    if not colour.word:
        return
    bold = typefaces[Weight.BOLD]
    word = fit(colour.word, bold, WORD_BOX)
    for line, mark in zip(
        word.lines,
        _lines(word, RIGHT_MM, (field_mm - word.height_mm) / 2, Weight.BOLD, ink),
        strict=True,
    ):
        width_mm = bold.width_em(line) * word.size_pt * MM_PER_PT
        yield replace(mark, x_mm=RIGHT_MM - width_mm)


def _plain(face: CardFace, typefaces: Typefaces) -> Iterator[Mark]:
    """Without a photograph the name takes its room."""
    yield from _person(face, typefaces, NAME_BOX, TYPE_BOX)
    yield from _facts(face, typefaces, LEFT_MM, FACT_BOX)


def _pictured(face: CardFace, photo: bytes, typefaces: Typefaces) -> Iterator[Mark]:
    yield from _person(face, typefaces, PICTURED_NAME_BOX, PICTURED_TYPE_BOX)
    yield Picture(
        x_mm=LEFT_MM,
        y_mm=BOTTOM_MM - PHOTO_HEIGHT_MM,
        width_mm=PHOTO_WIDTH_MM,
        height_mm=PHOTO_HEIGHT_MM,
        jpeg=portrait_jpeg(photo),
    )
    left_mm = LEFT_MM + COLUMN_WIDTH_MM - PICTURED_FACT_BOX.width_mm
    yield from _facts(face, typefaces, left_mm, PICTURED_FACT_BOX)


def _person(face: CardFace, typefaces: Typefaces, name_box: Box, type_box: Box) -> Iterator[Mark]:
    """The name, and right below it what the holder is."""
    name = fit(face.name, typefaces[Weight.BOLD], name_box)
    yield from _lines(name, LEFT_MM, TOP_MM, Weight.BOLD, INK)
    type_pt = min(type_box.max_pt, name.size_pt)
    card_type = fit(face.card_type, typefaces[Weight.SEMIBOLD], replace(type_box, max_pt=type_pt))
    # Room for what hangs below the name's line: cedillas, commas below.
    top_mm = TOP_MM + name.height_mm + 0.55 * name.leading_mm
    yield from _lines(card_type, LEFT_MM, top_mm, Weight.SEMIBOLD, QUIET_INK)


def _facts(face: CardFace, typefaces: Typefaces, left_mm: float, box: Box) -> Iterator[Mark]:
    """Number and expiry, each below its label, standing on the column's foot."""
    bottom_mm = BOTTOM_MM
    for label, value in (("Expires", day_words(face.expires_on)), ("Card number", face.number)):
        fitted = fit(value, typefaces[Weight.SEMIBOLD], box)
        top_mm = bottom_mm - fitted.height_mm
        yield from _lines(fitted, left_mm, top_mm, Weight.SEMIBOLD, INK)
        yield Words(
            x_mm=left_mm,
            y_mm=top_mm - LABEL_GAP_MM,
            text=label,
            weight=Weight.REGULAR,
            size_pt=LABEL_PT,
            ink=QUIET_INK,
        )
        bottom_mm = top_mm - FACT_PITCH_MM


def _lines(
    fitted: Fitted, left_mm: float, top_mm: float, weight: Weight, ink: str
) -> Iterator[Words]:
    for index, line in enumerate(fitted.lines):
        yield Words(
            x_mm=left_mm,
            y_mm=top_mm + fitted.cap_mm + index * fitted.leading_mm,
            text=line,
            weight=weight,
            size_pt=fitted.size_pt,
            ink=ink,
        )


def day_words(day: date) -> str:
    """Say a day as it stands on a card, such as `1 May 2027`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

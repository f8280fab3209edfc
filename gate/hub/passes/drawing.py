"""A pass as a picture: for the screen, a card printer, or paper.

The libraries that draw are large, and loaded by whoever asks for a picture first.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from gate.hub.passes.models import Pass

if TYPE_CHECKING:
    from gate.paper.face import CardFace

DPI: Final = 300
"""A card printer's; the code of the largest pass still has 4 px a module."""


class Form(StrEnum):
    """The forms a pass is drawn in, by the ends of their files' names."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


TYPES: Final = {Form.PNG: "image/png", Form.SVG: "image/svg+xml", Form.PDF: "application/pdf"}


def draw(one: Pass, form: Form, now: datetime) -> bytes:
    """Return a pass as a file.

    Raises:
        ConfigError: something of it cannot be drawn.
    """
    face = face_of(one)
    if form is Form.PNG:
        from gate.paper.png import draw_png  # noqa: PLC0415 - large, see above

        return draw_png(face, DPI)
    if form is Form.SVG:
        from gate.paper.svg import draw_svg  # noqa: PLC0415 - as above

        return draw_svg(face).encode()
    from gate.paper.pdf import draw_pdf  # noqa: PLC0415 - as above

    return draw_pdf(face, now)


def face_of(one: Pass) -> "CardFace":
    """Return what stands on a pass."""
    from gate.paper.colour import card_colour  # noqa: PLC0415 - as above
    from gate.paper.face import CardFace  # noqa: PLC0415 - as above

    last = last_day(one)
    return CardFace(
        name=one.card.name,
        number=one.card.number,
        scheme=one.site.name,
        card_type=type_words(one.card.card_type),
        colour=card_colour("site-pass"),
        expires_on=last,
        payload=one.text,
        photo=bytes(one.photo) if one.photo else None,
    )


def portrait(photo: bytes) -> bytes:
    """Return a photograph as the portrait that is printed and kept.

    Raises:
        ConfigError: it is no picture, or too small or too large.
    """
    from gate.paper.photo import portrait_jpeg  # noqa: PLC0415 - as above

    return portrait_jpeg(photo)


def last_day(one: Pass) -> date:
    """Return the last day on which a pass holds, by its site's calendar."""
    assert one.card.expires_at is not None  # noqa: S101 - every pass was issued here
    end = one.card.expires_at.astimezone(ZoneInfo(one.site.time_zone))
    return (end - timedelta(seconds=1)).date()


def type_words(code: str) -> str:
    """Say a card type's code as it is read on a card."""
    return code.replace("-", " ").capitalize()

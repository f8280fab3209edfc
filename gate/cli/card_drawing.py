"""A card's drawing as a file: what it shows, and in which of the forms the file's name asks for."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gate.access.catalogue import Catalogue
from gate.card.model import Card
from gate.errors import ConfigError
from gate.paper.colour import card_colour
from gate.paper.face import CardFace
from gate.paper.png import draw_png
from gate.paper.svg import draw_svg
from gate.store.files import write_file

DRAWINGS: Final = (".png", ".svg", ".pdf", ".txt")
_UNKNOWN: Final = "unknown"
_SITE_CARD: Final = "site-pass"


def read_photograph(path: Path | None) -> bytes | None:
    """Return a photograph's bytes; whether it is one is judged when it is drawn.

    Raises:
        ConfigError: the file cannot be read.
    """
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            str(path), [f"the photograph cannot be read: {error.strerror}"]
        ) from error


def write_drawing(
    out: Path, card: Card, text: str, photo: bytes | None, catalogue: Catalogue, now: datetime
) -> None:
    """Write `card` as PNG, SVG, PDF or bare text, whole or not at all.

    Raises:
        ConfigError: something of the card cannot be drawn, or the file cannot be written.
    """
    face = card_face(card, text, photo, catalogue)
    match out.suffix.lower():
        case ".png":
            data = draw_png(face)
        case ".svg":
            data = draw_svg(face).encode()
        case ".pdf":
            from gate.paper.pdf import draw_pdf  # noqa: PLC0415 - slow; for this form only

            data = draw_pdf(face, now)
        case _:
            data = f"{text}\n".encode()
    try:
        write_file(out, data)
    except OSError as error:
        raise ConfigError(str(out), [f"cannot be written: {error.strerror}"]) from error


def card_face(card: Card, text: str, photo: bytes | None, catalogue: Catalogue) -> CardFace:
    """Return what stands on the card; a code the catalogue does not know stands for itself."""
    proofs = card.competence
    scheme = catalogue.scheme(proofs.scheme)
    card_type = catalogue.card_type(proofs.scheme, proofs.card_type)
    colour = card_type.colour if card_type else _UNKNOWN
    return CardFace(
        name=card.name,
        number=card.number,
        scheme=card.audience or (scheme.name if scheme else str(proofs.scheme)),
        card_type=card_type.name if card_type else str(proofs.card_type),
        colour=card_colour(_SITE_CARD if card.audience else colour),
        expires_on=(card.expires_at - timedelta(seconds=1)).date(),
        payload=text,
        photo=photo,
    )

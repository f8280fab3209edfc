"""What stands on the front of a card, in words, before anyone decides where.

The caller turns a `gate.card.model.Card` and a catalogue's words into a `CardFace`; this room draws
it (`gate.paper.svg`, `png`, `pdf`). A face that exists has every text within the bound its box was
made for; whether the typeface has its letters is the layout's business.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from gate.errors import ConfigError
from gate.paper.colour import CardColour

MAX_NAME_BYTES: Final = 64
MAX_NUMBER_BYTES: Final = 32
"""Both as the card's claims bound them, in UTF-8 (docs: the card on the wire)."""

MAX_WORDS_BYTES: Final = 96
"""A scheme's or card type's name; the longest card type in today's catalogue has 66."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFace:
    """One card to be drawn.

    Attributes:
        scheme: who issued it, in words; on a site pass, the site.
        card_type: the catalogue's name of the card type.
        expires_on: the last day on which the card holds, by the holder's calendar.
        payload: the text of the QR code, from `gate.card.issue`.
        photo: a JPEG or PNG file's bytes, as taken.
    """

    name: str
    number: str
    scheme: str
    card_type: str
    colour: CardColour
    expires_on: date
    payload: str
    photo: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse texts that are empty or too long, all of them at once.

        Raises:
            ConfigError: one line for each fault.
        """
        bounds = (
            ("name", self.name, MAX_NAME_BYTES),
            ("number", self.number, MAX_NUMBER_BYTES),
            ("scheme", self.scheme, MAX_WORDS_BYTES),
            ("card type", self.card_type, MAX_WORDS_BYTES),
        )
        faults = [fault for bound in bounds for fault in _text_faults(*bound)]
        if not self.payload:
            faults.append("payload is empty; issue the card first")
        if faults:
            raise ConfigError("card face", faults)


def _text_faults(what: str, text: str, limit_bytes: int) -> list[str]:
    if not text.strip():
        return [f"{what} is empty"]
    try:
        size_bytes = len(text.encode())
    except UnicodeEncodeError:
        return [f"{what} {text!a} holds half of a surrogate pair, which is no character"]
    if size_bytes > limit_bytes:
        return [f"{what} {text!r} has {size_bytes} bytes; at most {limit_bytes} fit a card"]
    return []

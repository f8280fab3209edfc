"""The colours of cards, never without their word, and the ink that can be read on them.

A catalogue names a card's colour (`gold`, `white-brown-stripe`); `card_colour` turns the name into
what is printed. Colour is not a rank and proves nothing: the word is printed beside it.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gate.errors import ConfigError

BLACK: Final = "#000000"
WHITE: Final = "#ffffff"

MIN_TEXT_CONTRAST: Final = 4.5
"""WCAG 2.2, success criterion 1.4.3: text at ordinary sizes."""

_HEX: Final = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardColour:
    """The band of a card: its `fill`, a `stripe` below it where the scheme has one, and the word.

    Colours are "#rrggbb" in lower case. `word` is empty only where the colour says nothing.
    """

    word: str
    fill: str
    stripe: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no colour.

        Raises:
            ConfigError: a colour that is not "#rrggbb" in lower case.
        """
        faults = [
            f"colour {value!r} is not of the form #rrggbb, in lower case"
            for value in (self.fill, self.stripe)
            if value is not None and not _HEX.fullmatch(value)
        ]
        if faults:
            raise ConfigError("card face", faults)


_GOLD: Final = "#e0b03a"
_GREEN: Final = "#1b7a43"
_BLUE: Final = "#1d5ca6"
_RED: Final = "#c1272d"
_BROWN: Final = "#7b4a22"
_YELLOW: Final = "#ffd400"
_ONYX: Final = "#16191d"
_SLATE: Final = "#3c4654"

_PALETTE: Final = MappingProxyType(
    {
        "black": CardColour(word="BLACK", fill=_ONYX),
        "blue": CardColour(word="BLUE", fill=_BLUE),
        "gold": CardColour(word="GOLD", fill=_GOLD),
        "green": CardColour(word="GREEN", fill=_GREEN),
        "red": CardColour(word="RED", fill=_RED),
        "white": CardColour(word="WHITE", fill=WHITE),
        "yellow": CardColour(word="YELLOW", fill=_YELLOW),
        "white-black-stripe": CardColour(word="WHITE, BLACK STRIPE", fill=WHITE, stripe=_ONYX),
        "white-blue-stripe": CardColour(word="WHITE, BLUE STRIPE", fill=WHITE, stripe=_BLUE),
        "white-brown-stripe": CardColour(word="WHITE, BROWN STRIPE", fill=WHITE, stripe=_BROWN),
        "white-green-stripe": CardColour(word="WHITE, GREEN STRIPE", fill=WHITE, stripe=_GREEN),
        "white-red-stripe": CardColour(word="WHITE, RED STRIPE", fill=WHITE, stripe=_RED),
        "white-yellow": CardColour(word="WHITE AND YELLOW", fill=WHITE, stripe=_YELLOW),
        # A catalogue that does not know a type's colour: a band that says nothing.
        "unknown": CardColour(word="", fill=_SLATE),
        # No scheme's colour: a guard tells a site pass by its stripe and its words.
        "site-pass": CardColour(word="SITE PASS", fill=_ONYX, stripe=_YELLOW),
    }
)

COLOUR_NAMES: Final = frozenset(_PALETTE)


def card_colour(name: str) -> CardColour:
    """Return what a catalogue's colour name looks like in print.

    Raises:
        ConfigError: a name outside `COLOUR_NAMES`.
    """
    if name not in _PALETTE:
        known = ", ".join(sorted(_PALETTE))
        raise ConfigError("card face", [f"colour {name!r} is not one of: {known}"])
    return _PALETTE[name]


def ink_on(fill: str) -> str:
    """Return black or white, whichever is read better on `fill`; one of them is always enough."""
    return max(BLACK, WHITE, key=lambda ink: contrast(ink, fill))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two "#rrggbb" colours, 1 to 21 (WCAG 2.2, definition)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

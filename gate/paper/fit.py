"""Making a text fit its box: first smaller, then in more lines, never cut.

Lines break at spaces and after hyphens; inside a word only when even the smallest size leaves no
other way, and then no character is lost.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gate.errors import ConfigError
from gate.paper.typeface import MM_PER_PT, Typeface

LEADING_EM: Final = 1.18
MAX_LINES: Final = 5
SIZE_STEP_PT: Final = 0.5
MIN_SIZE_PT: Final = 4.5
"""Below it, print on plastic at 300 dots an inch closes the letters' eyes."""

_HYPHENATED: Final = re.compile(r"[^-]+-*|-+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Lines of one size, top to bottom; `height_mm` from the capitals' top to the last baseline."""

    lines: tuple[str, ...]
    size_pt: float
    leading_mm: float
    cap_mm: float

    @property
    def height_mm(self) -> float:
        """The visible height, without what hangs below the last line."""
        return self.cap_mm + (len(self.lines) - 1) * self.leading_mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Room for a text.

    Attributes:
        one_line_pt: down to this size one line is better than several larger ones.
    """

    width_mm: float
    height_mm: float
    max_pt: float
    one_line_pt: float


def fit(text: str, typeface: Typeface, box: Box) -> Fitted:
    """Return `text` in the largest size, in steps, that `box` holds.

    1. On one line.  2. On as many as the height allows.  3. With long words broken.

    Raises:
        ConfigError: letters the face lacks, or a text that fits at no size.
    """
    lacking = typeface.lacking(text)
    if lacking:
        raise ConfigError("card face", [_lacking_fault(text, character) for character in lacking])
    for least_pt, max_lines, whole_words in (
        (box.one_line_pt, 1, True),
        (MIN_SIZE_PT, MAX_LINES, True),
        (MIN_SIZE_PT, MAX_LINES, False),
    ):
        for size_pt in _sizes(box.max_pt, least_pt):
            lines = _wrapped(
                text, typeface, box.width_mm / (size_pt * MM_PER_PT), whole_words=whole_words
            )
            fitted = _set(lines, typeface, size_pt)
            if 0 < len(lines) <= max_lines and fitted.height_mm <= box.height_mm:
                return fitted
    room = f"{box.width_mm:.1f} x {box.height_mm:.1f} mm at {MIN_SIZE_PT} pt"
    raise ConfigError("card face", [f"{text!r} does not fit {room}; shorten it"])


def _sizes(max_pt: float, least_pt: float) -> list[float]:
    steps = int((max_pt - least_pt) / SIZE_STEP_PT)
    return [max_pt - step * SIZE_STEP_PT for step in range(steps + 1)]


def _wrapped(
    text: str, typeface: Typeface, width_em: float, *, whole_words: bool
) -> tuple[str, ...]:
    """Fill lines greedily; no lines if a word would have to be broken and must not."""
    lines: list[str] = []
    line = ""
    for glue, piece in _pieces(text):
        joined = line + glue + piece if line else piece
        if typeface.width_em(joined) <= width_em:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _broken(piece, typeface, width_em)
        if full and whole_words:
            return ()
        lines += full
    return (*lines, line)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield what no line break may part, each with what joins it to the one before."""
    for word in text.split():
        glue = " "
        for piece in _HYPHENATED.findall(word):
            yield glue, piece
            glue = ""


def _broken(piece: str, typeface: Typeface, width_em: float) -> list[str]:
    parts = [""]
    for character in piece:
        if parts[-1] and typeface.width_em(parts[-1] + character) > width_em:
            parts.append("")
        parts[-1] += character
    return parts


def _set(lines: tuple[str, ...], typeface: Typeface, size_pt: float) -> Fitted:
    size_mm = size_pt * MM_PER_PT
    return Fitted(
        lines=lines,
        size_pt=size_pt,
        leading_mm=LEADING_EM * size_mm,
        cap_mm=typeface.cap_height_em * size_mm,
    )


def _lacking_fault(text: str, character: str) -> str:
    name = unicodedata.name(character, "no name")
    return (
        f"{text!r} holds {character!r} (U+{ord(character):04X} {name}), which the card's typeface "
        "cannot print; write it in Latin letters"
    )

"""Inter, the typeface of everything this room prints; the one place that opens its files.

All three renderers take letters and widths from here, so that a card is the same card in each.
Letters are set side by side without kerning or shaping: that is right for Latin, where Unicode's
composed letters are one glyph each. Text that needs more is refused, never printed as boxes.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Any, Final

from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]  # ships no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

MM_PER_PT: Final = 25.4 / 72


class Weight(StrEnum):
    """The faces a card uses; each is a file Inter-<weight>.ttf."""

    REGULAR = "Regular"
    SEMIBOLD = "SemiBold"
    BOLD = "Bold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """One weight of Inter; lengths in em.

    Attributes:
        file: the TrueType file's bytes.
        advances: each character's width.
        units_per_em: the scale of `outline`.
    """

    file: bytes
    advances: Mapping[str, float]
    cap_height_em: float
    units_per_em: int
    glyphs: Any
    glyph_names: Mapping[int, str]

    def width_em(self, text: str) -> float:
        """Return how wide `text` is; its characters must all be in the face."""
        return sum(self.advances[character] for character in text)

    def lacking(self, text: str) -> list[str]:
        """Return the characters of `text` that would be printed wrongly or not at all."""
        return sorted({c for c in text if c not in self.advances or unicodedata.combining(c)})

    def outline(self, character: str) -> str:
        """Return SVG path data in font units, y upwards, origin on the baseline."""
        pen = SVGPathPen(self.glyphs)
        self.glyphs[self.glyph_names[ord(character)]].draw(pen)
        return str(pen.getCommands())


Typefaces = Mapping[Weight, Typeface]


def load_typefaces() -> Typefaces:
    """Read the three weights from the package; about 20 ms each."""
    return {weight: _load(weight) for weight in Weight}


@contextmanager
def font_path(weight: Weight) -> Iterator[str]:
    """Lend the path of a weight's file, for a library that takes nothing else."""
    with resources.as_file(_resource(weight)) as path:
        yield str(path)


def _resource(weight: Weight) -> Traversable:
    return resources.files("gate.paper") / "fonts" / f"Inter-{weight}.ttf"


def _load(weight: Weight) -> Typeface:
    file = _resource(weight).read_bytes()
    font = TTFont(BytesIO(file), lazy=True)
    names = font.getBestCmap()
    units = font["head"].unitsPerEm
    widths = font["hmtx"].metrics
    return Typeface(
        file=file,
        advances={chr(code): widths[name][0] / units for code, name in names.items()},
        cap_height_em=font["OS/2"].sCapHeight / units,
        units_per_em=units,
        glyphs=font.getGlyphSet(),
        glyph_names=names,
    )

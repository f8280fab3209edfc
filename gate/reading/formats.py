"""The format: error correction level and mask, from its two copies, each bit as sure as it looks.

All 32 words are compared with what was seen, which corrects more than counting wrong bits does
(soft decision; the words differ from each other in 5 of 15 bits, ISO/IEC 18004:2015, annex C).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.capacity import LEVELS
from gate.reading.layout import Layout, format_words

MAX_FORMATS: Final = 2
"""Words tried, the likeliest first: Reed-Solomon tells which was right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How data is protected, L M Q or H, and which mask 0 to 7 lies over it."""

    word: int
    level: str
    mask: int


def likely_formats(layout: Layout, soft: NDArray[np.float32]) -> list[Format]:
    """Return the likeliest formats; `soft` is (side, side), negative where dark."""
    seen = np.clip(soft[tuple(layout.format_places.transpose(2, 0, 1))], -1.5, 1.5).sum(axis=0)
    scores = np.where(format_words(), -1.0, 1.0) @ seen
    return [
        Format(word=int(word), level=LEVELS[word >> 3], mask=int(word & 7))
        for word in np.argsort(-scores)[:MAX_FORMATS]
    ]

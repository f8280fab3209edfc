"""How many codewords a QR code holds and how they are divided, by version and level.

Source: ISO/IEC 18004:2015, table 9; the rows are versions 1 to 40.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEVELS: Final = "MLHQ"
"""In the order of the two bits that name them in the format (7.9.1)."""

_KEPT: Final = 16
"""A gate sees the same few versions and levels again and again."""

# fmt: off
_CHECKS: Final = {
    "L": (
        7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
        28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ),
    "M": (
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
        26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ),
    "Q": (
        13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
        28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ),
    "H": (
        17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
        30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ),
}
_BLOCKS: Final = {
    "L": (
        1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
        8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
    ),
    "M": (
        1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
        17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ),
    "Q": (
        1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20,
        23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
    ),
    "H": (
        1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
        25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
    ),
}
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """How the codewords of a symbol, in the order they are placed, belong to blocks.

    Attributes:
        checks: check symbols of every block.
        places: one (n,) array of indices for each block, data first.
    """

    checks: int
    places: tuple[NDArray[np.intp], ...]


@lru_cache(maxsize=_KEPT)
def blocks_of(version: int, level: str, codewords: int) -> Blocks:
    """Return the blocks of a symbol of `codewords` codewords, interleaved as in 7.6."""
    count, checks = _BLOCKS[level][version - 1], _CHECKS[level][version - 1]
    data = codewords - count * checks
    short, longer = divmod(data, count)
    places: list[list[int]] = [[] for _ in range(count)]
    at = 0
    for column in range(short + 1):
        for block in range(0 if column < short else count - longer, count):
            places[block].append(at)
            at += 1
    for _ in range(checks):
        for block in range(count):
            places[block].append(at)
            at += 1
    return Blocks(checks=checks, places=tuple(np.array(place, np.intp) for place in places))

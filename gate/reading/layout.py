"""Where everything stands in a QR code: what is known beforehand, and the order of the rest.

Source: ISO/IEC 18004:2015, 6.3 (function patterns), 7.7 (placement), 7.8 (masks), 7.9 (format) and
7.10 (version). Modules are named (row, column) from the upper left; True is dark.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.bool_]

MIN_VERSION: Final = 1
MAX_VERSION: Final = 40
VERSION_INFO: Final = 7
"""The first version that states itself."""

FORMAT_BITS: Final = 15
_FORMAT_MASK: Final = 0b101010000010010
_FORMAT_GENERATOR: Final = 0b10100110111
_VERSION_GENERATOR: Final = 0b1111100100101
_KEPT_LAYOUTS: Final = 8
"""A gate sees the same few versions again and again; a layout takes up to half a megabyte."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """The modules of one version.

    Attributes:
        version: 1 to 40.
        side: modules a side.
        known: (side, side) True where a module's value is known beforehand.
        dark: (side, side) that value.
        centres: (n, 2) row and column of the alignment patterns' centres.
        format_places: (2, 15, 2) the two copies of the format, most significant bit first.
        data_places: (8 * codewords, 2) in the order of the bits.
    """

    version: int
    side: int
    known: Bits
    dark: Bits
    centres: NDArray[np.intp]
    format_places: NDArray[np.intp]
    data_places: NDArray[np.intp]

    @property
    def codewords(self) -> int:
        """How many codewords there are."""
        return len(self.data_places) // 8


@lru_cache(maxsize=_KEPT_LAYOUTS)
def layout_of(version: int) -> Layout:
    """Return the layout of a version from 1 to 40."""
    side = 17 + 4 * version
    known, dark = np.zeros((side, side), np.bool_), np.zeros((side, side), np.bool_)
    known[6, :] = known[:, 6] = True
    dark[6, ::2] = dark[::2, 6] = True
    centres = _alignment_centres(version)
    for row, column in centres:
        _ring(known, dark, row, column, radius=2)
    for row, column in ((3, 3), (3, side - 4), (side - 4, 3)):
        _ring(known, dark, row, column, radius=4)
    known[side - 8, 8] = dark[side - 8, 8] = True
    if version >= VERSION_INFO:
        _state_version(known, dark, version)
    format_places = _format_places(side)
    taken = known.copy()
    taken[tuple(format_places.reshape(-1, 2).T)] = True
    return Layout(
        version=version,
        side=side,
        known=known,
        dark=dark,
        centres=centres,
        format_places=format_places,
        data_places=_data_places(taken),
    )


@lru_cache(maxsize=_KEPT_LAYOUTS)
def mask_of(version: int, mask: int) -> Bits:
    """Return (8 * codewords,) which data bits the mask 0 to 7 turns over."""
    i, j = layout_of(version).data_places.T
    turned = (
        lambda: (i + j) % 2,
        lambda: i % 2,
        lambda: j % 3,
        lambda: (i + j) % 3,
        lambda: (i // 2 + j // 3) % 2,
        lambda: (i * j) % 2 + (i * j) % 3,
        lambda: ((i * j) % 2 + (i * j) % 3) % 2,
        lambda: ((i + j) % 2 + (i * j) % 3) % 2,
    )[mask]()
    return np.asarray(turned == 0)


@lru_cache(maxsize=1)
def format_words() -> Bits:
    """Return (32, 15) the words a format can be, by level and mask, most significant bit first."""
    words = [_with_checks(data, 10, _FORMAT_GENERATOR) ^ _FORMAT_MASK for data in range(32)]
    return np.array([_bits(word, FORMAT_BITS) for word in words])


def _ring(known: Bits, dark: Bits, row: int, column: int, radius: int) -> None:
    """Draw a square pattern of rings about a centre, cut off at the symbol's edge."""
    side = len(known)
    for i in range(max(row - radius, 0), min(row + radius + 1, side)):
        for j in range(max(column - radius, 0), min(column + radius + 1, side)):
            away = max(abs(i - row), abs(j - column))
            known[i, j] = True
            dark[i, j] = away in ({0, 2} if radius == 2 else {0, 1, 3})  # rings


def _alignment_centres(version: int) -> NDArray[np.intp]:
    """Return the centres of annex E, which are evenly spaced but for the first gap."""
    if version == 1:
        return np.zeros((0, 2), np.intp)
    count = version // 7 + 2
    # Version 32 alone departs from the rule.
    step = 26 if version == 32 else -(-(version * 4 + 4) // (count * 2 - 2)) * 2
    last = 17 + 4 * version - 7
    lines = [6, *(last - step * k for k in range(count - 2, -1, -1))]
    corners = {(6, 6), (6, last), (last, 6)}
    return np.array([(i, j) for i in lines for j in lines if (i, j) not in corners], np.intp)


def _state_version(known: Bits, dark: Bits, version: int) -> None:
    word = _with_checks(version, 12, _VERSION_GENERATOR)
    side = len(known)
    for bit in range(18):
        i, j = side - 11 + bit % 3, bit // 3
        known[i, j] = known[j, i] = True
        dark[i, j] = dark[j, i] = bool(word >> bit & 1)


def _format_places(side: int) -> NDArray[np.intp]:
    first = [(8, j) for j in (0, 1, 2, 3, 4, 5, 7, 8)] + [(i, 8) for i in (7, 5, 4, 3, 2, 1, 0)]
    second = [(side - 1 - k, 8) for k in range(7)] + [(8, side - 8 + k) for k in range(8)]
    return np.array([first, second], np.intp)


def _data_places(taken: Bits) -> NDArray[np.intp]:
    """Return the free modules in pairs of columns from the right, up and down by turns."""
    side = len(taken)
    rights = [right if right > 6 else right - 1 for right in range(side - 1, 0, -2)]
    places: list[tuple[int, int]] = []
    for turn, right in enumerate(rights):
        rows = range(side) if turn % 2 else range(side - 1, -1, -1)
        places += [(i, j) for i in rows for j in (right, right - 1) if not taken[i, j]]
    return np.array(places[: len(places) // 8 * 8], np.intp)


def _with_checks(data: int, checks: int, generator: int) -> int:
    """Return `data` followed by the remainder of its division by the generator."""
    rest = data << checks
    for shift in range(rest.bit_length() - 1, checks - 1, -1):
        if rest >> shift & 1:
            rest ^= generator << (shift - checks)
    return data << checks | rest


def _bits(word: int, count: int) -> list[bool]:
    return [bool(word >> shift & 1) for shift in range(count - 1, -1, -1)]

"""Finder patterns along lines: dark, light, dark, light, dark as 1 : 1 : 3 : 1 : 1.

Any line through a finder pattern's middle meets it so (ISO/IEC 18004:2015, 6.3.3), and stays so
under any tilt. All lines of a picture are measured at once: where brightness changes along the
flattened rows, and how far it is from change to change.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Hits = NDArray[np.float64]
"""(n, 4): place along the line, the line's number, px of 7 modules there, 1 if light on dark."""

_SINGLE: Final = (0.35, 1.8)
_TRIPLE: Final = (1.7, 4.4)
"""Least and most of a run in modules: blur and glare move edges by half a module and more."""


def hits_along_rows(dark: NDArray[np.bool_], most: int) -> Hits:
    """Return the places in the rows of `dark` that look like a cut through a finder pattern.

    Of more than `most` the longest, which are the fewest by chance.
    """
    height, width = dark.shape
    flat = np.empty((height, width + 1), np.int8)
    flat[:, :width] = dark
    flat[:, width] = 2  # ends the last run of a row
    line = flat.reshape(-1)
    starts = np.flatnonzero(line[1:] != line[:-1]).astype(np.int32)
    starts += 1
    if starts.size < 6:  # five runs have six ends
        return np.zeros((0, 4))
    found, module = _fitting(np.diff(starts).astype(np.float32))
    row = starts[found] // (width + 1)
    same = starts[found + 5] <= (row + 1) * (width + 1)
    found, row, module = found[same], row[same], module[same]
    if len(found) > most:
        longest = np.argpartition(-module, most)[:most]
        found, row, module = found[longest], row[longest], module[longest]
    middle = (starts[found + 2] + starts[found + 3] - 1) / 2 - row * (width + 1)
    light = 1 - line[starts[found + 2]]
    return np.stack([middle, row, 7 * module, light], axis=1).astype(np.float64)


def _fitting(lengths: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return which runs begin a cut through a finder pattern, and the pixels of a module there."""
    a, b, c, d, e = (lengths[k : lengths.size - 4 + k] for k in range(5))
    # The outer runs may go on into what lies beside a card that has no margin.
    module = (b + c + d) / np.float32(5)
    low, high = module * _SINGLE[0], module * _SINGLE[1]
    fits = (c > module * _TRIPLE[0]) & (c < module * _TRIPLE[1])
    fits &= (a > low) & (b > low) & (d > low) & (e > low) & (b < high) & (d < high)
    fits &= (a < high) | (e < high)
    found = np.flatnonzero(fits)
    return found, module[found]

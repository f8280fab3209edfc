"""From modules' values to codewords that Reed-Solomon confirms, the least sure counted as lost.

A codeword known to be doubtful costs one check symbol, one that is wrong unbeknown costs two, so
the doubtful are erased (Forney, Generalized Minimum Distance Decoding, 1966): none, then ever more,
never so many that noise might pass (`_MIN_EVIDENCE_BITS`, `_MIN_SPARE`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.capacity import Blocks, blocks_of
from gate.reading.formats import Format
from gate.reading.layout import Layout, mask_of
from gate.reading.reed_solomon import Repair, Try, repair_each

_MIN_SPARE: Final = 1
_MIN_EVIDENCE_BITS: Final = 24.0
"""Of a block, to teach the equaliser."""

_MIN_WHOLE_BITS: Final = 36.0
"""Of a symbol: noise passes one time in 2^36; a gate may try a million in a busy week."""

_ERASED_SHARES: Final = (0.0, 0.35, 0.65, 0.9)
"""Of the check symbols."""

_TELLING: Final = 7
"""Check symbols that must not be needed: another symbol is then taken for this one only if eight of
its codewords are mistaken for just those of this one: one time in 2^40 at most."""

_HOPE: Final = 0.5
"""Of the check symbols: where so many more are wanting by the odds, nothing is tried."""

_LEAST_ODDS: Final = 1.0
_MOST_ODDS: Final = 12.0
"""Of signal to noise in modules' values: noise alone has 0, what is drawn clean no end."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Codewords:
    """What was made of a symbol's codewords.

    Attributes:
        repairs: one for each block; None where none was possible.
        known: (8 * codewords,) which bits belong to blocks that were repaired.
        dark: (8 * codewords,) their modules' values, mask and all.
        mode: the first four bits of data: of what kind the symbol's first segment is.
    """

    repairs: tuple[Repair | None, ...]
    known: NDArray[np.bool_]
    dark: NDArray[np.bool_]
    mode: int

    @property
    def repaired(self) -> int:
        """Return how many blocks were repaired."""
        return sum(one is not None for one in self.repairs)

    @property
    def is_whole(self) -> bool:
        """Tell whether every block was repaired, with evidence enough in all."""
        return self.repaired == len(self.repairs) and self.evidence_bits >= _MIN_WHOLE_BITS

    @property
    def evidence_bits(self) -> float:
        """Return minus log2 of the chance that noise is repaired so."""
        return sum(one.evidence_bits for one in self.repairs if one is not None)


def repair_codewords(layout: Layout, form: Format, soft: NDArray[np.float32]) -> Codewords:
    """Return the codewords of a symbol; `soft` is (side, side), negative where dark."""
    values = soft[tuple(layout.data_places.T)]
    mask = mask_of(layout.version, form.mask)
    read = np.packbits((values < 0) ^ mask)
    # Minus the logarithm of the chance that all eight bits are right.
    doubt = np.logaddexp(0, -2 * _sureness(values) * np.abs(values)).reshape(-1, 8).sum(axis=1)
    blocks = blocks_of(layout.version, form.level, layout.codewords)
    known = np.zeros(layout.codewords, np.bool_)
    repairs = _repaired([read[one] for one in blocks.places], doubt, blocks)
    for places, found in zip(blocks.places, repairs, strict=True):
        if found is not None:
            read[places] = found.codewords
            known[places] = True
    return Codewords(
        repairs=tuple(repairs),
        known=known.repeat(8),
        dark=np.unpackbits(read).astype(np.bool_) ^ mask,
        mode=int(read[0]) >> 4,
    )


def shows(layout: Layout, level: str, dark: NDArray[np.bool_], soft: NDArray[np.float32]) -> bool:
    """Tell whether modules that look like `soft` (side, side) are those of the symbol `dark`.

    Two symbols of a version and level have at least one block of which more codewords differ than
    there are check symbols, however much of them, such as padding, is the same.
    """
    places = tuple(layout.data_places.T)
    wrong = np.packbits((soft[places] < 0) != dark[places]) != 0
    blocks = blocks_of(layout.version, level, layout.codewords)
    most = max((blocks.checks - _MIN_SPARE) // 2, blocks.checks - _TELLING)
    return all(np.count_nonzero(wrong[one]) <= most for one in blocks.places)


def _sureness(values: NDArray[np.float32]) -> float:
    """Return k such that a module of value v is dark with the odds exp(-2 * k * v).

    Values are taken for m or -m with an error of variance e, so k is m / e; both follow from the
    second and fourth moments (Pauluzzi and Beaulieu, A Comparison of SNR Estimation Techniques,
    2000). What an equaliser makes of a smear, and a mean of views, has a scale of its own.
    """
    squares = values.astype(np.float64) ** 2
    second, fourth = float(squares.mean()), float((squares * squares).mean())
    signal = max((3 * second * second - fourth) / 2, 0.0) ** 0.5
    odds = signal / max(second - signal, 1e-9)
    spread = max(second, 1e-12) ** 0.5
    return float(min(max(odds, _LEAST_ODDS), _MOST_ODDS) / spread)


def _repaired(
    words: list[NDArray[np.uint8]], doubt: NDArray[np.float32], blocks: Blocks
) -> list[Repair | None]:
    """Return each block repaired by the first of its tries that shows evidence enough."""
    tries = [
        [Try(codewords=codewords, erased=erased) for erased in _erasures(doubt[one], blocks.checks)]
        for codewords, one in zip(words, blocks.places, strict=True)
    ]
    return repair_each(tries, blocks.checks, _MIN_SPARE, _MIN_EVIDENCE_BITS)


def _erasures(doubt: NDArray[np.float32], checks: int) -> Iterator[NDArray[np.intp]]:
    """Yield what to erase, the number first that leaves the most check symbols to spare."""
    by_doubt = np.argsort(-doubt)
    wrong = np.append(np.cumsum((1 - np.exp(-doubt[by_doubt]))[::-1])[::-1], 0)
    counts = sorted({min(int(share * checks), checks - _MIN_SPARE) for share in _ERASED_SHARES})
    spare = {count: checks - count - 2 * float(wrong[count]) for count in counts}
    for count in sorted(counts, key=lambda count: -spare[count]):
        if spare[count] > -_HOPE * checks:
            yield by_doubt[:count]

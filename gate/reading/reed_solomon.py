"""Reed-Solomon decoding with errors and erasures, for the blocks of a QR code.

A block of n codewords, of which r check the rest, is a polynomial (first codeword: highest degree)
that is 0 at the generator's powers 0 to r-1. What is read has e errors at unknown places and f
erasures at known ones; the decoder finds them as long as 2e + f <= r (Blahut, Algebraic Codes for
Data Transmission, 2003, 7.4, Berlekamp-Massey begun with the erasures' locator; Forney for values).

Each check symbol that is left over, and each error found without being pointed out, makes it
unlikely that noise passes: `Repair.evidence_bits` says how unlikely.
"""

from dataclasses import dataclass
from math import comb, log2
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.galois import (
    EXP,
    EXP_ARRAY,
    LOG,
    LOG_ARRAY,
    ORDER,
    at_powers,
    divide,
    multiply,
    product,
    total,
)

_BITS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Repair:
    """A block made whole.

    Attributes:
        codewords: (n,) bytes.
        errors: of the codewords read, how many were wrong without being pointed out.
        erasures: how many were ignored.
        spare: check symbols that nothing needed.
    """

    codewords: NDArray[np.uint8]
    errors: int
    erasures: int
    spare: int

    @property
    def evidence_bits(self) -> float:
        """Minus log2 of the chance that random codewords would have been repaired so.

        Of 256^(n-f) words each of the 256^(n-r) true ones has C(n-f, e) 255^e others about it, so
        the chance is C(n-f, e) 255^e / 256^(r-f), where r - f is 2e + spare.
        """
        read = self.codewords.size - self.erasures
        return _BITS * (self.errors + self.spare) - log2(comb(read, self.errors))


def repair(
    codewords: NDArray[np.uint8], checks: int, erased: NDArray[np.intp], min_spare: int
) -> Repair | None:
    """Return the block repaired, or None if it can't be with `min_spare` checks left over.

    Args:
        codewords: (n,) as read; n at most 255.
        checks: r, how many of them are check symbols.
        erased: places, each once, that are not to be believed.
        min_spare: at least 0.
    """
    places = ORDER - np.arange(ORDER - codewords.size + 1, ORDER + 1)  # n-1 ... 0: the degrees
    syndromes = _syndromes(codewords, checks, places)
    room = checks - erased.size - min_spare
    if room < 0:
        return None
    if not any(syndromes):
        return Repair(
            codewords=codewords, errors=0, erasures=erased.size, spare=checks - erased.size
        )
    locator = _locator(syndromes, [int(places[place]) for place in erased])
    errors = len(locator) - 1 - erased.size
    if errors < 0 or 2 * errors > room:
        return None
    wrong = np.flatnonzero(at_powers(locator, (ORDER - places) % ORDER) == 0)
    if wrong.size != len(locator) - 1:
        return None
    values = _values(syndromes, locator, places[wrong])
    fixed = codewords.copy()
    fixed[wrong] ^= values
    if any(_syndromes(fixed, checks, places)):
        return None
    # An erased place that held the right byte all the same counts as erased: it was not believed.
    return Repair(
        codewords=fixed,
        errors=errors,
        erasures=erased.size,
        spare=checks - erased.size - 2 * errors,
    )


def _syndromes(codewords: NDArray[np.uint8], checks: int, places: NDArray[np.intp]) -> list[int]:
    there = np.flatnonzero(codewords)
    logs = LOG_ARRAY[codewords[there]]
    powers = logs + np.outer(np.arange(checks), places[there])
    return [int(s) for s in np.bitwise_xor.reduce(EXP_ARRAY[powers % ORDER], axis=1)]


def _locator(syndromes: list[int], erased: list[int]) -> list[int]:
    """Return the polynomial whose roots are the inverse places of erasures and errors."""
    locator = [1]
    for place in erased:
        locator = product(locator, [1, EXP[place]])
    former, length = locator, len(erased)
    for step in range(len(erased), len(syndromes)):
        gap = 0
        for degree, term in enumerate(locator):
            if term and degree <= step:
                gap ^= multiply(term, syndromes[step - degree])
        former = [0, *former]
        if gap:
            longer = total(locator, [multiply(gap, term) for term in former])
            if 2 * length <= step + len(erased):
                length = step + 1 + len(erased) - length
                former = [divide(term, gap) for term in locator]
            locator = longer
    while len(locator) > 1 and not locator[-1]:
        locator.pop()
    return locator


def _values(syndromes: list[int], locator: list[int], wrong: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Return what was added to the codewords at the degrees `wrong` (Forney, first root 0)."""
    evaluator = product(syndromes, locator)[: len(syndromes)]
    slope = [term if degree % 2 else 0 for degree, term in enumerate(locator)][1:]
    inverse = (ORDER - wrong) % ORDER
    above, below = at_powers(evaluator, inverse), at_powers(slope, inverse)
    return np.array(
        [
            EXP[LOG[divide(int(a), int(b))] + int(place)] if a and b else 0
            for a, b, place in zip(above, below, wrong, strict=True)
        ],
        np.uint8,
    )

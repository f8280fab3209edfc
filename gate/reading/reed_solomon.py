"""Reed-Solomon decoding with errors and erasures, for the blocks of a QR code.

A block of n codewords, of which r check the rest, is a polynomial (first codeword: highest degree)
that is 0 at the generator's powers 0 to r-1. What is read has e errors at unknown places and f
erasures at known ones; the decoder finds them as long as 2e + f <= r (Blahut, Algebraic Codes for
Data Transmission, 2003, 7.4, Berlekamp-Massey begun with the erasures' locator; Forney for values).

Each check symbol that is left over, and each error found without being pointed out, makes it
unlikely that noise passes: `Repair.evidence_bits` says how unlikely.

Many tries, each a block and what of it is erased, take their steps together as rows of arrays; what
is no true word is nearly always told by the degree of its locator, and costs nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, inf, log2
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.galois import (
    EXP,
    EXP_ARRAY,
    INVERSES,
    LOG,
    LOG_ARRAY,
    ORDER,
    PRODUCTS,
    at_powers,
    divide,
    product,
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Try:
    """One way to repair a block.

    Attributes:
        codewords: (n,) as read; n at most 255.
        erased: places, each once, that are not to be believed.
    """

    codewords: NDArray[np.uint8]
    erased: NDArray[np.intp]


def repair(one: Try, checks: int, min_spare: int) -> Repair | None:
    """Return the block repaired with at least `min_spare` check symbols left over, or None."""
    [found] = repair_each([[one]], checks, min_spare, min_evidence_bits=-inf)
    return found


def repair_each(
    blocks: Sequence[Sequence[Try]], checks: int, min_spare: int, min_evidence_bits: float
) -> list[Repair | None]:
    """Return each block repaired by the first of its tries that succeeds, or None if none does.

    Args:
        blocks: for each the ways to repair it, the likeliest first.
        checks: how many codewords of each block are check symbols.
        min_spare: check symbols to be left over, at least 0.
        min_evidence_bits: less is no success.
    """
    tries = [one for block in blocks for one in block]
    if not tries:
        return [None] * len(blocks)
    syndromes = np.array([_syndromes(one.codewords, checks) for one in tries])
    erased = np.array([one.erased.size for one in tries])
    locators = _locators(syndromes, [_degrees(one)[one.erased] for one in tries], checks)
    errors = checks - np.argmax(locators[:, ::-1] != 0, axis=1) - erased
    able = (errors >= 0) & (2 * errors <= checks - erased - min_spare)
    repairs: list[Repair | None] = []
    row = 0
    for block in blocks:
        rows = [k for k in range(row, row + len(block)) if able[k]]
        row += len(block)
        made = (_repaired(tries[k], syndromes[k], locators[k], checks) for k in rows)
        repairs.append(
            next((one for one in made if one and one.evidence_bits >= min_evidence_bits), None)
        )
    return repairs


def _repaired(
    one: Try, syndromes: NDArray[np.uint8], locator: NDArray[np.uint8], checks: int
) -> Repair | None:
    fixed, errors = one.codewords.copy(), 0
    if syndromes.any():
        terms = [int(term) for term in np.trim_zeros(locator, "b")]
        degrees = _degrees(one)
        wrong = np.flatnonzero(at_powers(terms, (ORDER - degrees) % ORDER) == 0)
        if wrong.size != len(terms) - 1:
            return None
        fixed[wrong] ^= _values([int(one) for one in syndromes], terms, degrees[wrong])
        if _syndromes(fixed, checks).any():
            return None
        errors = wrong.size - one.erased.size
    # An erased place that held the right byte all the same counts as erased: it was not believed.
    return Repair(
        codewords=fixed,
        errors=errors,
        erasures=one.erased.size,
        spare=checks - one.erased.size - 2 * errors,
    )


def _degrees(one: Try) -> NDArray[np.intp]:
    return np.arange(one.codewords.size - 1, -1, -1)


def _syndromes(codewords: NDArray[np.uint8], checks: int) -> NDArray[np.uint8]:
    there = np.flatnonzero(codewords)
    degrees = codewords.size - 1 - there
    powers = LOG_ARRAY[codewords[there]] + np.outer(np.arange(checks), degrees)
    return np.asarray(np.bitwise_xor.reduce(EXP_ARRAY[powers % ORDER], axis=1))


def _locators(
    syndromes: NDArray[np.uint8], erased: Sequence[NDArray[np.intp]], checks: int
) -> NDArray[np.uint8]:
    """Return (rows, checks + 1) polynomials whose roots are the inverses of what is wrong."""
    counts = np.array([places.size for places in erased])
    locators = np.zeros((len(erased), checks + 1), np.uint8)
    locators[:, 0] = 1
    for turn in range(min(counts.max(initial=0), checks)):  # with more there is no way
        more = counts > turn
        roots = np.array([EXP[places[turn]] for places in erased if places.size > turn], np.uint8)
        locators[more, 1:] ^= PRODUCTS[roots[:, None], locators[more, :-1]]
    formers, lengths = locators.copy(), counts.copy()
    for step in range(int(counts.min()), checks):
        active = step >= counts
        terms = PRODUCTS[locators[:, : step + 1], syndromes[:, step::-1]]
        gaps = np.where(active, np.bitwise_xor.reduce(terms, axis=1), 0)
        formers[active, 1:], formers[active, 0] = formers[active, :-1], 0
        longer = locators ^ PRODUCTS[gaps[:, None], formers]
        grow = (gaps != 0) & (2 * lengths <= step + counts)
        formers[grow] = PRODUCTS[INVERSES[gaps[grow]][:, None], locators[grow]]
        lengths[grow] = (step + 1 + counts - lengths)[grow]
        locators = longer
    return locators


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

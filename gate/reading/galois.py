"""Arithmetic of GF(256) as QR codes use it: x^8 + x^4 + x^3 + x^2 + 1, generator 2.

Source: ISO/IEC 18004:2015, 7.5.2. Polynomials are lists of bytes, the constant term first.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

ORDER: Final = 255
"""Of the multiplicative group: every element but 0 is a power of the generator."""

_POLYNOMIAL: Final = 0x11D


def _powers() -> list[int]:
    powers, value = [], 1
    for _ in range(ORDER):
        powers.append(value)
        value <<= 1
        if value > ORDER:
            value ^= _POLYNOMIAL
    return powers


EXP: Final = (*(_powers() * 2), 1)
"""Powers of the generator, twice round and one, so that a sum of two logarithms needs no modulo."""

LOG: Final = (0, *sorted(range(ORDER), key=lambda power: EXP[power]))
"""Logarithms; that of 0, which has none, is never used."""

EXP_ARRAY: Final[NDArray[np.uint8]] = np.array(EXP, np.uint8)
LOG_ARRAY: Final[NDArray[np.intp]] = np.array(LOG, np.intp)


def _table() -> NDArray[np.uint8]:
    table = EXP_ARRAY[LOG_ARRAY[:, None] + LOG_ARRAY]
    table[0] = table[:, 0] = 0
    return np.asarray(table)


PRODUCTS: Final[NDArray[np.uint8]] = _table()
"""(256, 256) of any two elements: 64 KB, and one look-up for whole arrays."""

INVERSES: Final[NDArray[np.uint8]] = EXP_ARRAY[ORDER - LOG_ARRAY]
"""(256,) of any element; that of 0, which has none, is never used."""


def multiply(one: int, other: int) -> int:
    """Return the product of two elements."""
    return EXP[LOG[one] + LOG[other]] if one and other else 0


def divide(one: int, other: int) -> int:
    """Return `one` over `other`, which is not 0."""
    return EXP[LOG[one] - LOG[other] + ORDER] if one else 0


def product(one: list[int], other: list[int]) -> list[int]:
    """Return the product of two polynomials."""
    out = [0] * (len(one) + len(other) - 1)
    for i, factor in enumerate(one):
        if factor:
            for j, term in enumerate(other):
                out[i + j] ^= multiply(factor, term)
    return out


def at_powers(polynomial: list[int], exponents: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Return the polynomial's values at the generator's powers 0 to 254 named by `exponents`."""
    values = np.zeros(exponents.shape, np.uint8)
    for degree, term in enumerate(polynomial):
        if term:
            values ^= EXP_ARRAY[(LOG[term] + degree * exponents) % ORDER]
    return values

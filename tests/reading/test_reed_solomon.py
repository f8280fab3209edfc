"""Blocks are repaired within the bound, counted right, and noise does not pass."""

import numpy as np
import segno
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gate.reading.capacity import LEVELS, blocks_of
from gate.reading.layout import layout_of, mask_of
from gate.reading.reed_solomon import repair

VERSION, LEVEL, MASK = 5, "Q", 3


def a_block(text: str) -> tuple[NDArray[np.uint8], int]:
    """Return a block as another encoder makes it, and how many of it are check symbols."""
    code = segno.make_qr(
        text, version=VERSION, error=LEVEL.lower(), mask=MASK, boost_error=False
    ).matrix
    layout = layout_of(VERSION)
    dark = np.array([list(row) for row in code], np.bool_)
    words = np.packbits(dark[tuple(layout.data_places.T)] ^ mask_of(VERSION, MASK))
    blocks = blocks_of(VERSION, LEVEL, layout.codewords)
    return words[blocks.places[0]], blocks.checks


WHOLE, CHECKS = a_block("A CARD")


# Invariant: 2 * errors + erasures + spare <= checks is repaired to what was, and counted.
@given(st.data())
def test_errors_and_erasures_within_the_bound_are_repaired(data: st.DataObject) -> None:
    spare = data.draw(st.integers(0, 4))
    erasures = data.draw(st.integers(0, CHECKS - spare))
    errors = data.draw(st.integers(0, (CHECKS - spare - erasures) // 2))
    rng = np.random.default_rng(data.draw(st.integers(0, 1 << 30)))
    places = rng.permutation(WHOLE.size)[: errors + erasures]
    read = WHOLE.copy()
    read[places] ^= rng.integers(1, 256, places.size).astype(np.uint8)
    found = repair(read, CHECKS, places[errors:], spare)
    assert found is not None
    assert found.codewords.tolist() == WHOLE.tolist()
    assert (found.errors, found.erasures) == (errors, erasures)
    assert found.spare == CHECKS - erasures - 2 * errors


def test_one_error_more_than_the_spare_checks_allow_is_refused() -> None:
    rng = np.random.default_rng(1)
    places = rng.permutation(WHOLE.size)[: CHECKS // 2]
    read = WHOLE.copy()
    read[places] ^= 1
    none = np.zeros(0, np.intp)
    assert repair(read, CHECKS, none, 0) is not None
    assert repair(read, CHECKS, none, 1 + CHECKS % 2) is None


def test_noise_is_not_repaired_with_any_evidence() -> None:
    rng = np.random.default_rng(2)
    for _ in range(300):
        read = rng.integers(0, 256, WHOLE.size).astype(np.uint8)
        found = repair(read, CHECKS, rng.permutation(WHOLE.size)[: CHECKS // 2], 1)
        assert found is None or found.evidence_bits < 20


def test_more_erasures_than_checks_are_refused() -> None:
    assert repair(WHOLE, CHECKS, np.arange(CHECKS + 1), 0) is None
    assert repair(WHOLE, CHECKS, np.arange(CHECKS), 1) is None


def test_what_was_left_over_is_evidence_and_what_was_erased_is_not() -> None:
    none = repair(WHOLE, CHECKS, np.zeros(0, np.intp), 0)
    some = repair(WHOLE, CHECKS, np.arange(10), 0)
    assert none is not None
    assert some is not None
    assert none.evidence_bits == 8 * CHECKS
    assert some.evidence_bits == 8 * (CHECKS - 10)


def test_the_levels_are_in_the_order_of_their_bits() -> None:
    assert [LEVELS[bits] for bits in (0b01, 0b00, 0b11, 0b10)] == ["L", "M", "Q", "H"]

"""Blocks are repaired within the bound, counted right, and noise does not pass."""

import math

import numpy as np
import segno
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gate.reading.capacity import LEVELS, blocks_of
from gate.reading.layout import layout_of, mask_of
from gate.reading.reed_solomon import Try, repair, repair_each

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
    found = repair(Try(codewords=read, erased=places[errors:]), CHECKS, spare)
    assert found is not None
    assert found.codewords.tolist() == WHOLE.tolist()
    assert (found.errors, found.erasures) == (errors, erasures)
    assert found.spare == CHECKS - erasures - 2 * errors


def test_every_number_of_errors_and_erasures_within_the_bound_is_repaired() -> None:
    rng = np.random.default_rng(3)
    counts = [(e, f) for e in range(CHECKS // 2 + 1) for f in range(CHECKS - 2 * e + 1)]
    blocks = []
    for errors, erasures in counts:
        read, places = WHOLE.copy(), rng.permutation(WHOLE.size)[: errors + erasures]
        read[places] ^= rng.integers(1, 256, places.size).astype(np.uint8)
        blocks.append([Try(codewords=read, erased=places[errors:])])
    for (errors, erasures), found in zip(counts, repair_each(blocks, CHECKS, 0, 0), strict=True):
        assert found is not None
        assert found.codewords.tolist() == WHOLE.tolist()
        assert (found.errors, found.erasures) == (errors, erasures)


# Invariant: what comes of a try is the same alone and among any others.
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, CHECKS)), min_size=1, max_size=4))
def test_tries_made_together_come_out_as_each_alone(tries: list[tuple[int, int]]) -> None:
    rng = np.random.default_rng(len(tries))
    made = []
    for errors, erasures in tries:
        read = WHOLE[rng.integers(0, 2) :].copy()  # blocks of two lengths
        places = rng.permutation(read.size)[: errors + erasures]
        read[places] ^= rng.integers(1, 256, places.size).astype(np.uint8)
        made.append(Try(codewords=read, erased=places[errors:]))
    together = repair_each([[one] for one in made], CHECKS, 0, 0.0)
    for one, found in zip(made, together, strict=True):
        [alone] = repair_each([[one]], CHECKS, 0, 0.0)
        assert (found is None) == (alone is None)
        if found is not None and alone is not None:
            assert found.codewords.tolist() == alone.codewords.tolist()
            assert (found.errors, found.spare) == (alone.errors, alone.spare)


def test_the_first_try_with_evidence_enough_is_taken() -> None:
    none, some = np.zeros(0, np.intp), np.arange(10)
    tries = [Try(codewords=WHOLE, erased=erased) for erased in (some, none)]
    [first] = repair_each([tries], CHECKS, 0, 0.0)
    [surer] = repair_each([tries], CHECKS, 0, 8.0 * CHECKS)
    assert first is not None
    assert surer is not None
    assert (first.erasures, surer.erasures) == (10, 0)
    assert repair_each([tries, []], CHECKS, 0, 8.0 * CHECKS + 1) == [None, None]


def test_one_error_more_than_the_spare_checks_allow_is_refused() -> None:
    rng = np.random.default_rng(1)
    places = rng.permutation(WHOLE.size)[: CHECKS // 2]
    read = WHOLE.copy()
    read[places] ^= 1
    none = np.zeros(0, np.intp)
    assert repair(Try(codewords=read, erased=none), CHECKS, 0) is not None
    assert repair(Try(codewords=read, erased=none), CHECKS, 1 + CHECKS % 2) is None


def test_noise_is_not_repaired_with_any_evidence() -> None:
    rng = np.random.default_rng(2)
    for _ in range(300):
        read = rng.integers(0, 256, WHOLE.size).astype(np.uint8)
        erased = rng.permutation(WHOLE.size)[: CHECKS // 2]
        found = repair(Try(codewords=read, erased=erased), CHECKS, 1)
        assert found is None or found.evidence_bits < 20


def test_more_erasures_than_checks_are_refused() -> None:
    assert repair(Try(codewords=WHOLE, erased=np.arange(CHECKS + 1)), CHECKS, 0) is None
    assert repair(Try(codewords=WHOLE, erased=np.arange(CHECKS)), CHECKS, 1) is None


def test_what_was_left_over_is_evidence_and_what_was_erased_is_not() -> None:
    none = repair(Try(codewords=WHOLE, erased=np.zeros(0, np.intp)), CHECKS, 0)
    some = repair(Try(codewords=WHOLE, erased=np.arange(10)), CHECKS, 0)
    assert none is not None
    assert some is not None
    assert none.evidence_bits == 8 * CHECKS
    assert some.evidence_bits == 8 * (CHECKS - 10)


def test_errors_are_evidence_by_as_many_as_could_have_been_elsewhere() -> None:
    read = WHOLE.copy()
    read[:3] ^= 1
    found = repair(Try(codewords=read, erased=np.arange(10, 14)), CHECKS, 0)
    assert found is not None
    assert (found.errors, found.erasures) == (3, 4)
    places = math.comb(WHOLE.size - 4, 3)
    assert found.evidence_bits == 8 * (3 + CHECKS - 4 - 6) - math.log2(places)


def test_the_levels_are_in_the_order_of_their_bits() -> None:
    assert [LEVELS[bits] for bits in (0b01, 0b00, 0b11, 0b10)] == ["L", "M", "Q", "H"]

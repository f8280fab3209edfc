"""What counts as a symbol that was repaired, and as one that is still there."""

import numpy as np
import pytest
import segno
from numpy.typing import NDArray

from gate.reading.capacity import LEVELS, blocks_of
from gate.reading.codewords import repair_codewords, shows
from gate.reading.formats import Format
from gate.reading.layout import Layout, layout_of

TEXT = "A CARD"


def drawn(version: int, level: str) -> tuple[Layout, Format, NDArray[np.float32]]:
    """Return a symbol's layout, format and modules, -1 dark and 1 light."""
    code = segno.make_qr(TEXT, version=version, error=level.lower(), mask=2, boost_error=False)
    dark = np.array([list(row) for row in code.matrix], np.bool_)
    form = Format(word=LEVELS.index(level) << 3 | 2, level=level, mask=2)
    return layout_of(version), form, np.where(dark, -1, 1).astype(np.float32)


def wrecked(
    layout: Layout, soft: NDArray[np.float32], codewords: NDArray[np.intp], sure: float = 1.0
) -> NDArray[np.float32]:
    """Return modules in which a bit of each of these codewords is wrong, and looks so `sure`."""
    soft = soft.copy()
    places = tuple(layout.data_places[8 * codewords + 3].T)
    soft[places] *= -sure
    return soft


def test_a_symbol_with_a_block_that_was_not_repaired_is_not_whole() -> None:
    layout, form, soft = drawn(5, "Q")
    blocks = blocks_of(5, "Q", layout.codewords)
    broken = wrecked(layout, soft, blocks.places[2])
    words = repair_codewords(layout, form, broken)
    assert [one is not None for one in words.repairs] == [True, True, False, True]
    assert words.evidence_bits > 300
    assert not words.is_whole
    bits = np.zeros((layout.codewords, 8), np.bool_)
    bits[np.concatenate([blocks.places[k] for k in (0, 1, 3)])] = True
    assert (words.known == bits.reshape(-1)).all()
    whole = repair_codewords(layout, form, soft)
    assert whole.is_whole
    assert whole.known.all()
    assert (words.dark == whole.dark)[words.known].all()


@pytest.mark.parametrize(("wrong", "bits"), [(0, 56), (1, 43.3), (2, 31.9)])
def test_a_symbol_is_whole_with_evidence_of_36_bits(wrong: int, bits: float) -> None:
    layout, form, soft = drawn(1, "L")  # 7 check symbols for 19 codewords of data
    words = repair_codewords(layout, form, wrecked(layout, soft, np.arange(wrong)))
    assert words.repaired == 1
    assert words.evidence_bits == pytest.approx(bits, abs=1)
    assert words.is_whole == (bits > 36)


def test_one_check_symbol_is_always_left_over() -> None:
    layout, form, soft = drawn(2, "L")  # 10 check symbols
    assert repair_codewords(layout, form, wrecked(layout, soft, np.arange(20, 24))).repaired == 1
    assert repair_codewords(layout, form, wrecked(layout, soft, np.arange(20, 25))).repaired == 0


@pytest.mark.parametrize(("wrong", "errors", "erased"), [(8, 8, 0), (9, 3, 6), (12, 1, 11)])
def test_as_much_of_what_is_doubtful_is_erased_as_leaves_the_most_to_spare(
    wrong: int, errors: int, erased: int
) -> None:
    layout, form, soft = drawn(3, "Q")  # two blocks with 18 check symbols each
    first = blocks_of(3, "Q", layout.codewords).places[0]
    doubtful = wrecked(layout, soft, first[-wrong:], sure=0.02)
    repair = repair_codewords(layout, form, doubtful).repairs[0]
    assert repair is not None
    assert (repair.errors, repair.erasures) == (errors, erased)
    sure = repair_codewords(layout, form, wrecked(layout, soft, first[-wrong:])).repairs[0]
    assert (sure is None) == (wrong > 8)


def test_where_too_much_is_wanting_by_the_odds_nothing_is_tried() -> None:
    layout, form, soft = drawn(5, "Q")
    noise = np.random.default_rng(1).normal(0, 1, soft.shape).astype(np.float32)
    assert repair_codewords(layout, form, 0.01 * noise).repaired == 0


def test_the_mode_is_that_of_the_first_segment() -> None:
    layout, form, soft = drawn(3, "M")
    assert repair_codewords(layout, form, soft).mode == 0b0010  # letters and digits


@pytest.mark.parametrize(("version", "level", "most"), [(1, "L", 3), (1, "H", 10), (5, "Q", 11)])
def test_a_symbol_is_still_there_while_no_block_looks_too_different(
    version: int, level: str, most: int
) -> None:
    layout, _, soft = drawn(version, level)
    dark = soft < 0
    for place in blocks_of(version, level, layout.codewords).places:
        assert shows(layout, level, dark, wrecked(layout, soft, place[:most]))
        assert not shows(layout, level, dark, wrecked(layout, soft, place[: most + 1]))

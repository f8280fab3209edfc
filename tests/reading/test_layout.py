"""What is known of every symbol, against what another encoder draws."""

import numpy as np
import pytest
import segno
from numpy.typing import NDArray

from gate.reading.capacity import LEVELS, blocks_of
from gate.reading.codewords import repair_codewords
from gate.reading.confirm import confirmed_text
from gate.reading.formats import likely_formats
from gate.reading.layout import format_words, layout_of

TEXT = "A CARD"


def drawn(version: int, level: str, mask: int) -> NDArray[np.bool_]:
    code = segno.make_qr(TEXT, version=version, error=level.lower(), mask=mask, boost_error=False)
    return np.array([list(row) for row in code.matrix], np.bool_)


@pytest.mark.parametrize(
    ("version", "level", "mask"),
    [(1, "L", 0), (2, "M", 1), (6, "Q", 2), (7, "H", 3), (14, "M", 4), (22, "L", 5), (32, "Q", 6)],
)
def test_a_symbol_is_laid_out_as_others_draw_it(version: int, level: str, mask: int) -> None:
    dark, layout = drawn(version, level, mask), layout_of(version)
    assert (dark[layout.known] == layout.dark[layout.known]).all()
    word = format_words()[LEVELS.index(level) << 3 | mask]
    for places in layout.format_places:
        assert (dark[tuple(places.T)] == word).all()
    soft = np.where(dark, -1, 1).astype(np.float32)
    form = likely_formats(layout, soft)[0]
    assert (form.level, form.mask) == (level, mask)
    words = repair_codewords(layout, form, soft)
    assert words.is_whole
    assert all(one is not None and one.errors == one.erasures == 0 for one in words.repairs)


@pytest.mark.parametrize("version", [1, 5, 13, 40])
@pytest.mark.parametrize("level", LEVELS)
def test_every_codeword_belongs_to_one_block(version: int, level: str) -> None:
    codewords = layout_of(version).codewords
    places = np.concatenate(blocks_of(version, level, codewords).places)
    assert sorted(places) == list(range(codewords))


def test_a_clean_symbol_is_confirmed_and_a_torn_one_is_not() -> None:
    dark = drawn(3, "L", 0)
    assert confirmed_text(dark) == TEXT
    torn = dark.copy()
    torn[9:20, 9:28] ^= np.random.default_rng(0).random((11, 19)) < 0.5
    assert confirmed_text(torn) is None


def test_what_is_doubtful_is_erased_and_noise_is_not_repaired() -> None:
    dark, layout = drawn(5, "M", 2), layout_of(5)
    soft = np.where(dark, -1, 1).astype(np.float32)
    places = layout.data_places[: 8 * 30]
    soft[tuple(places.T)] *= -0.05  # 30 of 134 codewords are wrong, and look it
    form = likely_formats(layout, soft)[0]
    words = repair_codewords(layout, form, soft)
    assert words.is_whole
    assert (words.dark == dark[tuple(layout.data_places.T)]).all()
    rng = np.random.default_rng(0)
    for _ in range(20):
        noise = rng.normal(0, 1, soft.shape).astype(np.float32)
        assert not any(repair_codewords(layout, form, noise).repairs)


@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
def test_how_doubtful_modules_are_is_told_by_all_of_them_not_by_their_scale(scale: float) -> None:
    dark, layout = drawn(12, "M", 4), layout_of(12)
    rng = np.random.default_rng(1)
    soft = np.where(dark, -1, 1) + rng.normal(0, 0.4, dark.shape)  # 1 in 150 is wrong
    form = likely_formats(layout, np.where(dark, -1, 1).astype(np.float32))[0]
    assert repair_codewords(layout, form, (scale * soft).astype(np.float32)).is_whole

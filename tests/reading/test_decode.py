"""From a place to a text: again and again while there is time, and no text without agreement."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import segno
from numpy.typing import NDArray

from gate.reading.codewords import repair_codewords
from gate.reading.decode import decode, decoded
from gate.reading.fit import Fit
from gate.reading.formats import likely_formats
from gate.reading.layout import layout_of
from gate.reading.plane import Plane
from gate.reading.warp import flat_warp, planes_from_square
from gate.reading.work import ended

VERSION, MODULE_PX, RIM_PX = 5, 4, 20
LAYOUT = layout_of(VERSION)
TEXT = "A CARD OF MANY LETTERS AND 0123456789 " * 2


def always() -> bool:
    return True


def times(count: int) -> Callable[[], bool]:
    """Return what has time so often."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


def modules() -> NDArray[np.bool_]:
    code = segno.make_qr(TEXT, version=VERSION, error="q", boost_error=False)
    return np.array([list(row) for row in code.matrix], np.bool_)


def picture(noise: float = 2.0) -> Plane:
    light = np.where(np.pad(modules(), RIM_PX // MODULE_PX), 50, 200)
    luma = light.repeat(MODULE_PX, axis=0).repeat(MODULE_PX, axis=1)
    rng = np.random.default_rng(1)
    return np.asarray(luma + rng.normal(0, noise, luma.shape), np.float32)


def fit_beside(right_px: float = 0, below_px: float = 0) -> Fit:
    """Return a fit whose lower right corner is so far from where it ought to be."""
    reach = LAYOUT.side * MODULE_PX
    corners = np.array([(0, 0), (reach, 0), (reach, reach), (0, reach)], float) + RIM_PX - 0.5
    corners[2] += (right_px, below_px)
    plane = planes_from_square(0, LAYOUT.side, corners)
    return Fit(version=VERSION, warp=flat_warp(LAYOUT.side, plane), agreement=0.9)


def test_a_symbol_in_its_place_is_read_at_the_first_look() -> None:
    found = ended(decode(picture(), fit_beside()), times(3))
    assert found.code is not None
    assert (found.code.text, found.code.level, found.code.errors) == (TEXT, "Q", 0)
    assert found.dark is not None
    assert (found.dark == modules())[tuple(LAYOUT.data_places.T)].all()
    assert not found.is_light


def test_a_symbol_beside_its_place_is_read_once_its_place_is_refined() -> None:
    beside = fit_beside(6, -6)
    found = ended(decode(picture(), beside), always)
    assert found.code is not None
    assert found.fit is not beside
    one_look = ended(decode(picture(), beside), times(6))
    assert one_look.code is None
    assert one_look.soft is not None
    assert one_look.soft.shape == (LAYOUT.side, LAYOUT.side)


def test_without_time_nothing_is_looked_at() -> None:
    found = ended(decode(picture(), fit_beside()), times(0))
    assert (found.code, found.soft) == (None, None)
    assert found.fit.version == VERSION


def test_what_was_refined_in_vain_is_told_as_at_the_first_look() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(120, 40, picture().shape).astype(np.float32)
    first = fit_beside()
    found = ended(decode(noise, first), always)
    assert found.code is None
    assert found.fit is first
    assert found.soft is not None


def test_a_repair_that_does_not_look_like_what_was_seen_is_no_text() -> None:
    soft = np.where(modules(), -1, 1).astype(np.float32)
    form = likely_formats(LAYOUT, soft)[0]
    words = repair_codewords(LAYOUT, form, soft)

    def text(wrong: int) -> str | None:
        seen = soft.copy()
        seen[tuple(LAYOUT.data_places[:wrong].T)] *= -1
        one = decoded(LAYOUT, fit_beside(), form, words, seen)
        assert one.soft is not None
        return None if one.code is None else one.code.text

    most = soft.size // 5 - 10  # four modules of five must look as they are; few are no data
    assert [text(0), text(most), text(most + 12)] == [TEXT, TEXT, None]


def test_one_part_of_several_codes_is_no_text_however_clear() -> None:
    soft = np.where(modules(), -1, 1).astype(np.float32)
    form = likely_formats(LAYOUT, soft)[0]
    part = replace(repair_codewords(LAYOUT, form, soft), mode=0b0011)
    assert decoded(LAYOUT, fit_beside(), form, part, soft).code is None

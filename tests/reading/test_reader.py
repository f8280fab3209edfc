"""Frames that other readers miss are read, and what is no whole code never is."""

from collections.abc import Callable

import numpy as np
import pytest
import segno

from gate.bench.bare import bare_pyzbar, bare_zxing
from gate.bench.read_degraded import CONDITIONS, degraded
from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.reading import Code, read_frame
from gate.reading.reader import search_frame
from gate.reading.work import ended

TEXT = "CC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 ETQBOB39" * 6


def always() -> bool:
    return True


def times(count: int) -> Callable[[], bool]:
    """Return what has time `count` times."""
    left = [count]

    def has_time() -> bool:
        left[0] -= 1
        return left[0] >= 0

    return has_time


def texts_of(codes: list[Code]) -> list[str]:
    return [code.text for code in codes]


@pytest.mark.parametrize(
    "condition",
    ["blur 2.0, 3 px", "motion 8, 4 px", "tilt and blur, 3 px", "phone and blur, 4 px"],
)
def test_what_two_others_do_not_read_is_read(condition: str) -> None:
    frames = (
        degraded(TEXT, CONDITIONS[condition], np.random.default_rng(seed)) for seed in range(9)
    )
    luma = next(one for one in frames if not (bare_zxing(one) or bare_pyzbar(one)))
    assert texts_of(read_frame(luma, always)) == [TEXT]


@pytest.mark.parametrize("condition", ["tilt 40, 3 px", "no margin, 3 px", "inverted, 3 px"])
def test_what_is_seen_from_aside_cut_short_or_inverted_is_read(condition: str) -> None:
    luma = degraded(TEXT, CONDITIONS[condition], np.random.default_rng(0))
    assert texts_of(read_frame(luma, always)) == [TEXT]


def test_a_card_that_is_bent_is_read() -> None:
    flat = pasted(empty_scene((320, 320), 0), qr_picture(TEXT[:60], 6))
    down, across = np.mgrid[0:320, 0:320]
    shift = 7 * np.sin(across / 320 * 2 * np.pi) + 5 * np.cos(down / 320 * 3 * np.pi)
    bent = flat[np.clip(down + shift.astype(int), 0, 319), across]
    assert bare_zxing(bent) == []
    assert texts_of(read_frame(bent, always)) == [TEXT[:60]]


def test_corners_are_those_of_the_frame_and_figures_tell_the_symbol() -> None:
    picture = qr_picture(TEXT[:30], 6)
    luma = pasted(empty_scene((400, 300), 1), picture)
    (code,) = read_frame(luma, always)
    left, top, side = (400 - len(picture)) / 2 + 24, (300 - len(picture)) / 2 + 24, 25 * 6
    right, below = left + side, top + side
    truth = [(left, top), (right, top), (right, below), (left, below)]
    assert np.abs(code.corners - np.array(truth) + 0.5).max() < 3
    assert (code.version, code.level) == (2, "M")
    assert 2 * code.errors + code.erasures <= 8  # of 16 check symbols, at half the size
    assert code.evidence_bits > 60
    assert code.agreement > 0.95


def test_two_cards_in_one_frame_are_both_read() -> None:
    first, other = (qr_picture(f"THE {name} CARD", 7) for name in ("FIRST", "OTHER"))
    luma = np.concatenate([pasted(empty_scene((240, 240), 0), one) for one in (first, other)], 1)
    assert sorted(texts_of(read_frame(luma, always))) == ["THE FIRST CARD", "THE OTHER CARD"]


@pytest.mark.parametrize("levels", [1.0, 12.0, 60.0])
def test_noise_and_empty_scenes_have_no_text(levels: float) -> None:
    rng = np.random.default_rng(int(levels))
    noise = (empty_scene((480, 360), 3) + rng.normal(0, levels, (360, 480))).clip(0, 255)
    assert read_frame(noise.astype(np.uint8), always) == []


def test_modules_at_random_within_true_patterns_have_no_text() -> None:
    picture = qr_picture("A CARD" * 20, 4)
    modules = picture[::4, ::4].copy()
    inner = modules[14:-14, 14:-14]
    inner[:] = np.where(np.random.default_rng(5).random(inner.shape) < 0.5, 0, 255)
    luma = modules.repeat(4, axis=0).repeat(4, axis=1)
    assert read_frame(pasted(empty_scene((320, 320), 0), luma), always) == []


def test_one_part_of_several_codes_is_no_text() -> None:
    part = segno.make_sequence("A CARD IN PARTS " * 4, version=2)[0]
    dark = np.array([list(row) for row in part.matrix_iter(border=4)], np.bool_)
    luma = np.where(dark, 0, 255).astype(np.uint8).repeat(5, axis=0).repeat(5, axis=1)
    assert read_frame(luma, always) == []


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 3), (23, 23)])
def test_frames_too_small_for_a_code_are_read_as_nothing(size: tuple[int, int]) -> None:
    assert read_frame(np.zeros(size, np.uint8), always) == []


def test_a_strided_view_is_read_as_its_copy_is() -> None:
    luma = pasted(empty_scene((320, 240), 1), qr_picture("A CARD", 5))
    wide = np.zeros((240, 400), np.uint8)
    wide[:, :320] = luma
    assert texts_of(read_frame(wide[:, :320], always)) == ["A CARD"]


def test_nothing_is_begun_once_the_time_is_over() -> None:
    luma = pasted(empty_scene((320, 240), 1), qr_picture("A CARD", 5))
    assert read_frame(luma, times(0)) == []
    assert read_frame(luma, times(1)) == []
    assert texts_of(read_frame(luma, times(9))) == ["A CARD"]


def test_the_first_look_sees_less() -> None:
    small = pasted(empty_scene((320, 240), 1), qr_picture("A CARD", 2))
    large = pasted(empty_scene((320, 240), 1), qr_picture("A CARD", 5))
    assert texts_of(read_frame(small, always)) == ["A CARD"]
    assert read_frame(small, always, first_look=True) == []
    assert texts_of(read_frame(large, always, first_look=True)) == ["A CARD"]


def test_each_look_can_be_asked_for_alone_and_counted_on_they_begin_with_the_second() -> None:
    small = pasted(empty_scene((320, 240), 1), qr_picture("A CARD", 2))
    read = [bool(ended(search_frame(small, look=look), always).read) for look in range(7)]
    assert read == [False, True, True, False, True, True, False]


def test_a_picture_of_a_pixel_a_module_is_looked_at_as_it_is() -> None:
    small = qr_picture("AB", 1)
    assert small.shape == (29, 29)
    assert texts_of(read_frame(small, always)) == ["AB"]


def test_a_frame_too_small_to_be_looked_at_is_empty_in_every_look() -> None:
    dot = np.zeros((1, 1), np.uint8)
    assert [ended(search_frame(dot, look=look), always).finders for look in range(3)] == [()] * 3

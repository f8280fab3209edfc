"""A card over many frames: read by all of them together, once, and let go when it leaves."""

from collections.abc import Callable

import numpy as np
import pytest
import segno

from gate.bench.optics import Condition
from gate.bench.read_bursts import bursts
from gate.bench.read_degraded import degraded
from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.devices.ports import Luma
from gate.reading import Follower, read_frame
from gate.reading.follower import MAX_VAIN_VIEWS, STALE_S
from gate.reading.reader import search_frame
from gate.reading.track import Track
from gate.reading.work import ended

TEXT = "A CARD IN THE DARK " * 4


def always() -> bool:
    return True


def never() -> bool:
    return False


def once() -> Callable[[], bool]:
    """Return what has time for one step."""
    left = [True]
    return lambda: bool(left) and left.pop()


def dim_and_noisy(count: int) -> list[Luma]:
    """Return frames of one card in twilight: the sensor's noise is larger than the contrast."""
    clean = pasted(empty_scene((300, 240), 1), qr_picture(TEXT, 4)) * 0.3 + 80
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 42, (count, *clean.shape))
    return list((clean + noise).clip(0, 255).astype(np.uint8))


def shifted(luma: Luma, by_px: int) -> Luma:
    return np.roll(luma, (by_px, 2 * by_px), axis=(0, 1))


def test_a_card_that_no_frame_shows_alone_is_read_from_several() -> None:
    frames = dim_and_noisy(6)
    assert [read_frame(luma, always) for luma in frames] == [[]] * 6
    follower = Follower()
    for luma in frames:
        look = follower.follow if follower.follows else follower.search
        texts = [code.text for code in look(luma, always)]
    assert texts == [TEXT]


def test_a_card_that_moves_by_three_modules_in_a_frame_is_read_in_two() -> None:
    kind = {"motion 12, 4 px": Condition(px=4, motion=12)}
    burst = next(bursts(6, 1, 60, kind))
    follower = Follower()
    texts: list[str] = []
    for luma in burst.lumas[:2]:
        look = follower.follow if follower.follows else follower.search
        texts = [code.text for code in look(luma, always)]
    assert texts == [burst.truth]


def test_a_card_that_was_read_is_followed_and_not_decoded_again() -> None:
    sharp = pasted(empty_scene((400, 300), 1), qr_picture("A CARD" * 8, 4))
    follower = Follower()
    [first] = follower.search(sharp, always)
    asked: list[int] = []

    def counted() -> bool:
        asked.append(1)
        return True

    [again] = follower.follow(shifted(sharp, 3), counted)
    assert (again.text, follower.has_read) == (first.text, True)
    assert np.abs(again.corners - first.corners - (6, 3)).max() < 2  # half a module
    assert len(asked) == 1  # before the look; decoding would ask before each of its steps


def test_another_card_in_the_same_place_is_not_taken_for_the_first() -> None:
    one, other = (pasted(empty_scene((400, 300), 1), qr_picture(letter * 60, 4)) for letter in "AB")
    follower = Follower()
    assert [code.text for code in follower.search(one, always)] == ["A" * 60]
    assert follower.follow(other, always) == []
    assert [code.text for code in follower.search(other, always)] == ["B" * 60]


def tiny(text: str) -> Luma:
    """Return a code of the smallest kind: most of what is in it is padding, the same for all."""
    code = segno.make_qr(text, version=1, error="l", mask=3, boost_error=False)
    dark = np.array([list(row) for row in code.matrix_iter(border=4)], np.bool_)
    picture = np.where(dark, 0, 255).astype(np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    return pasted(empty_scene((400, 300), 1), picture)


def test_a_code_that_differs_in_a_letter_is_not_taken_for_the_first() -> None:
    follower = Follower()
    assert [code.text for code in follower.search(tiny("D-Q"), always)] == ["D-Q"]
    assert [code.text for code in follower.follow(tiny("D-Q"), always)] == ["D-Q"]
    assert follower.follow(tiny("D-R"), always) == []


def test_modules_at_random_are_not_taken_for_a_code_that_was_read_there() -> None:
    inside = np.s_[76:220, 126:270]
    for seed in range(20):
        follower = Follower()
        follower.search(tiny("D-Q"), always)
        rng = np.random.default_rng(seed)
        luma = tiny("D-Q").copy()
        modules = np.where(rng.random((18, 18)) < 0.5, 0, 255).astype(np.uint8)
        luma[inside] = modules.repeat(8, axis=0).repeat(8, axis=1)
        assert follower.follow(luma, always) == []


def test_what_was_not_followed_for_a_while_is_let_go_read_or_not() -> None:
    for luma in (tiny("D-Q"), torn_card()):
        follower = Follower()
        follower.search(luma, always, at_s=7.0)
        follower.follow(luma, always, at_s=7.0 + STALE_S)
        assert follower.follows
        follower.follow(luma, always, at_s=7.1 + 2 * STALE_S)
        assert not follower.follows


def test_a_time_line_that_begins_anew_is_another_scene() -> None:
    follower = Follower()
    follower.search(tiny("D-Q"), always, at_s=7.0)
    assert follower.follow(tiny("D-Q"), always, at_s=0.0) == []


def test_a_card_that_left_is_let_go() -> None:
    scene = empty_scene((400, 300), 1)
    follower = Follower()
    follower.search(pasted(scene, qr_picture("A CARD" * 8, 4)), always)
    for _ in range(4):
        assert follower.follow(scene, always) == []
    assert not follower.follows


def torn_card() -> Luma:
    """Return a card whose patterns are whole and whose other modules are chance."""
    rng = np.random.default_rng(5)
    picture = qr_picture("A CARD" * 3, 4)
    inner = picture[48:-48, 48:-48]
    modules = np.where(rng.random((len(inner) // 4, len(inner) // 4)) < 0.5, 0, 255)
    inner[:] = modules.repeat(4, axis=0).repeat(4, axis=1)
    return pasted(empty_scene((400, 300), 1), picture)


def test_what_was_guessed_in_vain_is_not_believed_of_the_next_view() -> None:
    torn = torn_card()
    found = max(ended(search_frame(torn), always).missed, key=lambda one: one.fit.agreement)
    track = Track(found, torn)
    ended(track.follow(torn), always)
    one = track.found.soft
    ended(track.follow(torn), always)  # every second view guesses
    two = track.found.soft
    assert one is not None
    assert two is not None
    assert np.abs(one - two).max() < 0.3


def test_what_cant_be_read_is_left_alone_after_a_while_until_it_changes() -> None:
    torn = torn_card()
    follower = Follower()
    follower.search(torn, always)
    assert follower.follows
    for view in range(MAX_VAIN_VIEWS):
        # Of the views that nobody can read a few are tried with all the time there is.
        has_time = always if view < 4 else once()
        assert follower.follows
        assert [*follower.follow(torn, has_time), *follower.end()] == []
    follower.search(torn, always)
    assert not follower.follows
    whole = pasted(empty_scene((400, 300), 1), qr_picture("ANOTHER" * 3, 4))
    assert [code.text for code in follower.search(whole, always)] == ["ANOTHER" * 3]


def test_an_inverted_card_is_followed_as_well() -> None:
    sharp = 255 - pasted(empty_scene((400, 300), 1), qr_picture("A CARD" * 8, 4))
    follower = Follower()
    follower.search(sharp, always)
    assert [code.text for code in follower.follow(shifted(sharp, 2), always)] == ["A CARD" * 8]


def test_without_time_nothing_is_followed_and_nothing_forgotten() -> None:
    sharp = pasted(empty_scene((400, 300), 1), qr_picture("A CARD" * 8, 4))
    follower = Follower()
    follower.search(sharp, always)
    assert follower.follow(sharp, never) == []
    assert [code.text for code in follower.follow(sharp, always)] == ["A CARD" * 8]


SMEARED = degraded("A CARD" * 60, Condition(px=4, blur=2.0), np.random.default_rng(1))
"""What takes many steps."""


def test_a_search_without_time_goes_on_step_by_step_and_reads_what_one_with_time_reads() -> None:
    follower = Follower()
    assert follower.search(SMEARED, never) == []
    frames = 0
    while follower.is_busy:
        frames += 1
        codes = follower.go_on(never, at_s=frames / 30)
    assert frames > 5
    assert [code.text for code in codes] == ["A CARD" * 60]
    assert [code.text for code in follower.follow(SMEARED, always, at_s=frames / 30)] == [
        "A CARD" * 60
    ]


def test_what_was_put_aside_ends_with_what_it_has_and_is_put_aside_no_more() -> None:
    follower = Follower()
    follower.search(SMEARED, once())
    assert follower.is_busy
    assert follower.end() == []
    assert not follower.is_busy
    assert follower.sees_parts
    assert [*follower.end(), *follower.go_on(always)] == []


@pytest.mark.parametrize("later_s", [STALE_S + 0.1, -0.1])
def test_what_was_put_aside_too_long_ago_is_let_go(later_s: float) -> None:
    follower = Follower()
    follower.search(SMEARED, never, at_s=5.0)
    assert follower.go_on(always, at_s=5.0 + later_s) == []
    assert not follower.is_busy


def test_a_new_search_takes_the_place_of_one_that_was_put_aside() -> None:
    follower = Follower()
    follower.search(SMEARED, never)
    sharp = pasted(empty_scene((400, 300), 1), qr_picture("A CARD" * 8, 4))
    assert [code.text for code in follower.search(sharp, always)] == ["A CARD" * 8]
    assert not follower.is_busy


def test_following_that_takes_many_frames_is_not_forgotten_in_them() -> None:
    follower = Follower()
    torn = torn_card()
    follower.search(torn, always)
    follower.follow(torn, never, at_s=0.4)
    for frame in range(100):
        if not follower.is_busy:
            break
        follower.go_on(never, at_s=0.8 + 0.4 * frame)
    assert not follower.is_busy
    assert follower.follows
    follower.follow(torn, never, at_s=0.8 + 0.4 * frame)
    assert follower.follows

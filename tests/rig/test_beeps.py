"""Beeps are told apart in what a pin did."""

from collections.abc import Iterator

import pytest

from tests.rig.beeps import beeps, series


def sounding(*lengths_s: float, gap_s: float = 0.35, hz: int = 100) -> Iterator[float]:
    """Yield when a pin changes that sounds for so long each time."""
    begin_s = 10.0
    for length_s in lengths_s:
        yield from (begin_s + number / hz for number in range(round(length_s * hz) + 1))
        begin_s += length_s + gap_s


def test_a_tone_is_one_beep_from_its_first_change_to_its_last() -> None:
    assert list(beeps(sounding(0.8, 0.15))) == [
        pytest.approx((10.0, 10.8)),
        pytest.approx((11.15, 11.3)),
    ]


def test_a_pin_that_never_changed_was_silent() -> None:
    assert list(beeps([])) == []


def test_long_beeps_and_short_ones_are_told_apart() -> None:
    assert list(series(list(beeps(sounding(0.8, 0.8, 0.15, 0.15, 0.15))))) == [
        [True, True, False, False, False]
    ]


def test_a_pause_ends_a_series() -> None:
    first = list(beeps(sounding(0.8, 0.15)))
    later = [(begin_s + 10, end_s + 10) for begin_s, end_s in first]
    assert list(series([*first, *later])) == [[True, False], [True, False]]

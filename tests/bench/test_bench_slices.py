"""Which slices of a bench count, and what is made of them."""

import pytest

from gate.bench.slices import (
    FEWEST_PAIRS,
    MOST_STOLEN,
    Pair,
    medians,
    quiet,
    stolen_meanwhile,
)

OURS = [Pair(floor=100, value=50 + one, stolen=MOST_STOLEN) for one in range(FEWEST_PAIRS)]
NOISY = [Pair(floor=100, value=1, stolen=MOST_STOLEN + 0.01)] * 20


def test_slices_in_which_the_host_took_time_away_do_not_count() -> None:
    assert quiet([*NOISY, *OURS]) == OURS


def test_all_slices_count_where_too_few_were_quiet() -> None:
    pairs = [*NOISY, *OURS[1:]]
    assert quiet(pairs) == pairs


def test_the_ratio_is_of_slices_next_to_each_other() -> None:
    quick, slow = Pair(floor=1000, value=500, stolen=0), Pair(floor=10, value=4, stolen=0)
    value, floor = medians([quick, slow, slow])
    assert value / floor == pytest.approx(0.4)
    assert floor == 10


def test_the_share_that_was_stolen_is_one_of_all_time() -> None:
    with stolen_meanwhile() as stolen:
        assert stolen.share == 0.0
        sum(range(1_000_000))
    assert 0.0 <= stolen.share < 1.0


def test_a_few_long_runs_may_count_where_most_of_them_were_quiet() -> None:
    few = [OURS[0], NOISY[0], OURS[1]]
    assert quiet(few, fewest=2) == [OURS[0], OURS[1]]
    assert quiet(few[:2], fewest=2) == few[:2]

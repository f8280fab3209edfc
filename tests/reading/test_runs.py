"""Cuts through finder patterns along rows: which runs are one, where it is, and how long."""

import numpy as np
import pytest

from gate.reading.runs import Hits, hits_along_rows

MANY = 100


def _hits(*rows: list[int], most: int = MANY) -> Hits:
    """Return the hits in rows that are told as lengths of runs, the first of them light."""
    lines = [np.repeat(np.arange(len(runs)) % 2 == 1, runs) for runs in rows]
    return hits_along_rows(np.stack(lines), most)


def test_a_cut_is_told_by_its_middle_its_row_and_seven_modules() -> None:
    hits = _hits([40], [5, 2, 2, 6, 2, 2, 21])
    assert hits.tolist() == [[11.5, 1, 14, 0]]


def test_light_on_dark_is_told_as_that() -> None:
    hits = _hits([5, 4, 2, 2, 6, 2, 2, 17])
    assert [12 + 3.5, 0, 14, 1] in hits.tolist()


def test_a_cut_that_begins_a_row_or_ends_it_is_one_and_one_over_two_rows_is_none() -> None:
    begins, ends = [0, 2, 2, 6, 2, 2, 26], [26, 2, 2, 6, 2, 2]
    assert [hit[:2] for hit in _hits([40], begins, ends).tolist()] == [[6.5, 1], [32.5, 2]]
    assert not len(_hits([28, 2, 2, 6], [2, 2, 34]))


@pytest.mark.parametrize(
    "runs",
    [
        [2, 2, 6, 2, 2],
        [2, 2, 4, 2, 2],  # 2.5 modules of 1.6 px
        [10, 10, 13, 10, 10],  # 1.97
        [10, 10, 100, 10, 10],  # 4.17 of 24
        [60, 6, 18, 6, 6],  # what lies beside a card goes on
        [6, 6, 18, 6, 60],
    ],
)
def test_runs_may_be_wrong_by_half_a_module_and_more(runs: list[int]) -> None:
    assert len(_hits([300, *runs, 300])) == 1


@pytest.mark.parametrize(
    "runs",
    [
        [10, 10, 10, 10, 10],  # 1.67: all alike are lettering
        [10, 10, 160, 10, 10],  # 4.4 and more
        [9, 9, 20, 2, 9],  # a light run under 0.35 modules
        [9, 2, 20, 9, 9],
        [9, 20, 20, 9, 9],  # and one of over 1.8
        [9, 9, 20, 20, 9],
        [2, 6, 18, 6, 6],  # a dark one at the edge under 0.35 modules
        [6, 6, 18, 6, 2],
        [60, 6, 18, 6, 60],  # but not on both sides
    ],
)
def test_what_is_further_off_is_no_cut(runs: list[int]) -> None:
    assert not len(_hits([300, *runs, 300]))


def test_of_too_many_the_longest_are_kept() -> None:
    rows = [[100 - 7 * k, k, k, 3 * k, k, k, 100] for k in (1, 2, 3, 4, 5)]
    hits = _hits(*rows, most=2)
    assert sorted(hits[:, 2].tolist()) == [28, 35]
    assert len(_hits(*rows, most=5)) == 5


@pytest.mark.parametrize("row", [[9], [3, 3, 3], [9, 2, 2, 6, 2]])
def test_fewer_runs_than_a_cut_has_are_none(row: list[int]) -> None:
    assert _hits(row).shape == (0, 4)

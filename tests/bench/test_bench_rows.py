from itertools import accumulate, chain

import pytest

from gate.bench.rows import WARM_UP_RUNS, BenchRow, time_beside, time_each_beside


def row(value: float, floor: float) -> BenchRow:
    return BenchRow(name="a", value=value, floor=floor, unit="ms", runs=3, floor_is="nothing else")


def test_a_row_says_how_many_times_its_floor_it_is() -> None:
    assert row(3.0, 2.0).ratio == 1.5


def test_a_row_in_json_has_what_readers_of_it_rely_on() -> None:
    assert row(3.0, 2.0).as_json() == {
        "name": "a",
        "value": 3.0,
        "floor": 2.0,
        "ratio": 1.5,
        "unit": "ms",
        "runs": 3,
        "floor_is": "nothing else",
    }


def test_beside_a_floor_of_nothing_there_is_no_ratio() -> None:
    assert row(3.0, 0.0).as_json()["ratio"] is None


def test_both_are_called_in_turn_and_their_medians_told() -> None:
    called: list[str] = []
    ticks = iter([0.0, 1.0, 1.0, 1.5, 2.0, 9.0, 9.0, 9.25, 10.0, 13.0, 13.0, 14.0])
    value_s, floor_s = time_beside(
        lambda: called.append("A"), lambda: called.append("B"), 3, clock_s=lambda: next(ticks)
    )
    assert called == ["A", "B"] * (WARM_UP_RUNS + 3)
    assert (value_s, floor_s) == (3.0, 0.5)


def test_of_each_call_its_least_counts_and_of_those_the_median() -> None:
    called: list[str] = []
    took_s = {"A": [5, 1, 9], "B": [2, 6, 9], "C": [9, 9, 4], "D": [8, 7, 9]}
    order = [name for _ in range(WARM_UP_RUNS + 1) for name in took_s]
    ticks = accumulate(
        chain.from_iterable((0, took_s[name][place // 4]) for place, name in enumerate(order))
    )
    value_s, floor_s = time_each_beside(
        [lambda name=name: called.append(name) for name in "ABC"],  # type: ignore[misc]
        [lambda: called.append("D")],
        1,
        clock_s=lambda: float(next(ticks)),
    )
    assert called == order
    assert (value_s, floor_s) == (2.0, 7.0)


def test_no_runs_are_no_measurement() -> None:
    with pytest.raises(ValueError, match="runs is 0; at least 1 is needed"):
        time_beside(list, list, 0)
    with pytest.raises(ValueError, match="runs is 0; at least 1 is needed"):
        time_each_beside([list], [list], 0)

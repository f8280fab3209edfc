import pytest

from gate.bench.rows import WARM_UP_RUNS, BenchRow, time_beside


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


def test_no_runs_are_no_measurement() -> None:
    with pytest.raises(ValueError, match="runs is 0; at least 1 is needed"):
        time_beside(list, list, 0)

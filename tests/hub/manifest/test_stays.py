"""What stays come to: minutes of what was seen begin and end, and never a guess."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.hub.manifest.stays import MAX_STAY_MS, Seen, stays_of

SAM: Final = b"S" * 16
HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
LATE: Final = 100 * DAY


def day_of(at_ms: int) -> int:
    return at_ms // DAY


def walked(*seen: Seen, known_ms: int = LATE) -> tuple[dict[int, int], set[int]]:
    """Return hours by day, and the days that miss some."""
    found = stays_of(seen, day_of, known_ms)[SAM]
    return {day: spent_ms // HOUR for day, spent_ms in found.by_day.items()}, found.missing


def way(direction: str, hours: float, seq: int = 0, **changed: object) -> Seen:
    at_ms = int(hours * HOUR)
    return Seen(at_ms, seq or at_ms, 1, "access", direction, SAM)._replace(**changed)  # type: ignore[arg-type]  # fields by name


def told(kind: str, hours: float, detail: str) -> Seen:
    return Seen(int(hours * HOUR), int(hours * HOUR), 1, kind, "in", SAM, detail)


CASES: Final = {
    "a day": ([way("in", 7), way("out", 16)], {0: 9}, set()),
    "with lunch": (
        [way("in", 7), way("out", 12), way("in", 13), way("out", 16)],
        {0: 8},
        set(),
    ),
    "told in any order": ([way("out", 16), way("in", 7)], {0: 9}, set()),
    "over midnight: the day on which it began": ([way("in", 22), way("out", 30)], {0: 8}, set()),
    "two days": (
        [way("in", 7), way("out", 16), way("in", 31), way("out", 41)],
        {0: 9, 1: 10},
        set(),
    ),
    "the exit was forgotten": (
        [way("in", 7), way("in", 31), way("out", 40)],
        {1: 9},
        {0},
    ),
    "a second entry, as where passback is noted": (
        [way("in", 7), way("in", 8), way("out", 16)],
        {0: 8},
        {0},
    ),
    "the exit was forgiven": (
        [way("in", 7), way("out", 18, kind="forgiven")],
        {},
        {0},
    ),
    "forgiven, and seen to leave afterwards": (
        [way("in", 7), way("out", 18, kind="forgiven"), way("out", 19)],
        {},
        {0},
    ),
    "forgiven though they had left": (
        [way("in", 7), way("out", 16), way("out", 18, kind="forgiven")],
        {0: 9},
        set(),
    ),
    "left, and never seen to come": ([way("out", 16)], {}, {0}),
    "24 hours": ([way("in", 7), way("out", 31)], {0: 24}, set()),
    "more than 24 hours": ([way("in", 7), way("out", 31.01)], {}, {0}),
    "came in, and never left": ([way("in", 7)], {}, {0}),
    "an entry that was not taken": (
        [way("in", 7, 5), told("not_turned", 7.01, "grant 5"), way("in", 8), way("out", 9)],
        {0: 1},
        set(),
    ),
    "an exit that was not taken": (
        [way("in", 7), way("out", 8, 6), told("not_turned", 8.01, "grant 6"), way("out", 9)],
        {0: 2},
        set(),
    ),
    "an entry of which nobody knows": (
        [way("in", 7, 5), told("turn_unknown", 7.01, "grant 5"), way("out", 9)],
        {},
        {0},
    ),
    "a grant of another record is not meant": (
        [way("in", 7, 5), told("not_turned", 7.01, "grant 5")._replace(journal=2), way("out", 9)],
        {0: 2},
        set(),
    ),
    "a gate that did not know the time": (
        [way("in", 7, is_sure=False), way("out", 9)],
        {},
        {0},
    ),
    "another gate that did not know it": (
        [way("in", 7), way("out", 9, is_sure=False)],
        {},
        {0},
    ),
}


@pytest.mark.parametrize(("seen", "hours", "missing"), CASES.values(), ids=CASES)
def test_a_stay_counts_if_a_gate_saw_it_begin_and_end(
    seen: list[Seen], hours: dict[int, int], missing: set[int]
) -> None:
    assert walked(*seen) == (hours, missing)


@pytest.mark.parametrize(("known_ms", "missing"), [(7 * HOUR + MAX_STAY_MS, set()), (LATE, {0})])
def test_who_is_inside_still_misses_nothing_for_a_day(known_ms: int, missing: set[int]) -> None:
    assert walked(way("in", 7), known_ms=known_ms) == ({}, missing)


def test_people_are_counted_apart() -> None:
    other = way("in", 8)._replace(person=b"D" * 16)
    assert walked(way("in", 7), other, way("out", 9)) == ({0: 2}, set())


ways = st.tuples(st.sampled_from(["in", "out"]), st.integers(0, 10 * DAY))


@given(st.lists(ways, max_size=20))
def test_no_more_is_counted_than_there_was_time(seen: list[tuple[str, int]]) -> None:
    rows = [Seen(at, place, 1, "access", way_, SAM) for place, (way_, at) in enumerate(seen)]
    for one in stays_of(rows, day_of, LATE).values():
        times = [row.at_ms for row in rows]
        assert sum(one.by_day.values()) <= max(times) - min(times)
        assert all(spent_ms >= 0 for spent_ms in one.by_day.values())

"""What a day's passages come to, and how they are drawn."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from gate.hub.log.day import Day
from gate.hub.today.chart import FLOOR, MIDDLE, TOP, draw
from gate.hub.today.hours import long_stays, span_words
from gate.hub.today.passed import BUCKET_MS, Passage, fold

HOUR = 3_600_000
DAY = Day(on=date(2026, 11, 20), zone=ZoneInfo("Europe/London"))


def _row(hours: float, way: str, who: str = "a", kind: str = "access", rest: int = 0) -> Passage:
    return (DAY.start_ms + int(hours * HOUR), 1, 1, kind, way, who, rest)


CASES = {
    "nobody": ([], (0, 0, 0), 0),
    "one in": ([_row(7, "in")], (1, 1, 0), 1),
    "in and out": ([_row(7, "in"), _row(9, "out")], (1, 1, 1), 0),
    "in twice is one person": ([_row(7, "in"), _row(8, "in")], (1, 2, 0), 1),
    "out twice is one who left": ([_row(7, "in"), _row(9, "out"), _row(9.1, "out")], (1, 1, 2), 0),
    "in by yesterday, out today": ([_row(1, "out")], (0, 0, 1), -1),
    "let in, not turned": ([_row(7, "in"), _row(7.01, "in", kind="not_turned")], (0, 0, 0), 0),
    "let out, not turned": (
        [_row(7, "in"), _row(9, "out"), _row(9.01, "out", kind="not_turned")],
        (1, 1, 0),
        1,
    ),
    "an exit that was forgiven": ([_row(7, "in"), _row(18, "out", kind="forgiven")], (1, 1, 0), 0),
    "of somebody in since yesterday": ([_row(8, "out", kind="forgiven")], (0, 0, 0), -1),
    "forgiven, and out of nowhere": (
        [_row(6, "out", kind="forgiven"), _row(7, "out")],
        (0, 0, 1),
        -1,
    ),
    "of somebody who had left": (
        [_row(7, "in"), _row(9, "out"), _row(18, "out", kind="forgiven")],
        (1, 1, 1),
        0,
    ),
    "two people": ([_row(7, "in"), _row(7.1, "in", "b"), _row(8, "out", "b")], (2, 2, 1), 1),
}


@pytest.mark.parametrize(("rows", "counts", "moved"), CASES.values(), ids=CASES)
def test_a_day_is_folded_into(
    rows: Sequence[Passage], counts: tuple[int, int, int], moved: int
) -> None:
    passed = fold(DAY.start_ms, list(rows))
    assert (passed.people, passed.came_in, passed.went_out) == counts
    assert sum(passed.moves.values()) == moved


STAYS = {
    "nine hours are nothing": ([_row(8, "in")], "", 9 * HOUR),
    "ten are amber": ([_row(7, "in")], "note", 10 * HOUR),
    "thirteen leave too little rest": ([_row(4, "in")], "refuse", 13 * HOUR),
    "a break is not on site": ([_row(6, "in"), _row(9, "out"), _row(11, "in")], "", 9 * HOUR),
    "but is no rest": ([_row(4, "in"), _row(9, "out"), _row(11, "in")], "refuse", 11 * HOUR),
    "a gate noted too little rest": ([_row(16, "in", rest=1)], "refuse", HOUR),
    "a forgiven exit ends no hours": (
        [_row(3, "in"), _row(15, "out", kind="forgiven"), _row(16, "in")],
        "",
        HOUR,
    ),
    "a seen stay before a forgiven one counts": (
        [
            *(_row(5, "in"), _row(9, "out"), _row(10, "in")),
            *(_row(14, "out", kind="forgiven"), _row(16, "in")),
        ],
        "",
        5 * HOUR,
    ),
    "since before midnight": ([], "refuse", 17 * HOUR),
}


@pytest.mark.parametrize(("rows", "tone", "inside_ms"), STAYS.values(), ids=STAYS)
def test_who_is_on_site_for_long(rows: Sequence[Passage], tone: str, inside_ms: int) -> None:
    passed = fold(DAY.start_ms, list(rows))
    long = long_stays(passed.stays, ["a"], DAY.start_ms, DAY.start_ms + 17 * HOUR, 6)
    (one,) = long.shown
    assert (one.tone, one.inside_ms) == (tone, inside_ms)
    assert (long.amber, long.red) == (int(tone == "note"), int(tone == "refuse"))
    assert one.hours_words == span_words(inside_ms)


def test_the_longest_are_named_and_while_anybody_is_coloured_nobody_else() -> None:
    rows = [_row(12 + one, "in", f"p{one}") for one in range(3)]
    now_ms = DAY.start_ms + 17 * HOUR
    plain = long_stays(fold(DAY.start_ms, rows).stays, ["p0", "p1", "p2"], DAY.start_ms, now_ms, 2)
    rows = [_row(6, "in", "early"), *rows]
    stays = fold(DAY.start_ms, rows).stays
    coloured = long_stays(stays, ["p0", "p1", "p2", "early"], DAY.start_ms, now_ms, 2)
    assert [one.person for one in plain.shown] == ["p0", "p1"]
    assert [one.person for one in coloured.shown] == ["early"]
    assert coloured.shown[0].hours_words == "11 h 00"


def test_a_chart_ends_with_who_is_on_site_now_and_stays_within_its_frame() -> None:
    rows = [_row(7 + one / 100, "in", f"p{one}") for one in range(40)]
    rows += [_row(12 + one / 100, "out", f"p{one}") for one in range(10)]
    now = DAY.start + timedelta(hours=14)
    chart = draw(fold(DAY.start_ms, rows), {30: 2}, 30, DAY, now)
    assert chart.now_words == "14:00"
    assert chart.line.endswith(f"{chart.now_x:.1f} {chart.now_y:.1f}")
    assert all(TOP <= y <= FLOOR for y, _ in chart.levels)
    assert all(bar.y + bar.height == MIDDLE for bar in chart.ins)
    assert len(chart.refused) == 1
    assert chart.words.startswith("30 on site now; most at 07:30: 40.")


@pytest.mark.parametrize("on", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_day_on_which_the_clocks_change_is_drawn_by_its_own_hours(on: date) -> None:
    day = Day(on=on, zone=ZoneInfo("Europe/London"))
    quarters = (day.end_ms - day.start_ms) // BUCKET_MS
    rows = [(day.end_ms - 1, 1, 1, "access", "in", "a", 0)]
    chart = draw(fold(day.start_ms, rows), {}, 1, day, day.end - timedelta(milliseconds=1))
    assert quarters in {92, 100}
    assert chart.ins[-1].words == "23:45: 1 in"

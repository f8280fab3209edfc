"""The day's chart as SVG: people on site above, in and out per quarter of an hour below.

Lengths are units of the picture's own, 640 by 216; the page scales it. Hours are the site's, so
that a day on which the clocks change has 23 or 25 of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gate.access.exits import SEEN, Exits
from gate.hub.log.day import Day
from gate.hub.today.passed import BUCKET_MS, Passed

WIDTH: Final = 640
LEFT: Final = 38
RIGHT: Final = 628
TOP: Final = 16
FLOOR: Final = 110
MIDDLE: Final = 160
REACH: Final = 32
"""How far a bar goes up or down from MIDDLE at most."""

_QUARTERS: Final = 4
_FIRST_HOUR: Final = 5
_LAST_HOUR: Final = 19
"""Shown even if nothing happens: a site's usual day."""

_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A quarter of an hour's in or out."""

    x: float
    y: float
    height: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What the page draws; `line` and `area` are path data, ticks pairs of place and words."""

    line: str
    area: str
    ins: tuple[Bar, ...]
    outs: tuple[Bar, ...]
    refused: tuple[float, ...]
    levels: tuple[tuple[float, int], ...]
    hours: tuple[tuple[float, str], ...]
    bar_width: float
    most_moved: int
    now_x: float | None
    now_y: float
    now_words: str
    now_anchor: str
    title: str
    words: str


def draw(
    passed: Passed,
    refused: Mapping[int, int],
    inside: int,
    day: Day,
    now: datetime,
    exits: Exits = SEEN,
) -> Chart:
    """Return the chart of a day up to now; it ends with how many are `inside`.

    Where exits are free it goes up by who came in that day, and ends with how many that were.
    """
    inside = inside if exits.are_seen else sum(passed.moves.values())
    quarters = (day.end_ms - day.start_ms) // BUCKET_MS
    seen = [*passed.ins, *passed.outs, *refused]
    first = min([_FIRST_HOUR * _QUARTERS, *seen])
    first -= first % (2 * _QUARTERS)
    first += 1 * _QUARTERS if first == (_FIRST_HOUR - 1) * _QUARTERS else 0
    last_shown = max([(_LAST_HOUR + 1) * _QUARTERS, *(one + 1 for one in seen)])
    last = min(quarters, last_shown + -last_shown % _QUARTERS)
    is_today = day.start <= now < day.end
    until = (_ms(now) - day.start_ms) / BUCKET_MS if is_today else float(last)
    last = min(quarters, max(last, int(until) + 1))
    scale = _Scale(first=first, last=last)
    heads = _heads(passed, inside, int(until))
    top = _round_up(max([1, *heads.values()]))
    most = -(-max([1, *passed.ins.values(), *passed.outs.values()]) // 10) * 10
    points = [(scale.x(one), _y(heads[one], top)) for one in sorted(heads) if one >= first]
    points.append((scale.x(min(until, last)), _y(inside, top)))
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    now_x = scale.x(until) if is_today else None
    return Chart(
        line=f"M{line}",
        area=f"M{points[0][0]:.1f} {FLOOR}L{line}L{points[-1][0]:.1f} {FLOOR}Z",
        ins=tuple(_bars(passed.ins, scale, most, "in", day, is_up=True)),
        outs=tuple(_bars(passed.outs, scale, most, "out", day, is_up=False)),
        refused=tuple(scale.x(one + 0.5) for one in sorted(refused)),
        levels=tuple((_y(top * part / 4, top), round(top * part / 4)) for part in _levels(top)),
        hours=tuple(_hours(first, last, scale, day)),
        bar_width=round(scale.step * 0.8, 2),
        most_moved=most,
        now_x=now_x,
        now_y=_y(inside, top),
        now_words=f"{now.astimezone(day.zone):%H:%M}",
        now_anchor="end" if now_x is not None and now_x > RIGHT - 40 else "start",
        title="People on site" if exits.are_seen else "Came in today",
        words=_words(heads, inside, day, passed, exits),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    first: int
    last: int

    @property
    def step(self) -> float:
        return (RIGHT - LEFT) / (self.last - self.first)

    def x(self, quarter: float) -> float:
        return round(LEFT + (quarter - self.first) * self.step, 1)


def _levels(top: int) -> tuple[int, ...]:
    return (0, 1, 2, 3, 4) if top % 4 == 0 else (0, 2, 4) if top % 2 == 0 else (0, 4)


def _heads(passed: Passed, inside: int, until: int) -> dict[int, int]:
    """Return how many were on site as each quarter began: counted back from how many are now."""
    heads, count = {}, inside
    for quarter in range(until, -1, -1):
        count -= passed.moves.get(quarter, 0)
        heads[quarter] = max(0, count)
    return heads


def _bars(
    counts: Mapping[int, int], scale: _Scale, most: int, way: str, day: Day, *, is_up: bool
) -> Iterator[Bar]:
    for quarter, count in sorted(counts.items()):
        if not count:
            continue
        height = round(max(1.0, count / most * REACH), 1)
        yield Bar(
            x=round(scale.x(quarter) + scale.step * 0.1, 1),
            y=MIDDLE - height if is_up else MIDDLE,
            height=height,
            words=f"{_clock(quarter, day)}: {count} {way}",
        )


def _hours(first: int, last: int, scale: _Scale, day: Day) -> Iterator[tuple[float, str]]:
    every = 2 * _QUARTERS if last - first <= 17 * _QUARTERS else 4 * _QUARTERS
    for quarter in range(first, last + 1, every):
        yield scale.x(quarter), _clock(quarter, day)


def _words(heads: Mapping[int, int], inside: int, day: Day, passed: Passed, exits: Exits) -> str:
    moved = f"{passed.came_in} in and {passed.went_out} out today."
    if not exits.are_seen:
        return f"{inside} people came in today and may have left; {moved}"
    most = min(heads, key=lambda quarter: (-heads[quarter], quarter), default=0)
    return f"{inside} on site now; most at {_clock(most, day)}: {heads.get(most, inside)}. {moved}"


def _clock(quarter: int, day: Day) -> str:
    at = day.start + timedelta(milliseconds=quarter * BUCKET_MS)
    return f"{at.astimezone(day.zone):%H:%M}"


def _y(count: float, top: int) -> float:
    return round(FLOOR - count / top * (FLOOR - TOP), 1)


def _round_up(count: int) -> int:
    """Return the next of 4, 8, 20, 40, 80, 200...: it parts into four whole levels."""
    step = 1
    while True:
        for one in _STEPS:
            if count <= one * step * 4:
                return one * step * 4
        step *= 10


def _ms(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp() * 1000)

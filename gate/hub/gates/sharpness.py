"""The weeks of a camera as a line, and what to do about it in words, before there is a queue.

The line is the width of a card's edges, lower is sharper; a day on which few cards were read tells
little, and is left out. Lengths are units of the picture's own, 576 by 40; the page scales it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

from gate.hub.ingest.models import SharpDay
from gate.hub.ingest.sharpness import KEPT_DAYS, day_of

WIDTH: Final = 576
HEIGHT: Final = 40
FEW_CARDS: Final = 20
"""A day of fewer is a few people's cards, not a lens."""

LATELY_DAYS: Final = 3
"""Days with cards, over which chance is gone."""

WORSE: Final = 1.2
"""Times the sharpest days: half of the way to where the gate itself tells of a fault (1.4)."""

HAZIER: Final = 10
"""Percent of brightness that dark print has gained; the gate tells at 20."""

MISSED_OFTEN: Final = 0.2
"""Codes that could not be read, for each that was."""

_LEAST_CPX: Final = 150
_MOST_CPX: Final = 500
"""1.5 to 5 px: what lies beyond is drawn at the rim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharpness:
    """What the page draws of one lane, and the same in words; `advice` is empty if all is well."""

    lane: str
    width: int
    points: str
    words: str
    advice: str


def sharpness_of(lane: str, days: Sequence[SharpDay], now: datetime) -> Sharpness | None:
    """Return a lane's weeks; None while no day had enough cards."""
    told = [one for one in days if one.cards >= FEW_CARDS]
    if not told:
        return None
    first = day_of(now) - KEPT_DAYS
    return Sharpness(
        lane=lane,
        width=WIDTH,
        points=" ".join(f"{_x(one.day - first)},{_y(one.edge_cpx)}" for one in told),
        words=_words(told),
        advice=_advice(lane, told),
    )


def _x(days: int) -> int:
    return WIDTH * min(max(days, 0), KEPT_DAYS) // KEPT_DAYS


def _y(edge_cpx: int) -> int:
    within = min(max(edge_cpx, _LEAST_CPX), _MOST_CPX)
    return HEIGHT - HEIGHT * (within - _LEAST_CPX) // (_MOST_CPX - _LEAST_CPX)


def _words(told: Sequence[SharpDay]) -> str:
    last, first = told[-1], told[0]
    said = f"Cards' edges were {last.edge_cpx / 100:.1f} pixels wide on {_date(last.day)}"
    if first.day != last.day:
        said += f", {first.edge_cpx / 100:.1f} on {_date(first.day)}"
    missed = f"{last.missed} codes could not be read beside {last.cards} cards that were"
    return f"{said}; {missed}."


def _advice(lane: str, told: Sequence[SharpDay]) -> str:
    """Say what to do, if the last days were markedly worse than the best of as many."""
    if len(told) < 2 * LATELY_DAYS:
        return ""
    lately, before = told[-LATELY_DAYS:], told[:-LATELY_DAYS]
    edge, best_edge = _middle("edge_cpx", lately), _best("edge_cpx", before)
    haze, best_haze = _middle("haze_percent", lately), _best("haze_percent", before)
    if edge > WORSE * best_edge or haze > best_haze + HAZIER:
        return f"Clean the camera's window at {lane}: cards are seen less sharply than they were."
    missed = sum(one.missed for one in lately) / sum(one.cards for one in lately)
    if missed > MISSED_OFTEN:
        often = round(100 * missed)
        return (
            f"Look at the light at {lane}: for each 100 cards that are read, {often} codes are not."
        )
    return ""


def _middle(figure: str, days: Sequence[SharpDay]) -> float:
    return float(median(getattr(one, figure) for one in days))


def _best(figure: str, days: Sequence[SharpDay]) -> float:
    """Return the least median of `LATELY_DAYS` days in a row."""
    return min(
        _middle(figure, days[place : place + LATELY_DAYS])
        for place in range(len(days) - LATELY_DAYS + 1)
    )


def _date(day: int) -> str:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return f"{at.day} {at:%b}"

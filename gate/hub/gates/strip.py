"""The day of a unit as SVG: a bar for each five minutes in which it was heard, gaps for silence.

A bar's height tells how fresh its knowledge was, as its colour does. Lengths are units of the
picture's own, 576 by 40; the page scales it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from gate.hub.ingest.heard import SLOT, UNHEARD, heard_between
from gate.hub.log.day import Day
from gate.hub.sites.models import Unit

HEIGHT: Final = 28
SLOT_WIDTH: Final = 2
_HEIGHTS: Final = {"g": 28, "u": 28, "a": 18, "r": 9}
_TONES: Final = {"g": "admit", "u": "out", "a": "note", "r": "refuse"}
_HOURS: Final = (0, 6, 12, 18)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Slots that are alike, side by side."""

    x: int
    y: int
    width: int
    height: int
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What the page draws, and the same in words."""

    width: int
    runs: tuple[Run, ...]
    hours: tuple[tuple[int, str], ...]
    now_x: int
    words: str


def strips_of(units: list[Unit], day: Day, now: datetime) -> dict[int, Strip]:
    """Return the strips of units by their keys; what was never heard that day has none."""
    signs = heard_between([unit.pk for unit in units], day.start, day.end)
    return {unit: _strip(slots, day, now) for unit, slots in signs.items() if slots.strip()}


def _strip(slots: str, day: Day, now: datetime) -> Strip:
    until = min(len(slots), max(0, int((now - day.start) / SLOT)))
    return Strip(
        width=SLOT_WIDTH * len(slots),
        runs=tuple(_runs(slots)),
        hours=tuple(_hours(day, len(slots))),
        now_x=SLOT_WIDTH * min(until, len(slots)),
        words=_words(slots, until, day),
    )


def _runs(slots: str) -> Iterator[Run]:
    place = 0
    for sign, group in groupby(slots):
        count = len(list(group))
        if sign != UNHEARD:
            height = _HEIGHTS[sign]
            yield Run(
                x=SLOT_WIDTH * place,
                y=HEIGHT - height,
                width=SLOT_WIDTH * count,
                height=height,
                tone=_TONES[sign],
            )
        place += count


def _hours(day: Day, slots: int) -> Iterator[tuple[int, str]]:
    for place in range(slots):
        at = (day.start + place * SLOT).astimezone(day.zone)
        if at.minute == 0 and at.hour in _HOURS:
            yield SLOT_WIDTH * place, f"{at:%H:%M}"


def _words(slots: str, until: int, day: Day) -> str:
    """Tell the silences; before the first sign of the day it may not have been switched on."""
    first = len(slots) - len(slots.lstrip())
    silences, place = [], first
    for sign, group in groupby(slots[first:until]):
        count = len(list(group))
        if sign == UNHEARD:
            silences.append(f"{_clock(day, place)} to {_clock(day, place + count)}")
        place += count
    heard = f"Heard today from {_clock(day, first)}"
    if not silences:
        return f"{heard}, without a gap of five minutes."
    return f"{heard}; silent {', '.join(silences)}."


def _clock(day: Day, place: int) -> str:
    at: datetime = day.start + timedelta(seconds=place * SLOT.total_seconds())
    zone: ZoneInfo = day.zone
    return f"{at.astimezone(zone):%H:%M}"

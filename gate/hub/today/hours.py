"""Who has been on site for long: amber at ten hours, red where too little rest is left, or was had.

Time on site is not working time: this shows whom to look at and refuses nobody. Of a stay that
began before midnight only the part since then is known, and is told as such.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.hub.today.passed import Stay

AMBER: Final = timedelta(hours=10)
"""EXPERIENCE, the site manager, 11: what managers look at."""

RED: Final = timedelta(hours=13)
"""24 hours less the 11 of rest that regulation 10 of the Working Time Regulations 1998 asks for."""

_AMBER_MS: Final = AMBER // timedelta(milliseconds=1)
_RED_MS: Final = RED // timedelta(milliseconds=1)
_AMBER_TONE: Final = "note"
_RED_TONE: Final = "refuse"
_UNSEEN: Final = Stay()
"""Of somebody who is inside and passed no gate today."""

_MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LongStay:
    """Somebody who is inside: since when, how long altogether, how long away between."""

    person: str
    tone: str
    since_ms: int | None
    inside_ms: int
    away_ms: int
    short_rest: bool

    @property
    def hours_words(self) -> str:
        """How long they were on site today."""
        return span_words(self.inside_ms)

    @property
    def away_words(self) -> str:
        """How long they were out between, empty for not at all."""
        return span_words(self.away_ms) if self.away_ms >= _MINUTE_MS else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongStays:
    """How many are amber and how many red, and who is to be named, the longest first."""

    amber: int
    red: int
    shown: tuple[LongStay, ...]


def long_stays(
    stays: Mapping[str, Stay], inside: Iterable[str], start_ms: int, now_ms: int, most: int
) -> LongStays:
    """Return who of those inside has been for long.

    Args:
        stays: of the day, by person.
        inside: who is inside now.
        start_ms: the day's beginning.
        now_ms: until when who is inside has been.
        most: so many are named at most; if anybody is amber or red, nobody else.
    """
    every = [_spent(person, stays.get(person, _UNSEEN), start_ms, now_ms) for person in inside]
    coloured = [one for one in every if one[0]]
    shown = heapq.nsmallest(most, coloured or every, key=lambda one: (-one[2], one[1]))
    red = sum(tone == _RED_TONE for tone, *_ in coloured)
    return LongStays(
        amber=len(coloured) - red,
        red=red,
        shown=tuple(
            _long(tone, person, inside_ms, stays.get(person, _UNSEEN))
            for tone, person, inside_ms in shown
        ),
    )


def span_words(span_ms: int) -> str:
    """Tell a span in hours and minutes."""
    minutes = max(0, span_ms) // _MINUTE_MS
    return f"{minutes // 60} h {minutes % 60:02}"


def _spent(person: str, stay: Stay, start_ms: int, now_ms: int) -> tuple[str, str, int]:
    """Return somebody's colour, who it is, and how long they were inside."""
    in_ms = start_ms if stay.in_ms is None else stay.in_ms
    inside_ms = max(0, now_ms - in_ms) + stay.inside_ms
    if stay.short_rest or inside_ms + stay.away_ms >= _RED_MS:
        return _RED_TONE, person, inside_ms
    return _AMBER_TONE if inside_ms >= _AMBER_MS else "", person, inside_ms


def _long(tone: str, person: str, inside_ms: int, stay: Stay) -> LongStay:
    return LongStay(
        person=person,
        tone=tone,
        since_ms=stay.first_ms,
        inside_ms=inside_ms,
        away_ms=stay.away_ms,
        short_rest=stay.short_rest,
    )

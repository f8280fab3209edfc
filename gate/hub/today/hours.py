"""Who has been on site for long: amber at ten hours, red where too little rest is left, or was had.

Time on site is not working time: this shows whom to look at and refuses nobody. Of a stay that
began before midnight only the part since then is known, and is told as such.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.hub.today.passed import Stay

AMBER: Final = timedelta(hours=10)
"""EXPERIENCE, the site manager, 11: what managers look at."""

RED: Final = timedelta(hours=13)
"""24 hours less the 11 of rest that regulation 10 of the Working Time Regulations 1998 asks for."""

_HOUR_MS: Final = 3_600_000
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


def long_stays(
    stays: Mapping[str, Stay], inside: Mapping[str, int], start_ms: int, now_ms: int
) -> list[LongStay]:
    """Return everybody inside by how long they have been, the longest first.

    Args:
        stays: of the day, by person.
        inside: who is inside now, and by a passage of when.
        start_ms: the day's beginning.
        now_ms: until when who is inside has been.
    """
    found = [_long(person, stays.get(person), start_ms, now_ms) for person in inside]
    return sorted(found, key=lambda one: (-one.inside_ms, one.person))


def span_words(span_ms: int) -> str:
    """Tell a span in hours and minutes."""
    minutes = max(0, span_ms) // _MINUTE_MS
    return f"{minutes // 60} h {minutes % 60:02}"


def _long(person: str, stay: Stay | None, start_ms: int, now_ms: int) -> LongStay:
    stay = Stay() if stay is None else stay
    in_ms = start_ms if stay.in_ms is None else stay.in_ms
    inside_ms = max(0, now_ms - in_ms) + stay.inside_ms
    spread_ms = inside_ms + stay.away_ms
    is_red = stay.short_rest or spread_ms >= RED / timedelta(milliseconds=1)
    is_amber = inside_ms >= AMBER / timedelta(milliseconds=1)
    return LongStay(
        person=person,
        tone="refuse" if is_red else "note" if is_amber else "",
        since_ms=stay.first_ms,
        inside_ms=inside_ms,
        away_ms=stay.away_ms,
        short_rest=stay.short_rest,
    )

"""Opening hours: a week of site-local wall times, and the rule that refers people outside them.

Wall time is what stands on the fence, so daylight saving needs no case of its own: the hour that
comes twice in October is judged alike both times, the hour that never comes in March lets nobody
wait for it. The time zone is a value handed in; this room asks no clock.
"""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import ClassVar, Final

from gate.access.model import AccessRequest, Direction, Finding
from gate.access.presence import Presence
from gate.errors import Outcome, Reason

_DAY_MIN: Final = 24 * 60
_SPAN: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_CLOSED: Final = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSpan:
    """From `opens_min` up to, not including, `closes_min`; minutes after the day's midnight.

    A span over midnight closes after minute 1,440 and belongs to the day on which it opens. One
    that is closed all day opens and closes at 0.
    """

    opens_min: int
    closes_min: int

    def holds(self, minute: int) -> bool:
        """Tell whether a minute after the midnight of its day lies within."""
        return self.opens_min <= minute < self.closes_min

    def __str__(self) -> str:
        if self.closes_min == 0:
            return _CLOSED
        closes = self.closes_min if self.closes_min <= _DAY_MIN else self.closes_min - _DAY_MIN
        return f"{_clock(self.opens_min)}-{_clock(closes)}"


CLOSED: Final = OpenSpan(opens_min=0, closes_min=0)
"""A day on which nobody is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSpanKind:
    """How a person writes one day's hours."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return '"06:30-18:00", over midnight "22:00-06:00", all day "00:00-24:00", or "closed"'

    def read(self, value: object) -> OpenSpan | None:
        """Return the value if it fits."""
        if value == _CLOSED:
            return CLOSED
        match = _SPAN.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            return None
        opens_h, opens, closes_h, closes = (int(group) for group in match.groups())
        opens_min, closes_min = opens_h * 60 + opens, closes_h * 60 + closes
        if closes_min > _DAY_MIN or opens_min == closes_min:
            return None
        later = closes_min if closes_min > opens_min else closes_min + _DAY_MIN
        return OpenSpan(opens_min=opens_min, closes_min=later)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """Outside its hours the site is closed to entry: a guard decides. `week` is Monday first.

    A guard decides too while nobody knows what time it is.
    """

    name: ClassVar[str] = "opening hours"
    zone: tzinfo
    week: tuple[OpenSpan, ...]

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Refer an entry outside the hours."""
        if request.access_point.direction is Direction.OUT:
            return None
        if not request.clock_trusted:
            return Finding(outcome=Outcome.REFER, reason=Reason.CLOCK_UNTRUSTED)
        if self.is_open(request.at):
            return None
        return Finding(outcome=Outcome.REFER, reason=Reason.OUT_OF_HOURS)

    def is_open(self, at: datetime) -> bool:
        """Tell whether the site's clock stands within the hours of its day or the night before."""
        local = at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        today = local.weekday()
        yesterday = (today - 1) % 7
        return self.week[today].holds(minute) or self.week[yesterday].holds(minute + _DAY_MIN)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"

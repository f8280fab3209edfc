"""Rules 10 and 17: rest, hours and the young. Pure.

Time on site is not working time, so these note or refer and never refuse. A shift ends after an
absence that the site sets: lunch is no new shift. What somebody young breaks has the same codes as
for everybody else, so that neither light nor record tells an age.
"""

from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import ClassVar, Final

from gate.access.decide import Rule
from gate.access.hours import OpenSpan
from gate.access.knowledge import as_known, not_on_record, time_not_known
from gate.access.model import AccessRequest, Direction, Finding
from gate.access.persons import PersonRecord, WorkedTime
from gate.access.presence import Presence
from gate.errors import Outcome, Reason

REST: Final = timedelta(hours=11)
"""Working Time Regulations 1998, regulation 10(1): in each 24 hours."""

YOUNG_REST: Final = timedelta(hours=12)
"""Regulation 10(2)."""

WEEK_MIN: Final = 48 * 60
"""Regulation 4(1): the weekly average, unless opted out (regulation 5)."""

YOUNG_DAY_MIN: Final = 8 * 60
YOUNG_WEEK_MIN: Final = 40 * 60
"""Regulation 5A: nobody young works longer, and there is no opting out."""

_DAY_MIN: Final = 24 * 60


COUNT_FRESH: Final = timedelta(minutes=30)
"""Six times as long as a hub's count lasts: a day's minutes that are older may be more by now."""

_A_WEEK: Final = timedelta(days=7)
"""A count that is older no longer tells the average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Young:
    """Rule 10. A rule that is asked of people under 18 only.

    Who that is, the site tells; a card carries no age.
    """

    name: ClassVar[str] = "under 18"
    rule: Rule
    unknown: Outcome

    def judge(self, request: AccessRequest, presence: Presence) -> Finding | None:
        """Answer as the rule does, if it is to be asked."""
        if not request.is_entry:
            return None
        if request.record is None or request.record.under_18 is None:
            return not_on_record(self.unknown)
        return self.rule.judge(request, presence) if request.record.under_18 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nights:
    """Rule 10. No work at night: 22 to 6, or 23 to 7 (regulations 2(1) and 6A)."""

    name: ClassVar[str] = "nights"
    zone: tzinfo
    night: OpenSpan
    outcome: Outcome
    unknown: Outcome

    def judge(self, request: AccessRequest, _presence: Presence) -> Finding | None:
        """Answer an entry at night."""
        if not request.is_entry:
            return None
        if not request.clock_trusted:
            return time_not_known(self.unknown)
        local = request.at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        if not (self.night.holds(minute) or self.night.holds(minute + _DAY_MIN)):
            return None
        return Finding(outcome=self.outcome, reason=Reason.HOURS)


@dataclass(frozen=True, slots=True, kw_only=True)
class YoungHours:
    """Rule 10. No more than 8 hours a day or 40 a week, and no opting out (regulation 5A)."""

    name: ClassVar[str] = "day and week"
    zone: tzinfo
    outcome: Outcome
    unknown: Outcome

    def judge(self, request: AccessRequest, presence: Presence) -> Finding | None:
        """Answer an entry when the day or the week is full, or may be."""
        if not request.is_entry:
            return None
        if not request.clock_trusted:
            return time_not_known(self.unknown)
        worked = presence.worked(request)
        if worked is None or worked.day != request.at.astimezone(self.zone).date():
            return not_on_record(self.unknown)
        if worked.day_min >= YOUNG_DAY_MIN or worked.week_min >= YOUNG_WEEK_MIN:
            return Finding(outcome=self.outcome, reason=Reason.HOURS)
        is_old = worked.counted_at is not None and request.at - worked.counted_at > COUNT_FRESH
        return not_on_record(self.unknown) if is_old or not worked.week_is_whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSupervisor:
    """Rule 10. A supervisor is named, and inside.

    Management of Health and Safety at Work Regulations 1999, regulation 19.
    """

    name: ClassVar[str] = "named supervisor"
    outcome: Outcome

    def judge(self, request: AccessRequest, presence: Presence) -> Finding | None:
        """Answer an entry while the named supervisor is not inside."""
        if not request.is_entry:
            return None
        supervisor = None if request.record is None else request.record.supervisor
        missing = Finding(outcome=self.outcome, reason=Reason.SUPERVISION)
        if supervisor is None or supervisor == request.person:
            return missing
        found = None if presence.is_inside(supervisor) else missing
        return as_known(found, request, presence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Rules 10 and 17. Between two shifts lie 11 hours of rest, 12 for the young.

    Attributes:
        least: of rest.
        ends_shift: an absence so long ends a shift; a shorter one is a break.
    """

    name: ClassVar[str] = "rest between shifts"
    least: timedelta
    ends_shift: timedelta
    outcome: Outcome
    unknown: Outcome

    def judge(self, request: AccessRequest, presence: Presence) -> Finding | None:
        """Answer an entry that begins a shift too early."""
        if not request.is_entry:
            return None
        if not request.clock_trusted:
            return time_not_known(self.unknown)
        return as_known(self._found(request, presence), request, presence)

    def _found(self, request: AccessRequest, presence: Presence) -> Finding | None:
        last = None if request.person is None else presence.last_of(request.person)
        if last is None or request.at - last.at < self.ends_shift:
            return None
        if last.direction == Direction.IN:
            return not_on_record(self.unknown)  # they left without being seen, nobody knows when
        if request.at - last.at >= self.least:
            return None
        return Finding(outcome=self.outcome, reason=Reason.REST)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingWeek:
    """Rule 17. No more than 48 hours a week on average, unless opted out."""

    name: ClassVar[str] = "weekly hours"
    zone: tzinfo
    outcome: Outcome
    unknown: Outcome

    def judge(self, request: AccessRequest, presence: Presence) -> Finding | None:
        """Answer an entry by somebody above the average, or who may be."""
        if not request.is_entry or _is_opted_out(request.record):
            return None
        if not request.clock_trusted:
            return time_not_known(self.unknown)
        worked = presence.worked(request)
        if worked is None or self._is_old(worked, request):
            return not_on_record(self.unknown)
        if worked.average_week_min > WEEK_MIN:
            return Finding(outcome=self.outcome, reason=Reason.HOURS)
        return None if worked.average_is_whole else not_on_record(self.unknown)

    def _is_old(self, worked: WorkedTime, request: AccessRequest) -> bool:
        return request.at.astimezone(self.zone).date() - worked.day >= _A_WEEK


def _is_opted_out(record: PersonRecord | None) -> bool:
    return record is not None and record.opted_out is True and record.under_18 is not True

"""What a site knows of a person beyond their card: facts that some rules ask for. Pure.

A record belongs to a keyed hash (gate.trust.person) and names nobody. A fact the site doesn't know
is None: it is never taken for a good one, nor for a bad one (`gate.access.knowledge`). How records
reach a gate is docs/adr/0020-what-a-site-knows-of-a-person.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from gate.card.model import Code
from gate.trust.site_hours import Hours

_NEVER_HERE: Final = Hours(b"", 0, 0, 0)


class Role(StrEnum):
    """What a person is to others on the site."""

    SITE_SUPERVISOR = "site-supervisor"
    FIRST_AIDER = "first-aider"
    EMERGENCY_FIRST_AIDER = "emergency-first-aider"
    APPOINTED_PERSON = "appointed-person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inducted:
    """An induction: its last day is `on`, in the site's time; `version` None if it isn't known."""

    on: date
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRams:
    """A risk assessment and method statement: for what `work` it was signed, its last day."""

    last_day: date
    work: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedTime:
    """Minutes on site as counted on `day`: that day, its week from Monday, the weekly average.

    The average is over 17 weeks (Working Time Regulations 1998, regulation 4). Time on site is not
    working time: no rule refuses by it. Where something is missing, as where an exit was forgotten,
    the minutes are the least they can be: `week_is_whole` tells of day and week, `average_is_whole`
    of the average, whether nothing is. `counted_at` is None where nobody says.
    """

    day: date
    day_min: int
    week_min: int
    average_week_min: int
    week_is_whole: bool = True
    average_is_whole: bool = True
    counted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedHours:
    """How long everybody was on site, as the site's hub counted it at `counted_at`.

    Who has no row was not there. `is_whole` tells whether the hub had every gate's record.
    """

    counted_at: datetime
    day: date
    is_whole: bool
    rows: Mapping[bytes, Hours]

    def of(self, *keys: bytes | None) -> WorkedTime:
        """Return how long somebody was on site whom gates know by these keys."""
        row = next((self.rows[key] for key in keys if key and key in self.rows), _NEVER_HERE)
        return WorkedTime(
            day=self.day,
            day_min=row.day_min,
            week_min=row.week_min,
            average_week_min=row.average_week_min,
            week_is_whole=row.week_is_whole and self.is_whole,
            average_is_whole=row.average_is_whole and self.is_whole,
            counted_at=self.counted_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """What a site knows of one person.

    Attributes:
        inducted: on this site.
        work: what they are to do here, as their employer declared it.
        rams: the method statement they signed last; None if they signed none.
        under_18: cards carry no age; nothing else of it is kept.
        supervisor: who looks after somebody young, as a person.
        worked: time on site; None if nobody counts it.
        opted_out: of the 48-hour week (regulation 5). Nobody young can.
        visitor: comes with a host and doesn't work here.
        host: who escorts a visitor, as a person.
        roles: what they are to others.
        qualified: disciplines and occupations in which they may supervise others.
    """

    inducted: Inducted | None = None
    work: str | None = None
    rams: SignedRams | None = None
    under_18: bool | None = None
    supervisor: bytes | None = None
    worked: WorkedTime | None = None
    opted_out: bool | None = None
    visitor: bool | None = None
    host: bytes | None = None
    roles: frozenset[Role] = frozenset()
    qualified: frozenset[Code] = frozenset()

"""What a site knows of a person beyond their card: facts that some rules ask for. Pure.

A record belongs to a keyed hash (gate.trust.person) and names nobody. A fact the site doesn't know
is None: it is never taken for a good one, nor for a bad one (`gate.access.knowledge`). How records
reach a gate is docs/adr/0020-what-a-site-knows-of-a-person.md.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from gate.card.model import Code

MAX_DAY_MIN: Final = 24 * 60
MAX_WEEK_MIN: Final = 7 * MAX_DAY_MIN


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
    working time: no rule refuses by it.
    """

    day: date
    day_min: int
    week_min: int
    average_week_min: int


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

"""The tables of the policy file that ask for a rule; one that is left out asks for nothing. Pure.

Rules that rest on facts which may be missing note or refer. Only what a card itself proves, and a
place that is full, can refuse.
"""

# ruff: noqa: RUF009 - setting() makes a dataclasses.field

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gate.access.hours import OpenSpan, OpenSpanKind
from gate.access.kinds import CatalogueCode, Choice, ListOf, Text, Whole, Word
from gate.access.rules import ANY
from gate.access.settings import setting
from gate.access.site_state import WHOLE_SITE
from gate.card.model import Code

MAX_TABLES: Final = 200
"""Of one kind: more areas, works and codes than the largest site has."""

NIGHT: Final = OpenSpan(opens_min=22 * 60, closes_min=30 * 60)
"""Working Time Regulations 1998, regulation 2(1), unless a contract says 23 to 7."""

_CODE: Final = CatalogueCode()
_CODES: Final = ListOf(item=_CODE, most=MAX_TABLES)


class Mode(StrEnum):
    """What it means that a rule isn't met."""

    REFER = "refer"
    NOTE = "note"
    OFF = "off"


class HardMode(StrEnum):
    """What it means that a rule isn't met which rests on the card alone."""

    REFUSE = "refuse"
    REFER = "refer"
    NOTE = "note"
    OFF = "off"


class Unknown(StrEnum):
    """What it means that a rule asks for something the site doesn't know."""

    REFER = "refer"
    NOTE = "note"


def _mode(meaning: str) -> Mode:
    mode: Mode = setting(Choice(options=Mode), meaning, default=Mode.OFF)
    return mode


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What is known of people."""

    unknown: Unknown = setting(
        Choice(options=Unknown),
        "what it means that a rule asks for something the site doesn't know of a person, or the "
        "time while nothing vouches for the clock",
        default=Unknown.REFER,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One kind of work that people are declared for."""

    name: str = setting(Word(), "the work, as a person's record names it")
    occupations: tuple[Code, ...] = setting(_CODES, "occupations on a card, one of which it asks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement:
    """What an area asks of a card; several tables of an area add ways in."""

    area: str = setting(Text(), "the area, as an access point of the unit names it")
    any_of: tuple[Code, ...] = setting(
        _CODES, "occupations, qualifications, experience or disciplines, one of which it asks"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """Card types that an area bars."""

    area: str = setting(Text(), "the area, as an access point of the unit names it")
    scheme: Code = setting(_CODE, "the scheme, as the schemes catalogue spells it")
    types: tuple[Code, ...] = setting(
        ListOf(item=_CODE, most=MAX_TABLES, word=ANY), "the card types that don't come in"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Limits on a card that an area bars."""

    area: str = setting(Text(), "the area, as an access point of the unit names it")
    limits: tuple[Code, ...] = setting(_CODES, "limits on a card that keep it out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """Cards that work under supervision."""

    mode: Mode = _mode("what it means that too few are inside who may supervise a supervised card")
    qualified: int = setting(
        Whole(low=1, high=20, unit="people"), "how many of its discipline must be inside", default=1
    )
    limits: tuple[Code, ...] = setting(
        _CODES,
        "limits on a card that mean supervised; card types are by the schemes catalogue",
        default=("supervised", "provisional"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class YoungWorkers:
    """People under 18: 8 hours a day, 40 a week, 12 between shifts, no nights, a supervisor."""

    mode: Mode = _mode("what it means that one of the limits of people under 18 isn't kept")
    night: OpenSpan = setting(
        OpenSpanKind(), 'the night: "22:00-06:00" or "23:00-07:00"', default=NIGHT
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Health and safety evidence on the card."""

    mode: HardMode = setting(
        Choice(options=HardMode),
        "what it means that the evidence is older",
        default=HardMode.OFF,
    )
    grace_days: int = setting(
        Whole(low=0, high=3650, unit="days"),
        "how long after its last day it still counts; it lasts 2 years, an ECS card 3",
        default=0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rams:
    """Method statements."""

    mode: Mode = _mode("what it means that nobody signed for today's work")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSupervisor:
    """Site supervisors (SMSTS or SSSTS)."""

    mode: Mode = _mode("what it means that none is inside")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAid:
    """First aiders."""

    mode: Mode = _mode("what it means that there are too few for the people inside")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many an area, or the whole site, may hold."""

    area: str = setting(Text(), "the area; the whole site if left out", default=WHOLE_SITE)
    most: int = setting(Whole(low=1, high=20_000, unit="people"), "how many may be inside")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRest:
    """Rest between shifts."""

    mode: Mode = _mode("what it means that there were fewer than 11 hours between two shifts")
    ends_shift_h: int = setting(
        Whole(low=1, high=10, unit="hours"), "an absence so long ends a shift", default=5
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyHours:
    """The 48-hour week."""

    mode: Mode = _mode("what it means that somebody is on site more than 48 hours on average")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Random searches."""

    percent: int = setting(
        Whole(low=0, high=100, unit="of 100"), "how many are drawn; 0: nobody", default=0
    )
    mode: Unknown = setting(
        Choice(options=Unknown), "whether who is drawn comes in first", default=Unknown.NOTE
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """Visitors and their hosts."""

    mode: Mode = _mode("what it means that a visitor's host isn't inside")


def night_is_legal(values: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    """Name a night that is none of the two."""
    late = OpenSpan(opens_min=23 * 60, closes_min=31 * 60)
    if values.get("night", NIGHT) not in {NIGHT, late}:
        yield "night", '"22:00-06:00" or "23:00-07:00"'

"""A site's rules as its manager writes them: the tables and keys of the policy file. Pure."""

# ruff: noqa: RUF009 - setting() and section() make a dataclasses.field

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from gate.access.exits import LONGEST_STAY_H, USUAL_STAY_H, Exits
from gate.access.hours import CLOSED, OpenSpan, OpenSpanKind
from gate.access.kinds import CatalogueCode, Choice, Flag, ListOf, Text, Whole, Word
from gate.access.languages import Language
from gate.access.person_tables import MAX_PERSONS, PersonTable, check_person
from gate.access.rule_tables import (
    MAX_TABLES,
    Barred,
    Capacity,
    Endorsement,
    Evidence,
    FirstAid,
    Limit,
    Mode,
    People,
    Rams,
    Search,
    ShiftRest,
    SiteSupervisor,
    Supervision,
    Visitors,
    WeeklyHours,
    Work,
    YoungWorkers,
    night_is_legal,
)
from gate.access.rules import ANY
from gate.access.settings import section, sections, setting
from gate.access.zones import TimeZone
from gate.card.model import Code

MAX_SITE_CHARS: Final = 19
"""`site:` and the site together are a scheme code of at most 24 bytes on a site pass."""

MAX_BLOCKED: Final = 5_000
"""As many as the largest site has inducted; a longer list belongs to the card's scheme."""

MAX_ACCEPTED: Final = 200
"""Five times the schemes there are."""

_CODE: Final = CatalogueCode()
_TYPES: Final = ListOf(item=_CODE, most=MAX_ACCEPTED, word=ANY)


class PassbackMode(StrEnum):
    """What a second entry without an exit means."""

    REFUSE = "refuse"
    TIMED = "timed"
    NOTE = "note"
    OFF = "off"


class InductionMode(StrEnum):
    """What it means that somebody was not inducted."""

    REFER = "refer"
    NOTE = "note"
    OFF = "off"


class RedTier(StrEnum):
    """What a status list that is too old means."""

    REFER = "refer"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedScheme:
    """One scheme whose cards come in."""

    scheme: Code = setting(_CODE, "the scheme, as the schemes catalogue spells it")
    types: tuple[Code, ...] = setting(_TYPES, "the card types that come in")


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaScheme:
    """One scheme whose cards may enter a restricted area; several tables add up."""

    name: str = setting(Text(), "the area, as an access point of the unit names it")
    scheme: Code = setting(_CODE, "the scheme, as the schemes catalogue spells it")
    types: tuple[Code, ...] = setting(_TYPES, "the card types that may enter the area")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedCard:
    """One person who is not to come in, named by a card of theirs."""

    issuer: str = setting(Text(), "who issued the card, as the trust directory spells it")
    card: str = setting(Text(max_chars=32), "the card's number")
    why: str = setting(Text(max_chars=200), "for the site's own record; never shown at the gate")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekHours:
    """When the site is open to entry, in its own time; a day left out is closed."""

    mon: OpenSpan = setting(OpenSpanKind(), "Monday", default=CLOSED)
    tue: OpenSpan = setting(OpenSpanKind(), "Tuesday", default=CLOSED)
    wed: OpenSpan = setting(OpenSpanKind(), "Wednesday", default=CLOSED)
    thu: OpenSpan = setting(OpenSpanKind(), "Thursday", default=CLOSED)
    fri: OpenSpan = setting(OpenSpanKind(), "Friday", default=CLOSED)
    sat: OpenSpan = setting(OpenSpanKind(), "Saturday", default=CLOSED)
    sun: OpenSpan = setting(OpenSpanKind(), "Sunday", default=CLOSED)

    @property
    def week(self) -> tuple[OpenSpan, ...]:
        """The seven days, Monday first."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passback:
    """Entering twice without leaving."""

    mode: PassbackMode = setting(
        Choice(options=PassbackMode), "what a second entry means", default=PassbackMode.NOTE
    )
    timed_min: int = setting(
        Whole(low=1, high=1440, unit="minutes"),
        'with mode "timed": refused up to so long after the first entry, then noted',
        default=60,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitRule:
    """How people leave."""

    free: bool = setting(
        Flag(), "whether people leave by ways that no gate sees: entry lanes alone", default=False
    )
    stay_h: int = setting(
        Whole(low=1, high=LONGEST_STAY_H, unit="hours"),
        "with free exits: so long after coming in somebody may be inside still",
        default=USUAL_STAY_H,
    )


def _stay_of_free_exits(values: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    if not values.get("free") and values.get("stay_h", USUAL_STAY_H) != USUAL_STAY_H:
        yield "stay_h", "only with free = true"


@dataclass(frozen=True, slots=True, kw_only=True)
class InductionRule:
    """Entering without the site's induction, of which the hub tells."""

    mode: InductionMode = setting(
        Choice(options=InductionMode),
        "what it means that the hub doesn't name somebody as inducted",
        default=InductionMode.OFF,
    )
    version: int = setting(
        Whole(low=0, high=1_000), "the oldest version that counts; 0: any", default=0
    )
    valid_days: int = setting(
        Whole(low=0, high=3650, unit="days"), "how long it lasts; 0: for ever", default=0
    )


def _asked_before_dated(values: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    for key in ("version", "valid_days"):
        if values.get("mode") is InductionMode.OFF and values.get(key):
            yield key, 'only with mode = "refer" or "note"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """Cards in their last days."""

    warn_days: int = setting(
        Whole(low=0, high=365, unit="days"), "tell the holder this long before", default=28
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How old lists of cancelled cards and the site's manifest may be, each for itself.

    TRUST-AND-SYNC: a link lost on a Friday lasts a bank-holiday weekend.
    """

    amber_h: int = setting(
        Whole(low=1, high=720, unit="hours"), "older than this: admit with a note", default=24
    )
    red_h: int = setting(
        Whole(low=2, high=2160, unit="hours"), "older than this: `when_red`", default=96
    )
    when_red: RedTier = setting(Choice(options=RedTier), "what happens then", default=RedTier.REFER)


def _red_after_amber(values: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    amber_h, red_h = values.get("amber_h"), values.get("red_h")
    if isinstance(amber_h, int) and isinstance(red_h, int) and red_h <= amber_h:
        yield "red_h", f"more than amber_h, which is {amber_h}"


_DAY_MIN: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenRule:
    """What a screen at the gate says things in, and when it is dim."""

    language: Language = setting(
        Choice(options=Language), "the language of its words", default=Language.ENGLISH
    )
    night: OpenSpan = setting(
        OpenSpanKind(),
        "its light is low then, and the sounder (outputs.night_percent), in the site's own time",
        default=CLOSED,
    )

    def is_night(self, local: datetime) -> bool:
        """Tell whether it is night at a moment of the site's own time."""
        minute = 60 * local.hour + local.minute
        return any(self.night.holds(one) for one in (minute, minute + _DAY_MIN))


def _few(record: type[Any], name: str) -> Any:  # noqa: ANN401 - stands for a field of any type
    allowed = f"up to {MAX_TABLES} [[{name}]] tables"
    return sections(record, least=0, most=MAX_TABLES, allowed=allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePolicy:
    """Everything a site decides about who comes in. `version` goes up with each change."""

    version: int = setting(Whole(low=1, high=1_000_000), "goes up with each change")
    site: str = setting(Word(max_chars=MAX_SITE_CHARS), "the site these rules are for")
    time_zone: ZoneInfo = setting(TimeZone(), "the site's own time")
    accept: tuple[AcceptedScheme, ...] = sections(
        AcceptedScheme, least=1, most=MAX_ACCEPTED, allowed=f"1 to {MAX_ACCEPTED} [[accept]] tables"
    )
    area: tuple[AreaScheme, ...] = sections(
        AreaScheme, least=0, most=MAX_ACCEPTED, allowed=f"up to {MAX_ACCEPTED} [[area]] tables"
    )
    blocked: tuple[BlockedCard, ...] = sections(
        BlockedCard, least=0, most=MAX_BLOCKED, allowed=f"up to {MAX_BLOCKED} [[blocked]] tables"
    )
    hours: WeekHours | None = section(WeekHours, default=None)
    exit: ExitRule = section(ExitRule, check=_stay_of_free_exits)
    passback: Passback = section(Passback)
    induction: InductionRule = section(InductionRule, check=_asked_before_dated)
    expiry: Expiry = section(Expiry)
    freshness: Freshness = section(Freshness, check=_red_after_amber)
    people: People = section(People)
    person: tuple[PersonTable, ...] = sections(
        PersonTable,
        least=0,
        most=MAX_PERSONS,
        allowed=f"up to {MAX_PERSONS} [[person]] tables",
        check=check_person,
    )
    work: tuple[Work, ...] = _few(Work, "work")
    endorsement: tuple[Endorsement, ...] = _few(Endorsement, "endorsement")
    barred: tuple[Barred, ...] = _few(Barred, "barred")
    limit: tuple[Limit, ...] = _few(Limit, "limit")
    supervision: Supervision = section(Supervision)
    young: YoungWorkers = section(YoungWorkers, check=night_is_legal)
    health_safety: Evidence = section(Evidence)
    rams: Rams = section(Rams)
    site_supervisor: SiteSupervisor = section(SiteSupervisor)
    first_aid: FirstAid = section(FirstAid)
    occupancy: tuple[Capacity, ...] = _few(Capacity, "occupancy")
    rest: ShiftRest = section(ShiftRest)
    working_week: WeeklyHours = section(WeeklyHours)
    search: Search = section(Search)
    visitors: Visitors = section(Visitors)
    screen: ScreenRule = section(ScreenRule)

    @property
    def asks_hours(self) -> bool:
        """Whether a rule asks how long somebody was on site."""
        return {self.young.mode, self.working_week.mode} != {Mode.OFF}

    @property
    def asks_inductions(self) -> bool:
        """Whether a rule asks of which version somebody's induction is, and how old."""
        asked = self.induction
        return asked.mode is not InductionMode.OFF and bool(asked.version or asked.valid_days)

    @property
    def exits(self) -> Exits:
        """How the site knows that somebody has left."""
        return Exits(stay=timedelta(hours=self.exit.stay_h) if self.exit.free else None)

"""What each table of a policy asks, and with which reasons its rules answer. Pure.

A journal keeps answers, not cards: that a rule answered tells what it saw, as long as it is asked
the same. So two policies are compared question by question.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from gate.access.exits import Exits
from gate.access.site_policy import InductionMode, Passback, PassbackMode, SitePolicy
from gate.errors import Outcome, Reason

_OFF: Final = "off"
_HARD: Final = frozenset({"accept", "area", "endorsement", "work", "barred", "limit", "occupancy"})
"""Tables whose rules refuse, where there are any."""

_PERIOD: Final = "induction period"
"""What of the table `induction` is a question of its own."""

_RANK: Final = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Tables that ask together.

    Attributes:
        words: what they ask about, for people.
        reasons: what their rules answer, and no other question's.
        of_people: whether what the policy knows of people counts.
        of_presence: whether it counts who is inside, and so whether who leaves is seen.
    """

    words: str
    tables: tuple[str, ...]
    reasons: frozenset[Reason]
    of_people: bool = False
    of_presence: bool = False

    def outcomes(self, policy: SitePolicy) -> tuple[Outcome, ...]:
        """Return what its rules may answer, mildest first; empty if nothing asks."""
        found = {one for table in self.tables for one in _answers(policy, table)}
        return tuple(sorted(found, key=_RANK.__getitem__))

    def evidence(self, policy: SitePolicy) -> tuple[object, ...]:
        """Return all on which it depends whether the rules answer; not how strictly."""
        of_people = (policy.person,) if self.of_people else ()
        of_presence = (policy.exit,) if self.of_presence else ()
        return (*(_asked(policy, table) for table in self.tables), *of_people, *of_presence)


ACCEPT: Final = Question(
    words="accepted cards", tables=("accept",), reasons=frozenset({Reason.CARD_TYPE})
)
HOURS: Final = Question(
    words="opening hours", tables=("hours",), reasons=frozenset({Reason.OUT_OF_HOURS})
)
PASSBACK: Final = Question(
    words="second entries",
    tables=("passback",),
    reasons=frozenset({Reason.PASSBACK}),
    of_presence=True,
)
SEARCH: Final = Question(
    words="random searches", tables=("search",), reasons=frozenset({Reason.RANDOM_SEARCH})
)
EXPIRY: Final = Question(
    words="cards that expire soon", tables=("expiry",), reasons=frozenset({Reason.EXPIRING_SOON})
)
FRESHNESS: Final = Question(
    words="age of the gate's lists",
    tables=("freshness",),
    reasons=frozenset({Reason.LIST_TOO_OLD, Reason.LIST_AGEING}),
)


_OF_PRESENCE: Final = frozenset(
    {"occupancy", "supervision", "young", "rest", "site_supervisor", "first_aid", "visitors"}
)


def _of(words: str, reasons: set[Reason], *tables: str, of_people: bool = True) -> Question:
    return Question(
        words=words,
        tables=tables,
        reasons=frozenset(reasons),
        of_people=of_people,
        of_presence=not _OF_PRESENCE.isdisjoint(tables),
    )


QUESTIONS: Final = (
    *(ACCEPT, HOURS, PASSBACK, SEARCH, EXPIRY, FRESHNESS),
    _of("areas and endorsements", {Reason.AREA}, "area", "endorsement", of_people=False),
    _of("barred cards and limits", {Reason.LIMIT}, "barred", "limit", of_people=False),
    _of("places in an area", {Reason.OCCUPANCY}, "occupancy", of_people=False),
    _of("age of health and safety evidence", {Reason.HEALTH_SAFETY}, "health_safety"),
    _of("inductions", {Reason.NOT_INDUCTED}, "induction"),
    _of("how long an induction lasts", {Reason.INDUCTION_EXPIRED}, _PERIOD),
    _of("declared work", {Reason.OCCUPATION}, "work"),
    _of("supervision", {Reason.SUPERVISION}, "supervision", "young"),
    _of("working hours", {Reason.HOURS}, "young", "working_week"),
    _of("rest between shifts", {Reason.REST}, "young", "rest"),
    _of("method statements", {Reason.RAMS}, "rams"),
    _of("site supervisors", {Reason.SUPERVISOR_MISSING}, "site_supervisor"),
    _of("first aiders", {Reason.FIRST_AID}, "first_aid"),
    _of("visitors and their hosts", {Reason.ESCORT}, "visitors"),
    _of(
        "what the site doesn't know of people",
        {Reason.NOT_ON_RECORD},
        *("people", "work", "supervision", "young", "health_safety", _PERIOD),
        *("rams", "rest", "working_week", "visitors"),
    ),
)


def milder(first: Outcome, second: Outcome) -> Outcome:
    """Return the milder of two outcomes."""
    return min(first, second, key=_RANK.__getitem__)


def _asks_for_facts(policy: SitePolicy) -> bool:
    tables = QUESTIONS[-1].tables[1:]
    return any(True for table in tables for _ in _answers(policy, table))


def _answers(policy: SitePolicy, table: str) -> Iterator[Outcome]:
    """Yield what a table's rules may answer, nothing if it asks nothing."""
    asked: Any = policy.induction if table == _PERIOD else getattr(policy, table)
    if table == _PERIOD and not (asked.version or asked.valid_days):
        return
    if table in _HARD:
        yield from (_hard(policy, table),) if asked else ()
    elif table == "people":
        yield from (Outcome(asked.unknown.value),) if _asks_for_facts(policy) else ()
    elif table == "hours":
        yield from (Outcome.REFER,) if asked is not None else ()
    elif table == "expiry":
        yield from (Outcome.NOTE,) if asked.warn_days else ()
    elif table == "freshness":
        yield from (Outcome.NOTE, Outcome(asked.when_red.value))
    elif table == "passback":
        yield from _second_entries(asked, policy.exits)
    elif table == "search":
        yield from (Outcome(asked.mode.value),) if asked.percent else ()
    elif asked.mode.value != _OFF:
        mode = Outcome(asked.mode.value)
        yield policy.exits.at_most(mode) if table == "first_aid" else mode


def _hard(policy: SitePolicy, table: str) -> Outcome:
    return policy.exits.at_most(Outcome.REFUSE) if table == "occupancy" else Outcome.REFUSE


def _second_entries(asked: Passback, exits: Exits) -> Iterator[Outcome]:
    if asked.mode is not PassbackMode.OFF:
        yield Outcome.NOTE
    if asked.mode is PassbackMode.TIMED or (
        asked.mode is PassbackMode.REFUSE and exits.at_most(Outcome.REFUSE) is Outcome.REFUSE
    ):
        yield Outcome.REFUSE


def _asked(policy: SitePolicy, table: str) -> object:
    """Return a table without what only says how strictly it is meant; None if it asks nothing."""
    if table == "people" or not any(True for _ in _answers(policy, table)):
        return None
    if table == _PERIOD:
        return replace(policy.induction, mode=InductionMode.NOTE)
    if table == "induction":
        return True
    asked: Any = getattr(policy, table)
    if table in _HARD or table in {"hours", "expiry", "freshness", "passback"}:
        return asked
    return replace(asked, mode=type(asked.mode)("note"))

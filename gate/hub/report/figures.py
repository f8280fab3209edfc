"""The figures of a site's day: what the gates answered, through which of them, and why not.

Each entry counts once, in the day of its scan, as in the entry log. Who was let through and didn't
turn is an admitted card and nobody who came in or went out. One question to the database;
everything else is adding up.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from gate.access.model import Direction
from gate.errors import Outcome
from gate.events.model import EventKind
from gate.events.plain_words import headline
from gate.hub.log.day import Day
from gate.hub.log.entries import of_day, shown_as
from gate.hub.log.filters import Shown
from gate.hub.sites.models import Site

_ADMITTED: Final = {Outcome.ADMIT.value, Outcome.NOTE.value}
_DIRECTIONS: Final = {direction.value for direction in Direction}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries that are alike in what is counted."""

    kind: str
    outcome: str
    direction: str
    access_point: str
    reason: str
    clock_trusted: bool
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFigures:
    """What one gate answered; who came through, with a note or without, by direction.

    `through_unsaid` is without a known direction, which no gate of ours sends. `not_turned` were
    let through and didn't pass; they are in none of the three.
    """

    name: str
    through_in: int
    through_out: int
    through_unsaid: int
    referred: int
    refused: int
    not_turned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """A reason for which people were not simply admitted, and how often."""

    reason: str
    headline: str
    outcome: Shown
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A day in figures."""

    by_outcome: dict[Shown, int]
    gates: tuple[GateFigures, ...]
    reasons: tuple[WhyNot, ...]
    faults: int
    without_clock: int

    @property
    def total(self) -> GateFigures:
        """All gates together."""
        return GateFigures(
            name="All gates",
            through_in=sum(gate.through_in for gate in self.gates),
            through_out=sum(gate.through_out for gate in self.gates),
            through_unsaid=sum(gate.through_unsaid for gate in self.gates),
            referred=sum(gate.referred for gate in self.gates),
            refused=sum(gate.refused for gate in self.gates),
            not_turned=sum(gate.not_turned for gate in self.gates),
        )


def figures_of(site: Site, day: Day) -> Figures:
    """Return the figures of a day."""
    names = ("kind", "outcome", "direction", "access_point", "reason", "clock_trusted")
    grouped = of_day(site, day).values(*names).annotate(number=Count("seq")).order_by()
    return add_up([Group(**group) for group in grouped])


def add_up(groups: Iterable[Group]) -> Figures:
    """Return what groups of entries come to."""
    every = tuple(groups)
    by_outcome = dict.fromkeys(Shown, 0)
    for group in every:
        by_outcome[shown_as(group.kind, group.outcome)] += group.number
    answers = [group for group in every if group.kind == EventKind.ACCESS]
    return Figures(
        by_outcome=by_outcome,
        gates=tuple(_gates(answers, [one for one in every if one.kind == EventKind.NOT_TURNED])),
        reasons=tuple(_reasons(answers)),
        faults=sum(group.number for group in every if group.kind == EventKind.FAULT),
        without_clock=sum(group.number for group in every if not group.clock_trusted),
    )


def _gates(answers: list[Group], annulled: list[Group]) -> list[GateFigures]:
    counts: Counter[tuple[str, str]] = Counter()
    for group in answers:
        counts[group.access_point, _column(group)] += group.number
    left: Counter[tuple[str, str]] = Counter()
    for group in annulled:
        left[group.access_point, group.direction] += group.number

    def through(name: str, way: str) -> int:
        # a grant of the last seconds before midnight may be annulled after it
        return max(0, counts[name, way] - left[name, way])

    return [
        GateFigures(
            name=name or "Not named",
            through_in=through(name, "in"),
            through_out=through(name, "out"),
            through_unsaid=counts[name, ""],
            referred=counts[name, Outcome.REFER],
            refused=counts[name, Outcome.REFUSE],
            not_turned=left[name, "in"] + left[name, "out"],
        )
        for name in sorted({group.access_point for group in (*answers, *annulled)})
    ]


def _column(group: Group) -> str:
    if group.outcome not in _ADMITTED:
        return group.outcome or "none"
    return group.direction if group.direction in _DIRECTIONS else ""


def _reasons(answers: list[Group]) -> list[WhyNot]:
    counts: Counter[tuple[str, Shown]] = Counter()
    for group in answers:
        if group.reason and group.outcome != Outcome.ADMIT:
            counts[group.reason, shown_as(group.kind, group.outcome)] += group.number
    order = [Shown.REFUSE, Shown.REFER, Shown.NOTE, Shown.UNIT]
    found = [
        WhyNot(reason=reason, headline=headline(reason), outcome=outcome, number=number)
        for (reason, outcome), number in counts.items()
    ]
    return sorted(found, key=lambda one: (order.index(one.outcome), -one.number, one.reason))

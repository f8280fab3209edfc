"""A day's figures, what they hang on, and how they are gone on with as more arrives.

They hang on three things and are good for as long as those are: how far each journal is stored,
whose exits were forgiven, and how many people were erased, whose entries name nobody since. What
has arrived since is added. A passage before the last that was folded, as a gate sends that was cut
off, has the day folded anew: every process comes to one answer, in whatever order it heard.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from gate.errors import Outcome
from gate.events.model import EventKind
from gate.hub.today.passed import BUCKET_MS, Passage, Passed, fold, go_on

MAX_SITES: Final = 32
"""A day of 500 people is a megabyte. A process with more sites folds some of them again."""

NOT_ADMITTED: Final = (Outcome.REFUSE.value, Outcome.REFER.value)

Row: TypeAlias = tuple[Any, ...]
"""An entry: a passage, then its outcome and the unit's own time."""

_KIND: Final = 3
_COLUMNS: Final = 7
"""Of a passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a day's figures hang on: `marks` has how far each journal is stored."""

    start_ms: int
    end_ms: int
    erased: int
    forgiven: tuple[Passage, ...] = field(repr=False)
    marks: Mapping[int, int]

    def as_list(self) -> list[Any]:
        """Return all of it, to be written down."""
        marks = sorted(self.marks.items())
        return [self.start_ms, self.end_ms, self.erased, self.forgiven, marks]

    def is_of(self, other: "Known") -> bool:
        """Whether it is the same day, with nobody erased in between."""
        mine = (self.start_ms, self.end_ms, self.erased)
        return mine == (other.start_ms, other.end_ms, other.erased)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Of one day."""

    refused: int = 0
    referred: int = 0
    by_quarter: Mapping[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Both together."""
        return self.refused + self.referred


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedDay:
    """A day's figures, what they hang on, and the passages that they were made of, in order."""

    known: Known
    passages: tuple[Passage, ...] = field(repr=False)
    passed: Passed
    refusals: Refusals


class FoldedDays:
    """The latest day of each site that a process knows; threads share them, for none changes."""

    def __init__(self) -> None:
        self._of_site: Final[dict[int, FoldedDay]] = {}

    def get(self, site: int, known: Known) -> FoldedDay | None:
        """Return the day that can be gone on with to what is known."""
        there = self._of_site.get(site)
        return there if there is not None and there.known.is_of(known) else None

    def keep(self, site: int, day: FoldedDay) -> None:
        """Keep a site's day, and let go of the first of too many."""
        self._of_site[site] = day
        for first in list(self._of_site)[:-MAX_SITES]:
            self._of_site.pop(first, None)


def anew(known: Known, rows: Iterable[Row]) -> FoldedDay:
    """Return a day of all its rows; what lies beyond `known` is left for the next time."""
    there = [row for row in rows if row[1] <= known.marks.get(row[2], 0)]
    new, refused = _parted(there)
    passages = tuple(new)
    return FoldedDay(
        known=known,
        passages=passages,
        passed=_fold(known, passages),
        refusals=_add(Refusals(), known.start_ms, refused),
    )


def arrived(there: FoldedDay, known: Known) -> dict[int, tuple[int, int]]:
    """Return which entries of which journals are to be added: after which number, up to which."""
    marks = there.known.marks
    return {
        journal: (marks.get(journal, 0), mark)
        for journal, mark in known.marks.items()
        if mark > marks.get(journal, 0)
    }


def gone_on(there: FoldedDay, known: Known, rows: Sequence[Row]) -> FoldedDay:
    """Return a day with the rows of what has `arrived`; another thread's may know more already."""
    before = there.known
    marks = {journal: mark for journal, (_, mark) in arrived(there, known).items()}
    if not marks and before.forgiven == known.forgiven:
        return there
    known = replace(known, marks={**before.marks, **marks})
    new, refused = _parted(rows)
    passages = tuple(sorted([*there.passages, *new])) if new else there.passages
    last = max((*there.passages[-1:], *before.forgiven[-1:]), default=None)
    follows = before.forgiven == known.forgiven and (not new or last is None or last < new[0])
    return FoldedDay(
        known=known,
        passages=passages,
        passed=go_on(there.passed, new) if follows else _fold(known, passages),
        refusals=_add(there.refusals, known.start_ms, refused),
    )


def _fold(known: Known, passages: tuple[Passage, ...]) -> Passed:
    both = sorted([*passages, *known.forgiven]) if known.forgiven else passages
    return fold(known.start_ms, both)


def _add(before: Refusals, start_ms: int, rows: Iterable[Row]) -> Refusals:
    by_quarter, by_outcome = Counter(before.by_quarter), Counter[str]()
    for row in rows:
        outcome, at_ms = row[_COLUMNS:]
        by_quarter[(at_ms - start_ms) // BUCKET_MS] += 1
        by_outcome[outcome] += 1
    return Refusals(
        refused=before.refused + by_outcome[Outcome.REFUSE],
        referred=before.referred + by_outcome[Outcome.REFER],
        by_quarter=dict(by_quarter),
    )


def _parted(rows: Iterable[Row]) -> tuple[list[Passage], list[Row]]:
    """Return the passages in their order, and who was not admitted."""
    passages: list[Passage] = []
    refused: list[Row] = []
    for row in rows:
        if row[_COLUMNS] in NOT_ADMITTED and row[_KIND] == EventKind.ACCESS:
            refused.append(row)
        else:
            passages.append(row[:_COLUMNS])
    passages.sort()
    return passages, refused

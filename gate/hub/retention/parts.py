"""What a purpose of retention is made of: something that names people, and lets go of them.

A part finds its own rows, as of a moment at one site. What goes, goes in small transactions of
which each is whole: gates' uploads wait for none of them long, and a run that is cut off anywhere
is taken up by the next.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, Protocol

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet

from gate.hub.retention.leaving import left_since
from gate.hub.sites.models import Site

AT_ONCE: Final = 500
"""Rows of a table in one transaction: some milliseconds."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A site as of now; who has left is asked once, whatever asks for it."""

    site: Site
    now: datetime

    @cached_property
    def left(self) -> dict[int, datetime]:
        """Since when each person has left, by their number."""
        return left_since(self.site, self.now)

    def before(self, days: int) -> datetime:
        """Return what is older than so many days."""
        return self.now - timedelta(days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How much there is that names somebody, and since when the oldest of it."""

    count: int
    oldest: datetime | None


class Part(Protocol):
    """One place where people are named."""

    def held(self, moment: Moment) -> Held:
        """Return how much there is."""
        ...

    def due(self, moment: Moment, before: datetime) -> int:
        """Return how much of it is older than `before` and may go."""
        ...

    def let_go(self, moment: Moment, before: datetime) -> Iterator[int]:
        """Let that go; yield how much went after each transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of one table that name somebody, until they are old.

    Attributes:
        find: those of a site that name somebody; a row that went is not found again.
        since: the field that says how old a row is.
        go: lets some rows go.
        spared: which of them stay, however old.
    """

    find: Callable[[Moment], QuerySet[Any]]
    since: str
    go: Callable[[QuerySet[Any]], object]
    spared: Callable[[Moment], Q] = lambda _moment: Q(pk__in=())

    def held(self, moment: Moment) -> Held:
        """Count the table's rows."""
        found = self.find(moment).aggregate(count=Count("pk"), oldest=Min(self.since))
        return Held(count=found["count"], oldest=found["oldest"])

    def due(self, moment: Moment, before: datetime) -> int:
        """Count the old ones."""
        return self._old(moment, before).count()

    def let_go(self, moment: Moment, before: datetime) -> Iterator[int]:
        """Go through the old ones, the oldest rows first."""
        yield from in_turns(self._old(moment, before), self.go)

    def _old(self, moment: Moment, before: datetime) -> QuerySet[Any]:
        old = self.find(moment).filter(**{f"{self.since}__lt": before})
        return old.exclude(self.spared(moment)).order_by("pk")


def in_turns(old: QuerySet[Any], go: Callable[[QuerySet[Any]], object]) -> Iterator[int]:
    """Let go of rows, a few in each transaction; none that went may be found again."""
    while True:
        with transaction.atomic(durable=True):
            numbers = list(old.values_list("pk", flat=True)[:AT_ONCE])
            if numbers:
                go(old.filter(pk__in=numbers))
        if not numbers:
            return
        yield len(numbers)

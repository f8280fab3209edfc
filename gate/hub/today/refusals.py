"""Who was not simply let in today: the latest in words, and how many by quarter of an hour."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, F, QuerySet

from gate.errors import Outcome
from gate.events.model import EventKind
from gate.hub.ingest.models import Entry
from gate.hub.log.day import Day
from gate.hub.log.entries import of_day
from gate.hub.log.rows import Row, row_of
from gate.hub.sites.models import Site
from gate.hub.today.passed import BUCKET_MS

LATEST: Final = 6
"""As many as are read at a glance; the rest is in the entry log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Of one day."""

    refused: int
    referred: int
    by_quarter: dict[int, int]

    @property
    def total(self) -> int:
        """Both together."""
        return self.refused + self.referred


def refusals_on(site: Site, day: Day) -> Refusals:
    """Count a day's."""
    quarter = (F("at_ms") - day.start_ms) / BUCKET_MS
    rows = _of_day(site, day).annotate(quarter=quarter).values_list("quarter", "outcome")
    by_quarter: Counter[int] = Counter()
    by_outcome: Counter[str] = Counter()
    for quarter_at, outcome, number in rows.annotate(number=Count("seq")).order_by():
        by_quarter[int(quarter_at)] += number
        by_outcome[outcome] += number
    return Refusals(
        refused=by_outcome[Outcome.REFUSE],
        referred=by_outcome[Outcome.REFER],
        by_quarter=dict(by_quarter),
    )


def latest(site: Site, day: Day) -> list[Row]:
    """Return the latest of a day in words, the newest first."""
    entries = _of_day(site, day).select_related("journal__unit").defer("hash", "salt")
    found = entries.order_by("-at_ms", "-journal_id", "-seq")[:LATEST]
    return [row_of(entry, day) for entry in found]


def _of_day(site: Site, day: Day) -> QuerySet[Entry]:
    wanted = [Outcome.REFUSE.value, Outcome.REFER.value]
    return of_day(site, day).filter(kind=EventKind.ACCESS.value, outcome__in=wanted)

"""Who was not simply let in today: the latest in words."""

from typing import Final

from django.db.models import QuerySet

from gate.events.model import EventKind
from gate.hub.ingest.models import Entry
from gate.hub.log.day import Day
from gate.hub.log.entries import of_day
from gate.hub.log.rows import Row, row_of
from gate.hub.sites.models import Site
from gate.hub.today.folding import NOT_ADMITTED

LATEST: Final = 6
"""As many as are read at a glance; the rest is in the entry log."""


def latest(site: Site, day: Day) -> list[Row]:
    """Return the latest of a day in words, the newest first."""
    entries = _of_day(site, day).select_related("journal__unit").defer("hash", "salt")
    found = entries.order_by("-at_ms", "-journal_id", "-seq")[:LATEST]
    return [row_of(entry, day) for entry in found]


def _of_day(site: Site, day: Day) -> QuerySet[Entry]:
    return of_day(site, day).filter(kind=EventKind.ACCESS.value, outcome__in=NOT_ADMITTED)

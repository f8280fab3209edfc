"""Whether the log of a day is whole: which units of the site were not heard since, or owe entries.

A unit that is not heard still checks cards by itself and sends its entries later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gate.hub.ingest.models import Heartbeat
from gate.hub.log.day import Day
from gate.hub.sites.models import Site, Unit

SILENT_AFTER: Final = timedelta(minutes=5)
"""Units are heard every minute or so; a manager is told after five (docs/manager.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A unit whose entries of the day may be missing: not heard `since`, or `backlog` to come."""

    unit: str
    since: datetime | None
    backlog: int
    is_silent: bool

    def words(self, day: Day) -> str:
        """Say what is missing."""
        if not self.is_silent:
            return f"{self.unit} has {self.backlog} entries still to send."
        if self.since is None:
            return f"{self.unit} has never been heard. Nothing of it is in this list."
        at_ms = int(self.since.timestamp() * 1000)
        return (
            f"{self.unit} unheard since {day.moment_words(at_ms)}. What happened there since"
            " is not in this list yet; it checks cards by itself and sends its entries later."
        )


def silences(site: Site, day: Day, now: datetime) -> list[Silence]:
    """Return the units that a reader of this day must be told of."""
    until = min(day.end, now)
    if until <= day.start:
        return []  # the day has not come
    return list(_silences(site, until))


def _silences(site: Site, until: datetime) -> Iterator[Silence]:
    heard = {beat.unit_id: beat for beat in Heartbeat.objects.filter(unit__site=site)}
    for unit in Unit.objects.filter(site=site, retired_at=None):
        beat = heard.get(unit.pk)
        since = None if beat is None else beat.received_at.astimezone(UTC)
        is_silent = since is None or since < until - SILENT_AFTER
        oldest = None if beat is None else beat.oldest_at
        owes = beat is not None and beat.backlog > 0 and (oldest is None or oldest < until)
        if is_silent or owes:
            yield Silence(
                unit=unit.name,
                since=since,
                backlog=0 if beat is None else beat.backlog,
                is_silent=is_silent,
            )

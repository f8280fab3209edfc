"""A day of a site: from midnight to midnight in its own zone, whatever the clocks do in between.

Times are told in the site's zone. On a day when the clocks change, an hour comes twice or not at
all, so that each time of that day carries the zone's abbreviation.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gate.errors import EventError
from gate.events.codec import from_ms

FIRST: Final = date(1970, 1, 2)
"""Units whose clock was never set believe to be in 1970; a day before 1970 has no entries."""

LAST: Final = date(9999, 12, 29)
"""Its midnights are in the year 9999 in every zone."""

_DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day somewhere; `on` lies between FIRST and LAST."""

    on: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The midnight it begins with, in UTC."""
        return datetime.combine(self.on, time(), self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The midnight it ends with, in UTC; usually 23, 24 or 25 hours after `start`."""
        return datetime.combine(self.on + _DAY, time(), self.zone).astimezone(UTC)

    @property
    def start_ms(self) -> int:
        """The first millisecond of the day."""
        return (self.start - _EPOCH) // _MS

    @property
    def end_ms(self) -> int:
        """The first millisecond of the next day."""
        return (self.end - _EPOCH) // _MS

    @property
    def has_clock_change(self) -> bool:
        """Whether a time of this day needs the abbreviation of its zone."""
        return midnight_offset(self.on, self.zone) != midnight_offset(self.on + _DAY, self.zone)

    @property
    def before(self) -> date | None:
        """The day before, if it can be shown."""
        return self.on - _DAY if self.on > FIRST else None

    @property
    def after(self) -> date | None:
        """The day after, if it can be shown."""
        return self.on + _DAY if self.on < LAST else None

    @property
    def zone_words(self) -> str:
        """The zone by its name and the abbreviations in force, such as `Europe/London (GMT)`."""
        midday = datetime.combine(self.on, time(12), self.zone)
        first = self.start.astimezone(self.zone)
        names = dict.fromkeys((first.tzname(), midday.tzname()))
        return f"{self.zone.key} ({', then '.join(str(name) for name in names)})"

    def time_words(self, at_ms: int) -> str:
        """Tell a time of day to the second."""
        return self._told(local_time(at_ms, self.zone), "%H:%M:%S")

    def moment_words(self, at_ms: int) -> str:
        """Tell a time that may be on another day: with the date if it is."""
        local = local_time(at_ms, self.zone)
        if local.date() == self.on:
            return self._told(local, "%H:%M:%S")
        return f"{local:%H:%M:%S} on {local.day} {local:%B %Y}"

    def minute_words(self, at_ms: int) -> str:
        """Tell a time to the minute: with the date if it is of another day."""
        local = local_time(at_ms, self.zone)
        told = self._told(local, "%H:%M")
        return told if local.date() == self.on else f"{told} on {local.day} {local:%B}"

    def _told(self, local: datetime, form: str) -> str:
        told = local.strftime(form)
        return f"{told} {local.tzname()}" if self.has_clock_change else told


def midnight_offset(on: date, zone: ZoneInfo) -> timedelta | None:
    """Return how far a zone is ahead of UTC as a day begins there."""
    return datetime.combine(on, time(), zone).utcoffset()


def day_of(at: datetime, zone: ZoneInfo) -> Day:
    """Return the day that a moment belongs to somewhere."""
    return Day(on=min(max(at.astimezone(zone).date(), FIRST), LAST), zone=zone)


def local_time(at_ms: int, zone: ZoneInfo) -> datetime:
    """Return a time of the log somewhere."""
    try:
        return from_ms(at_ms).astimezone(zone)
    except EventError:
        return _EPOCH.astimezone(zone)  # no entry has such a time: the ingest refuses it

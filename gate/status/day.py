"""A day of the record, read from the journal for one page."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from gate.errors import EventError, JournalError
from gate.status.named_pages import Day
from gate.store.journal_reader import JournalReader

PAGE_ENTRIES: Final = 50
"""A phone's screen shows six; a day of 5,000 is a hundred pages."""

_DATE: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)


def asked_day(query: Mapping[str, str], today: date) -> tuple[date, int | None] | None:
    """Return the day that is asked for, and under which number; None if none can be."""
    asked, before = query.get("day"), query.get("before")
    if before is not None and not _NUMBER.fullmatch(before):
        return None
    on = today
    if asked is not None:
        if not _DATE.fullmatch(asked):
            return None
        try:
            on = date.fromisoformat(asked)
        except ValueError:
            return None  # such as 31 February
    return None if on > today else (on, None if before is None else int(before))


def read_day(journal: Path, on: date, before: int | None, *, now: datetime, zone: ZoneInfo) -> Day:
    """Return a day of the record; what can't be read is said."""
    today = now.astimezone(zone).date()
    try:
        with JournalReader.open(journal) as reader:
            days = reader.days()
            reach = days.reach()
            earliest = today if reach is None else reach[0].astimezone(zone).date()
            stretch = days.stretch(_midnight(on, zone), _midnight(on + timedelta(days=1), zone))
            found = days.page(stretch, PAGE_ENTRIES + 1, before)
            entries = found[:PAGE_ENTRIES]
            return Day(
                on=on,
                today=today,
                earliest=earliest,
                counts=days.counts(stretch),
                entries=entries,
                older=entries[-1].seq if len(found) > PAGE_ENTRIES else None,
                is_first=before is None,
            )
    except (JournalError, EventError) as error:
        return Day(on=on, today=today, earliest=today, fault=str(error))


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), zone).astimezone(ZoneInfo("UTC"))

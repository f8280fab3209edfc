"""Whether the weekly test of the fire release is overdue, by the unit's own record.

A fire alarm counts as a test does: both ways were freed, and the record says how fast. A unit that
was never tested is overdue a week and a day after its record began.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gate.errors import EventError, JournalError
from gate.store.journal_reader import JournalReader

OVERDUE_AFTER: Final = timedelta(days=8)
"""BS 5839-1, 25.2: a weekly test, at about the same time; a day for a week that ends late."""

_log = logging.getLogger(__name__)


def last_fire_test(journal: Path, now: datetime) -> datetime | None:
    """Return when the fire release was last seen to work, or else when the record began.

    None if the record can't be read, which is a fault of its own.
    """
    try:
        with JournalReader.open(journal) as reader:
            return reader.last_fire(now - OVERDUE_AFTER) or reader.opening()[0]
    except (JournalError, EventError) as error:
        _log.exception("last test not known", extra={"part": "journal", "error": str(error)})
        return None


def is_overdue(tested_at: datetime | None, now: datetime) -> bool:
    """Tell whether a test is overdue at `now`, by a clock that can be relied upon."""
    return tested_at is not None and now - tested_at > OVERDUE_AFTER

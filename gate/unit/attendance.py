"""What this unit's own record tells when its process begins: who is inside, and how late it is."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gate.access.model import Direction
from gate.access.presence import Passage, Presence, fold_passages
from gate.errors import EventError, JournalError
from gate.events.codec import decode_holder
from gate.store.journal_reader import JournalReader

LOOK_BACK: Final = timedelta(hours=24)
"""Longer than any shift (11 h of rest in 24, Working Time Regulations 1998, regulation 10): who
has not been seen for a day left without being seen."""

_log = logging.getLogger(__name__)


def recorded_presence(journal: Path, area: str, now: datetime) -> Presence:
    """Return who is inside by the passages of the last `LOOK_BACK`.

    A journal that can't be read leaves nobody inside, and says so: the gate must start.
    """
    try:
        with JournalReader.open(journal) as reader:
            return fold_passages(_passages(reader, area, now - LOOK_BACK))
    except (JournalError, EventError) as error:
        _log.exception("presence not known", extra={"part": "journal", "error": str(error)})
        return Presence()


def last_trusted_time(journal: Path) -> datetime | None:
    """Return the last moment this unit's own record vouches for; None if it can't be known."""
    try:
        with JournalReader.open(journal) as reader:
            return reader.last_trusted()
    except (JournalError, EventError) as error:
        _log.exception("no time from the record", extra={"part": "journal", "error": str(error)})
        return None


def _passages(reader: JournalReader, area: str, since: datetime) -> Iterator[Passage]:
    for entry in reader.passages(since):
        if entry.holder is None:
            continue
        yield Passage(
            person=decode_holder(entry.holder).person,
            direction=Direction(entry.event.direction),
            at=entry.event.at,
            access_point=entry.event.access_point,
            area=area,
        )

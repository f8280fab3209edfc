"""What this unit's own record tells when its process begins: who is inside, and how late it is."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gate.access.model import Direction
from gate.access.presence import Passage, fold_passages
from gate.errors import EventError, JournalError
from gate.events.codec import decode_holder
from gate.events.model import Entry, EventKind
from gate.store.journal_reader import JournalReader
from gate.unit.muster import Muster, People

LOOK_BACK: Final = timedelta(hours=24)
"""Longer than any shift (11 h of rest in 24, Working Time Regulations 1998, regulation 10): who
has not been seen for a day left without being seen."""

_log = logging.getLogger(__name__)


def recorded_people(journal: Path, area: str, now: datetime) -> People:
    """Return who is inside by the record of the last `LOOK_BACK`, and what a fire made of it.

    A journal that can't be read leaves nobody inside, and says so: the gate must start.
    """
    try:
        with JournalReader.open(journal) as reader:
            return fold_people(reader.movements(now - LOOK_BACK), area)
    except (JournalError, EventError) as error:
        _log.exception("presence not known", extra={"part": "journal", "error": str(error)})
        return People()


def fold_people(entries: Iterable[Entry], area: str) -> People:
    """Return who is inside after these records, oldest first.

    Raises:
        EventError: one that holds no person where it says so.
    """
    passages: list[Passage] = []
    muster = Muster()
    for entry in entries:
        event = entry.event
        match event.kind:
            case EventKind.ACCESS | EventKind.NOT_TURNED if entry.holder is not None:
                passage = _passage(entry, entry.holder, area)
                passages.append(passage)
                if event.kind is EventKind.ACCESS:
                    muster = muster.passed(passage)
                else:
                    muster = muster.not_taken(passage.person)
            case EventKind.FIRE_ALARM | EventKind.FIRE_TEST:
                is_test = event.kind is EventKind.FIRE_TEST
                muster = muster.alarmed(event.at, fold_passages(passages), is_test=is_test)
            case EventKind.TURNS_UNIDENTIFIED:
                muster = muster.turned(Direction(event.direction), event.count)
            case EventKind.ALL_CLEAR:
                muster = muster.cleared()
            case _:
                continue
    return People(presence=fold_passages(passages), muster=muster)


def last_trusted_time(journal: Path) -> datetime | None:
    """Return the last moment this unit's own record vouches for; None if it can't be known."""
    try:
        with JournalReader.open(journal) as reader:
            return reader.last_trusted()
    except (JournalError, EventError) as error:
        _log.exception("no time from the record", extra={"part": "journal", "error": str(error)})
        return None


def _passage(entry: Entry, holder: str, area: str) -> Passage:
    """Return the passage that a record tells of; a grant not taken leaves its holder behind."""
    direction = Direction(entry.event.direction)
    if entry.event.kind is EventKind.NOT_TURNED:
        direction = Direction.IN if direction is Direction.OUT else Direction.OUT
    return Passage(
        person=decode_holder(holder).person,
        direction=direction,
        at=entry.event.at,
        access_point=entry.event.access_point,
        area=area,
    )

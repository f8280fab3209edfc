"""What this unit's own record tells when its process begins: who is inside, and how late it is."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gate.access.model import Direction
from gate.access.muster import People
from gate.errors import EventError, JournalError, Outcome
from gate.events.attendance import fold_people
from gate.events.model import Entry, EventKind, which_grant
from gate.store.journal_reader import JournalReader

LOOK_BACK: Final = timedelta(hours=24)
"""Longer than any shift (11 h of rest in 24, Working Time Regulations 1998, regulation 10): who
has not been seen for a day left without being seen."""

TAIL_ENTRIES: Final = 64
"""Looked at for grants that wait: nothing is recorded beside scans, so those of a minute."""

UNSETTLED_FOR: Final = timedelta(minutes=1)
"""Longer than a release (at most 30 s) and its grace: a grant that old was settled, or there was no
contact to tell of its turn."""

_SETTLES: Final = {EventKind.TURNED, EventKind.NOT_TURNED, EventKind.TURN_UNKNOWN}
_THROUGH: Final = {Outcome.ADMIT, Outcome.NOTE}
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


def unsettled_grants(journal: Path, ways: Collection[Direction]) -> list[Entry]:
    """Return the last grants of these ways of which nobody can say any more what came of them.

    The power was cut before the turn was told, or nobody turned. Whoever turned while such a grant
    waited is among them: it may have been its holder's turn (`gate.unit.open_grants`). A journal
    that can't be read tells of none, and says so.
    """
    try:
        with JournalReader.open(journal) as reader:
            tail = list(reader.entries(max(0, reader.head().seq - TAIL_ENTRIES)))
    except (JournalError, EventError) as error:
        _log.exception("last turns not known", extra={"part": "journal", "error": str(error)})
        return []
    settled = {entry.event.detail for entry in tail if entry.event.kind in _SETTLES}
    grants = [
        entry
        for entry in tail
        if entry.event.kind is EventKind.ACCESS
        and entry.holder is not None
        and entry.event.direction in ways
        and entry.event.outcome in _THROUGH
        and tail[-1].event.at - entry.event.at <= UNSETTLED_FOR
    ]
    waiting = [entry for entry in grants if which_grant(entry.seq) not in settled]
    rivals = _turned_beside(waiting, tail)
    return [entry for entry in grants if entry in waiting or which_grant(entry.seq) in rivals]


def _turned_beside(waiting: Collection[Entry], tail: Collection[Entry]) -> set[str]:
    """Return the grants of which a turn was told while one of these waited at the same portal."""
    since = {entry.event.access_point: entry.seq for entry in reversed(list(waiting))}
    return {
        entry.event.detail
        for entry in tail
        if entry.event.kind is EventKind.TURNED
        and entry.seq > since.get(entry.event.access_point, entry.seq)
    }


def last_trusted_time(journal: Path) -> datetime | None:
    """Return the last moment this unit's own record vouches for; None if it can't be known."""
    try:
        with JournalReader.open(journal) as reader:
            return reader.last_trusted()
    except (JournalError, EventError) as error:
        _log.exception("no time from the record", extra={"part": "journal", "error": str(error)})
        return None

"""What every unit stands on, whatever its lanes: its clock, its journal, its last grants."""

import logging
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

from gate.access.model import Direction
from gate.devices.ports import Clock
from gate.errors import TrustError
from gate.events.chain import ChainHead
from gate.events.codec import decode_holder
from gate.events.model import EventKind, which_grant
from gate.store.clock_state import clock_state_path, read_clock_state, write_clock_state
from gate.store.cursor import cursor_directory, read_mark
from gate.store.journal import Journal, open_journal
from gate.unit.attendance import unsettled_grants
from gate.unit.recorder import Records
from gate.unit.stamp import StampClock

_log = logging.getLogger(__name__)


def settle_cut_turns(
    journal: Path, ways: Collection[Direction], recorder: Records, clock: StampClock
) -> None:
    """Record of each grant that was open when the power was cut that its turn is not known."""
    for grant in unsettled_grants(journal, ways) if ways else ():
        stamp = clock.stamp()
        event = replace(
            grant.event,
            at=stamp.at,
            clock_trusted=stamp.trusted,
            kind=EventKind.TURN_UNKNOWN,
            outcome="",
            reasons=(),
            list_age_s=None,
            detail=which_grant(grant.seq),
        )
        recorder.note(event, None if grant.holder is None else decode_holder(grant.holder))


def kept_clock(journal: Path, clock: Clock) -> StampClock:
    """Return the clock with what was kept of it; what is damaged is said, and begun anew."""
    path = clock_state_path(journal)
    try:
        state = read_clock_state(path)
    except TrustError as error:
        _log.error("clock begun anew", extra={"part": "clock", "error": str(error)})
        state = None
    return StampClock(clock, state=state, keep=partial(write_clock_state, path))


def acknowledged(journal: Path) -> ChainHead | None:
    """Return how far the hub has the journal; None if it has nothing of it."""
    mark = read_mark(cursor_directory(journal))
    return None if mark is None else mark.head


def opened_journal(path: Path, clock: StampClock) -> Journal:
    """Open the journal; raises JournalError if the disk refuses."""
    stamp = clock.stamp()
    return open_journal(path, now=stamp.at, clock_trusted=stamp.trusted)

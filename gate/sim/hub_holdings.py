"""What the hub holds, against what the journal holds: asked of the hub's database, not of the hub.

Read as a third party would: SQLite's file, read-only, by the names of its columns. The same is
stored if every number is there once, with the same hash, and every fact, salt and holder part is
the journal's own.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.errors import EventError, UplinkError
from gate.events.batch_rows import COLUMNS, to_entry
from gate.events.model import Entry
from gate.store.cursor import cursor_directory, read_mark
from gate.store.journal_reader import JournalReader

_ENTRIES: Final = (
    f"SELECT {', '.join(f'entry.{name}' for name in COLUMNS)}"  # noqa: S608 - our own constants
    " FROM ingest_entry entry"
    " JOIN ingest_journal journal ON journal.id = entry.journal_id"
    " JOIN sites_unit unit ON unit.id = journal.unit_id"
    " WHERE unit.uid = ? AND journal.journal_id = ? ORDER BY entry.seq"
)
_ALL: Final = "SELECT count(*) FROM ingest_entry"
_ALARMS: Final = "SELECT detail FROM ingest_alarm ORDER BY id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How many entries there are here, are receipted, and are stored there; and every difference.

    Attributes:
        uploaded: how far the unit has the hub's word, by its mark.
        stored: entries in the hub's database, of whatever journal.
    """

    recorded: int
    uploaded: int
    stored: int
    faults: tuple[str, ...]


def hold_against(journal: Path, database: Path, uid: str) -> Holdings:
    """Hold the hub's database against the journal of unit `uid`.

    Raises:
        JournalError, EventError: the journal can't be read.
        UplinkError: the hub's database can't be read.
    """
    with JournalReader.open(journal) as reader:
        ours = {entry.seq: entry for entry in reader.entries()}
        journal_id = reader.head().journal_id
    mark = read_mark(cursor_directory(journal))
    uploaded = mark.head.seq if mark is not None and mark.head.journal_id == journal_id else 0
    theirs, stored, alarms = _stored(database, uid, journal_id)
    faults = [*differences(ours, theirs), *(f"the hub's alarm: {alarm}" for alarm in alarms)]
    if stored != len(theirs):
        faults.append(f"the hub holds {stored - len(theirs)} entries that are not this journal's")
    if uploaded != len(ours):
        faults.append(f"{uploaded} of {len(ours)} entries are receipted by the hub")
    return Holdings(recorded=len(ours), uploaded=uploaded, stored=stored, faults=tuple(faults))


def differences(ours: Mapping[int, Entry], theirs: Mapping[int, Entry]) -> Iterator[str]:
    """Yield in words every way in which the hub's entries are not the journal's."""
    for span in _spans(ours.keys() - theirs.keys()):
        yield f"the hub lacks {span}"
    for span in _spans(theirs.keys() - ours.keys()):
        yield f"the hub holds {span}, which the journal lacks"
    for seq in sorted(ours.keys() & theirs.keys()):
        if ours[seq].hash != theirs[seq].hash:
            yield f"entry {seq}: the hub holds another hash"
        elif ours[seq] != theirs[seq]:
            yield f"entry {seq}: the hub holds other content under the same hash"


def _stored(database: Path, uid: str, journal_id: bytes) -> tuple[dict[int, Entry], int, list[str]]:
    """Return this journal's entries, how many there are in all, and the alarms' words."""
    address = f"{database.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as hub:
            rows = hub.execute(_ENTRIES, (uid, journal_id)).fetchall()
            (stored,) = hub.execute(_ALL).fetchone()
            alarms = [detail for (detail,) in hub.execute(_ALARMS)]
        return {row[0]: to_entry(journal_id, row) for row in rows}, stored, alarms
    except sqlite3.Error as error:
        raise UplinkError(f"{database}: the hub's database can't be read: {error}") from error
    except (EventError, ValueError, TypeError, AttributeError) as error:
        raise UplinkError(f"{database}: the hub's database holds no such entry: {error}") from error


def _spans(numbers: Iterable[int]) -> Iterator[str]:
    """Yield runs of numbers as people say them."""
    run: list[int] = []
    for number in sorted(numbers):
        if run and number != run[-1] + 1:
            yield _span(run)
            run = []
        run.append(number)
    if run:
        yield _span(run)


def _span(run: list[int]) -> str:
    return f"entry {run[0]}" if len(run) == 1 else f"entries {run[0]} to {run[-1]}"

"""The unit's record as it is followed for its page: who is inside, and what its cards call them.

Each look opens the journal to read and lets it go again: nothing is held between two looks, the
writer waits for nothing, and a journal that was set aside, or replaced, is noticed by its id. What
can't be read is said, and what was known before stays.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from sys import intern
from typing import Final, NamedTuple

from gate.access.muster import People
from gate.errors import EventError, JournalError, Outcome
from gate.events.attendance import Attendance
from gate.events.codec import decode_holder
from gate.events.model import Entry, EventKind
from gate.store.journal_reader import JournalReader

LOOK_BACK: Final = timedelta(hours=24)
"""As the gate process looks back when it starts (gate.unit.attendance)."""

_MOST_TRIES: Final = 5
"""To read a day while nobody passes: it takes 0.1 s, and people pass a second apart."""

_THROUGH: Final = frozenset({Outcome.ADMIT, Outcome.NOTE})


class Called(NamedTuple):
    """What a person's card calls them."""

    name: str
    number: str
    card_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the record told last.

    Attributes:
        people: who is inside by it, and what a fire made of it.
        called: whoever passed here, by person.
        head: the number of its last entry.
        began_at: when the journal was begun.
        last_trusted: when its last entry was made whose time can be relied upon.
        predecessor: what it followed, if one was damaged and set aside; else empty.
        fault: why it could not be read just now; empty if it could.
    """

    people: People = field(default_factory=People)
    called: dict[bytes, Called] = field(default_factory=dict, repr=False)
    journal_id: bytes = b""
    head: int = 0
    began_at: datetime | None = None
    last_trusted: datetime | None = None
    predecessor: str = ""
    fault: str = ""


class RecordWatch:
    """Follows the journal at `path` of a unit whose lanes lead to and from `area`."""

    def __init__(self, path: Path, area: str) -> None:
        self._path = path
        self._area = area
        self._followed = _Followed(b"", None, "", area)
        self._fault = ""

    def look(self, now: datetime) -> Record:
        """Return what the record tells by now."""
        try:
            with JournalReader.open(self._path) as reader:
                if reader.journal_id != self._followed.journal_id:
                    self._followed = _begin(reader, now, self._area)
                for entry in reader.entries(self._followed.head):
                    self._followed.follow(entry)
            self._fault = ""
        except (JournalError, EventError) as error:
            self._fault = str(error)
        return self._followed.record(self._fault)


class _Followed:
    """One journal, as far as it was followed."""

    def __init__(
        self, journal_id: bytes, began_at: datetime | None, predecessor: str, area: str
    ) -> None:
        self.journal_id = journal_id
        self.head = 0
        self.last_trusted: datetime | None = None
        self._began_at = began_at
        self._predecessor = predecessor
        self.attendance = Attendance(area)
        self._called: dict[bytes, Called] = {}

    def follow(self, entry: Entry) -> None:
        """Take the next record, whatever it is about."""
        event = entry.event
        self.head = entry.seq
        if event.clock_trusted:
            self.last_trusted = event.at
        if event.kind is EventKind.ACCESS:
            if event.outcome not in _THROUGH:
                return
            self.call(entry)
        self.attendance.take(entry)

    def call(self, entry: Entry) -> None:
        """Take note of what a card calls whoever was let through."""
        if entry.holder is not None:
            holder = decode_holder(entry.holder)
            self._called[holder.person] = Called(
                name=holder.name, number=holder.number, card_type=intern(holder.card_type)
            )

    def record(self, fault: str) -> Record:
        return Record(
            people=self.attendance.people(),
            called=self._called,
            journal_id=self.journal_id,
            head=self.head,
            began_at=self._began_at,
            last_trusted=self.last_trusted,
            predecessor=self._predecessor,
            fault=fault,
        )


def _begin(reader: JournalReader, now: datetime, area: str) -> _Followed:
    """Return a journal followed up to its present end, from `LOOK_BACK` ago."""
    last_trusted = reader.last_trusted()
    since = max(now, last_trusted or now) - LOOK_BACK
    for _ in range(_MOST_TRIES):
        followed = _Followed(reader.journal_id, *reader.opening(), area)
        followed.last_trusted = last_trusted
        before = reader.head().seq
        for movement in reader.movements(since):
            followed.attendance.move(movement)
        followed.head = reader.head().seq
        if followed.head == before:
            break  # nothing was recorded meanwhile that may or may not have been read
    for entry in reader.passages(since):
        followed.call(entry)
    return followed

"""Who is inside by a record, and what a fire made of it: a fold of its entries, oldest first. Pure.

An entry counts as a passage when it lets somebody through. A record that comes later may take that
back: a grant that was not taken leaves its holder on the side they came from, as of the moment of
the grant, for they may have passed elsewhere since; one of which nobody knows is marked so.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from gate.access.model import Direction
from gate.access.muster import Muster, People
from gate.access.presence import How, Passage, PresenceFold
from gate.errors import EventError
from gate.events.codec import decode_holder
from gate.events.model import Entry, Event, EventKind

STRANGERS: Final = (
    *(EventKind.TURNS_UNIDENTIFIED, EventKind.FORCED),
    *(EventKind.EXIT_BUTTON, EventKind.EXITS_UNRECORDED),
)
"""What a record tells of people whom it can't name, beside those let out without a card."""

_MOVES: Final = frozenset(
    {EventKind.ACCESS, EventKind.NOT_TURNED, EventKind.TURN_UNKNOWN, EventKind.FORGIVEN}
)


class Attendance:
    """The fold itself, for whoever follows a record while it is written."""

    def __init__(self, area: str) -> None:
        self._area = area
        self._fold = PresenceFold()
        self._muster = Muster()

    def take(self, entry: Entry) -> None:
        """Take the next record.

        Raises:
            EventError: it holds no person where it says so.
        """
        event = entry.event
        match event.kind:
            case EventKind.FIRE_ALARM | EventKind.FIRE_TEST:
                is_test = event.kind is EventKind.FIRE_TEST
                self._muster = self._muster.alarmed(
                    event.at, self._fold.presence(), is_test=is_test
                )
            case EventKind.ALL_CLEAR:
                self._muster = self._muster.cleared()
            case _ if entry.holder is not None:
                self._moved(entry, entry.holder)
            case _:
                strangers = strangers_of(event)
                if strangers is not None:
                    self._muster = self._muster.turned(*strangers)

    def people(self) -> People:
        """Return who is inside after what was taken, and what a fire made of it."""
        return People(presence=self._fold.presence(), muster=self._muster)

    def _moved(self, entry: Entry, holder: str) -> None:
        kind = entry.event.kind
        if kind not in _MOVES:
            return
        passage = _passage(entry, holder, self._area)
        last = self._fold.last_of(passage.person)
        if kind is EventKind.ACCESS:
            self._muster = self._muster.passed(passage)
        elif kind is EventKind.FORGIVEN:
            if last is not None and last.at > passage.at:
                return
            passage = replace(passage, how=How.FORGIVEN)
        else:
            passage = _after_all(passage, kind, last)
            if kind is EventKind.NOT_TURNED:
                self._muster = self._muster.not_taken(passage.person)
        self._fold.put(passage)


def fold_people(entries: Iterable[Entry], area: str) -> People:
    """Return who is inside after these records, oldest first.

    Raises:
        EventError: one that holds no person where it says so.
    """
    attendance = Attendance(area)
    for entry in entries:
        attendance.take(entry)
    return attendance.people()


def strangers_of(event: Event) -> tuple[Direction, int] | None:
    """Return which way how many passed of whom a record without a holder can't say who they are.

    It may be one too many, never too few: the button is also pressed by who has shown a card.
    """
    match event.kind:
        case EventKind.TURNS_UNIDENTIFIED | EventKind.FORCED:
            return _way(event.direction), event.count
        case EventKind.EXIT_BUTTON | EventKind.EXITS_UNRECORDED:
            return Direction.OUT, event.count
        case EventKind.ACCESS if event.direction == Direction.OUT:
            return Direction.OUT, event.count
        case _:
            return None


def _after_all(passage: Passage, kind: EventKind, granted: Passage | None) -> Passage:
    """Return what a grant is held to have been, once it is known that its turn was not seen."""
    at = passage.at if granted is None else granted.at
    if kind is EventKind.TURN_UNKNOWN:
        return replace(passage, at=at, how=How.NOT_KNOWN)
    back = Direction.IN if passage.direction is Direction.OUT else Direction.OUT
    return replace(passage, at=at, direction=back)


def _passage(entry: Entry, holder: str, area: str) -> Passage:
    return Passage(
        person=decode_holder(holder).person,
        direction=_way(entry.event.direction),
        at=entry.event.at,
        access_point=entry.event.access_point,
        area=area,
    )


def _way(direction: str) -> Direction:
    try:
        return Direction(direction)
    except ValueError as error:
        raise EventError(f"direction {direction!r}: neither in nor out") from error

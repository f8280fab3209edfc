"""Who is inside by a record, and what a fire made of it: a fold of its entries, oldest first. Pure.

An entry counts as a passage when it lets somebody through. A record that comes later may take that
back: a grant that was not taken leaves its holder on the side they came from, as of the moment of
the grant, for they may have passed elsewhere since; one of which nobody knows is marked so. Who has
passed here since, did so after it.
"""

from collections.abc import Iterable
from typing import Final

from gate.access.model import Direction
from gate.access.muster import Muster, People
from gate.access.presence import How, Passage, PresenceFold
from gate.errors import EventError
from gate.events.model import Entry, Event, EventKind
from gate.events.movement import Movement, movement_of

STRANGERS: Final = (
    *(EventKind.TURNS_UNIDENTIFIED, EventKind.FORCED),
    *(EventKind.EXIT_BUTTON, EventKind.EXITS_UNRECORDED),
)
"""What a record tells of people whom it can't name, beside those let out without a card."""

_MOVES: Final = frozenset(
    {EventKind.ACCESS, EventKind.NOT_TURNED, EventKind.TURN_UNKNOWN, EventKind.FORGIVEN}
)
_WAYS: Final = {str(way): way for way in Direction}


class Attendance:
    """The fold itself, for whoever follows a record while it is written."""

    def __init__(self, area: str) -> None:
        self._area = area
        self._fold = PresenceFold()
        self._muster = Muster()

    def take(self, entry: Entry) -> None:
        """Take the next record.

        Raises:
            EventError: it holds no person, or no way, where it says so.
        """
        self.move(movement_of(entry))

    def move(self, movement: Movement) -> None:
        """Take the next record by what it tells of where people are.

        Raises:
            EventError: it leads neither in nor out.
        """
        kind = movement.kind
        if kind in _MOVES and movement.person is not None:
            self._moved(movement, movement.person)
        elif kind is EventKind.FIRE_ALARM or kind is EventKind.FIRE_TEST:
            is_test = kind is EventKind.FIRE_TEST
            self._muster = self._muster.alarmed(movement.at, self._fold.presence(), is_test=is_test)
        elif kind is EventKind.ALL_CLEAR:
            self._muster = self._muster.cleared()
        elif movement.person is None and (strangers := strangers_of(movement)) is not None:
            self._muster = self._muster.turned(*strangers)

    def people(self) -> People:
        """Return who is inside after what was taken, and what a fire made of it."""
        return People(presence=self._fold.presence(), muster=self._muster)

    def _moved(self, movement: Movement, person: bytes) -> None:
        kind = movement.kind
        passage = Passage(
            person, _way(movement.direction), movement.at, movement.access_point, self._area
        )
        last = self._fold.last_of(passage.person)
        if kind is EventKind.ACCESS:
            self._muster = self._muster.passed(passage)
        elif kind is EventKind.FORGIVEN:
            if last is not None and last.at > passage.at:
                return
            passage = passage._replace(how=How.FORGIVEN)
        elif last is not None and last.direction is not passage.direction:
            return
        else:
            passage = _after_all(passage, kind, last)
            if kind is EventKind.NOT_TURNED:
                self._muster = self._muster.not_taken(passage.person)
        self._fold.put(passage)


def fold_people(movements: Iterable[Movement], area: str) -> People:
    """Return who is inside after these, oldest first.

    Raises:
        EventError: one leads neither in nor out.
    """
    attendance = Attendance(area)
    for movement in movements:
        attendance.move(movement)
    return attendance.people()


def strangers_of(event: Event | Movement) -> tuple[Direction, int] | None:
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
        return passage._replace(at=at, how=How.NOT_KNOWN)
    back = Direction.IN if passage.direction is Direction.OUT else Direction.OUT
    return passage._replace(at=at, direction=back)


def _way(direction: str) -> Direction:
    way = _WAYS.get(direction)
    if way is None:
        raise EventError(f"direction {direction!r}: neither in nor out")
    return way

"""Who is inside by a record, and what a fire made of it: a fold of its entries, oldest first. Pure.

An entry counts as a passage when it lets somebody through. A record that comes later may take that
back: a grant that was not taken leaves its holder on the side they came from, as of the moment of
the grant, for they may have passed elsewhere since; one of which nobody knows is marked so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gate.access.model import Direction
from gate.access.muster import Muster, People
from gate.access.presence import How, Passage, fold_passages
from gate.errors import EventError
from gate.events.codec import decode_holder
from gate.events.model import Entry, EventKind


def fold_people(entries: Iterable[Entry], area: str) -> People:
    """Return who is inside after these records, oldest first.

    Raises:
        EventError: one that holds no person where it says so.
    """
    passages: list[Passage] = []
    last: dict[bytes, Passage] = {}
    muster = Muster()
    for entry in entries:
        event = entry.event
        match event.kind:
            case EventKind.ACCESS if entry.holder is not None:
                passage = _passage(entry, entry.holder, area)
                muster = muster.passed(passage)
            case EventKind.NOT_TURNED | EventKind.TURN_UNKNOWN if entry.holder is not None:
                passage = _after_all(_passage(entry, entry.holder, area), event.kind, last)
                if event.kind is EventKind.NOT_TURNED:
                    muster = muster.not_taken(passage.person)
            case EventKind.FORGIVEN if entry.holder is not None:
                passage = replace(_passage(entry, entry.holder, area), how=How.FORGIVEN)
                if passage.person in last and last[passage.person].at > passage.at:
                    continue
            case EventKind.FIRE_ALARM | EventKind.FIRE_TEST:
                is_test = event.kind is EventKind.FIRE_TEST
                muster = muster.alarmed(event.at, fold_passages(passages), is_test=is_test)
                continue
            case EventKind.TURNS_UNIDENTIFIED:
                muster = muster.turned(_way(event.direction), event.count)
                continue
            case EventKind.ALL_CLEAR:
                muster = muster.cleared()
                continue
            case _:
                continue
        passages.append(passage)
        last[passage.person] = passage
    return People(presence=fold_passages(passages), muster=muster)


def _after_all(passage: Passage, kind: EventKind, last: Mapping[bytes, Passage]) -> Passage:
    """Return what a grant is held to have been, once it is known that its turn was not seen."""
    granted = last.get(passage.person)
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

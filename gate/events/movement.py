"""What of a record tells where people are: a part of a fact, and the person. Pure."""

from datetime import datetime
from typing import NamedTuple

from gate.events.codec import decode_holder
from gate.events.model import Entry, EventKind


class Movement(NamedTuple):
    """Some columns of a record, as `Event` has them; `person` is None where it names nobody.

    A tuple because a gate makes one of each passage of a day when it starts, and it costs a fifth
    of a record (measured by `gate bench rules`).
    """

    at: datetime
    kind: EventKind
    access_point: str
    direction: str
    count: int  # type: ignore[assignment] # the record's word; a tuple's own is asked by nobody
    person: bytes | None


def movement_of(entry: Entry) -> Movement:
    """Return what a whole record tells.

    Raises:
        EventError: it holds no person where it says so.
    """
    event, holder = entry.event, entry.holder
    return Movement(
        at=event.at,
        kind=event.kind,
        access_point=event.access_point,
        direction=event.direction,
        count=event.count,
        person=None if holder is None else decode_holder(holder).person,
    )

"""What a turn's records tell, of its card and of the portal, and what is wrong with them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from gate.access.model import Direction
from gate.errors import EventError, Outcome
from gate.events.codec import decode_holder
from gate.events.model import Entry, EventKind, which_grant
from gate.sim.demo_kinds import verdict_of
from gate.sim.demo_portal import WALKED_OUT
from gate.sim.demo_script import Turn
from gate.sim.reports import EndReport

OF_A_TURN: Final = frozenset(
    {
        *(EventKind.ACCESS, EventKind.TURNED, EventKind.NOT_TURNED, EventKind.TURN_UNKNOWN),
        *(EventKind.TURNS_UNIDENTIFIED, EventKind.FORCED, EventKind.HELD, EventKind.HELD_OVER),
        *(EventKind.FIRE_ALARM, EventKind.ALL_CLEAR),
    }
)
"""What comes of somebody at the portal."""

_NAMES_ITS_HOLDER: Final = {EventKind.ACCESS, EventKind.NOT_TURNED, EventKind.ALL_CLEAR}
_OF_BOTH_WAYS: Final = {EventKind.FIRE_ALARM, EventKind.ALL_CLEAR}
_COUNTED: Final = {EventKind.TURNS_UNIDENTIFIED}
_SETTLES: Final = {EventKind.TURNED, EventKind.NOT_TURNED}
_LETS_IN: Final = {Outcome.ADMIT, Outcome.NOTE}


def told(records: Sequence[Entry]) -> Iterator[str]:
    """Yield what the records say: a turn is silent, and counts of a moment are said once."""
    words = [
        verdict_of(one.event.outcome, one.event.reasons)
        if one.event.kind is EventKind.ACCESS
        else one.event.kind.value
        for one in records
        if one.event.kind is not EventKind.TURNED
    ]
    for word, run in groupby(words):
        yield from [word] if word in _COUNTED else run


def record_faults(turn: Turn, record: Entry, lanes: Mapping[Direction, str]) -> Iterator[str]:
    """Yield what is wrong with one record: how many it stands for, where, of whom, what it says."""
    event = record.event
    if event.count != 1 and event.kind not in _COUNTED:
        yield f"record {record.seq} stands for {event.count} presentations, expected 1"
    way = _way(turn, event.kind)
    where = lanes.values() if way is None else [lanes.get(way, lanes[Direction.IN])]
    if event.access_point not in where or event.direction != (way or ""):
        yield f"record {record.seq} is of {event.access_point} {event.direction}"
    expected = turn.held.number if event.kind in _NAMES_ITS_HOLDER else None
    number = _number(record)
    if number != expected:
        yield f"record {record.seq} names card {number}, expected {expected}"
    said = _said(turn, event.kind)
    if not event.detail.endswith(said):
        yield f"record {record.seq} says {event.detail!r}, expected {said!r}"


def turn_faults(turn: Turn, records: Sequence[Entry]) -> Iterator[str]:
    """Yield what is wrong with who passed: each grant is taken once, or was not taken."""
    grants = [which_grant(one.seq) for one in records if _lets_in(one)]
    settled = [one.event.detail for one in records if one.event.kind in _SETTLES]
    if settled != grants:
        passed = ", ".join(settled) or "nobody"
        yield f"let in: {', '.join(grants) or 'nobody'}; turned or not: {passed}"
    strangers = sum(one.event.count for one in records if one.event.kind in _COUNTED)
    walked = WALKED_OUT if EventKind.TURNS_UNIDENTIFIED in turn.expected.verdict else 0
    if strangers != walked:
        yield f"{strangers} turned unidentified, expected {walked}"


def relay_faults(records: Sequence[Entry], ends: Sequence[EndReport]) -> Iterator[str]:
    """Yield where the relays did something else than the records say."""
    let_in = [one for one in records if _lets_in(one)]
    for way, released in (
        (Direction.IN, sum(end.entries for end in ends)),
        (Direction.OUT, sum(end.exits for end in ends)),
    ):
        admitted = sum(one.event.direction == way for one in let_in)
        if released != admitted:
            yield f"the {way} relay was released {released} times, admitted {admitted} times"
    kinds = [one.event.kind for one in records]
    for what, did, kind in (
        ("let open", any(end.freed for end in ends), EventKind.FIRE_ALARM),
        ("locked again", any(end.secured for end in ends), EventKind.ALL_CLEAR),
    ):
        if did != (kind in kinds):
            yield f"both ways were {'' if did else 'not '}{what}, {kinds.count(kind)} of {kind}"


def _lets_in(record: Entry) -> bool:
    return record.event.kind is EventKind.ACCESS and record.event.outcome in _LETS_IN


def _way(turn: Turn, kind: EventKind) -> Direction | None:
    """Return which way a record of a turn must tell of; None for both."""
    if kind in _COUNTED:
        return Direction.OUT
    return None if kind in _OF_BOTH_WAYS else turn.shown.way


def _said(turn: Turn, kind: EventKind) -> str:
    """Return how a record's detail must end."""
    inside = f"{turn.inside} inside"
    match kind:
        case EventKind.FIRE_ALARM:
            return inside
        case EventKind.ALL_CLEAR:
            return f"{inside} when it began, 0 in and {WALKED_OUT} out not identified"
        case _:
            return ""


def _number(record: Entry) -> str | None:
    if record.holder is None:
        return None
    try:
        return decode_holder(record.holder).number
    except EventError as error:
        return f"unreadable ({error})"

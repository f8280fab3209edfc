"""The portal as two tables, one for each way: which state follows what, and what is commanded.

"Locked" means entry. On the way out the same word means at rest: it is released in every state,
whatever is broken, and no lock-down, fault or end ever reaches it. Fire outranks everything: from
every state of either way it leads to FIRE, and only the all-clear leads out of it, not even the
end of the process. After an all-clear, or the end of a lock-down, a fault or maintenance, what
still stands happens again (`gate.unit.turnstile`), so no table needs a memory.

A turn is what the contact of a turnstile or a door tells. Where there is none, a grant counts as
taken. Pure: times are the caller's, who tells when they have run out. docs/reference/portal.md is
drawn from here.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gate.access.model import Direction


class State(StrEnum):
    """What one way of the portal does."""

    LOCKED = "locked"
    RELEASED = "released"
    TURNED = "turned"
    NOT_TURNED = "not_turned"
    HELD = "held"
    FORCED = "forced"
    MAINTENANCE = "maintenance"
    LOCK_DOWN = "lock_down"
    FAULT = "fault"
    STOPPED = "stopped"
    FIRE = "fire"


class Happening(StrEnum):
    """What can happen to a way."""

    GRANT = "grant"
    ASSUMED = "assumed"
    TURN_BEGAN = "turn_began"
    TURN_ENDED = "turn_ended"
    RAN_OUT = "ran_out"
    MAINTENANCE = "maintenance"
    MAINTENANCE_OVER = "maintenance_over"
    LOCK_DOWN = "lock_down"
    LIFTED = "lifted"
    FAULT = "fault"
    CLEARED = "cleared"
    STOP = "stop"
    FIRE = "fire"
    ALL_CLEAR = "all_clear"


class Command(StrEnum):
    """What the outputs, or the record, are told."""

    RELEASE = "release"
    LOCK = "lock"
    FREE = "free"
    SECURE = "secure"
    COUNT = "count"
    ANNUL = "annul"
    ASSUME = "assume"
    TELL_UNIDENTIFIED = "tell_unidentified"
    TELL_FORCED = "tell_forced"
    TELL_HELD = "tell_held"
    TELL_SHUT = "tell_shut"


Move = tuple[State, tuple[Command, ...]]
"""The state that follows, and what is commanded on the way."""

Table = Mapping[State, Mapping[Happening, Move]]


def _row(
    state: State, moves: Mapping[Happening, Move], over: Mapping[Happening, Move]
) -> Mapping[Happening, Move]:
    """Return a whole row: `moves`, else `over`, else the way stays as it is."""
    known = {**over, **moves}
    return MappingProxyType({event: known.get(event, (state, ())) for event in Happening})


def _table(rows: Mapping[State, Mapping[Happening, Move]], over: Mapping[Happening, Move]) -> Table:
    return MappingProxyType({state: _row(state, moves, over) for state, moves in rows.items()})


_STAYS_LOCKED: Final[Mapping[Happening, Move]] = {
    Happening.MAINTENANCE: (State.MAINTENANCE, (Command.LOCK,)),
    Happening.LOCK_DOWN: (State.LOCK_DOWN, (Command.LOCK,)),
    Happening.FAULT: (State.FAULT, (Command.LOCK,)),
    Happening.STOP: (State.STOPPED, (Command.LOCK,)),
    Happening.FIRE: (State.FIRE, (Command.FREE,)),
}
_RELEASE: Final[Mapping[Happening, Move]] = {
    Happening.GRANT: (State.RELEASED, (Command.RELEASE,)),
}
_PUSHED: Final[Mapping[Happening, Move]] = {
    Happening.TURN_BEGAN: (State.FORCED, (Command.TELL_FORCED,)),
}


def _closed(state: State) -> dict[Happening, Move]:
    """Return what a way that lets nobody in does when somebody pushes: it says so and stays."""
    return {Happening.TURN_BEGAN: (state, (Command.TELL_FORCED,))}


_ENTRY: Final = _table(
    {
        State.LOCKED: {**_RELEASE, **_PUSHED},
        State.RELEASED: {
            **_RELEASE,
            Happening.ASSUMED: (State.LOCKED, ()),
            Happening.TURN_BEGAN: (State.TURNED, (Command.COUNT, Command.LOCK)),
            Happening.RAN_OUT: (State.NOT_TURNED, (Command.ANNUL,)),
            Happening.MAINTENANCE: (State.MAINTENANCE, (Command.LOCK, Command.ANNUL)),
            Happening.LOCK_DOWN: (State.LOCK_DOWN, (Command.LOCK, Command.ANNUL)),
            Happening.FAULT: (State.FAULT, (Command.LOCK, Command.ANNUL)),
            Happening.STOP: (State.STOPPED, (Command.LOCK, Command.ANNUL)),
            Happening.FIRE: (State.FIRE, (Command.FREE, Command.ASSUME)),
        },
        State.TURNED: {
            **_RELEASE,
            Happening.TURN_ENDED: (State.LOCKED, ()),
            Happening.RAN_OUT: (State.HELD, (Command.TELL_HELD,)),
        },
        State.NOT_TURNED: {**_RELEASE, **_PUSHED, Happening.RAN_OUT: (State.LOCKED, ())},
        State.HELD: {**_RELEASE, Happening.TURN_ENDED: (State.LOCKED, (Command.TELL_SHUT,))},
        State.FORCED: {
            **_RELEASE,
            Happening.TURN_ENDED: (State.LOCKED, ()),
            Happening.RAN_OUT: (State.HELD, (Command.TELL_HELD,)),
        },
        State.MAINTENANCE: {
            **_closed(State.MAINTENANCE),
            Happening.MAINTENANCE_OVER: (State.LOCKED, ()),
        },
        State.LOCK_DOWN: {
            **_closed(State.LOCK_DOWN),
            Happening.LIFTED: (State.LOCKED, ()),
            Happening.MAINTENANCE: (State.LOCK_DOWN, ()),
        },
        State.FAULT: {
            **_closed(State.FAULT),
            Happening.CLEARED: (State.LOCKED, ()),
            Happening.LOCK_DOWN: (State.FAULT, ()),
            Happening.MAINTENANCE: (State.FAULT, ()),
        },
        State.STOPPED: {
            Happening.MAINTENANCE: (State.STOPPED, ()),
            Happening.LOCK_DOWN: (State.STOPPED, ()),
            Happening.FAULT: (State.STOPPED, ()),
        },
        State.FIRE: {
            Happening.TURN_BEGAN: (State.FIRE, (Command.TELL_UNIDENTIFIED,)),
            Happening.ALL_CLEAR: (State.LOCKED, (Command.SECURE,)),
            Happening.MAINTENANCE: (State.FIRE, ()),
            Happening.LOCK_DOWN: (State.FIRE, ()),
            Happening.FAULT: (State.FIRE, ()),
            Happening.STOP: (State.FIRE, ()),
        },
    },
    _STAYS_LOCKED,
)

_WALKED_OUT: Final[Mapping[Happening, Move]] = {
    Happening.TURN_BEGAN: (State.TURNED, (Command.TELL_UNIDENTIFIED,)),
}
_EXIT: Final = _table(
    {
        State.LOCKED: {**_WALKED_OUT},
        State.RELEASED: {
            Happening.ASSUMED: (State.LOCKED, ()),
            Happening.TURN_BEGAN: (State.TURNED, (Command.COUNT,)),
            Happening.RAN_OUT: (State.NOT_TURNED, (Command.ANNUL,)),
            Happening.FIRE: (State.FIRE, (Command.FREE, Command.ASSUME)),
        },
        State.TURNED: {
            Happening.TURN_ENDED: (State.LOCKED, ()),
            Happening.RAN_OUT: (State.HELD, (Command.TELL_HELD,)),
        },
        State.NOT_TURNED: {**_WALKED_OUT, Happening.RAN_OUT: (State.LOCKED, ())},
        State.HELD: {Happening.TURN_ENDED: (State.LOCKED, (Command.TELL_SHUT,))},
        State.FIRE: {
            Happening.GRANT: (State.FIRE, (Command.FREE, Command.ASSUME)),
            Happening.TURN_BEGAN: (State.FIRE, (Command.TELL_UNIDENTIFIED,)),
            Happening.ALL_CLEAR: (State.LOCKED, (Command.SECURE,)),
        },
    },
    {**_RELEASE, Happening.FIRE: (State.FIRE, (Command.FREE,))},
)

TABLES: Final[Mapping[Direction, Table]] = MappingProxyType(
    {Direction.IN: _ENTRY, Direction.OUT: _EXIT}
)


def step(way: Direction, state: State, event: Happening) -> Move:
    """Return the state of a way after `event`, and what to command to get there."""
    return TABLES[way][state][event]

"""The portal as a table: which state follows which event, and what is commanded on the way.

"Locked" means entry. The way out is released in every state, whatever is broken; a fault and the
end of the process lock the entry and never the exit (ARCHITECTURE, "Safety before everything").
Pure: times are the caller's, who tells when a release has run out.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """What the portal lets through."""

    LOCKED = "locked"
    RELEASED_IN = "released_in"
    RELEASED_OUT = "released_out"
    RELEASED_BOTH = "released_both"
    FAULT = "fault"
    STOPPED = "stopped"


class Happening(StrEnum):
    """What can happen to the portal."""

    GRANT_IN = "grant_in"
    GRANT_OUT = "grant_out"
    ENTRY_ENDED = "entry_ended"
    EXIT_ENDED = "exit_ended"
    FAULT = "fault"
    CLEARED = "cleared"
    STOP = "stop"


class Command(StrEnum):
    """What the outputs are told."""

    RELEASE_ENTRY = "release_entry"
    RELEASE_EXIT = "release_exit"
    LOCK_ENTRY = "lock_entry"


def _row(state: State, **changes: State) -> Mapping[Happening, State]:
    """Return a whole row: what is not among `changes` leaves the portal as it is."""
    return MappingProxyType({event: changes.get(event.value, state) for event in Happening})


TABLE: Final[Mapping[State, Mapping[Happening, State]]] = MappingProxyType(
    {
        State.LOCKED: _row(
            State.LOCKED,
            grant_in=State.RELEASED_IN,
            grant_out=State.RELEASED_OUT,
            fault=State.FAULT,
            stop=State.STOPPED,
        ),
        State.RELEASED_IN: _row(
            State.RELEASED_IN,
            grant_out=State.RELEASED_BOTH,
            entry_ended=State.LOCKED,
            fault=State.FAULT,
            stop=State.STOPPED,
        ),
        State.RELEASED_OUT: _row(
            State.RELEASED_OUT,
            grant_in=State.RELEASED_BOTH,
            exit_ended=State.LOCKED,
            fault=State.FAULT,
            stop=State.STOPPED,
        ),
        State.RELEASED_BOTH: _row(
            State.RELEASED_BOTH,
            entry_ended=State.RELEASED_OUT,
            exit_ended=State.RELEASED_IN,
            fault=State.FAULT,
            stop=State.STOPPED,
        ),
        State.FAULT: _row(State.FAULT, cleared=State.LOCKED, stop=State.STOPPED),
        State.STOPPED: _row(State.STOPPED),
    }
)

_ENTRY_MAY_OPEN: Final = frozenset({State.RELEASED_IN, State.RELEASED_BOTH})


def step(state: State, event: Happening) -> tuple[State, tuple[Command, ...]]:
    """Return the state after `event`, and what to command to get there."""
    after = TABLE[state][event]
    if event is Happening.GRANT_OUT:
        return after, (Command.RELEASE_EXIT,)
    if event is Happening.GRANT_IN:
        return after, (Command.RELEASE_ENTRY,) if after in _ENTRY_MAY_OPEN else ()
    if event in {Happening.FAULT, Happening.STOP}:
        return after, (Command.LOCK_ENTRY,)
    return after, ()

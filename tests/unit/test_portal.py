"""The portal's two tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.model import Direction
from gate.unit.portal import TABLES, Command, Happening, State, step

IN, OUT = Direction.IN, Direction.OUT
LOCKING = (Happening.MAINTENANCE, Happening.LOCK_DOWN, Happening.FAULT, Happening.STOP)
CLOSED = (State.MAINTENANCE, State.LOCK_DOWN, State.FAULT, State.STOPPED)
ON_THE_WAY_OUT = tuple(TABLES[OUT])
FREES = {Command.RELEASE, Command.FREE}


@pytest.mark.parametrize("way", Direction)
def test_every_state_answers_every_happening(way: Direction) -> None:
    for state, row in TABLES[way].items():
        assert set(row) == set(Happening), state
        assert {after for after, _ in row.values()} <= set(TABLES[way])


def test_every_state_is_one_of_the_way_in() -> None:
    assert set(TABLES[IN]) == set(State)


@pytest.mark.parametrize("state", ON_THE_WAY_OUT)
def test_exit_is_released_in_every_state(state: State) -> None:
    after, commands = step(OUT, state, Happening.GRANT)

    assert FREES.intersection(commands)
    assert after in {State.RELEASED, State.FIRE}


@pytest.mark.parametrize("state", ON_THE_WAY_OUT)
@pytest.mark.parametrize("event", LOCKING)
def test_nothing_that_locks_the_entry_reaches_the_exit(state: State, event: Happening) -> None:
    assert step(OUT, state, event) == (state, ())
    assert all(Command.LOCK not in commands for _, commands in TABLES[OUT][state].values())


@pytest.mark.parametrize("way", Direction)
def test_fire_outranks_every_state(way: Direction) -> None:
    for state in TABLES[way]:
        after, commands = step(way, state, Happening.FIRE)
        assert (after, commands[0]) == (State.FIRE, Command.FREE), state


@pytest.mark.parametrize("way", Direction)
@pytest.mark.parametrize("event", [one for one in Happening if one is not Happening.ALL_CLEAR])
def test_nothing_but_the_all_clear_ends_a_fire(way: Direction, event: Happening) -> None:
    after, commands = step(way, State.FIRE, event)

    assert after is State.FIRE
    assert not {Command.LOCK, Command.SECURE}.intersection(commands)


@pytest.mark.parametrize("state", [one for one in State if one is not State.FIRE])
@pytest.mark.parametrize("event", LOCKING)
def test_whatever_closes_the_entry_leaves_it_locked(state: State, event: Happening) -> None:
    after, commands = step(IN, state, event)

    assert after in CLOSED
    assert Command.LOCK in commands or (after, commands) == (state, ())


@pytest.mark.parametrize("state", CLOSED)
def test_nobody_is_let_in_while_the_entry_is_closed(state: State) -> None:
    assert step(IN, state, Happening.GRANT) == (state, ())


@pytest.mark.parametrize(
    ("state", "event", "after", "commands"),
    [
        (State.LOCKED, Happening.GRANT, State.RELEASED, [Command.RELEASE]),
        (State.LOCKED, Happening.TURN_BEGAN, State.FORCED, [Command.TELL_FORCED]),
        (State.RELEASED, Happening.TURN_BEGAN, State.TURNED, [Command.COUNT, Command.LOCK]),
        (State.RELEASED, Happening.RAN_OUT, State.NOT_TURNED, [Command.ANNUL]),
        (State.RELEASED, Happening.ASSUMED, State.LOCKED, []),
        (State.RELEASED, Happening.FIRE, State.FIRE, [Command.FREE, Command.ASSUME]),
        (State.RELEASED, Happening.LOCK_DOWN, State.LOCK_DOWN, [Command.LOCK, Command.ANNUL]),
        (State.TURNED, Happening.TURN_ENDED, State.LOCKED, []),
        (State.TURNED, Happening.RAN_OUT, State.HELD, [Command.TELL_HELD]),
        (State.NOT_TURNED, Happening.GRANT, State.RELEASED, [Command.RELEASE]),
        (State.NOT_TURNED, Happening.RAN_OUT, State.LOCKED, []),
        (State.NOT_TURNED, Happening.TURN_BEGAN, State.FORCED, [Command.TELL_FORCED]),
        (State.HELD, Happening.TURN_ENDED, State.LOCKED, [Command.TELL_SHUT]),
        (State.FORCED, Happening.RAN_OUT, State.HELD, [Command.TELL_HELD]),
        (State.MAINTENANCE, Happening.MAINTENANCE_OVER, State.LOCKED, []),
        (State.LOCK_DOWN, Happening.LIFTED, State.LOCKED, []),
        (State.LOCK_DOWN, Happening.TURN_BEGAN, State.LOCK_DOWN, [Command.TELL_FORCED]),
        (State.FAULT, Happening.CLEARED, State.LOCKED, []),
        (State.STOPPED, Happening.CLEARED, State.STOPPED, []),
        (State.STOPPED, Happening.FIRE, State.FIRE, [Command.FREE]),
        (State.FIRE, Happening.TURN_BEGAN, State.FIRE, [Command.TELL_UNIDENTIFIED]),
        (State.FIRE, Happening.ALL_CLEAR, State.LOCKED, [Command.SECURE]),
    ],
)
def test_what_follows_on_the_way_in(
    state: State, event: Happening, after: State, commands: list[Command]
) -> None:
    assert step(IN, state, event) == (after, tuple(commands))


@pytest.mark.parametrize(
    ("state", "event", "after", "commands"),
    [
        (State.LOCKED, Happening.TURN_BEGAN, State.TURNED, [Command.TELL_UNIDENTIFIED]),
        (State.RELEASED, Happening.TURN_BEGAN, State.TURNED, [Command.COUNT]),
        (State.RELEASED, Happening.RAN_OUT, State.NOT_TURNED, [Command.ANNUL]),
        (State.FIRE, Happening.GRANT, State.FIRE, [Command.FREE, Command.ASSUME]),
        (State.FIRE, Happening.ALL_CLEAR, State.LOCKED, [Command.SECURE]),
    ],
)
def test_what_follows_on_the_way_out(
    state: State, event: Happening, after: State, commands: list[Command]
) -> None:
    assert step(OUT, state, event) == (after, tuple(commands))


# Invariant: after any sequence of happenings the exit can be released; the entry is released only
# by a grant that leads to a state that says so; a fire is ended by the all-clear alone.
@given(st.lists(st.sampled_from(Happening)))
def test_no_sequence_leaves_exit_unreleasable(events: list[Happening]) -> None:
    entry = way_out = State.LOCKED
    burns = False
    for event in events:
        burns = event is Happening.FIRE or (burns and event is not Happening.ALL_CLEAR)
        entry, commands = step(IN, entry, event)
        way_out, _ = step(OUT, way_out, event)
        assert (Command.RELEASE in commands) <= (
            event is Happening.GRANT and entry is State.RELEASED
        )
        assert (entry is State.FIRE, way_out is State.FIRE) == (burns, burns)

    assert FREES.intersection(step(OUT, way_out, Happening.GRANT)[1])

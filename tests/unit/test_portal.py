"""The portal's table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.unit.portal import TABLE, Command, Happening, State, step

MAY_OPEN = {State.RELEASED_IN, State.RELEASED_BOTH}


@pytest.mark.parametrize("state", State)
def test_every_state_answers_every_happening(state: State) -> None:
    assert set(TABLE[state]) == set(Happening)


@pytest.mark.parametrize("state", State)
def test_exit_is_released_in_every_state(state: State) -> None:
    after, commands = step(state, Happening.GRANT_OUT)

    assert commands == (Command.RELEASE_EXIT,)
    assert (after in MAY_OPEN) == (state in MAY_OPEN)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", [Happening.FAULT, Happening.STOP])
def test_a_fault_or_the_end_locks_the_entry(state: State, event: Happening) -> None:
    after, commands = step(state, event)

    assert commands == (Command.LOCK_ENTRY,)
    assert after in {State.FAULT, State.STOPPED}


@pytest.mark.parametrize("state", [State.FAULT, State.STOPPED])
def test_entry_is_not_released_under_a_fault_or_after_the_end(state: State) -> None:
    assert step(state, Happening.GRANT_IN) == (state, ())


@pytest.mark.parametrize(
    ("state", "event", "after"),
    [
        (State.LOCKED, Happening.GRANT_IN, State.RELEASED_IN),
        (State.LOCKED, Happening.GRANT_OUT, State.RELEASED_OUT),
        (State.RELEASED_IN, Happening.GRANT_IN, State.RELEASED_IN),
        (State.RELEASED_IN, Happening.GRANT_OUT, State.RELEASED_BOTH),
        (State.RELEASED_IN, Happening.ENTRY_ENDED, State.LOCKED),
        (State.RELEASED_OUT, Happening.GRANT_IN, State.RELEASED_BOTH),
        (State.RELEASED_OUT, Happening.EXIT_ENDED, State.LOCKED),
        (State.RELEASED_BOTH, Happening.ENTRY_ENDED, State.RELEASED_OUT),
        (State.RELEASED_BOTH, Happening.EXIT_ENDED, State.RELEASED_IN),
        (State.FAULT, Happening.CLEARED, State.LOCKED),
        (State.STOPPED, Happening.CLEARED, State.STOPPED),
    ],
)
def test_what_follows(state: State, event: Happening, after: State) -> None:
    assert step(state, event)[0] is after


# Invariant: after any sequence of happenings the exit can be released, and the entry is released
# only by a grant that leads to a state that says so.
@given(st.lists(st.sampled_from(Happening)))
def test_no_sequence_leaves_exit_unreleasable(events: list[Happening]) -> None:
    state = State.LOCKED
    for event in events:
        state, commands = step(state, event)
        assert (Command.RELEASE_ENTRY in commands) <= (
            event is Happening.GRANT_IN and state in MAY_OPEN
        )

    assert step(state, Happening.GRANT_OUT)[1] == (Command.RELEASE_EXIT,)

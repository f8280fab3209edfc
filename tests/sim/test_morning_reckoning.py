"""A roll call held against the truth: what is explained, and what isn't."""

from datetime import UTC, datetime, timedelta

import pytest

from gate.access.model import Direction
from gate.access.muster import Muster
from gate.access.presence import Passage, Presence, SiteWide, fold_passages
from gate.access.roll_call import RollCall, call_roll
from gate.sim.morning.reckoning import Cause, Reckoned, Viewer, reckon
from gate.sim.morning.truth import Move, Seen, Truth
from gate.trust.gates_heard import GateHeard

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
ANNA = b"A" * 16
IN, OUT = Direction.IN, Direction.OUT
LANES = {b"gate-a--": "Gate A in", b"gate-b--": "Gate B out"}


def ago(minutes: float) -> datetime:
    return TEN - timedelta(minutes=minutes)


def move(minutes: float, way: Direction, lane: str, seen: Seen = Seen.CARD) -> Move:
    return Move(person=ANNA, at=ago(minutes), way=way, lane=lane, seen=seen)


def truth(*moves: Move) -> Truth:
    found = Truth()
    for one in moves:
        found.add(one)
    return found


def roll_of(*ways: Direction, heard: float = 0, turned_out: int = 0) -> RollCall:
    """Call the roll at Gate A, which saw Anna go these ways and heard Gate B so long ago."""
    passages = [
        Passage(person=ANNA, direction=way, at=ago(60 - n), access_point="", area="")
        for n, way in enumerate(ways)
    ]
    gate = GateHeard(b"gate-b--", "Gate B out", ago(heard), ago(heard), 0, turned_out)
    site = SiteWide(as_of=TEN, gates=(gate,))
    return call_roll(fold_passages(passages).with_site(site), Muster(), TEN, own=b"gate-a--")


def reckoned(roll: RollCall, found: Truth) -> Reckoned:
    viewer = Viewer(name="Gate A in", own="Gate A in", roll=roll, lanes=LANES, fires={})
    return reckon(viewer, found, TEN)


def test_a_roll_call_that_equals_the_truth_needs_no_cause() -> None:
    found = reckoned(roll_of(IN), truth(move(60, IN, "Gate A in")))

    assert (found.inside, found.too_many, found.missing, found.unexplained) == (1, {}, {}, ())


@pytest.mark.parametrize(
    ("gone", "heard", "turned_out", "cause"),
    [
        pytest.param(move(30, OUT, "Gate B out"), 40, 0, Cause.CUT_OFF, id="by a gate cut off"),
        pytest.param(move(1, OUT, "Gate B out"), 1.5, 0, Cause.SECONDS, id="seconds ago"),
        pytest.param(move(30, OUT, "", Seen.NOTHING), 0, 0, Cause.NOTHING, id="by no gate"),
        pytest.param(move(30, OUT, "Gate B out", Seen.TURN), 0, 1, Cause.TURN, id="without a card"),
    ],
)
def test_somebody_who_left_unseen_is_one_too_many_and_explained(
    gone: Move, heard: float, turned_out: int, cause: Cause
) -> None:
    roll = roll_of(IN, heard=heard, turned_out=turned_out)
    found = reckoned(roll, truth(move(60, IN, "Gate A in"), gone))

    assert found.too_many == {cause: 1}
    assert found.unexplained == ()


def test_an_exit_that_was_told_and_is_not_on_the_roll_call_is_unexplained() -> None:
    found = reckoned(roll_of(IN), truth(move(60, IN, "Gate A in"), move(30, OUT, "Gate B out")))

    assert found.too_many == {Cause.UNEXPLAINED: 1}
    assert len(found.unexplained) == 2


def test_somebody_whom_the_roll_call_lost_is_unexplained() -> None:
    found = reckoned(roll_of(), truth(move(60, IN, "Gate A in")))

    assert found.missing == {Cause.UNEXPLAINED: 1}


def test_more_turns_without_a_card_than_the_roll_call_counts_are_unexplained() -> None:
    left = truth(move(60, IN, "Gate A in"), move(30, OUT, "Gate B out", Seen.TURN))
    (said,) = reckoned(roll_of(IN), left).unexplained

    assert said == "1 turned out without a card, the roll call says 0"


def test_somebody_whom_nobody_ever_saw_is_not_on_it() -> None:
    phantom = fold_passages(
        [Passage(person=ANNA, direction=IN, at=ago(5), access_point="", area="")]
    )
    found = reckoned(call_roll(phantom, Muster(), TEN), Truth())

    assert found.too_many == {Cause.UNEXPLAINED: 1}
    assert reckoned(call_roll(Presence(), Muster(), TEN), Truth()).unexplained == ()

"""A roll call held against the truth: what is explained, and what isn't."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gate.access.model import Direction
from gate.access.muster import Muster
from gate.access.presence import How, Passage, Presence, SiteWide, fold_passages
from gate.access.roll_call import RollCall, Standing, call_roll
from gate.errors import UplinkError
from gate.sim.morning.manager import page_of
from gate.sim.morning.reckoning import Cause, Reckoned, Viewer, reckon
from gate.sim.morning.together import Together
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


def let_through_with_ben(*, anna_turned: bool, stranger: bool = False) -> Together:
    """Return Anna and Ben at Gate A an hour ago: one of them turned, perhaps a stranger too."""
    together = Together(last_at=ago(60))
    stayed, turned = (b"B" * 16, ANNA) if anna_turned else (ANNA, b"B" * 16)
    for person in (stayed, turned):
        together.let_through(person, ago(60))
    together.stayed(stayed, ago(60))
    together.turned(turned)
    together.place_taken = stranger
    return together


@pytest.mark.parametrize(
    ("said", "anna_turned", "stranger", "is_explained"),
    [
        pytest.param(How.NOT_KNOWN, True, False, True, id="named, who turned"),
        pytest.param(How.NOT_KNOWN, False, False, True, id="named, who stayed"),
        pytest.param(How.PASSED, True, False, True, id="inside, who turned"),
        pytest.param(How.PASSED, False, False, False, id="inside, who stayed"),
        pytest.param(How.PASSED, False, True, True, id="inside, in whose place somebody turned"),
        pytest.param(None, False, False, True, id="outside, who stayed"),
        pytest.param(None, True, False, False, id="outside, who turned"),
        pytest.param(None, True, True, False, id="outside, who turned, as did a stranger"),
    ],
)
def test_of_two_let_through_together_nobody_may_be_told_wrongly_as_certain(
    said: How | None, *, anna_turned: bool, stranger: bool, is_explained: bool
) -> None:
    together = let_through_with_ben(anna_turned=anna_turned, stranger=stranger)
    way, seen = (IN, Seen.CARD) if anna_turned else (OUT, Seen.ANNULLED)
    came = replace(move(60, way, "Gate A in", seen), together=together)
    passage = Passage(person=ANNA, direction=IN, at=ago(60), access_point="", area="")
    people = [] if said is None else [passage._replace(how=said)]
    roll = call_roll(fold_passages(people), Muster(), TEN, own=b"gate-a--")

    assert (reckoned(roll, truth(came)).unexplained == ()) is is_explained


@pytest.mark.parametrize(
    ("held", "is_explained"),
    [
        pytest.param((60, How.PASSED), True, id="awaited as before: the turn is taken for Ben's"),
        pytest.param((1 / 20, How.PASSED), True, id="inside: the turn is taken for hers"),
        pytest.param((1 / 20, How.NOT_KNOWN), True, id="named as not known"),
        pytest.param(None, False, id="lost"),
    ],
)
def test_until_it_is_settled_whose_turn_it_was_each_is_where_they_were_before(
    held: tuple[float, How] | None, *, is_explained: bool
) -> None:
    cleared_at, at = ago(20), ago(1 / 20)
    together = Together(last_at=at)
    for person in (b"B" * 16, ANNA):
        together.let_through(person, at)
    together.stayed(b"B" * 16, at)
    together.turned(ANNA)
    found = truth(
        move(60, IN, "Gate A in"),
        move(29, OUT, "Gate A out", Seen.TURN),
        replace(move(1 / 20, IN, "Gate A in"), together=together),
    )
    people = []
    if held is not None:
        people = [Passage(ANNA, IN, ago(held[0]), "Gate A in", "", held[1])]
    roll = call_roll(fold_passages(people), Muster(left_at=ago(30)), TEN, own=b"gate-a--")
    fires = {"Gate A in": (ago(30), cleared_at)}
    viewer = Viewer(name="Gate A in", own="Gate A in", roll=roll, lanes=LANES, fires=fires)

    assert (reckon(viewer, found, TEN).unexplained == ()) is is_explained


def test_who_is_known_for_certain_must_not_be_named_as_not_known() -> None:
    passage = Passage(ANNA, IN, ago(60), "", "", How.NOT_KNOWN)
    roll = call_roll(fold_passages([passage]), Muster(), TEN, own=b"gate-a--")

    assert reckoned(roll, truth(move(60, IN, "Gate A in"))).unexplained


LINE = (
    '<li data-named="1"><span class="name"><strong>A</strong> '
    '<span class="card-number">{}</span></span>'
    '<span class="seen">in 07:00 · Gate A in · {}</span></li>'
)
PAGE = (
    "<h1>1 person known inside</h1>"
    "<strong>A fire alarm stands: the list is as it was at 10:00:00.</strong>"
    "<strong>1 known inside; Gate B in unheard since 09:57; Gate C in unheard since 09:50; the"
    " list may be wrong</strong>"
    "<li>2 came in and 3 went out of whom nobody knows who they are.</li>"
    + LINE.format(11, "turned")
    + LINE.format(12, "left by a manager&#x27;s word")
)


def test_the_hubs_page_is_read_as_a_person_reads_it() -> None:
    page = page_of(PAGE)

    assert page.heading == 1
    assert page.standings == {"11": Standing.INSIDE, "12": Standing.FORGIVEN}
    assert page.unheard == ("Gate B in", "Gate C in")
    assert (page.frozen_at, page.turned_in, page.turned_out) == ("10:00:00", 2, 3)


@pytest.mark.parametrize("page", ["<h1>Sign in</h1>", PAGE.replace("turned<", "was seen about<")])
def test_a_page_that_says_something_else_is_a_fault(page: str) -> None:
    with pytest.raises(UplinkError, match="the hub's page of who is inside"):
        page_of(page)

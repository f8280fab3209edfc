"""Whose turn it was: what a contact that counts turns can tell, and what it can't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.unit.open_grants import PROMPT_S, TURN_GRACE_S, Grant, OpenGrants, Settled

RELEASE_S = 5.0
OPEN_S = RELEASE_S + TURN_GRACE_S
NOTHING = Settled()
ANNA, BEN, CAT = (Grant(key=key) for key in (b"anna", b"ben", b"cat"))


class Portal:
    """One way of a portal: people are let through, and turn, at the seconds given."""

    def __init__(self) -> None:
        self.grants = OpenGrants()
        self.not_taken: list[Grant] = []
        self.in_doubt: list[Grant] = []

    def lets(self, grant: Grant, at_s: float) -> None:
        self._take(self.grants.give(grant, at_s, RELEASE_S))

    def turns(self, at_s: float) -> Grant | None:
        self.waits(at_s)
        return self.grants.turn()

    def waits(self, at_s: float) -> None:
        self._take(self.grants.expire(at_s))

    def _take(self, settled: Settled) -> None:
        self.not_taken += settled.not_taken
        self.in_doubt += settled.in_doubt


@pytest.fixture
def portal() -> Portal:
    return Portal()


def test_a_turn_is_taken_for_whoever_was_let_through(portal: Portal) -> None:
    portal.lets(ANNA, 0)

    assert portal.turns(1.5) is ANNA
    assert not portal.grants


def test_a_turn_while_nobody_waits_is_nobodys(portal: Portal) -> None:
    portal.lets(ANNA, 0)

    assert portal.turns(OPEN_S) is None
    assert (portal.not_taken, portal.in_doubt) == ([ANNA], [])


def test_who_was_overtaken_by_the_next_card_and_turns_late_is_in_no_doubt(portal: Portal) -> None:
    portal.lets(ANNA, 0)
    portal.lets(BEN, PROMPT_S + 1)

    assert [portal.turns(6), portal.turns(7.5)] == [ANNA, BEN]
    portal.waits(60)
    assert (portal.not_taken, portal.in_doubt) == ([], [])


def test_who_stayed_away_while_nobody_turned_is_known_to_be_outside(portal: Portal) -> None:
    portal.lets(ANNA, 0)
    portal.lets(BEN, OPEN_S - 1)

    assert portal.turns(OPEN_S) is BEN
    assert (portal.not_taken, portal.in_doubt) == ([ANNA], [])


def test_of_two_of_whom_one_turned_neither_is_known(portal: Portal) -> None:
    portal.lets(ANNA, 0)
    portal.lets(BEN, 1)
    portal.turns(2)
    portal.waits(1 + OPEN_S)

    assert (portal.not_taken, portal.in_doubt) == ([], [ANNA, BEN])


def test_one_who_stayed_away_is_not_taken_for_everybody_who_comes_after(portal: Portal) -> None:
    portal.lets(ANNA, 0)
    portal.lets(BEN, 5)
    portal.turns(6.5)
    for at_s in range(10, 60, 5):
        whose = Grant()
        portal.lets(whose, at_s)
        assert portal.turns(at_s + 1.5) is whose

    assert portal.in_doubt == [ANNA, BEN]
    assert portal.not_taken == []


@pytest.mark.parametrize(
    ("later_s", "in_doubt"),
    [
        pytest.param(PROMPT_S - 0.1, [], id="who comes at once may follow those who turn slowly"),
        pytest.param(PROMPT_S, [ANNA, BEN], id="who comes later begins anew"),
    ],
)
def test_doubt_ends_with_the_first_card_after_a_gap(
    portal: Portal, later_s: float, in_doubt: list[Grant]
) -> None:
    portal.lets(ANNA, 0)
    portal.lets(BEN, 1)
    portal.turns(2)
    portal.lets(CAT, 1 + later_s)

    assert portal.in_doubt == in_doubt


def test_who_shows_the_card_again_has_not_turned_so_the_other_has(portal: Portal) -> None:
    portal.lets(ANNA, 0)
    portal.lets(BEN, 1)
    portal.turns(2)
    portal.grants.renew(BEN.key, 4, RELEASE_S)
    portal.waits(4 + OPEN_S - 0.1)
    assert portal.grants.waits(BEN.key)
    portal.waits(4 + OPEN_S)

    assert (portal.not_taken, portal.in_doubt) == ([BEN], [])


def test_of_two_who_wait_one_who_shows_the_card_again_proves_nothing_of_who_turned(
    portal: Portal,
) -> None:
    for at_s, grant in enumerate((ANNA, BEN, CAT)):
        portal.lets(grant, at_s)
    portal.turns(3)
    portal.grants.renew(CAT.key, 4, RELEASE_S)
    portal.waits(60)

    assert portal.in_doubt == [ANNA, BEN, CAT]


def test_a_card_that_is_not_waited_for_renews_nothing(portal: Portal) -> None:
    portal.lets(ANNA, 0)
    portal.grants.renew(BEN.key, 4, RELEASE_S)

    assert portal.grants.until_s == OPEN_S
    assert portal.grants.released_until_s == RELEASE_S


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_closed_early_was_not_taken_unless_somebody_turned(
    portal: Portal, *, turned: bool
) -> None:
    portal.lets(ANNA, 0)
    portal.lets(BEN, 1)
    if turned:
        portal.turns(2)

    both = (ANNA, BEN)
    assert portal.grants.close() == (Settled(in_doubt=both) if turned else Settled(not_taken=both))
    assert portal.grants.close() == NOTHING


STEPS = st.lists(st.tuples(st.floats(0.1, 9), st.booleans()), max_size=30)


# Everybody who is let through turns, stays away or is in doubt: one of the three, and once; and no
# more turns are told than there were.
@given(steps=STEPS)
def test_everybody_is_told_of_once(steps: list[tuple[float, bool]]) -> None:
    portal, at_s = Portal(), 0.0
    given_out: list[Grant] = []
    turned: list[Grant] = []
    for later_s, is_grant in steps:
        at_s += later_s
        if is_grant:
            given_out.append(Grant(number=len(given_out)))
            portal.lets(given_out[-1], at_s)
        elif (whose := portal.turns(at_s)) is not None:
            turned.append(whose)
    portal.waits(at_s + OPEN_S)

    assert not portal.grants
    told = {one.number for one in (*turned, *portal.not_taken, *portal.in_doubt)}
    assert told == {one.number for one in given_out}
    assert not {one.number for one in turned} & {one.number for one in portal.not_taken}
    stayed = [one for one in portal.in_doubt if one not in turned]
    assert len(turned) + len(portal.not_taken) + len(stayed) == len(given_out)


# If all who are let through turn, in whatever order and however close, each is told as turned and
# nobody is in doubt.
@given(gaps=st.lists(st.floats(0.1, 3), min_size=1, max_size=20), slow=st.floats(0.1, 2.9))
def test_who_all_turn_are_never_in_doubt(gaps: list[float], slow: float) -> None:
    portal, at_s = Portal(), 0.0
    due: list[float] = []
    for gap_s in gaps:
        at_s += gap_s
        while due and due[0] <= at_s:
            portal.turns(due.pop(0))
        portal.lets(Grant(), at_s)
        due.append(max(at_s + slow, due[-1] if due else 0))
    for moment in due:
        assert portal.turns(moment) is not None
    portal.waits(at_s + 60)

    assert (portal.not_taken, portal.in_doubt) == ([], [])

"""The demo's mixture: enough kinds, every one with its expectation, the telling ones first."""

from collections import Counter

import pytest

from gate.errors import Outcome, Reason
from gate.sim.demo_kinds import EXPECTED, MIXTURE, UNREAD, Kind, kinds_for, verdict_of


def test_every_kind_has_an_expectation_and_a_place_in_a_morning_of_sixty() -> None:
    assert set(EXPECTED) == set(Kind)
    assert set(MIXTURE) == set(Kind)
    assert len(MIXTURE) == 60
    assert len(Kind) >= 15


@pytest.mark.parametrize("kind", Kind)
def test_an_expected_verdict_is_spelt_with_codes_that_exist(kind: Kind) -> None:
    verdict = EXPECTED[kind].verdict
    if verdict == UNREAD:
        return
    outcome, _, reason = verdict.partition(":")
    assert outcome in set(Outcome)
    assert (outcome == Outcome.ADMIT) == (reason == "")
    assert reason == "" or reason in set(Reason)


def test_every_outcome_is_shown() -> None:
    shown = {EXPECTED[kind].verdict.partition(":")[0] for kind in Kind}

    assert shown == {*Outcome, UNREAD}


def test_one_card_is_a_good_one() -> None:
    assert kinds_for(1) == Counter({Kind.GOOD: 1})


@pytest.mark.parametrize("cards", [1, 7, 20, 60, 61, 150])
def test_a_morning_has_as_many_as_were_asked_for(cards: int) -> None:
    assert kinds_for(cards).total() == cards


def test_a_second_entry_never_comes_without_somebody_who_is_inside() -> None:
    for cards in range(1, 61):
        kinds = kinds_for(cards)
        assert kinds[Kind.SECOND_ENTRY] == 0 or kinds[Kind.GOOD] > 0


def test_a_verdict_is_the_outcome_and_the_reason_that_was_shown() -> None:
    assert verdict_of("admit", ()) == "admit"
    assert verdict_of("refuse", ("expired", "passback")) == "refuse:expired"

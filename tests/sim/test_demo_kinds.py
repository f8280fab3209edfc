"""The demo's mixture: enough kinds, every one with its expectation, the telling ones first."""

from collections import Counter
from itertools import product

import pytest

from gate.errors import Outcome, Reason
from gate.events.model import EventKind
from gate.sim.demo_kinds import (
    EXPECTED,
    MIXTURE,
    MIXTURE_OF_TWO,
    ON_THE_WAY_OUT,
    UNREAD,
    Kind,
    kinds_for,
    passes,
    verdict_of,
)


def test_every_kind_has_an_expectation_and_a_place_in_a_morning_of_sixty() -> None:
    assert set(EXPECTED) == set(Kind)
    assert set(MIXTURE_OF_TWO) == set(Kind)
    assert set(MIXTURE) == set(Kind) - ON_THE_WAY_OUT - {Kind.RETURNS}
    assert len(MIXTURE) == len(MIXTURE_OF_TWO) == 60
    assert len(Kind) >= 15


@pytest.mark.parametrize("kind", Kind)
def test_an_expected_verdict_is_spelt_with_codes_that_exist(kind: Kind) -> None:
    for verdict in EXPECTED[kind].verdict.split(" + "):
        if verdict == UNREAD or verdict in set(EventKind):
            continue
        outcome, _, reason = verdict.partition(":")
        assert outcome in set(Outcome)
        if kind not in ON_THE_WAY_OUT:  # where every answer is to admit, with its reasons kept
            assert (outcome == Outcome.ADMIT) == (reason == "")
        assert reason == "" or reason in set(Reason)


def test_who_passes_passes_unless_they_do_not_take_it() -> None:
    let_in = {kind for kind in Kind if passes(kind)}

    assert {Kind.GOOD, Kind.LIST_AGEING, Kind.HELD_OPEN, Kind.KEY_TURNED, Kind.BACK} <= let_in
    assert not let_in & {Kind.NOT_TAKEN, Kind.FORCED, Kind.FIRE, Kind.REVOKED, Kind.NO_LIST}


def test_every_happening_of_the_portal_is_shown() -> None:
    shown = {word for kind in Kind for word in EXPECTED[kind].verdict.split(" + ")}

    assert shown >= {"not_turned", "forced", "held", "held_over", "note:override"}
    assert shown >= {"fire_alarm", "turns_unidentified", "all_clear"}


def test_nobody_comes_back_before_there_was_a_fire_or_without_having_been_inside() -> None:
    for cards, lanes in product(range(1, 181), (1, 2)):
        kinds = kinds_for(cards, lanes)
        assert kinds[Kind.BACK] == 0 or kinds[Kind.FIRE] > 0
        gone = kinds[Kind.LEAVES] - kinds[Kind.RETURNS]
        assert gone >= 0
        assert kinds[Kind.BACK] + kinds[Kind.LEAVES] <= kinds[Kind.GOOD]
        assert kinds[Kind.STAYS] == 0 or kinds[Kind.GOOD] > kinds[Kind.LEAVES]


def test_every_outcome_is_shown() -> None:
    shown = {EXPECTED[kind].verdict.partition(":")[0] for kind in Kind}

    assert shown >= {*Outcome, UNREAD}


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

"""Green, amber, red: where each begins, and how long until the next."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.sim.issuer import NOW
from gate.trust.freshness import Freshness, Tier, Tiers, freshness, judge_age, worst

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "tier", "left"),
    [
        pytest.param(0 * HOUR, Tier.GREEN, 24 * HOUR, id="just signed"),
        pytest.param(-HOUR, Tier.GREEN, 24 * HOUR, id="by a signer ahead of us"),
        pytest.param(24 * HOUR - SECOND, Tier.GREEN, SECOND, id="a day, all but a second"),
        pytest.param(24 * HOUR, Tier.GREEN, 0 * HOUR, id="a day"),
        pytest.param(24 * HOUR + SECOND, Tier.AMBER, 72 * HOUR - SECOND, id="a day and a second"),
        pytest.param(30 * HOUR, Tier.AMBER, 66 * HOUR, id="thirty hours"),
        pytest.param(96 * HOUR, Tier.AMBER, 0 * HOUR, id="a bank-holiday weekend"),
        pytest.param(96 * HOUR + SECOND, Tier.RED, 0 * HOUR, id="four days and a second"),
        pytest.param(9_600 * HOUR, Tier.RED, 0 * HOUR, id="a year"),
    ],
)
def test_an_age_has_its_tier(age: timedelta, tier: Tier, left: timedelta) -> None:
    found = freshness(NOW - age, NOW)

    assert (found.tier, found.left) == (tier, left)


def test_a_site_sets_its_own_tiers() -> None:
    tiers = Tiers(amber=HOUR, red=HOUR)

    assert judge_age(HOUR, tiers).tier is Tier.GREEN
    assert judge_age(HOUR + SECOND, tiers).tier is Tier.RED


@pytest.mark.parametrize(
    "hours",
    [
        pytest.param((0, 1), id="amber at once"),
        pytest.param((2, 1), id="red before amber"),
        pytest.param((-1, 1), id="amber before it was signed"),
    ],
)
def test_tiers_come_in_their_order(hours: tuple[int, int]) -> None:
    with pytest.raises(TrustError, match="not in this order"):
        Tiers(amber=hours[0] * HOUR, red=hours[1] * HOUR)


GREEN, AMBER, RED = judge_age(HOUR), judge_age(30 * HOUR), judge_age(100 * HOUR)


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        pytest.param([GREEN], GREEN, id="alone"),
        pytest.param([GREEN, RED, AMBER], RED, id="red of all"),
        pytest.param([AMBER, GREEN], AMBER, id="amber over green"),
        pytest.param([judge_age(2 * HOUR), GREEN], judge_age(2 * HOUR), id="the older green"),
        pytest.param([RED, judge_age(101 * HOUR)], judge_age(101 * HOUR), id="the older red"),
        pytest.param(
            [judge_age(30 * HOUR), judge_age(2 * HOUR, Tiers(amber=HOUR, red=3 * HOUR))],
            judge_age(2 * HOUR, Tiers(amber=HOUR, red=3 * HOUR)),
            id="the amber that turns red first",
        ),
    ],
)
def test_the_worst_of_several_counts(found: list[Freshness], chosen: Freshness) -> None:
    assert worst(*found) == chosen


# Invariant: freshness only ever worsens with age, and the next tier comes when `left` is over.
@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_nothing_grows_fresher_by_waiting(age_s: int, more_s: int) -> None:
    before, after = judge_age(age_s * SECOND), judge_age((age_s + more_s) * SECOND)
    order = list(Tier)

    assert order.index(before.tier) <= order.index(after.tier)
    over = judge_age(before.age + before.left + SECOND)
    assert before.tier is Tier.RED or over.tier is not before.tier

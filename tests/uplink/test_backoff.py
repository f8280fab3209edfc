"""How long an uplink waits."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.uplink.backoff import (
    LAST_CEILING_S,
    MAX_RETRY_AFTER_S,
    jittered_s,
    retry_after_s,
    wait_s,
)

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
CHANCE = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("failures", "ceiling_s"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (10_000, 300)]
)
def test_the_ceiling_doubles_up_to_five_minutes(failures: int, ceiling_s: float) -> None:
    assert wait_s(failures, None, lambda: 0.0) == 0
    assert wait_s(failures, None, lambda: 0.5) == ceiling_s / 2


def test_what_the_hub_asked_for_comes_before_the_jitter() -> None:
    assert wait_s(3, 60, lambda: 0.0) == 60
    assert wait_s(3, 60, lambda: 0.5) == 62


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("99999999999", MAX_RETRY_AFTER_S),
        ("Sun, 06 Dec 2026 07:16:30 GMT", 90),
        ("Sun, 06 Dec 2026 07:16:30 -0000", 90),
        ("Sun, 06 Dec 2026 06:00:00 GMT", 0),
        ("Sun, 06 Dec 2099 06:00:00 GMT", MAX_RETRY_AFTER_S),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("Sun, 06 Dec 99999999999999999999 07:16:30 GMT", None),
        ("Sun, 06 Dec 2026 07:16:30 +99999999999", None),
        ("9" * 65, None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds


# Invariant: any header gives None or 0 to MAX_RETRY_AFTER_S.
@given(
    st.text(max_size=70) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} Dec \d{1,5} [\d:]{1,9} .{0,6}")
)
def test_any_retry_after_is_bounded(header: str) -> None:
    seconds = retry_after_s(header, NOW)
    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER_S


@given(st.integers(1, 10**6), st.none() | st.floats(0, MAX_RETRY_AFTER_S), CHANCE)
def test_a_wait_is_bounded(failures: int, asked_s: float | None, chance: float) -> None:
    waited_s = wait_s(failures, asked_s, lambda: chance)
    assert (asked_s or 0) <= waited_s <= (asked_s or 0) + LAST_CEILING_S


@given(CHANCE)
def test_an_interval_is_spread_around_its_mean(chance: float) -> None:
    assert 5 <= jittered_s(10, lambda: chance) <= 15

"""What time it is at least: a clock that was never set, was set back, or leapt."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.sim.issuer import NOW
from gate.trust.clock_floor import (
    EARLIEST,
    ClockReading,
    ClockState,
    begin_boot,
    clock_freshness,
    format_state,
    parse_state,
    raise_floor,
    read_clock,
)
from gate.trust.freshness import Tier
from gate.trust.status_token import CLOCK_SLACK

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
NEVER_SET = datetime(1970, 1, 1, 0, 0, 20, tzinfo=UTC)
HELD = raise_floor(ClockState(), NOW)
"""What a unit starts from that holds a list signed at NOW."""


def boot(state: ClockState, boot_id: str = "one") -> ClockState:
    return begin_boot(state, boot_id)


def read(
    state: ClockState, system_now: datetime, uptime_s: float, *, trusted: bool = False
) -> ClockReading:
    return read_clock(system_now=system_now, system_trusted=trusted, uptime_s=uptime_s, state=state)


def test_a_trusted_clock_is_believed() -> None:
    reading = read(boot(HELD), NOW + HOUR, 30.0, trusted=True)

    assert (reading.at, reading.trusted, reading.untrusted_s) == (NOW + HOUR, True, 0.0)
    assert reading.state.floor == NOW + HOUR


def test_a_clock_that_was_never_set_gives_the_floor_and_the_time_since_boot() -> None:
    reading = read(boot(HELD), NEVER_SET, 30.0)

    assert (reading.at, reading.trusted, reading.below_floor) == (NOW + 30 * SECOND, False, True)
    assert reading.untrusted_s == 30.0


def test_an_untrusted_clock_ahead_of_the_floor_is_not_looked_at() -> None:
    reading = read(boot(HELD), NOW + 9 * HOUR, 30.0)

    assert (reading.at, reading.trusted, reading.below_floor) == (NOW + 30 * SECOND, False, False)


def test_a_clock_below_the_floor_is_wrong_whatever_it_says_of_itself() -> None:
    reading = read(boot(HELD), NOW - CLOCK_SLACK - SECOND, 30.0, trusted=True)

    assert (reading.trusted, reading.below_floor) == (False, True)


def test_a_signer_may_be_a_minute_ahead_of_a_trusted_clock() -> None:
    reading = read(boot(HELD), NOW - CLOCK_SLACK, 30.0, trusted=True)

    assert (reading.at, reading.trusted) == (NOW - CLOCK_SLACK, True)
    assert reading.state.floor == NOW


def test_a_trusted_clock_past_every_calendar_is_not_believed() -> None:
    reading = read(boot(HELD), datetime(9999, 12, 31, tzinfo=UTC), 30.0, trusted=True)

    assert (reading.at, reading.trusted) == (NOW + 30 * SECOND, False)


def test_a_unit_that_holds_nothing_knows_in_which_age_it_lives() -> None:
    assert read(boot(ClockState()), NEVER_SET, 0.0).at == EARLIEST


def test_what_was_signed_later_raises_the_floor_and_nothing_lowers_it() -> None:
    assert raise_floor(HELD, NOW - HOUR, NOW + HOUR).floor == NOW + HOUR
    assert raise_floor(HELD, NOW - HOUR) == HELD
    assert raise_floor(HELD) == HELD


def test_untrusted_time_goes_on_from_where_the_last_boot_ended() -> None:
    first = read(boot(HELD), NEVER_SET, 3600.0)
    second = read(boot(first.state, "two"), NEVER_SET, 60.0)

    assert second.at == NOW + HOUR + 60 * SECOND
    assert second.untrusted_s == 3660.0


def test_a_process_that_starts_again_in_the_same_boot_counts_nothing_twice() -> None:
    first = read(boot(HELD), NEVER_SET, 3600.0)
    second = read(boot(parse_state(format_state(first.state))), NEVER_SET, 3700.0)

    assert (second.at, second.untrusted_s) == (NOW + 3700 * SECOND, 3700.0)


def test_a_trusted_clock_ends_the_count() -> None:
    untrusted = read(boot(HELD), NEVER_SET, 3600.0)
    trusted = read(untrusted.state, NOW + 9 * HOUR, 3610.0, trusted=True)
    again = read(trusted.state, NOW + 9 * HOUR, 3620.0)

    assert (trusted.untrusted_s, again.untrusted_s) == (0.0, 10.0)
    assert again.at == NOW + 9 * HOUR + 10 * SECOND


def day_without_a_clock(state: ClockState, boots: Iterable[int]) -> list[Tier]:
    """Boot every hour, each time to a clock of 1970; what is kept is what a power cut leaves."""
    tiers: list[Tier] = []
    for number in boots:
        state = begin_boot(parse_state(format_state(state)), f"boot {number}")
        for uptime_s in range(20, 3600, 60):
            reading = read(state, NEVER_SET + uptime_s * SECOND, float(uptime_s))
            state = reading.state
        tiers.append(clock_freshness(reading.untrusted_s).tier)
    return tiers


def test_a_gate_rebooted_every_hour_for_two_days_without_a_clock_reaches_red() -> None:
    tiers = day_without_a_clock(HELD, range(48))

    assert (tiers[0], tiers[1], tiers[23]) == (Tier.GREEN, Tier.AMBER, Tier.AMBER)
    assert tiers[24:] == [Tier.RED] * 24


def jumps(*readings: tuple[datetime, float, bool]) -> list[timedelta | None]:
    state, found = boot(HELD), list[timedelta | None]()
    for system_now, uptime_s, trusted in readings:
        reading = read(state, system_now, uptime_s, trusted=trusted)
        found.append(reading.jump)
        state = reading.state
    return found


@pytest.mark.parametrize(
    ("readings", "told"),
    [
        pytest.param(
            [(NOW, 0, True), (NOW + HOUR, 3600, True), (NOW + 2 * HOUR, 7200, True)],
            [None, None, None],
            id="a clock that runs",
        ),
        pytest.param(
            [(NOW, 0, True), (NOW + 2 * HOUR, 3600, True), (NOW + 3 * HOUR, 7200, True)],
            [None, HOUR, None],
            id="a trusted clock leaps forward",
        ),
        pytest.param(
            [
                (NOW + 9 * HOUR, 0, True),
                (NOW + 8 * HOUR, 10, True),
                (NOW + 8 * HOUR, 10, True),
                (NOW + 8 * HOUR + 10 * SECOND, 20, True),
            ],
            [None, -HOUR - 10 * SECOND, None, None],
            id="a trusted clock falls back",
        ),
        pytest.param(
            [(NOW + 9 * HOUR, 0, True), (NEVER_SET, 10, False), (NEVER_SET, 20, False)],
            [None, NEVER_SET - NOW - 9 * HOUR - 10 * SECOND, None],
            id="a clock is lost",
        ),
        pytest.param(
            [
                (NOW + 9 * HOUR, 0, True),
                (NOW + 8 * HOUR, 10, True),
                (NOW + 9 * HOUR + 20 * SECOND, 20, True),
            ],
            [None, -HOUR - 10 * SECOND, None],
            id="back, and right again",
        ),
        pytest.param(
            [(NEVER_SET, 0, False), (NEVER_SET, 10, False), (NOW + 9 * HOUR, 20, True)],
            [None, None, 9 * HOUR - 20 * SECOND],
            id="a clock is set after boot",
        ),
        pytest.param(
            [(NEVER_SET, 0, False), (NOW + 9 * HOUR, 10, False), (NEVER_SET, 20, False)],
            [None, None, None],
            id="a clock that nobody goes by leaps",
        ),
        pytest.param(
            [(NOW + 9 * HOUR, 0, True), (NOW + 9 * HOUR + 70 * SECOND, 10, True)],
            [None, None],
            id="a correction by a minute",
        ),
        pytest.param([(NOW + 900 * HOUR, 0, True)], [None], id="switched off for a month"),
    ],
)
def test_a_jump_is_reported_once(
    readings: list[tuple[datetime, float, bool]], told: list[timedelta | None]
) -> None:
    assert jumps(*readings) == told


def test_knowledge_that_arrives_late_moves_an_untrusted_clock_and_is_told() -> None:
    before = read(boot(HELD), NEVER_SET, 10.0)
    after = read(raise_floor(before.state, NOW + 5 * HOUR), NEVER_SET, 20.0)

    assert (after.at, after.trusted) == (NOW + 5 * HOUR + 10 * SECOND, False)
    assert after.jump == 5 * HOUR - 10 * SECOND


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("read"),
            st.integers(-(10**9), 10**9),
            st.integers(0, 10**6),
            st.booleans(),
        ),
        st.tuples(st.just("signed"), st.integers(-(10**8), 10**8), st.just(0), st.just(value=True)),
        st.tuples(st.just("boot"), st.just(0), st.just(0), st.just(value=False)),
        st.tuples(st.just("keep"), st.just(0), st.just(0), st.just(value=False)),
    ),
    max_size=30,
)


# Invariant: the floor never falls; no reading is below it beyond the slack, nor at all if it is
# untrusted; untrusted seconds add up, across boots, to just the time that ran so since a trusted
# reading; and a state that is kept comes back the same.
@given(STEPS)
def test_time_never_goes_back_below_the_floor(steps: list[tuple[str, int, int, bool]]) -> None:
    state, uptime_s, boots, ran_s = boot(HELD, "0"), 0, 0, 0
    for kind, offset_s, elapsed_s, trusted in steps:
        floor = state.floor
        if kind == "boot":
            boots, uptime_s = boots + 1, 0
            state = boot(state, str(boots))
        elif kind == "signed":
            state = raise_floor(state, NOW + offset_s * SECOND)
        elif kind == "keep":
            assert parse_state(format_state(state)) == state
        else:
            uptime_s += elapsed_s
            reading = read(state, NOW + offset_s * SECOND, float(uptime_s), trusted=trusted)
            ran_s = 0 if reading.trusted else ran_s + elapsed_s
            assert reading.at >= floor - (CLOCK_SLACK if reading.trusted else 0 * SECOND)
            assert reading.untrusted_s == ran_s
            assert not (reading.trusted and reading.below_floor)
            state = reading.state
        assert state.floor >= floor


# Invariant: a reading repeated at once says the same, and no jump.
@given(STEPS)
def test_a_reading_at_once_after_another_says_the_same(
    steps: list[tuple[str, int, int, bool]],
) -> None:
    state, uptime_s = boot(HELD), 0
    for _, offset_s, elapsed_s, trusted in steps:
        uptime_s += elapsed_s
        now = NOW + offset_s * SECOND
        first = read(state, now, float(uptime_s), trusted=trusted)
        second = read(first.state, now, float(uptime_s), trusted=trusted)
        assert (second.at, second.trusted, second.jump) == (first.at, first.trusted, None)
        state = second.state


def test_a_steady_line_that_falls_adds_nothing() -> None:
    first = read(boot(HELD), NEVER_SET, 100.0)
    second = read(first.state, NEVER_SET, 50.0)
    third = read(second.state, NEVER_SET, 110.0)

    assert (second.untrusted_s, third.untrusted_s) == (100.0, 110.0)


END = read(raise_floor(HELD, datetime(2100, 12, 31, tzinfo=UTC)), NEVER_SET, 5e9).state


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(ClockState(), id="the first"),
        pytest.param(begin_boot(ClockState(), "x" * 64), id="of a boot with a long name"),
        pytest.param(END, id="at the end of the calendar"),
        pytest.param(read(END, NEVER_SET, 1e12).state, id="after every end"),
    ],
)
def test_every_state_can_be_kept(state: ClockState) -> None:
    assert parse_state(format_state(state)) == state


def test_after_the_end_of_the_calendar_time_stands_still() -> None:
    assert read(END, NEVER_SET, 1e12).at == datetime(2101, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("boot_id", ["", "x" * 65, "a\nb"])
def test_a_boot_has_a_name_that_can_be_kept(boot_id: str) -> None:
    with pytest.raises(TrustError, match="boot id"):
        begin_boot(HELD, boot_id)


def kept(**changed: Any) -> str:  # noqa: ANN401 - whatever a damaged file may hold
    document = json.loads(format_state(read(boot(HELD), NEVER_SET, 10.0).state))
    return json.dumps(document | changed)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "not JSON", id="nothing"),
        pytest.param("x" * 1025, "at most 1024", id="too long"),
        pytest.param("[" * 1000, "not JSON", id="deep"),
        pytest.param("{}", "missing", id="no fields"),
        pytest.param(kept(floor_us=0), "2020 to 2100", id="a floor of 1970"),
        pytest.param(kept(floor_us=True), "2020 to 2100", id="true for a floor"),
        pytest.param(kept(floor_us=10**30), "2020 to 2100", id="a floor past people"),
        pytest.param(kept(untrusted_s=-1), "seconds", id="less than no time"),
        pytest.param(kept(untrusted_s=float("nan")), "seconds", id="not a number"),
        pytest.param(kept(uptime_s="1"), "seconds", id="a text for seconds"),
        pytest.param(kept(boot_id="x" * 65), "field", id="a long name"),
        pytest.param(kept(trusted=1), "field", id="a number for yes"),
    ],
)
def test_a_damaged_state_is_named(text: str, told: str) -> None:
    with pytest.raises(TrustError, match=f"clock state: .*{told}"):
        parse_state(text)


# Invariant: any text is a state that comes back the same, or TrustError.
@given(
    st.text(max_size=60)
    | st.dictionaries(
        st.sampled_from(["floor_us", "untrusted_s", "boot_id", "uptime_s", "at_us", "trusted"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    ).map(lambda changed: kept(**changed))
)
def test_any_text_is_a_state_or_one_error(text: str) -> None:
    try:
        state = parse_state(text)
    except TrustError:
        return
    assert parse_state(format_state(state)) == state

"""The table of what a worker sees and hears."""

import math
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.devices.signals import (
    MAX_FLASHES_PER_S,
    PATTERNS,
    Light,
    Lights,
    Pattern,
    Signal,
    Step,
    at,
)

VERDICTS = (Signal.ADMITTED, Signal.NOTED, Signal.REFERRED, Signal.REFUSED)
RESTING = [signal for signal, pattern in PATTERNS.items() if pattern.rests]
STAYING = [signal for signal, pattern in PATTERNS.items() if pattern.stays]
PASSING = [
    signal for signal, pattern in PATTERNS.items() if not pattern.rests and not pattern.stays
]
DARK: Lights = frozenset()
GREEN, RED, AMBER = (frozenset({light}) for light in (Light.GREEN, Light.RED, Light.AMBER))


def most_flashes_in_a_second(pattern: Pattern) -> int:
    """Count how often any lamp comes on within one second, in three seconds from the dark."""
    turns = 1 + math.ceil(3 / pattern.length_s) if pattern.rests else pattern.times
    steps = [Step(seconds=1, lights=DARK), *(pattern.steps * turns)]
    onsets, at_s = [], 0.0
    for before, step in pairwise(steps):
        at_s += before.seconds
        if step.lights - before.lights:
            onsets.append(at_s)
    return max((sum(on <= other < on + 1 for other in onsets) for on in onsets), default=0)


def beeps(signal: Signal) -> list[tuple[int, float]]:
    return [(step.tone_hz, step.seconds) for step in PATTERNS[signal].steps if step.tone_hz]


def test_every_signal_has_a_pattern() -> None:
    assert set(PATTERNS) == set(Signal)


@pytest.mark.parametrize("signal", Signal)
def test_no_signal_flashes_more_than_three_times_a_second(signal: Signal) -> None:
    assert most_flashes_in_a_second(PATTERNS[signal]) <= MAX_FLASHES_PER_S


def test_the_count_of_flashes_would_notice_a_fourth() -> None:
    fast = Pattern(
        rests=True, steps=(Step(seconds=0.125, lights=RED), Step(seconds=0.125, lights=DARK))
    )
    assert most_flashes_in_a_second(fast) == 4


@pytest.mark.parametrize(("one", "other"), list(combinations(VERDICTS, 2)))
def test_two_verdicts_differ_in_pitch_and_in_rhythm(one: Signal, other: Signal) -> None:
    assert {hz for hz, _ in beeps(one)}.isdisjoint(hz for hz, _ in beeps(other))
    assert [s for _, s in beeps(one)] != [s for _, s in beeps(other)]


def test_admitted_beeps_once_and_refused_twice() -> None:
    assert (len(beeps(Signal.ADMITTED)), len(beeps(Signal.REFUSED))) == (1, 2)


@pytest.mark.parametrize(
    ("signal", "seconds"),
    [
        (Signal.SEEN, 0.03),
        (Signal.ADMITTED, 1.5),
        (Signal.NOTED, 3.0),
        (Signal.REFUSED, 4.0),
    ],
)
def test_a_passing_signal_lasts_as_long_as_the_table_says(signal: Signal, seconds: float) -> None:
    assert PATTERNS[signal].length_s == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("signal", "elapsed_s", "lights", "tone_hz"),
    [
        (Signal.READY, 100.0, DARK, None),
        (Signal.READY_AGEING, 3.0, DARK, None),
        (Signal.READY_AGEING, 3.95, AMBER, None),
        (Signal.FAULT, 0.5, AMBER, None),
        (Signal.FAULT, 1.5, DARK, None),
        (Signal.FAULT, 3600.5, AMBER, None),
        (Signal.SEEN, 0.0, DARK, 1_200),
        (Signal.ADMITTED, 0.0, GREEN, 2_400),
        (Signal.ADMITTED, 0.2, GREEN, None),
        (Signal.NOTED, 0.0, GREEN, 1_600),
        (Signal.NOTED, 0.45, GREEN, None),
        (Signal.NOTED, 0.6, GREEN, 1_600),
        (Signal.NOTED, 2.0, AMBER, None),
        (Signal.REFERRED, 0.5, AMBER | RED, 800),
        (Signal.REFERRED, 299.0, AMBER | RED, None),
        (Signal.REFUSED, 0.1, RED, 500),
        (Signal.REFUSED, 0.3, DARK, None),
        (Signal.REFUSED, 0.6, RED, 500),
        (Signal.REFUSED, 2.0, RED, None),
        (Signal.UNREADABLE, 0.05, AMBER, 300),
        (Signal.UNREADABLE, 60.0, AMBER, None),
        (Signal.FIRE_ENTRY, 3600.0, RED, None),
        (Signal.FIRE_EXIT, 3600.0, GREEN, None),
        (Signal.OFF, 1.0, DARK, None),
    ],
)
def test_a_signal_shows_and_sounds(
    signal: Signal, elapsed_s: float, lights: Lights, tone_hz: int | None
) -> None:
    moment = at(PATTERNS[signal], elapsed_s)
    assert moment is not None
    assert (moment.lights, moment.tone_hz) == (lights, tone_hz)


@pytest.mark.parametrize("signal", PASSING)
def test_a_passing_signal_shows_each_step_once_and_ends(signal: Signal) -> None:
    pattern = PATTERNS[signal]
    shown, elapsed_s = [], 0.0
    while (moment := at(pattern, elapsed_s)) is not None:
        assert moment.until_s is not None
        shown.append((moment.lights, moment.tone_hz))
        elapsed_s = moment.until_s
    assert shown == [(step.lights, step.tone_hz) for step in pattern.steps] * pattern.times


# A signal that stays never ends by itself, and is silent in the end.
@given(st.sampled_from(STAYING), st.floats(1.8, 1e9))
def test_a_signal_that_stays_keeps_its_last_step(signal: Signal, elapsed_s: float) -> None:
    moment = at(PATTERNS[signal], elapsed_s)
    assert moment is not None
    assert (moment.lights, moment.tone_hz) == (PATTERNS[signal].steps[-1].lights, None)


def test_the_guard_and_the_hint_are_waited_for() -> None:
    assert STAYING == [Signal.REFERRED, Signal.UNREADABLE]


# A resting signal always shows something, and its next change never lies behind.
@given(st.sampled_from(RESTING), st.floats(0, 1e9))
def test_a_resting_signal_never_ends(signal: Signal, elapsed_s: float) -> None:
    moment = at(PATTERNS[signal], elapsed_s)
    assert moment is not None
    assert moment.until_s is None or moment.until_s >= elapsed_s


@pytest.mark.parametrize(
    ("elapsed_s", "lights", "tone_hz"),
    [
        (0.0, frozenset(Light), 2_000),
        (0.3, frozenset(Light), None),
        (0.7, DARK, None),
        (19.05, frozenset(Light), 2_000),
        (19.9, DARK, None),
    ],
)
def test_a_gate_that_shows_which_it_is_blinks_with_all_lamps_and_beeps_twenty_times(
    elapsed_s: float, lights: frozenset[Light], tone_hz: int | None
) -> None:
    moment = at(PATTERNS[Signal.IDENTIFY], elapsed_s)
    assert moment is not None
    assert (moment.lights, moment.tone_hz) == (lights, tone_hz)
    assert at(PATTERNS[Signal.IDENTIFY], 20.0) is None

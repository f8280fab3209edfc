"""The thread that plays signals: what it presents, in order, and what it says of a broken lamp."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import pytest

from gate.devices.player import Player
from gate.devices.signals import Light, Lights, Pattern, Signal, Step
from gate.errors import DeviceError

DEADLINE_S = 10.0
STEP_S = 0.003
"""Longer than a short step, and shorter than two."""

DARK: Lights = frozenset()
GREEN, RED, AMBER = (frozenset({light}) for light in (Light.GREEN, Light.RED, Light.AMBER))
QUICK = {
    Signal.OFF: Pattern(rests=True, steps=(Step(seconds=1, lights=DARK),)),
    Signal.FAULT: Pattern(rests=True, steps=(Step(seconds=1, lights=AMBER),)),
    Signal.ADMITTED: Pattern(
        rests=False,
        steps=(
            Step(seconds=0.002, lights=GREEN, tone_hz=2_400),
            Step(seconds=0.002, lights=GREEN),
        ),
    ),
    Signal.NOTED: Pattern(
        rests=False,
        steps=(Step(seconds=0.002, lights=RED), Step(seconds=3_600, lights=GREEN)),
    ),
    Signal.REFUSED: Pattern(rests=False, steps=(Step(seconds=3_600, lights=RED),)),
}

Presented = SimpleQueue[tuple[Lights, int | None]]


@contextmanager
def playing(present: Callable[[Lights, int | None], None]) -> Iterator[Player]:
    """Let a player play; time passes by a step whenever something is presented, and only then.

    By a real clock a thread that is not let run for two milliseconds would rightly skip a step.
    """
    at_s = [0.0]

    def present_in_time(lights: Lights, tone_hz: int | None) -> None:
        at_s[0] += STEP_S
        present(lights, tone_hz)

    player = Player(present=present_in_time, monotonic=lambda: at_s[0], patterns=QUICK)
    try:
        yield player
    finally:
        player.close()


def recorder() -> tuple[Presented, Callable[[Lights, int | None], None]]:
    presented: Presented = SimpleQueue()
    return presented, lambda lights, tone_hz: presented.put((lights, tone_hz))


def following(presented: Presented, count: int) -> list[tuple[Lights, int | None]]:
    return [presented.get(timeout=DEADLINE_S) for _ in range(count)]


def test_a_passing_signal_gives_way_to_the_last_resting_one() -> None:
    presented, present = recorder()
    with playing(present) as player:
        player.play(Signal.FAULT)
        first = following(presented, 1)
        player.play(Signal.ADMITTED)
        then = following(presented, 3)
    assert first == [(AMBER, None)]
    assert then == [(GREEN, 2_400), (GREEN, None), (AMBER, None)]


def test_a_newer_signal_interrupts_a_long_one() -> None:
    presented, present = recorder()
    with playing(present) as player:
        player.play(Signal.REFUSED)
        assert following(presented, 1) == [(RED, None)]
        player.play(Signal.ADMITTED)
        assert following(presented, 1) == [(GREEN, 2_400)]


def test_playing_does_not_wait_for_a_slow_lamp() -> None:
    at_the_lamp, let_go = threading.Event(), threading.Event()

    def stuck(_lights: Lights, _tone_hz: int | None) -> None:
        at_the_lamp.set()
        assert let_go.wait(DEADLINE_S)

    with playing(stuck) as player:
        player.play(Signal.REFUSED)
        assert at_the_lamp.wait(DEADLINE_S)
        player.play(Signal.ADMITTED)  # would never come back if it waited for the lamp
        let_go.set()


def test_a_broken_lamp_is_told_at_the_next_signal_which_is_tried_all_the_same() -> None:
    presented, present = recorder()

    def broken_when_red(lights: Lights, tone_hz: int | None) -> None:
        present(lights, tone_hz)
        if lights == RED:
            raise DeviceError("red lamp: the wire is cut")

    with playing(broken_when_red) as player:
        player.play(Signal.NOTED)
        assert following(presented, 2) == [(RED, None), (GREEN, None)]
        with pytest.raises(DeviceError, match="red lamp"):
            player.play(Signal.FAULT)
        assert following(presented, 1) == [(AMBER, None)]
        assert str(player.fault) == "red lamp: the wire is cut"


def test_a_closed_player_is_dark_and_plays_nothing() -> None:
    presented, present = recorder()
    with playing(present) as player:
        player.play(Signal.REFUSED)
        following(presented, 1)
        player.close()
        assert following(presented, 1) == [(DARK, None)]
        with pytest.raises(DeviceError, match="closed"):
            player.play(Signal.ADMITTED)

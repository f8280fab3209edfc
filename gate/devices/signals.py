"""What a worker sees and hears, as a table; the drivers only play it (EXPERIENCE, the worker).

A resting signal repeats until another one comes; a passing one plays once and gives way to the
last resting one, and one that stays keeps its last step until another comes. `at` walks a pattern:
it is told how long the pattern has been playing.

Three lights exist. White ("ready", "code seen") is the reader's own lamp or the screen, so READY
is dark here: green, red and amber keep their one meaning each. Shape and words are the screen's.
A beep's pitch and its rhythm both differ between verdicts, for those who cannot tell colours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

MAX_FLASHES_PER_S: Final = 3
"""WCAG 2.2, 2.3.1: more in any one second may cause seizures."""


class Signal(StrEnum):
    """One state of the light, the sounder and the screen."""

    READY = "ready"
    READY_AGEING = "ready_ageing"
    READY_STALE = "ready_stale"
    SEEN = "seen"
    ADMITTED = "admitted"
    NOTED = "noted"
    REFERRED = "referred"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    FAULT = "fault"
    FIRE_ENTRY = "fire_entry"
    FIRE_EXIT = "fire_exit"
    IDENTIFY = "identify"
    OFF = "off"


class Light(StrEnum):
    """One lamp of the portal."""

    GREEN = "green"
    RED = "red"
    AMBER = "amber"


Lights = frozenset[Light]
"""The lamps that are lit; all others are dark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The lamps and the tone, unchanged for `seconds` (more than 0)."""

    seconds: float
    lights: Lights
    tone_hz: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Steps in order (at least one).

    Attributes:
        rests: they repeat until another signal that rests comes.
        stays: the last one lasts until another signal comes.
        times: how often a passing one is played (1 or more).
    """

    steps: tuple[Step, ...]
    rests: bool
    stays: bool = False
    times: int = 1

    @property
    def length_s(self) -> float:
        """Return the seconds it takes; of one that rests, the seconds one turn takes."""
        return self.times * self.turn_s

    @property
    def turn_s(self) -> float:
        """Return the seconds one turn takes."""
        return sum(step.seconds for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What to light and sound now; `until_s` of the pattern's time, None if it never changes."""

    lights: Lights
    tone_hz: int | None
    until_s: float | None


def at(pattern: Pattern, elapsed_s: float) -> Moment | None:
    """Return what `pattern` shows `elapsed_s` after it began; None once a passing one is over."""
    if pattern.rests and len(pattern.steps) == 1:
        return Moment(
            lights=pattern.steps[0].lights, tone_hz=pattern.steps[0].tone_hz, until_s=None
        )
    end_s = 0.0
    turns_again = pattern.rests or elapsed_s < pattern.length_s
    if turns_again:
        end_s = elapsed_s - elapsed_s % pattern.turn_s
    for step in pattern.steps:
        end_s += step.seconds
        if elapsed_s < end_s:
            return Moment(lights=step.lights, tone_hz=step.tone_hz, until_s=end_s)
    last = pattern.steps[-1]
    if pattern.stays:
        return Moment(lights=last.lights, tone_hz=last.tone_hz, until_s=None)
    # Rounding may place the last instant of a turn a hair behind its end: still the last step.
    return (
        Moment(lights=last.lights, tone_hz=last.tone_hz, until_s=elapsed_s) if turns_again else None
    )


_DARK: Final[Lights] = frozenset()
_GREEN: Final[Lights] = frozenset({Light.GREEN})
_RED: Final[Lights] = frozenset({Light.RED})
_AMBER: Final[Lights] = frozenset({Light.AMBER})
_AMBER_AND_RED: Final[Lights] = frozenset({Light.AMBER, Light.RED})
_ALL: Final[Lights] = frozenset(Light)

PATTERNS: Final[Mapping[Signal, Pattern]] = MappingProxyType(
    {
        Signal.OFF: Pattern(rests=True, steps=(Step(seconds=1, lights=_DARK),)),
        Signal.READY: Pattern(rests=True, steps=(Step(seconds=1, lights=_DARK),)),
        # The amber dot: a wink, so that nobody takes it for the even blink of a fault.
        Signal.READY_AGEING: Pattern(
            rests=True,
            steps=(Step(seconds=3.9, lights=_DARK), Step(seconds=0.1, lights=_AMBER)),
        ),
        # Too old: the lamps of a referral, twice, so that a guard sees it from afar.
        Signal.READY_STALE: Pattern(
            rests=True,
            steps=(
                Step(seconds=3.3, lights=_DARK),
                Step(seconds=0.2, lights=_AMBER_AND_RED),
                Step(seconds=0.3, lights=_DARK),
                Step(seconds=0.2, lights=_AMBER_AND_RED),
            ),
        ),
        Signal.FAULT: Pattern(
            rests=True, steps=(Step(seconds=1, lights=_AMBER), Step(seconds=1, lights=_DARK))
        ),
        # Steady, so that nobody takes them for an answer; a screen adds the arrow and the words.
        Signal.FIRE_ENTRY: Pattern(rests=True, steps=(Step(seconds=1, lights=_RED),)),
        Signal.FIRE_EXIT: Pattern(rests=True, steps=(Step(seconds=1, lights=_GREEN),)),
        # All three together, which no answer shows, so that somebody finds this gate among others.
        Signal.IDENTIFY: Pattern(
            rests=False,
            times=20,
            steps=(
                Step(seconds=0.1, lights=_ALL, tone_hz=2_000),
                Step(seconds=0.4, lights=_ALL),
                Step(seconds=0.5, lights=_DARK),
            ),
        ),
        Signal.SEEN: Pattern(rests=False, steps=(Step(seconds=0.03, lights=_DARK, tone_hz=1_200),)),
        Signal.ADMITTED: Pattern(
            rests=False,
            steps=(
                Step(seconds=0.12, lights=_GREEN, tone_hz=2_400),
                Step(seconds=1.38, lights=_GREEN),
            ),
        ),
        Signal.NOTED: Pattern(
            rests=False,
            steps=(
                Step(seconds=0.4, lights=_GREEN, tone_hz=1_600),
                Step(seconds=0.12, lights=_GREEN),
                Step(seconds=0.12, lights=_GREEN, tone_hz=1_600),
                Step(seconds=0.86, lights=_GREEN),
                Step(seconds=1.5, lights=_AMBER),
            ),
        ),
        Signal.REFERRED: Pattern(
            rests=False,
            stays=True,
            steps=(
                Step(seconds=0.8, lights=_AMBER_AND_RED, tone_hz=800),
                Step(seconds=1, lights=_AMBER_AND_RED),
            ),
        ),
        Signal.REFUSED: Pattern(
            rests=False,
            steps=(
                Step(seconds=0.25, lights=_RED, tone_hz=500),
                Step(seconds=0.25, lights=_DARK),
                Step(seconds=0.25, lights=_RED, tone_hz=500),
                Step(seconds=0.25, lights=_DARK),
                Step(seconds=3, lights=_RED),
            ),
        ),
        Signal.UNREADABLE: Pattern(
            rests=False,
            stays=True,
            steps=(
                Step(seconds=0.1, lights=_AMBER, tone_hz=300),
                Step(seconds=1, lights=_AMBER),
            ),
        ),
    }
)

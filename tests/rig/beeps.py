"""What a machine's sounder was heard to do, by the kernel's own trace of its pin."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gate.enrol.unit_file import IN_PINS
from tests.rig.machine import Machine
from tests.rig.rows import TRACE, line_of

LONG_S: Final = 0.45
"""Between a short beep and a long one (gate.enrol.set_up_lights: 0.15 and 0.8 s)."""

STILL_S: Final = 0.2
"""Silence between two beeps; within one the pin changes some thousand times a second."""

AGAIN_S: Final = 2.0
"""Silence between two times of the same beeps."""

Beep = tuple[float, float]
"""From when to when, in seconds since the kernel's start."""


def beeps_since(machine: Machine, begin_s: float) -> list[tuple[int, int]]:
    """Return each series of beeps since then: how many were long, how many short."""
    line = line_of(machine, IN_PINS["sounder"])
    # Silence is a wave too, one that is never high. A beep is thousands of changes: the machine
    # itself tells their times in hundredths, each once.
    look = f"grep -oE '[0-9]+[.][0-9]+: gpio_value: {line} set 1' {TRACE} | cut -c1-20"
    text = machine.run(f"{look} | sed -E 's/([.][0-9][0-9]).*/\\1/' | uniq")
    times = [float(found) for found in re.findall(r"^\s*(\d+\.\d\d)$", text, re.MULTILINE)]
    heard = list(beeps(at_s for at_s in times if at_s >= begin_s))
    return [
        (sum(is_long for is_long in one), sum(not is_long for is_long in one))
        for one in series(heard)
    ]


def beeps(times: Iterable[float]) -> Iterator[Beep]:
    """Yield each beep of a pin that changed at these times."""
    begin_s = last_s = None
    for at_s in times:
        if begin_s is None or last_s is None:
            begin_s = at_s
        elif at_s - last_s > STILL_S:
            yield begin_s, last_s
            begin_s = at_s
        last_s = at_s
    if begin_s is not None and last_s is not None:
        yield begin_s, last_s


def series(heard: Sequence[Beep]) -> Iterator[list[bool]]:
    """Yield each series, whether each beep of it was long; the outer two may be cut off."""
    one: list[bool] = []
    last_s = None
    for begin_s, end_s in heard:
        if last_s is not None and begin_s - last_s > AGAIN_S:
            yield one
            one = []
        one.append(end_s - begin_s > LONG_S)
        last_s = end_s
    if one:
        yield one

"""The rows of the rig's table: what is tried in the machine, and the figure it gave.

Each row says what must hold; a row that does not hold says what was seen instead. Rows of one
session run in one start of the machine, in order, because a start takes long under emulation.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.rig.machine import Machine, RigError

READY_S: Final = 2400.0
"""For the gate to be ready under emulation on a host that others use."""

RELAY: Final = "/sys/devices/platform/gpio-sim.0/gpiochip0/sim_gpio17/value"
PULL: Final = "/sys/devices/platform/gpio-sim.0/gpiochip0/sim_gpio{}/pull"
TRACE: Final = "/sys/kernel/tracing/trace"
QUIET: Final = "systemd.watchdog_sec=0"
"""The hardware's watchdog sleeps but in its own row: a host that is busy for 15 s is no crash."""

SCREENLESS: Final = f"{QUIET} systemd.mask=gate-screen.service"
"""A machine without a screen, though it was installed for one."""

GATE_WORDS: Final = (
    "trace_event=gpio:gpio_value,gpio:gpio_direction trace_clock=mono trace_buf_size=64M"
)
"""The kernel itself keeps every change of a pin, from its start on; a tone is thousands of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was tried, whether it held, and what was measured or seen."""

    name: str
    passed: bool
    figure: str


Check = Callable[[Machine], str]
"""Returns the figure; raises RigError or AssertionError with what was seen instead."""


NOT_SO: Final = (RigError, AssertionError, LookupError, ValueError)
"""What a check raises; the latter two where what was said is not of the form that it awaits."""


def broken(name: str, error: Exception) -> Row:
    """Return the row of what did not hold."""
    return Row(
        name=name, passed=False, figure=f"{type(error).__name__}: {str(error).strip()[-700:]}"
    )


def tried(name: str, check: Check, machine: Machine) -> Row:
    """Return the row of one check."""
    try:
        row = Row(name=name, passed=True, figure=check(machine))
    except NOT_SO as error:
        row = broken(name, error)
    print(f"{'pass' if row.passed else 'FAIL'}  {name}: {row.figure}", flush=True)
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a pin that was set: when, since the kernel's start, and to what."""

    at_s: float
    value: int


def relay_changes(machine: Machine) -> Iterator[Change]:
    """Yield what the kernel saw set on the entry relay's line.

    Raises:
        RigError: its trace was too small for all that the pins did.
    """
    lost = machine.run("grep -h overrun /sys/kernel/tracing/per_cpu/cpu*/stats")
    if sum(map(int, re.findall(r"overrun: (\d+)", lost))):
        raise RigError(f"the kernel's trace was overrun: {lost}")
    text = machine.run(f"grep -E 'gpio_value: {line_of(machine, 17)} set' {TRACE} || true")
    for found in re.finditer(r" (\d+\.\d+): gpio_value: \d+ set (\d)", text):
        yield Change(at_s=float(found[1]), value=int(found[2]))


def line_of(machine: Machine, gpio: int) -> int:
    """Return the number by which the kernel's trace has a pin."""
    # Where the kernel names no base, the only chip begins at its first, 512.
    bases = machine.run("cat /sys/class/gpio/gpiochip*/base 2>/dev/null | grep . || echo 512")
    return int(bases.split()[0]) + gpio


def answered(machine: Machine, after_s: float = 0.0) -> list[dict[str, str]]:
    """Return what the gate's log says of each answer since `after_s` of the kernel's time."""
    text = machine.run(
        "journalctl -u gate-unit -o short-monotonic --no-pager | grep answered || true"
    )
    found = []
    for line in text.splitlines():
        stamp = re.match(r"\[ *(\d+\.\d+)\]", line)
        if stamp and float(stamp[1]) >= after_s:
            facts = dict(re.findall(r'(\w+)=("[^"]*"|\S*)', line))
            found.append({"at_s": stamp[1], **facts})
    return found


def wait_until_ready(machine: Machine) -> float:
    """Wait for the gate's READY; return when it came, in seconds since the kernel's start."""
    until_s = time.monotonic() + READY_S
    while time.monotonic() < until_s:
        text = machine.run("systemctl show -p ActiveState,ActiveEnterTimestampMonotonic gate-unit")
        state = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
        if state["ActiveState"] == "active":
            return int(state["ActiveEnterTimestampMonotonic"]) / 1e6
        # One that starts already is waited for by joining its start: looking takes the machine's
        # only time. One that nobody started is not started here.
        starts = state["ActiveState"] == "activating"
        machine.ask("systemctl start gate-unit" if starts else "sleep 5", READY_S)
    raise RigError(f"the gate is not ready after {READY_S:g} s\n{_log(machine)}")


def wait_for_answers(machine: Machine, number: int, after_s: float = 0.0) -> list[dict[str, str]]:
    """Wait until the gate answered `number` cards after `after_s`; return them all."""
    for _ in range(60):
        found = [facts for facts in answered(machine, after_s) if facts["sighting"] == "presented"]
        if len(found) >= number:
            return found
        machine.run("sleep 8")
    raise RigError(f"{len(found)} answers, {number} awaited\n{_log(machine)}")


def uptime_s(machine: Machine) -> float:
    return float(machine.run("cat /proc/uptime").split()[0])


def main_process(machine: Machine) -> str:
    """Return the gate's process; 0 would be every process of the console's own."""
    process = machine.run("systemctl show -p MainPID --value gate-unit").strip()
    if process == "0":
        raise RigError("the gate does not run")
    return process


def _log(machine: Machine) -> str:
    return machine.ask("journalctl -u gate-unit -o cat --no-pager | tail -n 12")[1]

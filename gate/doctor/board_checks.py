"""The board's own checks: clock with a cell, heat, supply, and who feeds its watchdogs."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gate.devices.board import (
    THROTTLED_NOW,
    UNDER_VOLTAGE_NOW,
    UNDER_VOLTAGE_SINCE_START,
    Board,
    Rtc,
)
from gate.devices.ports import Clock
from gate.doctor.finding import Fact, Finding, attention, failed, not_asked, passed
from gate.uplink.vitals import read_vitals

DRIFT_S: Final = 2.0
"""The kernel sets the clock with a cell every 11 minutes by one that is steered: more is told by
whole seconds only."""
LOST_S: Final = 3600.0
"""No cell's clock strays so far in a month: it has stood still."""
_BEGUN: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""As gate.trust.status_token has it: what was before is a clock that was never set."""
LOW_CELL_MV: Final = 2500
"""A CR2032 or ML-2020 below it is empty (their makers' discharge curves)."""

WARM_C: Final = 70
HOT_C: Final = 80
"""The firmware slows a Pi's processor from 80 degrees on (raspberrypi.com, config.txt)."""

ASK_S: Final = 10.0

Ask = Callable[[Sequence[str]], str | None]
"""Runs a command; returns what it printed, or None if it failed or is not there."""


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """Whether the time can be believed."""

    clock: Clock

    def look(self) -> Finding:
        """Return how it is now."""
        now = f"{self.clock.now():%Y-%m-%d %H:%M:%S} UTC"
        if self.clock.is_trusted():
            return passed("clock", f"It is {now}, and a time server steers it.", now=now)
        return attention(
            "clock",
            f"It says {now}, and nothing vouches for that.",
            "Let the unit reach a time server (NTP, UDP port 123), or set its clock.",
            now=now,
        )


@dataclass(frozen=True, slots=True)
class RtcCheck:
    """Whether the time outlives a power cut."""

    board: Board
    clock: Clock

    def look(self) -> Finding:
        """Return how it is now."""
        rtc = self.board.rtc()
        if rtc is None:
            return failed(
                "clock cell",
                "There is no clock with a cell: after a power cut the unit doesn't know the time.",
                "Fit the cell, or the clock board, of docs/reference/wiring.md.",
            )
        drift_s = round((rtc.at - self.clock.now()).total_seconds(), 1)
        facts: dict[str, Fact] = {"drift_s": drift_s, "cell_mv": rtc.cell_mv}
        if rtc.cell_mv is not None and rtc.cell_mv < LOW_CELL_MV:
            says = f"Its cell has {rtc.cell_mv / 1000:.2f} V, at least {LOW_CELL_MV / 1000:.1f}."
            return failed("clock cell", says, "Put a new cell in.", **facts)
        if not self.clock.is_trusted():
            return _unsteered(rtc, facts)
        if abs(drift_s) > LOST_S:
            says = f"It is {drift_s:+.0f} s off: it has stood still."
            return failed("clock cell", says, "Put a new cell in.", **facts)
        if abs(drift_s) > DRIFT_S:
            says = f"It drifts: {drift_s:+.1f} s, at most {DRIFT_S:.0f} s."
            step = "Run this again in an hour; if it stays so, change the clock board."
            return attention("clock cell", says, step, **facts)
        return passed("clock cell", f"It keeps time: {drift_s:+.1f} s.", **facts)


def _unsteered(rtc: Rtc, facts: Mapping[str, Fact]) -> Finding:
    """Return how it is where nothing tells the time: a site of its own may never have that."""
    if rtc.at < _BEGUN:
        says = f"It says {rtc.at:%Y-%m-%d}: it has stood still, or was never set."
        step = "Let the unit reach a time server once; if it stays so, put a new cell in."
        return failed("clock cell", says, step, **facts)
    says = f"It says {rtc.at:%Y-%m-%d %H:%M} UTC; its drift is told once a time server is reached."
    return attention("clock cell", says, "Compare that with a watch.", **facts)


@dataclass(frozen=True, slots=True)
class TemperatureCheck:
    """Whether the processor is too warm."""

    directory: Path
    root: Path

    def look(self) -> Finding:
        """Return how it is now."""
        found_c = read_vitals(self.directory, self.root).temperature_c
        if found_c is None:
            return not_asked("temperature", "This machine tells no temperature.")
        says = f"The processor has {found_c} degrees, at most {WARM_C}."
        step = "Shade the housing, free its vents, or fit a cooler."
        if found_c >= HOT_C:
            return failed("temperature", says, step, temperature_c=found_c)
        if found_c >= WARM_C:
            return attention("temperature", says, step, temperature_c=found_c)
        return passed("temperature", says, temperature_c=found_c)


@dataclass(frozen=True, slots=True)
class SupplyCheck:
    """Whether the supply holds its voltage."""

    board: Board

    def look(self) -> Finding:
        """Return how it is now."""
        flags, alarm = self.board.throttled(), self.board.low_voltage()
        if flags is None and alarm is None:
            return not_asked("supply", "This machine tells nothing of its supply.")
        facts = {"flags": None if flags is None else f"{flags:#x}", "alarm": alarm}
        step = "Use the supply of the bill of materials, and a shorter or thicker cable."
        if alarm or (flags or 0) & UNDER_VOLTAGE_NOW:
            return failed("supply", "The voltage is too low now.", step, **facts)
        if (flags or 0) & UNDER_VOLTAGE_SINCE_START:
            says = "The voltage was too low at least once since the start."
            return attention("supply", says, step, **facts)
        if (flags or 0) & THROTTLED_NOW:
            says = "The processor is slowed down."
            return attention("supply", says, "See the temperature.", **facts)
        return passed("supply", "The voltage has held since the start.", **facts)


def ask_system(command: Sequence[str]) -> str | None:
    """Run a command of this machine's; see `Ask`."""
    try:
        done = subprocess.run(  # noqa: S603 - each check spells its command out
            command, capture_output=True, text=True, timeout=ASK_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


@dataclass(frozen=True, slots=True)
class WatchdogCheck:
    """Whether somebody starts the unit anew if it hangs: the board's watchdog, and systemd."""

    ask: Ask = ask_system

    def look(self) -> Finding:
        """Return how it is now."""
        machine = self._told("RuntimeWatchdogUSec")
        gate = self._told("WatchdogUSec,NRestarts,ActiveState", "gate-unit.service")
        if "RuntimeWatchdogUSec" not in machine:
            return not_asked("watchdogs", "There is no systemd to ask here.")
        board_s, gate_s = machine["RuntimeWatchdogUSec"], gate.get("WatchdogUSec", "0")
        facts = {"board": board_s, "gate": gate_s, "restarts": gate.get("NRestarts", "")}
        if board_s in _OFF:
            step = "Run scripts/install again, and start the machine anew."
            return failed("watchdogs", "Nobody feeds the board's watchdog.", step, **facts)
        if gate_s in _OFF:
            step = "Run scripts/install again: gate-unit.service is not as it was laid out."
            return failed("watchdogs", "Nobody watches the gate process.", step, **facts)
        if gate.get("NRestarts", "0") not in {"", "0"}:
            says = f"The gate was started anew {gate['NRestarts']} times since the power came."
            step = "Read why: journalctl -u gate-unit"
            return attention("watchdogs", says, step, **facts)
        return passed("watchdogs", f"Board ({board_s}) and gate ({gate_s}) are watched.", **facts)

    def _told(self, properties: str, unit: str = "") -> dict[str, str]:
        command = ["systemctl", "show", f"--property={properties}", *([unit] if unit else [])]
        rows = (line.partition("=") for line in (self.ask(command) or "").splitlines())
        return {name: value for name, mark, value in rows if mark}


_OFF: Final = frozenset({"", "0", "infinity"})
"""How systemctl says that nothing is watched."""

"""Relays, lamps and sounder of one portal on GPIO pins.

The entry relay is locked from construction to `close` except during a release; after any fault of
a relay, lamp or sounder no entry is released any more. The exit relay is never touched by a fault:
an exit release tries whatever else is broken. Without an exit relay the portal turns freely
outwards, and an exit release succeeds without doing anything; without an entry relay nobody can be
let in. For a fire both ways are free until
they are secured, whatever else is told. Emergency exit is wired, never programmed.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields
from functools import partial
from typing import Final

from gate.access.model import Direction
from gate.devices.pins import Line, PinBank, open_pins
from gate.devices.player import Player
from gate.devices.relay import Relay, checked_release_s
from gate.devices.signals import Light, Lights, Pattern, Signal
from gate.errors import DeviceError

MIN_GPIO: Final = 2
"""GPIO 0 and 1 belong to the EEPROM of an add-on board (Raspberry Pi HAT specification)."""

MAX_GPIO: Final = 27
"""The last one on the 40-pin header."""


MIN_NIGHT_PERCENT: Final = 20
"""At 2.4 kHz a pulse of 42 microseconds; lgpio's waves are good to about ten of them."""

NEVER_LOWERED: Final = frozenset({Signal.REFUSED, Signal.REFERRED})
"""Who is not let in must hear it, and so must the guard, at night too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputPins:
    """Which GPIO (BCM numbers) drives what; None where nothing is wired.

    Raises:
        DeviceError: a number that is not on the header, or one that is used twice.
    """

    entry_relay: int | None = None
    exit_relay: int | None = None
    relay_active_high: bool = True
    green: int | None = None
    red: int | None = None
    amber: int | None = None
    sounder: int | None = None
    night_percent: int = 50

    def __post_init__(self) -> None:
        pins = {field.name: getattr(self, field.name) for field in fields(self)}
        no_pins = {"relay_active_high", "night_percent"}
        checked_pins({name: gpio for name, gpio in pins.items() if name not in no_pins})
        if not MIN_NIGHT_PERCENT <= self.night_percent <= 100:
            allowed = f"{MIN_NIGHT_PERCENT} to 100"
            raise DeviceError(f"night_percent: {self.night_percent}; allowed: {allowed}")


class GpioOutputs:
    """The `Outputs` port on an open pin bank, which it owns and closes."""

    def __init__(self, pins: OutputPins, bank: PinBank, monotonic: Callable[[], float]) -> None:
        with ExitStack() as opened:
            opened.callback(bank.close)
            # The relays first: until then only resistors on the board hold them.
            relay = partial(bank.relay, active_high=pins.relay_active_high)
            entry = _line(opened, relay, "entry relay", pins.entry_relay)
            away = _line(opened, relay, "exit relay", pins.exit_relay)
            lamps = {
                light: _line(opened, bank.line, f"{light} lamp", gpio)
                for light, gpio in _lamp_pins(pins).items()
            }
            self._lamps = {light: lamp for light, lamp in lamps.items() if lamp is not None}
            self._sounder = None
            self._is_night, self._night_level, self._level = False, pins.night_percent / 100, 1.0
            if pins.sounder is not None:
                self._sounder = bank.sounder("sounder", pins.sounder)
                opened.callback(self._sounder.close)
            self._player = Player(present=self._present, monotonic=monotonic)
            opened.callback(self._player.close)
            self._relays = {
                direction: Relay(name=f"{direction} relay", coil=line, monotonic=monotonic)
                for direction, line in ((Direction.OUT, away), (Direction.IN, entry))
                if line is not None
            }
            for driver in self._relays.values():  # the last one, the entry's, is closed first
                opened.callback(driver.close)
            self._opened = opened.pop_all()

    @property
    def fault(self) -> DeviceError | None:
        """The first thing that did not obey, if one did; it stays until the process restarts."""
        faults = [relay.fault for relay in self._relays.values()]
        return next((fault for fault in faults if fault is not None), self._player.fault)

    def release(self, direction: Direction, seconds: float) -> None:
        """Let the portal open one way for `seconds`; it locks again by itself.

        Raises:
            DeviceError: `seconds` is out of bounds, the relay did not obey, or the outputs are
                closed; for an entry also any earlier fault, or no relay to release.
        """
        checked_release_s(seconds)
        if direction is Direction.IN and direction not in self._relays:
            raise DeviceError("entry stays locked: no entry relay is wired")
        if direction is Direction.IN and (fault := self.fault) is not None:
            raise DeviceError(f"entry stays locked: {fault}") from fault
        if direction in self._relays:
            self._relays[direction].release(seconds)

    def show(self, signal: Signal) -> None:
        """Play a signal in place of the one that plays; returns at once.

        Raises:
            DeviceError: something did not obey before; the signal is tried nevertheless.
        """
        is_lower = self._is_night and signal not in NEVER_LOWERED
        self._level = self._night_level if is_lower else 1.0
        self._player.play(signal)
        if (fault := self.fault) is not None:
            raise DeviceError(str(fault)) from fault

    def play(self, pattern: Pattern, name: str) -> None:
        """Play a pattern that is no worker's signal, such as those of a unit in set-up.

        Raises:
            DeviceError: as `show`.
        """
        self._player.play_pattern(pattern, name)

    def quieten(self, *, is_night: bool) -> None:
        """Sound the signals that follow as loud as it is fit for the time of day."""
        self._is_night = is_night

    def free(self) -> None:
        """Let both ways open until `secure`, the exit first; any thread may call.

        Raises:
            DeviceError: a relay did not obey; the other one was told as well.
        """
        with ExitStack() as every:  # each is told though another one fails
            for direction in (Direction.IN, Direction.OUT):  # the last one is called first
                if direction in self._relays:
                    every.callback(self._relays[direction].hold)

    def secure(self) -> None:
        """End what `free` began: both ways lock; without it nothing changes.

        Raises:
            DeviceError: a relay did not obey; it is tried again until it does.
        """
        with ExitStack() as every:
            for relay in self._relays.values():
                every.callback(relay.let_go)

    def lock(self) -> None:
        """Lock the entry at once, unless it is free for a fire; the exit is not touched.

        Raises:
            DeviceError: the relay did not obey; it is tried again until it does.
        """
        if Direction.IN in self._relays:
            self._relays[Direction.IN].lock()

    def close(self) -> None:
        """Lock, darken, let go of the pins; each is tried though another fails.

        Raises:
            DeviceError: one that did not obey; others are its context.
        """
        self._opened.close()

    def _present(self, lights: Lights, tone_hz: int | None) -> None:
        with ExitStack() as every:  # each is written though another one fails
            for light, lamp in self._lamps.items():
                every.callback(lamp.on if light in lights else lamp.off)
            if self._sounder is not None:
                every.callback(self._sounder.tone, tone_hz, self._level)


def open_outputs(pins: OutputPins, factory: str, monotonic: Callable[[], float]) -> GpioOutputs:
    """Open the pins with "lgpio" (a Pi) or "mock" (a bench test); everything is locked and dark.

    Raises:
        DeviceError: a pin does not open; what was opened before it is closed again.
    """
    return GpioOutputs(pins, open_pins(factory), monotonic)


def checked_pins(pins: Mapping[str, int | None]) -> None:
    """Accept GPIO numbers, by what each is for.

    Raises:
        DeviceError: one that is not on the header, or that is used twice.
    """
    taken: dict[int, str] = {}
    for name, gpio in pins.items():
        if gpio is None:
            continue
        if not MIN_GPIO <= gpio <= MAX_GPIO:
            raise DeviceError(f"{name}: GPIO{gpio}; allowed: {MIN_GPIO} to {MAX_GPIO}")
        if gpio in taken:
            raise DeviceError(f"{name}: GPIO{gpio} is already {taken[gpio]}")
        taken[gpio] = name


def _line(
    opened: ExitStack, take: Callable[[str, int], Line], name: str, gpio: int | None
) -> Line | None:
    if gpio is None:
        return None
    line = take(name, gpio)
    opened.callback(line.close)
    return line


def _lamp_pins(pins: OutputPins) -> dict[Light, int | None]:
    return {Light.GREEN: pins.green, Light.RED: pins.red, Light.AMBER: pins.amber}

"""The GPIO pins of a Raspberry Pi: the only file that touches gpiozero and lgpio.

gpiozero is imported when pins are opened, so that the package imports on any laptop and a
configuration can be read without it. The pin factory is handed to every device: gpiozero's own,
process-wide one is never used, so two units can live in one process. Everything the libraries
raise leaves here as `DeviceError`.

`close` makes a pin an input. So does a boot: a resistor on the board must then hold the locked
level. A killed process leaves outputs driven under Raspberry Pi's kernels unless config.txt says
`dtparam=strict_gpiod` (raspberrypi/linux pull request 6117).

A pretended relay says in the log when it is switched on: whoever tries a gate without pins sees
what a portal would have done, and a bench hears it from outside the process.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from gate.errors import DeviceError

FACTORIES: Final = ("lgpio", "mock")
"""What `open_pins` takes: the Pi's pins, or gpiozero's own pretended ones."""

_MOCK_BOARD: Final = "a02082"
"""A Pi 3B, gpiozero's own default; given so that no environment variable decides."""

_BENCH_STEP: Final = 'for a bench test without pins set the pin factory to "mock"'

_log = logging.getLogger(__name__)


class Line:
    """One output that is on or off."""

    def __init__(self, device: Any, name: str, bank: "PinBank") -> None:  # noqa: ANN401 - gpiozero has no types
        self._device = device
        self._name = name
        self._bank = bank

    def on(self) -> None:
        """Switch on."""
        with self._bank.translated(self._name):
            self._device.on()

    def off(self) -> None:
        """Switch off."""
        with self._bank.translated(self._name):
            self._device.off()

    def close(self) -> None:
        """Let go of the pin; safe to call twice."""
        with self._bank.translated(self._name):
            self._device.close()


class PretendedRelay(Line):
    """A relay that is not there."""

    def on(self) -> None:
        """Switch on, and say so once it is."""
        super().on()
        _log.info("pretended relay on", extra={"part": self._name})


class Sounder(Line):
    """A passive sounder, driven with a square wave."""

    def tone(self, hz: int | None, level: float = 1.0) -> None:
        """Sound `hz`, or be silent; a lower `level` narrows the pulses of the square wave.

        The fundamental falls with the sine of the half wave that is left: 0.5 is 3 dB lower, 0.2 is
        10 dB. The wave is made by software: narrower pulses than that tremble.
        """
        with self._bank.translated(self._name):
            if hz is None:
                self._device.value = 0
                return
            self._device.frequency = hz
            self._device.value = 0.5 * level


class ContactLine:
    """One contact, closed or open."""

    def __init__(self, device: Any, name: str, bank: "PinBank") -> None:  # noqa: ANN401 - gpiozero has no types
        self._device = device
        self._name = name
        self._bank = bank

    def is_closed(self) -> bool:
        """Tell whether the contact is closed now."""
        with self._bank.translated(self._name):
            return bool(self._device.is_active)

    def since_s(self) -> float:
        """Return how long ago the last edge was, by the kernel's own time of it."""
        with self._bank.translated(self._name):
            return float(self._device.active_time or self._device.inactive_time or 0.0)

    def watch(self, changed: Callable[[bool], None]) -> None:
        """Call `changed` with whether it is closed at every change, in the library's thread."""
        with self._bank.translated(self._name):
            self._device.when_activated = lambda: changed(True)  # noqa: FBT003 - one meaning
            self._device.when_deactivated = lambda: changed(False)  # noqa: FBT003 - one meaning

    def close(self) -> None:
        """Let go of the pin; safe to call twice."""
        with self._bank.translated(self._name):
            self._device.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class PinBank:
    """An open pin factory, and what it and its library may raise."""

    factory: Any
    errors: tuple[type[Exception], ...]
    pretends: bool = False

    @contextmanager
    def translated(self, name: str) -> Iterator[None]:
        """Turn the library's errors into a `DeviceError` that names the thing."""
        try:
            yield
        except self.errors as error:
            raise DeviceError(f"{name}: {error}") from error

    def line(self, name: str, gpio: int) -> Line:
        """Take a pin as an output that is off; direction and level are set in one call."""
        return self._taken(Line, name, gpio, active_high=True)

    def relay(self, name: str, gpio: int, *, active_high: bool) -> Line:
        """Take a pin for a relay, as `line` does."""
        kind = PretendedRelay if self.pretends else Line
        return self._taken(kind, name, gpio, active_high=active_high)

    def sounder(self, name: str, gpio: int) -> Sounder:
        """Take a pin for tones, silent."""
        from gpiozero import PWMOutputDevice  # noqa: PLC0415 - see the module's contract

        described = f"{name} (GPIO{gpio})"
        with self.translated(described):
            device = PWMOutputDevice(gpio, initial_value=0, pin_factory=self.factory)
        return Sounder(device, described, self)

    def contact(self, name: str, gpio: int, *, closed_is_low: bool, bounce_s: float) -> ContactLine:
        """Take a pin for a contact to ground (or to 3.3 V), pulled the other way by the Pi."""
        from gpiozero import DigitalInputDevice  # noqa: PLC0415 - see the module's contract

        described = f"{name} (GPIO{gpio})"
        with self.translated(described):
            device = DigitalInputDevice(
                gpio, pull_up=closed_is_low, bounce_time=bounce_s, pin_factory=self.factory
            )
        return ContactLine(device, described, self)

    def close(self) -> None:
        """Let go of all pins and of the chip, each though another fails; safe to call twice.

        gpiozero 2.0.1 ends at the first pin that fails, with the chip open: its lines stayed taken
        ("GPIO busy") for whoever opened them next in the same process.

        Raises:
            DeviceError: a pin that did not obey; others are its context.
        """
        with ExitStack() as every:
            every.callback(self._close_chip)  # the first one is called last
            for pin in self.factory.pins.values():
                every.callback(self._let_go, pin)

    def _let_go(self, pin: Any) -> None:  # noqa: ANN401 - gpiozero has no types
        with self.translated("pins"):
            pin.close()

    def _close_chip(self) -> None:
        self.factory.pins.clear()
        with self.translated("pins"):
            self.factory.close()

    def _taken(self, kind: type[Line], name: str, gpio: int, *, active_high: bool) -> Line:
        from gpiozero import OutputDevice  # noqa: PLC0415 - see the module's contract

        described = f"{name} (GPIO{gpio})"
        with self.translated(described):
            device = OutputDevice(
                gpio, active_high=active_high, initial_value=False, pin_factory=self.factory
            )
        return kind(device, described, self)


def open_pins(factory: str) -> PinBank:
    """Open the Pi's pins ("lgpio") or pretended ones ("mock"); never one for the other.

    Raises:
        DeviceError: no such factory, no lgpio, no Raspberry Pi, or no right to its pins.
    """
    if factory == "lgpio":
        return _open_lgpio()
    if factory == "mock":
        return _open_mock()
    raise DeviceError(f"pin factory {factory!r}: allowed are {', '.join(FACTORIES)}")


def output_in_one_call(pin_class: Any, claim_output: Any) -> Any:  # noqa: ANN401 - gpiozero has no types
    """Return `pin_class` made to become an output at its first level, without another before.

    gpiozero 2.0.1 first claims an lgpio output, low, and then sets its level: a relay that is
    active low would be released for that moment at every start (gpiozero pull request 1177).
    """

    class OneCallPin(pin_class):  # type: ignore[misc]  # the base is Any: gpiozero has no types
        def output_with_state(self, state: bool) -> None:  # noqa: FBT001 - gpiozero's signature
            handle = self.factory._handle  # noqa: SLF001 - gpiozero keeps lgpio's handle there
            claim_output(handle, self._number, int(state))

    return OneCallPin


def with_own_pins(factory: Any) -> Any:  # noqa: ANN401 - gpiozero has no types
    """Return `factory` with a table of pins of its own, so that it lets go of no other one's.

    gpiozero 2.0.1 gives all factories of a process one table (gpiozero/pins/local.py): contacts
    that were let go of made inputs of the lamps beside them. Who has which pin stays shared.
    """
    factory.pins = {}
    return factory


def _open_mock() -> PinBank:
    from gpiozero.exc import GPIOZeroError  # noqa: PLC0415 - see the module's contract
    from gpiozero.pins.mock import MockFactory, MockPWMPin  # noqa: PLC0415 - see the contract

    factory = MockFactory(revision=_MOCK_BOARD, pin_class=MockPWMPin)
    return PinBank(factory=factory, errors=(GPIOZeroError,), pretends=True)


def _open_lgpio() -> PinBank:
    from gpiozero.exc import GPIOZeroError, PinUnknownPi  # noqa: PLC0415 - see the contract

    try:
        import lgpio  # noqa: PLC0415 - it opens a pipe when imported
        from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415 - it imports lgpio
    except ImportError as error:
        raise DeviceError(
            f"pins: lgpio is not installed; install the extra 'pi', or {_BENCH_STEP}"
        ) from error
    except OSError as error:
        # lgpio makes a named pipe in LG_WD or the working directory (joan2937/lg issue 22).
        raise DeviceError(
            f"pins: lgpio cannot write in its working directory ({error});"
            " start the gate in a directory it may write to, or set LG_WD"
        ) from error
    errors = (GPIOZeroError, OSError, lgpio.error)
    try:
        factory = LGPIOFactory()
    except PinUnknownPi as error:
        raise DeviceError(f"pins: this machine is no Raspberry Pi; {_BENCH_STEP}") from error
    except errors as error:
        raise DeviceError(
            f"pins: the GPIO chip does not open ({error}); the gate's user must be in group gpio"
        ) from error
    factory.pin_class = output_in_one_call(factory.pin_class, lgpio.gpio_claim_output)
    return PinBank(factory=with_own_pins(factory), errors=errors)

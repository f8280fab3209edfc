"""The lamp at the reader, which lights what is held up: on or off, by a pin of its own.

It is never dimmed by pulses: a sensor that is exposed row by row sees them as bands. It has its own
hold of the pins, apart from relays, signals and contacts, and takes it when it is first lit: so
nothing that is wrong with it touches those, or keeps a gate from starting.
"""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Final

from gate.devices.pins import Line, PinBank, open_pins
from gate.errors import DeviceError

NAME: Final = "illumination"


class GpioLamp:
    """The `Lamp` port on a pin."""

    def __init__(self, gpio: int, open_bank: Callable[[], PinBank]) -> None:
        self._gpio = gpio
        self._open_bank = open_bank
        self._line: Line | None = None
        self._opened = ExitStack()
        self._is_closed = False

    def shine(self, *, lit: bool) -> None:
        """Light it or put it out.

        Raises:
            DeviceError: the pin does not open or obey, or it was closed.
        """
        if lit or self._line is not None:
            line = self._line or self._open()
            (line.on if lit else line.off)()

    def close(self) -> None:
        """Put it out and let go of the pin; safe to call twice.

        Raises:
            DeviceError: the pin does not obey.
        """
        self._is_closed = True
        self._opened.close()

    def _open(self) -> Line:
        if self._is_closed:
            raise DeviceError(f"{NAME}: lit after it was closed")
        with ExitStack() as opened:
            bank = self._open_bank()
            opened.callback(bank.close)
            line = bank.line(NAME, self._gpio)
            opened.callback(line.close)
            opened.callback(line.off)
            self._opened, self._line = opened.pop_all(), line
        return line


def open_lamp(gpio: int | None, factory: str) -> GpioLamp | None:
    """Return the lamp on a pin of "lgpio" or "mock"; None where nothing is wired."""
    return None if gpio is None else GpioLamp(gpio, partial(open_pins, factory))

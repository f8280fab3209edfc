"""A board of pretended pins that can be watched and broken."""

import threading
from collections.abc import Iterator
from typing import Any, Final

import pytest
from gpiozero.exc import GPIOZeroError, PinInvalidState
from gpiozero.pins.mock import MockFactory, MockPWMPin

from gate.devices.outputs import OutputPins
from gate.devices.pins import PinBank

DEADLINE_S: Final = 10.0
"""Far beyond what any wait needs; a test that reaches it has failed."""


class WatchedPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that tells what it was driven to, can be waited for, and can refuse."""

    def __init__(self, factory: object, info: object) -> None:
        self.changed = threading.Condition()
        self.driven: list[float] = []
        self.broken = False
        super().__init__(factory, info)

    def _set_state(self, value: float) -> None:
        if self.broken:
            raise PinInvalidState("the wire is cut")
        with self.changed:
            super()._set_state(value)
            self.driven.append(float(value))
            self.changed.notify_all()

    def comes_to(self, value: float) -> bool:
        """Wait until the pin is driven to `value`; False if that never happens."""
        with self.changed:
            return self.changed.wait_for(lambda: self.driven[-1:] == [value], DEADLINE_S)

    def is_driven(self, times: int) -> bool:
        """Wait until the pin was driven so often; False if that never happens."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.driven) >= times, DEADLINE_S)


class WiredPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin at a contact that holds its level whatever the pull, and that can refuse to be read."""

    broken = False

    def _set_pull(self, value: str) -> None:
        self._pull = value

    def _get_state(self) -> float:
        if self.broken:
            raise GPIOZeroError("no such line")
        state: float = super()._get_state()
        return state


def wired_bank() -> PinBank:
    """Return a bank of pins that contacts hold."""
    factory = MockFactory(revision="a02082", pin_class=WiredPin)
    return PinBank(factory=factory, errors=(GPIOZeroError,))


class Board:
    """A board with everything wired; `pin` is the same object before and after closing."""

    def __init__(self) -> None:
        self.pins = OutputPins(
            entry_relay=17, exit_relay=27, green=22, red=23, amber=24, sounder=18
        )
        self.factory: Any = MockFactory(revision="a02082", pin_class=WatchedPin)
        self.bank = PinBank(factory=self.factory, errors=(GPIOZeroError,))
        self._kept = {gpio: self.factory.pin(gpio) for gpio in (17, 27, 22, 23, 24, 18)}

    def pin(self, name: str) -> WatchedPin:
        """Return the pin that drives `name`, a field of `OutputPins`."""
        pin: WatchedPin = self._kept[getattr(self.pins, name)]
        return pin


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def other_board() -> Iterator[Board]:
    other = Board()
    yield other
    other.bank.close()

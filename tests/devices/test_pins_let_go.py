"""Pins that are let go of and taken again, on lines of which each has one owner, as the kernel's.

gpiozero's pretended factory lets anybody take any pin. Here a line belongs to the factory that took
it until that one's chip is closed, as a line of lgpio's belongs to its open chip.
"""

from typing import Any, ClassVar, Final

import pytest
from gpiozero.exc import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPWMPin

from gate.devices.clock import SystemClock
from gate.devices.outputs import GpioOutputs, OutputPins
from gate.devices.pins import PinBank, with_own_pins
from gate.errors import DeviceError

PINS: Final = OutputPins(entry_relay=17, exit_relay=18, green=27, red=22, amber=23)


class Board:
    """The lines of one chip, who owns each, and which of them can't be made an input again."""

    def __init__(self) -> None:
        self.owner: dict[int, object] = {}
        self.stuck: set[int] = set()

    def bank(self) -> PinBank:
        """Open the chip once more."""
        factory = OneOwnerFactory(self, revision="a02082", pin_class=OwnedPin)
        return PinBank(factory=factory, errors=(GPIOZeroError,))

    def outputs(self) -> GpioOutputs:
        """Open a portal on it."""
        return GpioOutputs(PINS, self.bank(), SystemClock().monotonic)


class OneOwnerFactory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """Closes as gpiozero's factory for lgpio does: the pins, then the chip and all its lines."""

    def __init__(self, board: Board, **pins: Any) -> None:  # noqa: ANN401 - gpiozero's own
        self.board = board
        super().__init__(**pins)

    def close(self) -> None:
        super().close()
        self.board.owner = {pin: one for pin, one in self.board.owner.items() if one is not self}


class SharingFactory(MockFactory):  # type: ignore[misc]  # as above
    """Has one table of pins with all others of the process, as gpiozero gives it to local ones."""

    table: ClassVar[dict[Any, Any]] = {}

    def __init__(self) -> None:
        super().__init__(revision="a02082", pin_class=MockPWMPin)
        self.pins = self.table


class OwnedPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that is busy while somebody else owns its line."""

    def __init__(self, factory: OneOwnerFactory, info: Any) -> None:  # noqa: ANN401 - as above
        super().__init__(factory, info)
        if factory.board.owner.setdefault(self._number, factory) is not factory:
            raise GPIOZeroError("GPIO busy")

    def close(self) -> None:
        if self._number in self.factory.board.stuck:
            raise GPIOZeroError("GPIO busy")
        super().close()


def test_a_line_has_one_owner_until_its_chip_is_closed() -> None:
    board = Board()
    first = board.outputs()
    with pytest.raises(DeviceError, match=r"entry relay \(GPIO17\): GPIO busy"):
        board.outputs()
    first.close()
    board.outputs().close()
    assert board.owner == {}


@pytest.mark.parametrize("gpio", [17, 18, 27, 22, 23])
def test_a_pin_that_is_not_let_go_of_keeps_no_other_from_the_lane_that_begins_anew(
    gpio: int,
) -> None:
    board = Board()
    first = board.outputs()
    board.stuck = {gpio}
    with pytest.raises(DeviceError, match="GPIO busy"):
        first.close()
    board.stuck = set()

    assert board.owner == {}
    board.outputs().close()


@pytest.mark.parametrize("stuck", [22, 27])
def test_a_pin_that_is_not_let_go_of_leaves_no_other_one_driven(stuck: int) -> None:
    board = Board()
    bank = board.bank()
    pins = {gpio: bank.factory.pin(gpio) for gpio in (22, 27)}
    relays = [bank.relay(f"relay {gpio}", gpio, active_high=True) for gpio in pins]
    for relay in relays:
        relay.on()
    board.stuck = {stuck}
    with pytest.raises(DeviceError, match="GPIO busy"):
        bank.close()
    board.stuck = set()

    assert [gpio for gpio, pin in pins.items() if pin.function == "output"] == [stuck]


def test_contacts_that_are_let_go_of_leave_the_lamps_their_pins() -> None:
    banks = [
        PinBank(factory=with_own_pins(SharingFactory()), errors=(GPIOZeroError,)) for _ in range(2)
    ]
    contacts, lamps = banks
    contacts.contact("exit button", 12, closed_is_low=True, bounce_s=0.01)
    lamp = lamps.line("green lamp", 27)
    contacts.close()
    lamp.off()
    lamps.close()

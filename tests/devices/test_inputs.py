"""Contacts on pins: polarity, pull, debouncing, and a fire that finds both relays."""

from typing import Any

import pytest

from gate.access.model import Direction
from gate.devices.clock import SystemClock
from gate.devices.inputs import GpioInputs, InputPins, NoInputs, open_inputs
from gate.devices.outputs import GpioOutputs
from gate.devices.pins import PinBank, open_pins
from gate.devices.ports import Contact
from gate.devices.relay import MAX_RELEASE_S
from gate.errors import DeviceError
from gate.unit.contacts import reactions
from tests.devices.conftest import Board, wired_bank

MONOTONIC = SystemClock().monotonic


def bank_and_pin(gpio: int) -> tuple[PinBank, Any]:
    bank = open_pins("mock")
    return bank, bank.factory.pin(gpio)


def test_a_contact_to_ground_is_pulled_up_and_debounced() -> None:
    bank, pin = bank_and_pin(13)
    inputs = GpioInputs(InputPins(guard_key=13, bounce_ms=35), bank, MONOTONIC, {})

    assert (pin.pull, pin.bounce) == ("up", 0.035)
    assert not inputs.is_active(Contact.GUARD_KEY)
    pin.drive_low()
    assert inputs.is_active(Contact.GUARD_KEY)
    inputs.close()


def test_a_contact_to_the_supply_is_pulled_down() -> None:
    bank, pin = bank_and_pin(13)
    inputs = GpioInputs(InputPins(guard_key=13, closed_is_low=False), bank, MONOTONIC, {})

    assert pin.pull == "down"
    pin.drive_high()
    assert inputs.is_active(Contact.GUARD_KEY)
    inputs.close()


def test_a_wire_to_the_fire_alarm_that_is_cut_is_an_alarm_from_the_start() -> None:
    freed: list[int] = []
    inputs = GpioInputs(
        InputPins(fire=16), open_pins("mock"), MONOTONIC, {Contact.FIRE: lambda: freed.append(1)}
    )

    assert inputs.is_active(Contact.FIRE)
    assert freed == [1]
    inputs.close()


def test_nothing_wired_opens_no_pins_and_is_never_active() -> None:
    nothing = open_inputs(InputPins(), "no such factory", MONOTONIC, {})
    assert not any(nothing.is_active(contact) for contact in Contact)
    assert isinstance(nothing, NoInputs)


@pytest.mark.parametrize(
    ("pins", "fault"),
    [
        ({"fire": 28}, "fire: GPIO28; allowed: 2 to 27"),
        ({"fire": 5, "tamper": 5}, "tamper: GPIO5 is already fire"),
        ({"fire": 5, "bounce_ms": 0}, "bounce_ms: 0; allowed: 1 to 100"),
    ],
)
def test_wiring_that_cannot_be_is_refused(pins: dict[str, int], fault: str) -> None:
    with pytest.raises(DeviceError, match=fault):
        InputPins(**pins)  # type: ignore[arg-type]  # the table's values are numbers


def test_a_fire_drives_both_relays_in_the_thread_that_notices_it(board: Board) -> None:
    outputs = GpioOutputs(board.pins, board.bank, MONOTONIC)
    bank, pin = bank_and_pin(16)
    inputs = GpioInputs(InputPins(fire=16, guard_key=13), bank, MONOTONIC, reactions(outputs, 5.0))
    pin.drive_low()
    inputs.changes()
    outputs.secure()
    outputs.release(Direction.IN, 0.01)
    pin.drive_high()

    (change,) = inputs.changes()
    assert board.pin("entry_relay").driven[-1] == board.pin("exit_relay").driven[-1] == 1
    assert change.reacted_s is not None
    inputs.close()
    outputs.close()


def test_a_relay_that_is_held_for_a_fire_outlasts_every_release_and_lock(board: Board) -> None:
    outputs = GpioOutputs(board.pins, board.bank, MONOTONIC)
    outputs.release(Direction.IN, 0.01)
    outputs.free()
    outputs.lock()
    outputs.release(Direction.OUT, MAX_RELEASE_S)
    outputs.lock()
    held = (board.pin("entry_relay").driven[-1], board.pin("exit_relay").driven[-1])
    outputs.secure()

    assert held == (1, 1)
    assert board.pin("entry_relay").comes_to(0)
    assert board.pin("exit_relay").comes_to(0)
    outputs.close()


def test_one_relay_that_does_not_obey_keeps_the_other_from_nothing(board: Board) -> None:
    outputs = GpioOutputs(board.pins, board.bank, MONOTONIC)
    board.pin("exit_relay").broken = True
    with pytest.raises(DeviceError, match="wire is cut"):
        outputs.free()

    assert board.pin("entry_relay").driven[-1] == 1
    board.pin("exit_relay").broken = False
    outputs.close()


def test_a_release_that_runs_out_does_not_end_a_hold(board: Board, other_board: Board) -> None:
    outputs = GpioOutputs(board.pins, board.bank, MONOTONIC)
    others = GpioOutputs(other_board.pins, other_board.bank, MONOTONIC)
    outputs.release(Direction.IN, 0.02)
    outputs.free()
    others.release(Direction.IN, 0.2)
    assert other_board.pin("entry_relay").comes_to(1)
    assert other_board.pin("entry_relay").comes_to(0)  # by now the shorter one has run out

    assert board.pin("entry_relay").driven[-1] == 1
    outputs.close()
    others.close()


def test_closing_ends_a_hold(board: Board) -> None:
    outputs = GpioOutputs(board.pins, board.bank, MONOTONIC)
    outputs.free()
    outputs.close()

    assert board.pin("entry_relay").driven[-1] == 0
    with pytest.raises(DeviceError, match="closed"):
        outputs.free()


def test_a_pin_that_breaks_is_named() -> None:
    bank = wired_bank()
    inputs = GpioInputs(InputPins(fire=16), bank, MONOTONIC, {})
    bank.factory.pin(16).broken = True

    with pytest.raises(DeviceError, match=r"fire \(GPIO16\): no such line"):
        inputs.is_active(Contact.FIRE)

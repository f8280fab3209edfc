"""The rules every `Lamp` obeys: the fake, and the driver on pretended pins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest

from gate.devices.illumination import GpioLamp, open_lamp
from gate.devices.pins import PinBank, open_pins
from gate.devices.ports import Lamp
from gate.errors import DeviceError
from gate.sim.devices import SimLamp

GPIO: Final = 26


@dataclass(frozen=True, slots=True)
class Reader:
    """A lamp, and a look at it."""

    lamp: Lamp
    is_lit: Callable[[], bool]


def simulated() -> Reader:
    lamp = SimLamp()
    return Reader(lamp, lambda: lamp.is_lit)


def on_pins() -> Reader:
    bank = open_pins("mock")
    return Reader(GpioLamp(GPIO, lambda: bank), lambda: bool(bank.factory.pin(GPIO).state))


@pytest.fixture(params=[simulated, on_pins])
def reader(request: pytest.FixtureRequest) -> Reader:
    made: Reader = request.param()
    return made


def test_it_is_dark_until_it_is_lit_and_when_it_is_put_out(reader: Reader) -> None:
    assert not reader.is_lit()
    reader.lamp.shine(lit=True)
    reader.lamp.shine(lit=True)
    assert reader.is_lit()
    reader.lamp.shine(lit=False)
    assert not reader.is_lit()


def test_it_is_dark_after_its_end_which_may_come_twice(reader: Reader) -> None:
    reader.lamp.shine(lit=True)
    reader.lamp.close()
    reader.lamp.close()
    assert not reader.is_lit()


def test_it_is_not_lit_after_its_end(reader: Reader) -> None:
    reader.lamp.close()
    reader.lamp.shine(lit=False)
    with pytest.raises(DeviceError, match="illumination: lit after it was closed"):
        reader.lamp.shine(lit=True)


def test_the_pin_is_taken_when_the_lamp_is_first_lit_and_a_fault_is_tried_again() -> None:
    opened: list[PinBank] = []

    def open_bank() -> PinBank:
        if not opened:
            opened.append(open_pins("mock"))
            raise DeviceError("pins: the GPIO chip does not open")
        opened.append(open_pins("mock"))
        return opened[-1]

    lamp = GpioLamp(GPIO, open_bank)
    lamp.shine(lit=False)
    assert not opened
    with pytest.raises(DeviceError, match="does not open"):
        lamp.shine(lit=True)
    lamp.shine(lit=True)
    assert opened[-1].factory.pin(GPIO).state
    lamp.close()


def test_where_no_lamp_is_wired_there_is_none() -> None:
    assert open_lamp(None, "mock") is None
    assert open_lamp(GPIO, "mock") is not None

"""The rules every `Outputs` obeys: the fake, the driver on pretended pins and, asked for, on a Pi.

`--hardware` moves real relays: GPIO 17 entry, 27 exit, 22 green, 23 red, 24 amber, 18 sounder.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

import pytest

from gate.access.model import Direction
from gate.devices.clock import SystemClock
from gate.devices.outputs import GpioOutputs, OutputPins
from gate.devices.pins import open_pins
from gate.devices.ports import Outputs
from gate.devices.relay import MAX_RELEASE_S
from gate.devices.signals import Signal
from gate.errors import DeviceError
from gate.sim.devices import ManualClock, SimOutputs

DEADLINE_S: Final = 10.0
PINS: Final = OutputPins(entry_relay=17, exit_relay=27, green=22, red=23, amber=24, sounder=18)
RELAYS: Final = {Direction.IN: 17, Direction.OUT: 27}


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """Outputs, a look at their relays, and a way to let a time pass (really or not)."""

    outputs: Outputs
    is_released: Callable[[Direction], bool]
    let_pass: Callable[[float], object]


def simulated() -> Portal:
    clock = ManualClock(datetime(2026, 1, 5, 7, tzinfo=UTC))
    outputs = SimOutputs(clock)
    return Portal(outputs=outputs, is_released=outputs.is_released, let_pass=clock.advance)


def on_pins(factory: str) -> Portal:
    bank = open_pins(factory)

    def is_released(direction: Direction) -> bool:
        return bool(bank.factory.pin(RELAYS[direction]).state)

    return Portal(
        outputs=GpioOutputs(PINS, bank, SystemClock().monotonic),
        is_released=is_released,
        let_pass=lambda seconds: threading.Event().wait(seconds),
    )


MAKERS: Final[dict[str, Callable[[], Portal]]] = {
    "simulated": simulated,
    "pretended pins": partial(on_pins, "mock"),
    "a Pi": partial(on_pins, "lgpio"),
}


@pytest.fixture(
    params=["simulated", "pretended pins", pytest.param("a Pi", marks=pytest.mark.hardware)]
)
def portal(request: pytest.FixtureRequest) -> Iterator[Portal]:
    if request.param == "a Pi" and not request.config.getoption("--hardware", default=False):
        pytest.skip("no device: relays on a Raspberry Pi's pins, asked for with --hardware")
    made = MAKERS[request.param]()
    yield made
    made.outputs.close()


def locks(portal: Portal, direction: Direction) -> bool:
    """Look again every hundredth of a second until the relay is locked or the deadline is over."""
    for _ in range(round(DEADLINE_S / 0.01)):
        if not portal.is_released(direction):
            return True
        portal.let_pass(0.01)
    return False


def test_both_ways_are_locked_at_the_start(portal: Portal) -> None:
    assert not portal.is_released(Direction.IN)
    assert not portal.is_released(Direction.OUT)


@pytest.mark.parametrize(
    ("one", "other"), [(Direction.IN, Direction.OUT), (Direction.OUT, Direction.IN)]
)
def test_a_release_opens_one_way_only(portal: Portal, one: Direction, other: Direction) -> None:
    portal.outputs.release(one, 5)
    assert portal.is_released(one)
    assert not portal.is_released(other)


@pytest.mark.parametrize("direction", Direction)
def test_a_release_ends_by_itself(portal: Portal, direction: Direction) -> None:
    portal.outputs.release(direction, 0.05)
    assert locks(portal, direction)


def test_a_shorter_release_does_not_cut_a_longer_one(portal: Portal) -> None:
    portal.outputs.release(Direction.IN, MAX_RELEASE_S)
    portal.outputs.release(Direction.IN, 0.01)
    portal.let_pass(0.05)
    assert portal.is_released(Direction.IN)


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("seconds", [0, -1, MAX_RELEASE_S + 0.01, float("nan")])
def test_a_release_out_of_bounds_is_a_device_error(
    portal: Portal, direction: Direction, seconds: float
) -> None:
    with pytest.raises(DeviceError, match="at most"):
        portal.outputs.release(direction, seconds)
    assert not portal.is_released(direction)


def test_locking_cuts_an_entry_and_leaves_an_exit(portal: Portal) -> None:
    portal.outputs.release(Direction.IN, 5)
    portal.outputs.release(Direction.OUT, 5)
    portal.outputs.lock()
    assert not portal.is_released(Direction.IN)
    assert portal.is_released(Direction.OUT)


def test_an_entry_can_be_released_again_after_a_lock(portal: Portal) -> None:
    portal.outputs.lock()
    portal.outputs.release(Direction.IN, 5)
    assert portal.is_released(Direction.IN)


def test_freed_both_ways_open_until_they_are_secured(portal: Portal) -> None:
    portal.outputs.free()
    portal.outputs.lock()
    portal.outputs.free()
    freed = [portal.is_released(direction) for direction in Direction]
    portal.outputs.secure()

    assert freed == [True, True]
    assert all(locks(portal, direction) for direction in Direction)


def test_securing_what_was_not_freed_changes_nothing(portal: Portal) -> None:
    portal.outputs.release(Direction.OUT, 5)
    portal.outputs.secure()
    assert portal.is_released(Direction.OUT)


def test_every_signal_is_taken(portal: Portal) -> None:
    for signal in Signal:
        portal.outputs.show(signal)


def test_closed_outputs_stay_locked_and_say_that_they_are_closed(portal: Portal) -> None:
    portal.outputs.release(Direction.IN, 5)
    portal.outputs.close()
    portal.outputs.close()
    portal.outputs.lock()
    for direction in Direction:
        with pytest.raises(DeviceError, match="closed"):
            portal.outputs.release(direction, 5)
    with pytest.raises(DeviceError, match="closed"):
        portal.outputs.show(Signal.READY)

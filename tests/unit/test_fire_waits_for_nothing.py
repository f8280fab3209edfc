"""A fire on real inputs' and relays' drivers, while the gate's loop hangs in the journal."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from gpiozero.exc import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPWMPin

from gate.devices.clock import SystemClock
from gate.devices.inputs import GpioInputs, InputPins
from gate.devices.outputs import GpioOutputs, OutputPins
from gate.devices.pins import PinBank, open_pins
from gate.events.model import EventKind
from gate.unit.contacts import Contacts, reactions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.conftest import Desk, Lane, LaneOf

ENTRY, EXIT, FIRE, KEY = 17, 27, 16, 13
DEADLINE_S = 10.0


class Wired:
    """A lane on pretended pins whose journal hangs when it is told to."""

    def __init__(self, lane_on: LaneOf) -> None:
        clock = SystemClock().monotonic
        factory: Any = MockFactory(revision="a02082", pin_class=MockPWMPin)
        self.relays = [factory.pin(gpio) for gpio in (ENTRY, EXIT)]
        bank = PinBank(factory=factory, errors=(GPIOZeroError,))
        self.outputs = GpioOutputs(OutputPins(entry_relay=ENTRY, exit_relay=EXIT), bank, clock)
        contacts = open_pins("mock")
        self.fire = contacts.factory.pin(FIRE)
        self.lane: Lane = lane_on(self.outputs)
        pins = InputPins(fire=FIRE, guard_key=KEY, closed_is_low=False)
        freed: dict[Any, Any] = {}
        self.inputs = GpioInputs(pins, contacts, clock, freed)
        self.fire.drive_high()  # the alarm's contact is closed: silent
        self.inputs.changes()
        freed.update(reactions(self.outputs, 5.0))
        self.contacts = Contacts(self.inputs, self.lane.controller)
        self.go_on = threading.Event()
        self.hangs = threading.Event()

    def is_free(self) -> bool:
        """Tell whether both relays are energised."""
        return all(relay.state for relay in self.relays)

    def hang(self) -> None:
        """Wait as a disk that does not come back would."""
        self.hangs.set()
        self.go_on.wait(DEADLINE_S)

    def close(self) -> None:
        """Let everything go."""
        self.inputs.close()
        self.outputs.close()


@pytest.fixture
def wired(lane_on: LaneOf) -> Iterator[Wired]:
    made = Wired(lane_on)
    yield made
    made.go_on.set()
    made.close()


def test_both_relays_are_driven_while_the_loop_hangs_in_a_record(wired: Wired, desk: Desk) -> None:
    wired.lane.journal.while_appending = wired.hang
    loop = threading.Thread(target=wired.lane.present, args=(desk.card(),))
    loop.start()
    assert wired.hangs.wait(DEADLINE_S)
    before = wired.is_free()
    wired.fire.drive_low()
    free = wired.is_free()
    wired.go_on.set()
    loop.join(DEADLINE_S)

    assert (before, free) == (False, True)


def test_what_the_loop_was_at_when_it_goes_on_locks_nothing(wired: Wired, desk: Desk) -> None:
    wired.lane.journal.while_appending = wired.hang
    loop = threading.Thread(target=wired.lane.present, args=(desk.card(),))
    loop.start()
    assert wired.hangs.wait(DEADLINE_S)
    wired.fire.drive_low()
    wired.go_on.set()
    loop.join(DEADLINE_S)
    wired.lane.controller.fault("camera")
    wired.contacts.turn(0.0)

    event, _ = wired.lane.journal.records[-1]
    assert wired.is_free()
    assert event.kind is EventKind.FIRE_ALARM
    assert event.detail.startswith("both ways free after ")

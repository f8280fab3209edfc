"""The gate process on pretended pins: what the entry relay was driven to, and how it was left."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from gpiozero.exc import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPWMPin

from gate.devices.clock import SystemClock
from gate.devices.outputs import GpioOutputs, OutputPins
from gate.devices.pins import PinBank
from gate.sim.devices import SimCamera, SimDecoder, SimNotifier, picture_of
from gate.unit.daemon import EXIT_DONE, EXIT_FAULT, run
from gate.unit.wiring import Parts, Unit

if TYPE_CHECKING:
    from gate.devices.ports import Decoder, Frame, Sight
    from gate.unit.camera_stream import Taken
    from gate.unit.controller import Answer
    from tests.unit.conftest import Desk, LaneOf

RELAY = 17


class WatchedPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that tells what it was driven to; let go of, it is an input and drives nothing."""

    def __init__(self, factory: object, info: object) -> None:
        self.driven: list[int] = []
        super().__init__(factory, info)

    def _set_state(self, value: float) -> None:
        super()._set_state(value)
        self.driven.append(int(value))


class DecoderWithADefect:
    """Reads once, then breaks."""

    def __init__(self) -> None:
        self._decoder = SimDecoder()
        self._frames = 0

    def decode(self, frame: Frame) -> Sight:
        self._frames += 1
        if self._frames > 2:
            raise ValueError("a defect")
        return self._decoder.decode(frame)


@pytest.mark.parametrize(
    ("active_high", "locked"), [pytest.param(True, 0, id="high"), pytest.param(False, 1, id="low")]
)
@pytest.mark.parametrize(
    ("decoder", "code"),
    [
        pytest.param(SimDecoder, EXIT_DONE, id="an end"),
        pytest.param(DecoderWithADefect, EXIT_FAULT, id="a defect"),
    ],
)
def test_the_entry_relay_is_released_and_left_locked(
    *,
    lane_on: LaneOf,
    desk: Desk,
    decoder: type[Decoder],
    code: int,
    active_high: bool,
    locked: int,
) -> None:
    factory: Any = MockFactory(revision="a02082", pin_class=WatchedPin)
    relay = factory.pin(RELAY)
    bank = PinBank(factory=factory, errors=(GPIOZeroError,))
    clock = SystemClock()
    pins = OutputPins(entry_relay=RELAY, relay_active_high=active_high)
    outputs = GpioOutputs(pins, bank, clock.monotonic)
    lane = lane_on(outputs)
    when_answered: list[int] = []
    unit = Unit(
        parts=Parts(
            open_camera=lambda: SimCamera([picture_of(desk.card())] * 10, lane.clock),
            decoder=decoder(),
            outputs=outputs,
            clock=clock,
            notifier=SimNotifier(),
        ),
        controller=lane.controller,
        recorder=lane.recorder,
        retention=lane.retention,
        upkeep=lane.upkeep,
        contacts=lane.contacts,
    )
    assert relay.driven[-1] == locked

    def watch(_answer: Answer, _taken: Taken) -> None:
        when_answered.append(relay.driven[-1])

    ended = run(unit, threading.Event(), watch=watch)

    assert ended == code
    assert when_answered == [1 - locked]
    assert relay.driven[-1] == locked

"""The simulated portal's contacts: the unit's own inputs on pretended pins that are wired.

A pin to which nothing is wired follows its pull, and what must tell of a cut wire would do so: each
of these holds its level, and all contacts rest until they are touched. The seconds that a reaction
takes are real ones, on top of the simulated time.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from gate.devices.inputs import ACTIVE_WHEN_OPEN, GpioInputs, InputPins
from gate.devices.pins import open_pins
from gate.devices.ports import Clock, Contact, Reactions
from gate.sim.presentation import Touch


class Wires:
    """A switch on every contact; `inputs` is what reads them, and whoever has it closes it."""

    def __init__(self, pins: InputPins, clock: Clock, reactions: Reactions) -> None:
        self._closed_is_low = pins.closed_is_low
        self._clock = clock
        self._touched_s = perf_counter()
        bank = open_pins("mock")
        bank.factory.pin_class = _wired(bank.factory.pin_class)
        self._pins: dict[Contact, Any] = {
            contact: bank.factory.pin(gpio) for contact, gpio in pins.wired().items()
        }
        for contact in self._pins:
            self._set(contact, active=False)
        self.inputs = GpioInputs(pins, bank, self._monotonic, reactions)

    def touch(self, touch: Touch) -> None:
        """Let a contact become active, or be no more; one that is not wired can't be."""
        if touch.contact in self._pins:
            self._touched_s = perf_counter()
            self._set(touch.contact, active=touch.active)

    def _set(self, contact: Contact, *, active: bool) -> None:
        is_closed = active is not (contact in ACTIVE_WHEN_OPEN)
        pin = self._pins[contact]
        (pin.drive_low if is_closed is self._closed_is_low else pin.drive_high)()

    def _monotonic(self) -> float:
        return self._clock.monotonic() + perf_counter() - self._touched_s


def _wired(pin_class: Callable[..., Any]) -> Callable[..., Any]:
    """Return a kind of pretended pin that holds its level whatever the pull."""

    class WiredPin(pin_class):  # type: ignore[misc, valid-type]  # gpiozero has no types
        def _set_pull(self, value: str) -> None:
            self._pull = value

    return WiredPin

"""What only somebody who stands there can tell: whether it moved, lit, sounded, and was pressed.

Relays, lamps and sounder are driven and asked about; each contact is asked for, and must be seen to
change and to change back. The gate itself must not be at work: the pins are its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gate.access.model import Direction
from gate.devices.ports import Clock, Contact, Inputs, Lamp, Outputs
from gate.devices.signals import Signal
from gate.doctor.finding import Finding, failed, failed_by, not_asked, passed
from gate.errors import DeviceError

Question = Callable[[str], bool | None]
"""Asks whoever stands there; None: not answered."""

PRESS_S: Final = 30.0
LOOK_S: Final = 0.05

_SIGNALS: Final = (
    (Signal.ADMITTED, "Was there green, and one high beep?"),
    (Signal.REFUSED, "Was there red twice, and two low beeps?"),
    (Signal.REFERRED, "Are amber and red lit, and was there one long beep?"),
)

_DO: Final = {
    Contact.ROTATION_IN: "turn the turnstile inwards, one whole turn",
    Contact.ROTATION_OUT: "turn the turnstile outwards, one whole turn",
    Contact.DOOR: "open the door, and shut it",
    Contact.EXIT_BUTTON: "press the exit button, and let go",
    Contact.GUARD_KEY: "turn the guard's key, and back",
    Contact.FIRE: "have the fire alarm's contact open, and close again",
    Contact.TAMPER: "open the housing, and shut it",
    Contact.MAINS: "switch the mains off and on (the battery goes on)",
}


@dataclass(frozen=True, slots=True)
class RelayCheck:
    """Whether a way is released."""

    lane: str
    direction: Direction
    outputs: Outputs
    release_s: float
    ask: Question

    def look(self) -> Finding:
        """Release, and ask what happened."""
        name = f"{self.direction} relay {self.lane}"
        way = "inwards" if self.direction is Direction.IN else "outwards"
        try:
            self.outputs.release(self.direction, self.release_s)
            turned = self.ask(
                f"{self.lane}: it is released {way} for {self.release_s:g} s. Does it turn?"
            )
            self.outputs.lock()
        except DeviceError as error:
            return failed_by(name, error, "See to the wiring: docs/reference/wiring.md")
        locked: bool | None = True
        if turned and self.direction is Direction.IN:
            locked = self.ask(f"{self.lane}: is it locked {way} again?")
        if turned is None or locked is None:
            return not_asked(name, "Nobody answered.")
        if not turned:
            step = "See to the relay's wiring and its fuse, and to relay_active_high."
            return failed(name, f"Nothing turned {way}.", step)
        if not locked:
            step = "See to the relay's wiring: its contact may be stuck, or the wrong one."
            return failed(name, "It did not lock again.", step)
        return passed(name, f"It was released, and turned {way}.")


@dataclass(frozen=True, slots=True)
class LampCheck:
    """Whether the lamp at the reader is seen."""

    lane: str
    lamp: Lamp
    ask: Question

    def look(self) -> Finding:
        """Light it, and ask; it is dark again afterwards."""
        name = f"reader lamp {self.lane}"
        try:
            self.lamp.shine(lit=True)
            seen = self.ask(f"{self.lane}: is the lamp at the reader lit?")
            self.lamp.shine(lit=False)
        except DeviceError as error:
            return failed_by(name, error, "See to the wiring: docs/reference/wiring.md")
        if seen is None:
            return not_asked(name, "Nobody answered.")
        if not seen:
            return failed(name, "It was not lit.", "See to its wiring and its fuse.")
        return passed(name, "It was seen lit.")


@dataclass(frozen=True, slots=True)
class SignalCheck:
    """Whether lamps and sounder are seen and heard."""

    lane: str
    outputs: Outputs
    ask: Question

    def look(self) -> Finding:
        """Show three signals, and ask for each."""
        name = f"lamps and sounder {self.lane}"
        missed = []
        try:
            for signal, question in _SIGNALS:
                self.outputs.show(signal)
                seen = self.ask(f"{self.lane}: {question}")
                if seen is None:
                    return not_asked(name, "Nobody answered.")
                missed += [] if seen else [str(signal)]
            self.outputs.show(Signal.OFF)
        except DeviceError as error:
            return failed_by(name, error, "See to the wiring: docs/reference/wiring.md")
        if missed:
            step = "See to the lamps' and the sounder's wiring: docs/reference/wiring.md"
            return failed(name, f"Not as it should be: {', '.join(missed)}.", step)
        return passed(name, "Each was seen and heard.")


@dataclass(frozen=True, slots=True)
class ContactCheck:
    """Whether a contact is seen to change, and to change back; `lane`: whose it is, if one's."""

    lane: str
    contact: Contact
    inputs: Inputs
    clock: Clock
    wait: Callable[[float], object]
    ask: Question

    def look(self) -> Finding:
        """Ask for it, and wait for both changes."""
        where, words = (f" {self.lane}" if self.lane else ""), str(self.contact).replace("_", " ")
        name = f"input {words}{where}"
        at = f"{self.lane}: in" if self.lane else "In"
        if not self.ask(f"{at} the next {PRESS_S:.0f} s: {_DO[self.contact]}. Ready?"):
            return not_asked(name, "Nobody was there to do it.")
        until_s = self.clock.monotonic() + PRESS_S
        seen: list[bool] = []
        step = "See to its wiring and its pin: docs/reference/wiring.md"
        try:
            while self.clock.monotonic() < until_s:
                seen += [one.active for one in self.inputs.changes() if one.contact is self.contact]
                if True in seen and not self.inputs.is_active(self.contact):
                    return passed(name, "It was seen, and it came back.")
                self.wait(LOOK_S)
        except DeviceError as error:
            return failed_by(name, error, step)
        if True in seen:
            return failed(name, "It was seen, and did not come back.", step)
        return failed(name, f"Nothing was seen of it for {PRESS_S:.0f} s.", step)

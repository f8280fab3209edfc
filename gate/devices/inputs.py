"""The contacts of one portal on GPIO pins, debounced by the kernel.

A contact is closed or open; what counts as active is each one's own: rotation, exit button and
guard's key close, everything that must tell of a cut wire opens (fire, tamper, mains, and a door's
contact, which is closed while the door is shut). A wire that is cut is therefore an alarm.

What acts at once (`Reactions`) is called in the library's own thread, before the change is kept for
the gate's loop: a full journal, a hung camera or a slow disk is never in its way. Seconds are
counted from the kernel's time of the edge. Nothing here knows what a contact means.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields
from functools import partial
from typing import Final

from gate.devices.outputs import checked_pins
from gate.devices.pins import ContactLine, PinBank, open_pins
from gate.devices.ports import Change, Contact, Inputs, Reactions
from gate.errors import DeviceError

MAX_BOUNCE_MS: Final = 100
"""A quarter of the 400 ms that an input must last to be processed (EN 60839-11-1)."""

MAX_CHANGES: Final = 4096
"""Kept while the loop is busy: ten turnstiles for a minute. The level of a fire is asked anyway."""

ACTIVE_WHEN_OPEN: Final = frozenset({Contact.DOOR, Contact.FIRE, Contact.TAMPER, Contact.MAINS})
"""At rest these are closed, all others open."""

_MAX_EDGE_AGE_S: Final = 60.0
"""An edge that is older, or lies ahead, was timed on another line: then only our own counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputPins:
    """Which GPIO (BCM numbers) reads what; None where nothing is wired.

    Raises:
        DeviceError: a number that is not on the header, or one that is used twice.
    """

    rotation_in: int | None = None
    rotation_out: int | None = None
    door: int | None = None
    exit_button: int | None = None
    guard_key: int | None = None
    fire: int | None = None
    tamper: int | None = None
    mains: int | None = None
    closed_is_low: bool = True
    bounce_ms: int = 20

    def __post_init__(self) -> None:
        checked_pins({field.name: getattr(self, field.name) for field in fields(self)[:-2]})
        if not 1 <= self.bounce_ms <= MAX_BOUNCE_MS:
            raise DeviceError(f"bounce_ms: {self.bounce_ms}; allowed: 1 to {MAX_BOUNCE_MS}")

    def wired(self) -> dict[Contact, int]:
        """Return the contacts that are wired, and where."""
        found = {contact: getattr(self, contact.value) for contact in Contact}
        return {contact: gpio for contact, gpio in found.items() if gpio is not None}


class GpioInputs:
    """The `Inputs` port on an open pin bank, which it owns and closes."""

    def __init__(
        self,
        pins: InputPins,
        bank: PinBank,
        monotonic: Callable[[], float],
        reactions: Reactions,
    ) -> None:
        self._monotonic = monotonic
        self._reactions = reactions
        self._changes: deque[Change] = deque(maxlen=MAX_CHANGES)
        self._lines: dict[Contact, ContactLine] = {}
        self._closed = False
        wired = pins.wired()
        self.wired = frozenset(wired)
        with ExitStack() as opened:
            opened.callback(bank.close)
            for contact in sorted(wired, key=lambda one: one is not Contact.FIRE):  # fire first
                line = bank.contact(
                    contact.value,
                    wired[contact],
                    closed_is_low=pins.closed_is_low,
                    bounce_s=pins.bounce_ms / 1000,
                )
                opened.callback(line.close)
                self._lines[contact] = line
                line.watch(partial(self._changed, contact))
                if self.is_active(contact):
                    self._note(contact, active=True, since_s=0.0)
            self._opened = opened.pop_all()

    def changes(self) -> Sequence[Change]:
        """Return what changed since it was asked last, oldest first."""
        found = []
        while self._changes:
            found.append(self._changes.popleft())
        return found

    def is_active(self, contact: Contact) -> bool:
        """Tell whether a contact is active now; one that is not wired never is.

        Raises:
            DeviceError: the pin can't be read.
        """
        line = self._lines.get(contact)
        if line is None or self._closed:
            return False
        return line.is_closed() is not (contact in ACTIVE_WHEN_OPEN)

    def close(self) -> None:
        """Let go of the pins; safe to call twice.

        Raises:
            DeviceError: one that did not obey; others are its context.
        """
        self._closed = True
        self._opened.close()

    def _changed(self, contact: Contact, closed: bool) -> None:  # noqa: FBT001 - one meaning
        if not self._closed:
            active = closed is not (contact in ACTIVE_WHEN_OPEN)
            self._note(contact, active=active, since_s=self._lines[contact].since_s())

    def _note(self, contact: Contact, *, active: bool, since_s: float) -> None:
        noticed_s = self._monotonic()
        at_s = noticed_s - since_s if 0 <= since_s <= _MAX_EDGE_AGE_S else noticed_s
        react = self._reactions.get(contact) if active else None
        reacted_s, fault = None, ""
        if react is not None:
            try:
                react()
            except DeviceError as error:  # told with the change: this thread has nobody to tell
                fault = str(error)
            reacted_s = self._monotonic() - at_s
        self._changes.append(
            Change(contact=contact, active=active, at_s=at_s, reacted_s=reacted_s, fault=fault)
        )


class NoInputs:
    """The `Inputs` port of a portal without contacts."""

    wired: frozenset[Contact] = frozenset()

    def changes(self) -> Sequence[Change]:
        """Return nothing."""
        return ()

    def is_active(self, contact: Contact) -> bool:
        """Return that no contact is active."""
        del contact
        return False

    def close(self) -> None:
        """Nothing is held."""


def open_inputs(
    pins: InputPins, factory: str, monotonic: Callable[[], float], reactions: Reactions
) -> Inputs:
    """Open the pins with "lgpio" (a Pi) or "mock" (a bench test); none if nothing is wired.

    Raises:
        DeviceError: a pin does not open; what was opened before it is closed again.
    """
    if not pins.wired():
        return NoInputs()
    return GpioInputs(pins, open_pins(factory), monotonic, reactions)

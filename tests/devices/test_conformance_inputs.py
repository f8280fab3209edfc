"""The rules every `Inputs` obeys: the fake, and the driver on pretended pins."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import pytest

from gate.devices.clock import SystemClock
from gate.devices.inputs import GpioInputs, InputPins
from gate.devices.ports import Contact, Inputs, Reactions
from gate.errors import DeviceError
from gate.sim.devices import ManualClock
from gate.sim.inputs import SimInputs
from tests.devices.conftest import wired_bank

PINS: Final = InputPins(
    rotation_in=5,
    rotation_out=6,
    door=7,
    exit_button=12,
    guard_key=13,
    fire=16,
    tamper=20,
    mains=21,
)
WIRED: Final = PINS.wired()
OPENS: Final = {Contact.DOOR, Contact.FIRE, Contact.TAMPER, Contact.MAINS}


@dataclass(slots=True)
class Wires:
    """Inputs, and hands at their contacts."""

    inputs: Inputs
    hold: Callable[[Contact, bool], None]

    def set(self, contact: Contact, *, active: bool) -> None:
        """Let a contact become active, or be no more."""
        self.hold(contact, active)


def simulated(active: tuple[Contact, ...], reactions: Reactions) -> Wires:
    clock = ManualClock(datetime(2026, 1, 5, 7, tzinfo=UTC))
    inputs = SimInputs(clock, WIRED, active=active, reactions=reactions)
    return Wires(inputs, lambda contact, active: inputs.set(contact, active=active))


def on_pins(active: tuple[Contact, ...], reactions: Reactions) -> Wires:
    bank = wired_bank()
    kept = {contact: bank.factory.pin(gpio) for contact, gpio in WIRED.items()}

    def hold(contact: Contact, active: bool) -> None:  # noqa: FBT001 - as Wires says
        pin = kept[contact]
        (pin.drive_high if active is (contact in OPENS) else pin.drive_low)()

    for contact, pin in kept.items():  # the wires are there before anybody looks
        pin.drive_high()
        hold(contact, contact in active)
    inputs = GpioInputs(PINS, bank, SystemClock().monotonic, reactions)
    return Wires(inputs, hold)


MAKERS: Final = {"simulated": simulated, "pretended pins": on_pins}
Make = Callable[..., Wires]


@pytest.fixture(params=MAKERS)
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[Wires] = []

    def maker(*active: Contact, reactions: Reactions | None = None) -> Wires:
        made.append(MAKERS[request.param](active, reactions or {}))
        return made[-1]

    yield maker
    for wires in made:
        wires.inputs.close()


def told(wires: Wires) -> list[tuple[Contact, bool]]:
    return [(change.contact, change.active) for change in wires.inputs.changes()]


def test_nothing_has_changed_while_nothing_is_active(make: Make) -> None:
    wires = make()

    assert told(wires) == []
    assert not any(wires.inputs.is_active(contact) for contact in Contact)


def test_what_is_active_at_the_start_is_a_change(make: Make) -> None:
    assert told(make(Contact.FIRE)) == [(Contact.FIRE, True)]


def test_what_is_active_at_the_start_is_reacted_to(make: Make) -> None:
    reacted: list[str] = []
    make(Contact.FIRE, reactions={Contact.FIRE: lambda: reacted.append("free")})

    assert reacted == ["free"]


@pytest.mark.parametrize("contact", WIRED)
def test_a_change_is_told_once_and_in_order(make: Make, contact: Contact) -> None:
    wires = make()
    wires.set(contact, active=True)
    active = wires.inputs.is_active(contact)
    wires.set(contact, active=False)

    assert active
    assert told(wires) == [(contact, True), (contact, False)]
    assert told(wires) == []


def test_what_acts_at_once_has_acted_before_the_change_is_read(make: Make) -> None:
    reacted: list[str] = []
    wires = make(reactions={Contact.FIRE: lambda: reacted.append("free")})
    wires.set(Contact.FIRE, active=True)
    before_reading = list(reacted)
    wires.set(Contact.FIRE, active=False)

    first, second = wires.inputs.changes()
    assert before_reading == reacted == ["free"]
    assert first.reacted_s is not None
    assert 0 <= first.reacted_s < 1
    assert second.reacted_s is None


def test_a_reaction_that_fails_is_told_with_the_change(make: Make) -> None:
    def broken() -> None:
        raise DeviceError("exit relay: the wire is cut")

    wires = make(reactions={Contact.FIRE: broken})
    wires.set(Contact.FIRE, active=True)

    (change,) = wires.inputs.changes()
    assert "wire is cut" in change.fault


def test_nothing_changes_after_the_end(make: Make) -> None:
    reacted: list[str] = []
    wires = make(reactions={Contact.FIRE: lambda: reacted.append("free")})
    wires.inputs.close()
    wires.inputs.close()
    wires.set(Contact.FIRE, active=True)

    assert told(wires) == []
    assert reacted == []
    assert not wires.inputs.is_active(Contact.FIRE)

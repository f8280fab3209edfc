"""Two lanes on gpiozero's own pretended pins: whatever happens, in whatever order, exit is free.

Everything above the pins is the unit's own: both lanes as `assemble_pair` puts them together, their
outputs, their contacts, their record on the disk. What is asked is what the relays were driven to.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from gate.access.model import Direction
from gate.config import load_config
from gate.devices.inputs import GpioInputs, InputPins
from gate.devices.outputs import GpioOutputs
from gate.devices.ports import Contact, Reactions
from gate.errors import DeviceError
from gate.sim.devices import ManualClock, SimDecoder, SimNotifier
from gate.unit.contacts import reactions
from gate.unit.lane import Lane, LaneParts
from gate.unit.pair_wiring import PairParts, assemble_pair
from gate.unit.read_filter import News, Sighting, payload_key
from tests.devices.conftest import Board, wired_bank
from tests.unit.two_lanes import NOW, POLICY, UNIT, HandCamera, TwoLanes

IN, OUT = Direction.IN, Direction.OUT
RELAYS: Final = ("entry_relay", "exit_relay")
RELEASE_S: Final = 5.0
OWN: Final = {
    IN: InputPins(rotation_in=19),
    OUT: InputPins(rotation_out=6, exit_button=5),
}
SHARED: Final = InputPins(fire=16, guard_key=13)
EVERY_RELAY: Final = tuple((way, relay) for way in Direction for relay in RELAYS)
CARDS: Final = ("1", "2")
WHICH: Final = st.sampled_from([*CARDS, "foreign", "web"])
PARTS: Final = st.sampled_from(["camera", "outputs", "x"])


class Wires:
    """Contacts on pins of their own; all of them rest at first."""

    def __init__(self, pins: InputPins) -> None:
        self.bank = wired_bank()
        self._pins: dict[Contact, Any] = {
            contact: self.bank.factory.pin(gpio) for contact, gpio in pins.wired().items()
        }
        for contact in self._pins:
            self.set(contact, active=False)

    def set(self, contact: Contact, *, active: bool) -> None:
        """Close a contact to ground, or open it; an opened fire contact is the alarm."""
        is_closed = active is not (contact is Contact.FIRE)
        pin = self._pins[contact]
        (pin.drive_low if is_closed else pin.drive_high)()


class Gate:
    """A unit with two lanes on pins; `lanes` are turned by hand, so that any order can be tried."""

    def __init__(self, path: Path) -> None:
        self.clock = ManualClock(NOW)
        self.outputs: dict[Direction, GpioOutputs] = {}
        self.boards = {way: Board() for way in Direction}
        self.own = {way: Wires(pins) for way, pins in OWN.items()}
        self.shared = Wires(SHARED)
        parts = PairParts(
            open_lanes=[partial(self._open, way) for way in (IN, OUT)],
            open_shared=self._open_shared,
            clock=self.clock,
            notifier=SimNotifier(),
        )
        self.pair = assemble_pair(load_config(path / "unit.toml"), parts)
        self.lanes: dict[Direction, Lane] = {}
        for way, plan in zip((IN, OUT), self.pair.plans, strict=True):
            self.lanes[way] = plan.open_lane()
            self.pair.upkeep.equip(self.lanes[way].controller)
        seats = [plan.seat for plan in self.pair.plans]
        self.pair.upkeep.begin(seats, self.pair.roll, self.pair.faults)

    def close(self) -> None:
        """Let everything go."""
        self.pair.thread.close(5.0)
        for lane in self.lanes.values():
            lane.parts.inputs.close()
            with suppress(DeviceError):
                lane.parts.outputs.close()
        self.pair.inputs.close()

    def turn(self) -> None:
        """Let both loops turn once; a lane whose outputs do not obey goes on at its next turn."""
        at_s = self.clock.monotonic()
        for plan, lane in zip(self.pair.plans, self.lanes.values(), strict=True):
            with suppress(DeviceError):
                plan.seat.turn(lane.controller)
            with suppress(DeviceError):
                lane.contacts.turn(at_s)
            with suppress(DeviceError):
                lane.controller.tick(at_s)

    def present(self, way: Direction, text: str, sighting: Sighting) -> None:
        """Hold a code to a lane's reader."""
        news = News(sighting=sighting, key=payload_key(text), payload=text)
        with suppress(DeviceError):
            self.lanes[way].controller.handle(news)

    def driven(self, way: Direction, relay: str) -> list[float]:
        """Return what a lane's relay was driven to, oldest first."""
        return self.boards[way].pin(relay).driven

    def is_free(self) -> bool:
        """Tell whether every relay of both lanes, whose wire is not cut, is driven now."""
        return all(self.driven(*one)[-1] == 1.0 for one in self.whole_relays())

    def whole_relays(self) -> list[tuple[Direction, str]]:
        """Return the relays whose wires are not cut."""
        return [one for one in EVERY_RELAY if not self.boards[one[0]].pin(one[1]).broken]

    @contextmanager
    def releases(self, *relays: tuple[Direction, str]) -> Iterator[None]:
        """Assert that these relays are driven, anew, by what happens inside, and stay so."""
        before = [len(self.driven(*one)) for one in relays]
        yield
        for one, times in zip(relays, before, strict=True):
            assert 1.0 in self.driven(*one)[times:], f"{one}: not released"
            assert self.driven(*one)[-1] == 1.0, f"{one}: locked again"

    def _open(self, way: Direction) -> LaneParts:
        board = self.boards[way]
        self.outputs[way] = outputs = GpioOutputs(board.pins, board.bank, self.clock.monotonic)
        at_once = reactions(outputs, RELEASE_S)
        bank = self.own[way].bank
        return LaneParts(
            open_camera=HandCamera,
            decoder=SimDecoder(),
            outputs=outputs,
            clock=self.clock,
            inputs=GpioInputs(OWN[way], bank, self.clock.monotonic, at_once),
        )

    def _open_shared(self, at_once: Reactions) -> GpioInputs:
        return GpioInputs(SHARED, self.shared.bank, self.clock.monotonic, at_once)


class Happenings(RuleBasedStateMachine):
    """What may happen to a gate of two lanes; `path` holds its files, `texts` its codes."""

    path: ClassVar[Path]
    texts: ClassVar[dict[str, str]]

    def __init__(self) -> None:
        super().__init__()
        self._held = TemporaryDirectory(dir=self.path)
        here = Path(self._held.name)
        (here / "unit.toml").write_text(UNIT, "utf-8")
        (here / "policy.toml").write_text(POLICY, "utf-8")
        (here / "trust").symlink_to(self.path / "trust")
        self.gate = Gate(here)
        self.alarm_sounds = self.key_is_turned = self.burns = False

    def teardown(self) -> None:
        """Whatever has happened, the exit opens once more."""
        try:
            self.an_exit("web")
            self.the_exit_button()
        finally:
            self.gate.close()
            self._held.cleanup()

    @rule(which=WHICH, seen=st.sampled_from(Sighting), way=st.sampled_from(Direction))
    def a_code(self, which: str, seen: Sighting, way: Direction) -> None:
        self.gate.present(way, self.texts[which], seen)
        self._may_be_cleared(which)

    @rule(which=WHICH)
    def an_exit(self, which: str) -> None:
        self.gate.clock.advance(10.0)
        clears = self.burns and self.key_is_turned and not self.alarm_sounds
        with self.gate.releases((OUT, "exit_relay")):
            self.gate.present(OUT, self.texts[which], Sighting.PRESENTED)
        assert clears or not self.burns or self.gate.is_free()
        self._may_be_cleared(which)

    @rule()
    def the_exit_button(self) -> None:
        with self.gate.releases((OUT, "exit_relay")):
            self.gate.own[OUT].set(Contact.EXIT_BUTTON, active=True)
        self.gate.turn()
        self.gate.own[OUT].set(Contact.EXIT_BUTTON, active=False)
        self.gate.turn()

    @rule(active=st.booleans(), turns=st.booleans())
    def the_fire_alarm(self, *, active: bool, turns: bool) -> None:
        begins, self.alarm_sounds = active and not self.alarm_sounds, active
        with self.gate.releases(*(self.gate.whole_relays() if begins else ())):
            self.gate.shared.set(Contact.FIRE, active=active)
        self.burns = self.burns or begins
        if turns:
            self.gate.turn()

    @rule(active=st.booleans())
    def the_guards_key(self, *, active: bool) -> None:
        self.key_is_turned = active
        self.gate.shared.set(Contact.GUARD_KEY, active=active)
        self.gate.turn()

    @rule(way=st.sampled_from(Direction), which=st.sampled_from(CARDS))
    def an_all_clear_is_asked_for(self, way: Direction, which: str) -> None:
        self.the_guards_key(active=True)
        self.a_code(which, Sighting.PRESENTED, way)

    @rule(way=st.sampled_from(Direction), active=st.booleans())
    def a_turn(self, way: Direction, *, active: bool) -> None:
        contact = Contact.ROTATION_IN if way is IN else Contact.ROTATION_OUT
        self.gate.own[way].set(contact, active=active)
        self.gate.turn()

    @rule(seconds=st.sampled_from([0.1, 2.0, 6.0, 70.0]))
    def time(self, seconds: float) -> None:
        self.gate.clock.advance(seconds)
        self.gate.turn()

    @rule(way=st.sampled_from(Direction), part=PARTS, begins=st.booleans())
    def a_fault(self, way: Direction, part: str, *, begins: bool) -> None:
        controller = self.gate.lanes[way].controller
        with suppress(DeviceError):
            (controller.fault if begins else controller.clear)(part)

    @rule(way=st.sampled_from(Direction), begins=st.booleans())
    def a_lock_down(self, way: Direction, *, begins: bool) -> None:
        controller = self.gate.lanes[way].controller
        with suppress(DeviceError):
            (controller.lock_down if begins else controller.lift)()

    @rule(way=st.sampled_from(Direction), broken=st.booleans())
    def a_lamps_wire(self, way: Direction, *, broken: bool) -> None:
        self.gate.boards[way].pin("green").broken = broken

    @rule()
    def a_relays_wire(self) -> None:
        self.gate.boards[OUT].pin("entry_relay").broken = True
        with suppress(DeviceError):
            self.gate.outputs[OUT].lock()

    @rule(trusted=st.booleans())
    def the_clock(self, *, trusted: bool) -> None:
        self.gate.clock.trusted = trusted

    @rule(way=st.sampled_from(Direction))
    def the_end_of_a_lane(self, way: Direction) -> None:
        with suppress(DeviceError):
            self.gate.lanes[way].controller.stop()

    @invariant()
    def fire_outranks_everything(self) -> None:
        assert not self.burns or self.gate.is_free()

    def _may_be_cleared(self, which: str) -> None:
        """A fire ends by a card at a reader, the guard's key turned, the alarm silent: only so."""
        if which in CARDS and self.key_is_turned and not self.alarm_sounds:
            self.burns = False


def happenings(folder: Path) -> type[Happenings]:
    """Lay out trust and codes, and return what may happen there."""
    made = TwoLanes(folder)
    cards = {number: made.card(number) for number in CARDS}
    made.trust_is_laid_out()
    stranger = TwoLanes(folder / "stranger")

    class Here(Happenings):
        path = folder
        texts: ClassVar = {**cards, "foreign": stranger.card("1"), "web": "https://example.org"}

    return Here


# Invariant: after any sequence of codes, contacts, fires, faults, lock-downs, cut wires, ends
# and times without a clock, a code at the exit's reader, and the exit's button, drive the exit's
# relay at once; a fire drives every relay of both lanes before anything else is done, and none of
# them is let go of before the all-clear, whatever else is told.
def test_no_sequence_leaves_exit_unreleasable_or_anything_above_a_fire(tmp_path: Path) -> None:
    here = happenings(tmp_path)
    run_state_machine_as_test(here, settings=settings(max_examples=20, stateful_step_count=25))


def test_whoever_gives_the_all_clear_at_the_exit_goes_out_though_a_relay_does_not_obey(
    tmp_path: Path,
) -> None:
    day = happenings(tmp_path)()
    day.a_relays_wire()
    day.the_fire_alarm(active=True, turns=True)
    day.the_fire_alarm(active=False, turns=True)
    day.the_guards_key(active=True)
    day.an_exit("1")
    day.teardown()

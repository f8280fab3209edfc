"""The guard's key on gpiozero's pretended pins: what the record on the disk tells of it."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from gate.cli.journal_lines import as_lines
from gate.config import load_config
from gate.devices.inputs import GpioInputs, InputPins
from gate.devices.outputs import GpioOutputs
from gate.errors import Reason
from gate.events.lane_state import LaneState, Shown
from gate.events.model import Entry
from gate.sim.devices import ManualClock, SimCamera, SimDecoder, SimNotifier
from gate.sim.issuer import NOW
from gate.store.journal_reader import JournalReader
from gate.store.lane_state_file import read_lane_state
from gate.trust.status_list import Status
from gate.trust.status_token import issue_status_token
from gate.unit.camera_stream import Taken
from gate.unit.contacts import reactions
from gate.unit.lane_loop import LaneLoop
from gate.unit.read_filter import News, Sighting, payload_key
from gate.unit.wiring import Parts, assemble
from tests.devices.conftest import Board, wired_bank
from tests.store.trust_files import POLICY, SITE_KEY, TrustFiles

KEY: Final = 13
ROTATION: Final = 19
UNIT: Final = """\
[unit]
name = "North"
site = "riverside"
journal = "journal.db"
trust = "trust"
policy = "policy.toml"
site_key = "site.key"
[[access_point]]
name = "North in"
direction = "in"
[camera]
source = "dir:pictures"
[outputs]
factory = "mock"
entry_relay = 17
[screen]
state = "lane.json"
"""


class NoFrames:
    """A camera that shows nothing; the lane turns all the same."""

    faulty = False
    ended = False

    def take(self, _timeout_s: float) -> Taken | None:
        return None


class KeyedGate:
    """A unit whose entry relay, turnstile contact and key switch are pins; no list is held."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trust = TrustFiles(path / "trust")
        (path / "unit.toml").write_text(UNIT, "utf-8")
        (path / "policy.toml").write_text(POLICY, "utf-8")
        (path / "site.key").write_bytes(SITE_KEY)
        (path / "site.key").chmod(0o600)
        self.clock = ManualClock(NOW)
        self.board = Board()
        bank = wired_bank()
        self._contacts: dict[int, Any] = {gpio: bank.factory.pin(gpio) for gpio in (KEY, ROTATION)}
        for pin in self._contacts.values():
            pin.drive_high()
        outputs = GpioOutputs(self.board.pins, self.board.bank, self.clock.monotonic)
        wired = InputPins(guard_key=KEY, rotation_in=ROTATION)
        at_once = reactions(outputs, 5.0)
        parts = Parts(
            open_camera=lambda: SimCamera([], self.clock),
            decoder=SimDecoder(),
            outputs=outputs,
            clock=self.clock,
            inputs=GpioInputs(wired, bank, self.clock.monotonic, at_once),
            notifier=SimNotifier(),
        )
        self.unit = assemble(load_config(path / "unit.toml"), parts)
        self.unit.upkeep.start(self.unit.controller)

    def present(self, **card: Any) -> None:  # noqa: ANN401 - fields of Card, by name
        """Hold up a card; its scheme's list was never had, so that the gate refers it."""
        text = self.trust.issuer.text(self.trust.issuer.card(**card))
        news = News(sighting=Sighting.PRESENTED, key=payload_key(text), payload=text)
        self.unit.controller.handle(news)

    def close_contact(self, gpio: int, seconds: float = 1.0) -> None:
        """Close a contact for so long."""
        for level in (self._contacts[gpio].drive_low, self._contacts[gpio].drive_high):
            level()
            self.turn()
            self.clock.advance(seconds / 2)

    def told_screen(self) -> LaneState | None:
        """Turn the lane's loop once, as the process does; return what its screen is told."""
        loop = LaneLoop(self.unit, NoFrames(), None)
        self._contacts[KEY].drive_low()
        loop.turn()
        loop.tell()
        return read_lane_state(self.path / "lane.json")

    def turn(self) -> None:
        """Let the loop turn once."""
        at_s = self.clock.monotonic()
        self.unit.contacts.turn(at_s)
        self.unit.controller.tick(at_s)

    def releases(self) -> int:
        """Count how often the entry relay was driven."""
        return self.board.pin("entry_relay").driven.count(1.0)

    def record(self) -> list[Entry]:
        """Return what is on the disk about this lane."""
        with JournalReader.open(self.path / "journal.db") as reader:
            return [entry for entry in reader.entries(0) if entry.event.access_point]

    def told(self) -> list[str]:
        """Return the same as `gate journal show` tells it, without its numbers and times."""
        return [" ".join(" ".join(as_lines(entry)).split()[3:]) for entry in self.record()]

    def close(self) -> None:
        """Let everything go."""
        self.unit.recorder.close()
        self.unit.parts.inputs.close()
        self.unit.parts.outputs.close()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[KeyedGate]:
    made = KeyedGate(tmp_path)
    yield made
    made.close()


def test_the_record_tells_who_was_referred_why_and_how_the_key_let_them_in(gate: KeyedGate) -> None:
    gate.present(name="Ann Lee", number="812")
    gate.clock.advance(12.0)
    gate.close_contact(KEY)
    gate.close_contact(ROTATION)

    referred, released, turned = gate.record()
    assert gate.releases() == 1
    assert gate.told() == [
        "North in IN: sent to the guard, Card can't be checked, Ann Lee (812)",
        (
            "North in IN: admitted, note, Let in by the guard, Ann Lee (812), the guard's key:"
            f" referred in entry {referred.seq}, 12 s before (status_unknown)"
        ),
        f"North in IN: turned: grant {released.seq}",
    ]
    assert released.event.reasons == ("override", "status_unknown")
    assert turned.seq == released.seq + 1


def test_somebody_referred_and_let_in_who_does_not_turn_is_not_inside(gate: KeyedGate) -> None:
    gate.present()
    gate.close_contact(KEY)
    gate.clock.advance(10.0)
    gate.turn()

    *_, released, annulled = gate.record()
    assert (annulled.event.kind, annulled.event.detail) == ("not_turned", f"grant {released.seq}")
    assert gate.unit.controller.presence.inside_count == 0


@pytest.mark.parametrize(
    ("status", "answer", "released"),
    [
        (Status.INVALID, "refused, Card cancelled, Ann Lee (812)", 0),
        (
            Status.VALID,
            (
                "admitted, Ann Lee (812), the guard's key: referred in entry 3, 10 s before"
                " (status_unknown)"
            ),
            1,
        ),
    ],
)
def test_the_card_is_judged_by_what_the_gate_knows_when_the_key_is_turned(
    gate: KeyedGate, status: Status, answer: str, released: int
) -> None:
    gate.present(name="Ann Lee", number="812")
    issuer = gate.trust.issuer
    gate.trust.carry_list(issue_status_token(issuer.status_list({7: status}), issuer.key))
    for _ in range(2):  # a change counts once it has settled
        gate.clock.advance(5.0)
        gate.unit.upkeep.turn(gate.clock.monotonic())
    gate.close_contact(KEY)

    assert gate.told()[1] == f"North in IN: {answer}"
    assert gate.releases() == released


def test_the_screen_says_that_the_guard_let_them_in_and_so_does_the_log(
    gate: KeyedGate, caplog: pytest.LogCaptureFixture
) -> None:
    gate.present(name="Ann Lee")
    with caplog.at_level(logging.INFO):
        state = gate.told_screen()

    assert state is not None
    assert (state.shown, state.reason) == (Shown.NOTED, Reason.OVERRIDE)
    [said] = [one for one in caplog.records if one.message == "answered by the guard's key"]
    facts = vars(said)
    assert (facts["outcome"], facts["reasons"]) == ("note", "override,status_unknown")
    assert "Ann" not in caplog.text


def test_the_key_twice_lets_one_of_the_emergency_services_in_in_nobodys_name(
    gate: KeyedGate,
) -> None:
    gate.close_contact(KEY)
    assert gate.releases() == 0
    gate.close_contact(KEY)
    gate.close_contact(ROTATION)

    released, turned = gate.record()
    assert gate.releases() == 1
    assert released.holder is None
    assert released.event.reasons == ("emergency",)
    assert gate.told() == [
        "North in IN: admitted, note, Emergency services, the guard's key: turned twice",
        f"North in IN: turned: grant {released.seq}",
    ]
    assert turned.seq == released.seq + 1


def test_two_turns_that_are_not_one_gesture_let_nobody_in(gate: KeyedGate) -> None:
    gate.close_contact(KEY)
    gate.clock.advance(3.0)
    gate.close_contact(KEY)
    gate.present()
    gate.close_contact(KEY)  # the referral's turn: it is none of two
    gate.close_contact(KEY)

    assert gate.releases() == 1
    assert [entry.event.outcome for entry in gate.record()] == ["refer", "note"]

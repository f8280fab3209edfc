"""What somebody at the gate sees, hears and does: each answer, on pretended pins."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from gate.access.model import Direction
from gate.devices.ports import Change, Contact, Frame, Reading, Sight
from gate.doctor.camera_check import TEST_CARD, TestCardCheck
from gate.doctor.finding import Answer, Finding
from gate.doctor.hands import PRESS_S, ContactCheck, LampCheck, RelayCheck, SignalCheck
from gate.doctor.rounds import with_somebody
from gate.errors import DeviceError
from gate.sim.devices import ManualClock, SimLamp, SimOutputs, picture_of
from gate.sim.issuer import NOW
from gate.store.journal import open_journal
from tests.doctor.examined import Unit


class Person:
    """Answers questions in turn; whoever has no answer left has gone."""

    def __init__(self, answers: str) -> None:
        self.answers = [{"y": True, "n": False}.get(answer) for answer in answers]
        self.asked: list[str] = []

    def __call__(self, question: str) -> bool | None:
        self.asked.append(question)
        return self.answers.pop(0) if self.answers else None


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.mark.parametrize(
    ("direction", "answers", "answer", "says"),
    [
        (Direction.IN, "yy", Answer.PASSED, "turned inwards"),
        (Direction.IN, "yn", Answer.FAILED, "did not lock"),
        (Direction.IN, "n", Answer.FAILED, "Nothing turned"),
        (Direction.IN, "", Answer.NOT_ASKED, "Nobody"),
        (Direction.IN, "y", Answer.NOT_ASKED, "Nobody"),
        (Direction.OUT, "y", Answer.PASSED, "turned outwards"),
    ],
)
def test_a_relay_is_as_whoever_stands_there_says(
    clock: ManualClock, direction: Direction, answers: str, answer: Answer, says: str
) -> None:
    outputs = SimOutputs(clock)
    one = RelayCheck("Gate A", direction, outputs, 5.0, Person(answers)).look()
    assert (one.answer, says in one.says) == (answer, True), one
    assert not outputs.is_released(Direction.IN)


@pytest.mark.parametrize(
    ("answers", "answer"),
    [("y", Answer.PASSED), ("n", Answer.FAILED), ("", Answer.NOT_ASKED)],
)
def test_the_lamp_at_the_reader_is_lit_and_asked_for(answers: str, answer: Answer) -> None:
    lamp = SimLamp()
    assert LampCheck("Gate A", lamp, Person(answers)).look().answer is answer
    assert lamp.happened == [True, False]


def test_a_lamp_that_does_not_obey_fails() -> None:
    lamp = SimLamp()
    lamp.broken = "illumination (GPIO26): busy"
    assert LampCheck("Gate A", lamp, Person("y")).look().answer is Answer.FAILED


def test_a_relay_that_does_not_obey_fails(clock: ManualClock) -> None:
    outputs = SimOutputs(clock)
    outputs.close()
    one = RelayCheck("Gate A", Direction.IN, outputs, 5.0, Person("yy")).look()
    assert one.answer is Answer.FAILED


@pytest.mark.parametrize(
    ("answers", "answer", "says"),
    [
        ("yyy", Answer.PASSED, "seen and heard"),
        ("yny", Answer.FAILED, "refused"),
        ("y", Answer.NOT_ASKED, "Nobody"),
    ],
)
def test_lamps_and_sounder_are_asked_for_one_by_one(
    clock: ManualClock, answers: str, answer: Answer, says: str
) -> None:
    outputs = SimOutputs(clock)
    one = SignalCheck("Gate A", outputs, Person(answers)).look()
    assert (one.answer, says in one.says) == (answer, True), one
    assert len(outputs.signals) >= len(answers)


class Button:
    """An exit button that is pressed and let go at some looks."""

    wired = frozenset({Contact.EXIT_BUTTON})

    def __init__(self, *, press: int | None, let_go: int | None, fails: bool = False) -> None:
        self.press, self.let_go, self.fails = press, let_go, fails
        self.looks = 0
        self.active = False

    def changes(self) -> Sequence[Change]:
        if self.fails:
            raise DeviceError("exit_button (GPIO5): the chip is gone")
        self.looks += 1
        if self.looks not in {self.press, self.let_go}:
            return ()
        self.active = self.looks == self.press
        return [Change(contact=Contact.EXIT_BUTTON, active=self.active, at_s=float(self.looks))]

    def is_active(self, contact: Contact) -> bool:
        return self.active and contact in self.wired

    def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize(
    ("button", "answer", "says"),
    [
        (Button(press=3, let_go=9), Answer.PASSED, "came back"),
        (Button(press=3, let_go=None), Answer.FAILED, "did not come back"),
        (Button(press=None, let_go=None), Answer.FAILED, "Nothing was seen"),
        (Button(press=None, let_go=None, fails=True), Answer.FAILED, "chip is gone"),
    ],
)
def test_a_contact_must_change_and_change_back(
    clock: ManualClock, button: Button, answer: Answer, says: str
) -> None:
    check = ContactCheck("A", Contact.EXIT_BUTTON, button, clock, clock.advance, Person("y"))
    one = check.look()
    assert (one.answer, says in one.says) == (answer, True), one
    assert clock.monotonic() <= PRESS_S + 1


def test_a_contact_is_not_waited_for_without_anybody(clock: ManualClock) -> None:
    button = Button(press=1, let_go=2)
    person = Person("-")
    check = ContactCheck("A", Contact.EXIT_BUTTON, button, clock, clock.advance, person)
    assert check.look().answer is Answer.NOT_ASKED
    assert button.looks == 0


class HeldCard:
    """A camera before which a card is held from some picture on, and a decoder that misses some."""

    live = False

    def __init__(self, *, first: int, misses: int) -> None:
        self.first, self.misses = first, misses
        self.seen = 0

    def frames(self) -> Iterator[Frame]:
        for number in range(200):
            yield Frame(luma=picture_of(), at_s=number / 15)

    def close(self) -> None:
        """Nothing is held open."""

    def decode(self, frame: Frame) -> Sight:
        del frame
        self.seen += 1
        held = self.seen - self.first
        is_read = held == 0 or (held > 0 and held % 45 >= self.misses)
        return Sight(readings=(Reading(text=TEST_CARD, decoder="x"),) if is_read else ())


@pytest.mark.parametrize(
    ("misses", "answer"), [(3, Answer.PASSED), (12, Answer.ATTENTION), (40, Answer.FAILED)]
)
def test_a_test_card_is_counted_from_where_it_is_first_read(misses: int, answer: Answer) -> None:
    card = HeldCard(first=30, misses=misses)
    one = TestCardCheck("Gate A", lambda: card, card, Person("y")).look()
    assert (one.answer, one.facts["frames"]) == (answer, 45), one


def test_a_card_that_is_never_read_fails_and_one_that_nobody_holds_is_not_asked() -> None:
    card = HeldCard(first=1000, misses=0)
    assert TestCardCheck("A", lambda: card, card, Person("y")).look().answer is Answer.FAILED
    assert TestCardCheck("A", lambda: card, card, Person("n")).look().answer is Answer.NOT_ASKED


def asked(unit: Unit, person: Callable[[str], bool | None]) -> dict[str, Finding]:
    return {one.name: one for one in with_somebody(unit.site(), person)}


def test_a_whole_round_asks_for_every_part_that_is_wired(tmp_path: Path) -> None:
    unit = Unit(tmp_path)
    person = Person("nnnyyyyyy-")
    answers = {name: one.answer for name, one in asked(unit, person).items()}
    assert answers == {
        "test card Gate A in": Answer.NOT_ASKED,
        "focus Gate A in": Answer.PASSED,
        "good card Gate A in": Answer.NOT_ASKED,
        "bad card Gate A in": Answer.NOT_ASKED,
        "in relay Gate A in": Answer.PASSED,
        "out relay Gate A in": Answer.PASSED,
        "lamps and sounder Gate A in": Answer.PASSED,
        "input exit button Gate A in": Answer.NOT_ASKED,
    }
    assert person.asked[-1].startswith("Gate A in: in the next 30 s: press the exit button")


def test_the_pins_of_a_gate_at_work_are_not_touched(tmp_path: Path) -> None:
    unit = Unit(tmp_path)
    person = Person("y")
    with open_journal(unit.machine.paths.journal, now=unit.clock.now(), clock_trusted=True):
        found = asked(unit, person)
    assert [one.answer for one in found.values()] == [Answer.NOT_ASKED]
    assert "stop gate-unit" in found["outputs and inputs"].says
    assert person.asked == []

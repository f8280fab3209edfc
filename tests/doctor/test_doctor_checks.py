"""Each check's answers, from what the machine tells: one row a case."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from gate.devices.ports import Luma
from gate.doctor.camera_check import keep_picture
from gate.doctor.finding import Answer, Finding
from gate.doctor.rounds import alone, picture_path, worst
from gate.sim.devices import ManualClock
from gate.sim.issuer import NOW
from gate.store.journal import open_journal
from gate.trust.status_token import issue_status_token
from tests.doctor.examined import SYSTEMD, Unit, place
from tests.store.trust_files import TrustFiles

PASSED, ATTENTION, FAILED, NOT_ASKED = (
    Answer.PASSED,
    Answer.ATTENTION,
    Answer.FAILED,
    Answer.NOT_ASKED,
)


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return Unit(tmp_path)


def found(unit: Unit, told: dict[str, str] | None = None) -> dict[str, Finding]:
    return {one.name: one for one in alone(unit.site(told))}


def test_a_unit_that_is_well_says_so_part_by_part(unit: Unit) -> None:
    answers = {name: one.answer for name, one in found(unit).items()}
    assert answers == {
        "camera Gate A in": PASSED,
        "clock": PASSED,
        "clock cell": PASSED,
        "storage": PASSED,
        "record": PASSED,
        "network": NOT_ASKED,
        "hub": NOT_ASKED,
        "trust": FAILED,  # nobody is known who issues cards: nobody laid any out
        "temperature": PASSED,
        "supply": PASSED,
        "watchdogs": PASSED,
    }


def rtc(unit: Unit, drift_s: int, cell_mv: int = 3000) -> None:
    unit.board.set_rtc(int(unit.clock.now().timestamp()) + drift_s, cell_uv=cell_mv * 1000)


def free_run(unit: Unit) -> None:
    unit.clock = ManualClock(unit.clock.now(), trusted=False)


def never_set(unit: Unit) -> None:
    free_run(unit)
    unit.board.set_rtc(86_400, cell_uv=3_000_000)


def soft(seen: Luma) -> Luma:
    blurred = Image.fromarray(seen).filter(ImageFilter.GaussianBlur(3))
    return np.array(blurred, dtype=np.uint8)


CASES: list[tuple[str, str, Callable[[Unit], object], Answer, str]] = [
    ("hot", "temperature", lambda unit: unit.board.warm(82), FAILED, "82 degrees"),
    ("warm", "temperature", lambda unit: unit.board.warm(70), ATTENTION, "70 degrees"),
    ("low now", "supply", lambda unit: unit.board.throttle(0x1), FAILED, "too low now"),
    ("low once", "supply", lambda unit: unit.board.throttle(0x10000), ATTENTION, "at least once"),
    ("slowed", "supply", lambda unit: unit.board.throttle(0x4), ATTENTION, "slowed down"),
    ("alarm", "supply", lambda unit: unit.board.alarm(is_low=True), FAILED, "too low now"),
    ("drifts", "clock cell", lambda unit: rtc(unit, 30), ATTENTION, "+30.0 s"),
    ("stood", "clock cell", lambda unit: rtc(unit, -90_000), FAILED, "stood still"),
    ("empty", "clock cell", lambda unit: rtc(unit, 0, 2400), FAILED, "2.40 V"),
    ("no server", "clock cell", free_run, ATTENTION, "once a time server is reached"),
    ("never set", "clock cell", never_set, FAILED, "It says 1970-01-02: it has stood still"),
    ("worn", "storage", lambda unit: unit.board.err(2), FAILED, "2 errors"),
    ("free-run", "clock", free_run, ATTENTION, "nothing vouches"),
]


@pytest.mark.parametrize(
    ("name", "do", "answer", "says"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_what_is_not_well_is_said_with_the_next_step(
    unit: Unit, name: str, do: Callable[[Unit], object], answer: Answer, says: str
) -> None:
    do(unit)
    one = found(unit)[name]
    assert (one.answer, says in one.says) == (answer, True), one
    assert one.step


@pytest.mark.parametrize(
    ("told", "answer", "says"),
    [
        ({}, NOT_ASKED, "no systemd"),
        ({**SYSTEMD, "RuntimeWatchdogUSec": "RuntimeWatchdogUSec=0\n"}, FAILED, "the board's"),
        (
            {**SYSTEMD, "WatchdogUSec,NRestarts,ActiveState": "WatchdogUSec=infinity\n"},
            FAILED,
            "the gate process",
        ),
        (
            {
                **SYSTEMD,
                "WatchdogUSec,NRestarts,ActiveState": "WatchdogUSec=10s\nNRestarts=4\n",
            },
            ATTENTION,
            "4 times",
        ),
    ],
)
def test_who_watches_is_asked_of_systemd(
    unit: Unit, told: dict[str, str], answer: Answer, says: str
) -> None:
    one = found(unit, told)["watchdogs"]
    assert (one.answer, says in one.says) == (answer, True), one


def test_what_the_unit_goes_by_ages(unit: Unit) -> None:
    files = TrustFiles(unit.machine.paths.trust)
    assert found(unit)["trust"].answer is ATTENTION  # nobody's list of cancelled cards
    issuer = files.issuer
    files.carry_list(issue_status_token(issuer.status_list(), issuer.key))
    unit.clock.set(NOW)
    assert found(unit)["trust"].answer is PASSED
    unit.clock.advance(90 * 86_400)
    one = found(unit)["trust"]
    assert (one.answer, one.facts["tier"]) == (FAILED, "red")


def test_a_machine_that_tells_nothing_is_not_well_by_that(unit: Unit, tmp_path: Path) -> None:
    unit.board.root = tmp_path / "nothing"
    answers = {name: one.answer for name, one in found(unit).items()}
    assert answers["temperature"] is answers["supply"] is NOT_ASKED
    assert answers["clock cell"] is FAILED


def test_a_record_that_does_not_hold_or_was_set_aside_is_told(unit: Unit) -> None:
    journal = unit.machine.paths.journal
    journal.with_name("journal.db.damaged-20261206T071500Z").write_bytes(b"x")
    one = found(unit)["record"]
    assert (one.answer, one.facts["set_aside"]) == (FAILED, 1)
    journal.write_bytes(b"not a database" * 100)
    assert found(unit)["record"].answer is FAILED
    for path in journal.parent.glob("journal.db*"):
        path.unlink()
    assert "none yet" in found(unit)["record"].says


def test_a_gate_at_work_is_not_disturbed(unit: Unit) -> None:
    for picture in unit.seen.iterdir():
        picture.unlink()  # who opened the camera now would fail
    clock = unit.clock
    journal = unit.machine.paths.journal
    with open_journal(journal, now=clock.now(), clock_trusted=True):
        one = found(unit)["camera"]
    assert (one.answer, "at work" in one.says) == (PASSED, True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda seen: seen // 6, "it is dark", id="dark"),
        pytest.param(lambda seen: 255 - (255 - seen) // 8, "too bright", id="bright"),
        pytest.param(
            lambda seen: np.where(np.indices(seen.shape)[1] < 60, 255, seen).astype(np.uint8),
            "something glares",
            id="glare",
        ),
        pytest.param(lambda seen: seen[::-1, ::-1], "another place", id="turned away"),
        pytest.param(soft, "less sharp", id="soft"),
    ],
)
def test_a_picture_is_judged_by_itself_and_by_the_commissioning_one(
    unit: Unit, change: Callable[[Luma], Luma], says: str
) -> None:
    keep_picture(place(), picture_path(unit.config, "Gate A in"))
    assert "as when commissioned" in found(unit)["camera Gate A in"].says
    changed = np.ascontiguousarray(change(place()))
    unit.shows(changed)
    one = found(unit)["camera Gate A in"]
    assert (one.answer, says in one.says) == (ATTENTION, True), one


def test_a_camera_that_is_gone_fails(unit: Unit) -> None:
    for picture in unit.seen.iterdir():
        picture.unlink()
    assert found(unit)["camera Gate A in"].answer is FAILED


def test_the_worst_answer_counts() -> None:
    def one(answer: Answer) -> Finding:
        return Finding(name="x", answer=answer, says="y", step="z")

    assert worst([]) is NOT_ASKED
    assert worst([one(PASSED), one(FAILED), one(ATTENTION)]) is FAILED
    assert worst([one(PASSED), one(NOT_ASKED)]) is PASSED
    with pytest.raises(ValueError, match="without a next step"):
        Finding(name="x", answer=FAILED, says="y")

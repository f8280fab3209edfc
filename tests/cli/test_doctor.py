"""`gate doctor`: what it says, keeps and exits with."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from gate.cli.doctor import Person
from gate.cli.main import gate, run
from gate.devices.clock import SystemClock
from gate.doctor.camera_check import TEST_CARD
from gate.store.checked import checked_path, read_checked
from tests.doctor.examined import Unit


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return Unit(tmp_path)


def doctor(unit: Unit, *options: str) -> int:
    return run(gate, ["doctor", "--config", str(unit.machine.paths.config), *options])


def test_it_says_each_part_in_words_and_as_json(
    unit: Unit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(unit) == 1  # nobody is known who issues cards
    said = capsys.readouterr().out
    assert "BAD  trust: " in said
    assert "issuers.json: missing\n     next: carry a desk's public part there" in said
    assert "-    hub: This unit stands alone." in said

    assert doctor(unit, "--json") == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["check"] for one in told][:3] == ["camera Gate A in", "clock", "clock cell"]
    assert {tuple(one) for one in told} == {("check", "answer", "says", "next", "facts")}


def test_what_it_keeps_is_what_is_not_well(unit: Unit) -> None:
    assert doctor(unit, "--keep") == 1
    faults = read_checked(unit.machine.paths.journal, SystemClock().now())
    assert any(fault.startswith("check trust: ") for fault in faults)
    assert not any("check storage" in fault for fault in faults)


def test_a_result_that_can_not_be_kept_is_told(
    unit: Unit, capsys: pytest.CaptureFixture[str]
) -> None:
    checked_path(unit.machine.paths.journal).mkdir()
    assert doctor(unit, "--keep") == 2
    assert "can't be written" in capsys.readouterr().err


def test_nobody_at_the_keyboard_is_no_yes() -> None:
    assert Person(io.StringIO(""))("Does it turn?") is None
    person = Person(io.StringIO("maybe\nYES\nno\n"))
    assert person("Does it turn?") is True
    assert person("Does it turn?") is False
    assert person("Does it turn?") is None


def test_nobody_is_asked_for_a_certificate_that_can_not_be_given(
    unit: Unit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "certificate.pdf"
    assert doctor(unit, "--certify", str(path), "--installer", "Sam Field") == 1
    said = capsys.readouterr().err
    assert "no certificate:\n  " in said
    assert "trust: " in said
    assert "next: see to that first, then run this again" in said
    assert "[y/n]" not in said
    assert not path.exists()


@pytest.mark.parametrize("suffix", [".pdf", ".svg", ".png"])
def test_a_test_card_is_drawn(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"card{suffix}"
    assert run(gate, ["doctor", "--test-card", str(path)]) == 0
    assert path.stat().st_size > 500


def test_a_drawn_test_card_is_what_the_check_wants(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "card.png"
    run(gate, ["doctor", "--test-card", str(path)])
    capsys.readouterr()
    assert run(gate, ["read", "--json", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["texts"] == [TEST_CARD]


def test_what_can_not_be_drawn_or_looked_at_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(gate, ["doctor", "--test-card", str(tmp_path / "card.docx")]) == 2
    assert "allowed: .pdf, .png, .svg" in capsys.readouterr().err
    assert run(gate, ["doctor", "--config", str(tmp_path / "unit.toml")]) == 2
    assert "can't be read" in capsys.readouterr().err


def test_a_bundle_is_packed_or_it_is_said_why_not(
    unit: Unit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bundle.zip"
    doctor(unit, "--bundle", str(path))
    assert zipfile.is_zipfile(path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert doctor(unit, "--bundle", str(tmp_path / "nowhere" / "bundle.zip")) == 2
    assert "can't be written" in capsys.readouterr().err

"""The commissioning certificate: given on every part and every word, or not at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import segno
from click.testing import CliRunner

from gate.cli.doctor_certificate import give
from gate.cli.main import gate
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Frame, Reading, Sight
from gate.doctor.camera_check import TEST_CARD
from gate.doctor.cards_check import CardCheck
from gate.doctor.commissioning import WORDS, ask_unplugged, checked_installer, judge
from gate.doctor.finding import Answer, Finding, attention, not_asked, passed
from gate.doctor.rounds import alone, picture_path, with_somebody
from gate.errors import ConfigError
from gate.sim.devices import ManualClock, picture_of
from gate.sim.issuer import NOW, SimIssuer, seeded_key
from gate.store.unit_key import load_unit_key
from gate.trust.certificate import open_certificate, sign_certificate
from gate.trust.status_token import issue_status_token
from tests.doctor.examined import WIRING, Unit
from tests.doctor.test_doctor_hands import Person
from tests.hub.pdf_words import pdf_text
from tests.store.trust_files import TrustFiles

CAMERA = passed("camera Gate A", "Light 140 of 255, no glare.")


def words(answers: str) -> list[Finding]:
    return list(ask_unplugged(Person(answers)))


def test_every_part_and_every_word_make_a_certificate() -> None:
    alone = not_asked("hub", "This unit stands alone.")
    warm = attention("temperature", "71 degrees.", "Shade it.")
    assert judge([CAMERA, alone, warm, *words("yyy")]).missing == []


@pytest.mark.parametrize("answers", ["nyy", "yny", "yyn", "yy", "", "---"])
def test_without_each_of_the_three_words_there_is_none(answers: str) -> None:
    missing = judge([CAMERA, *words(answers)]).missing
    assert len(missing) == 3 - answers.count("y")
    assert all("unplug" in one for one in missing)


def test_words_that_were_never_asked_for_are_missing() -> None:
    assert len(judge([CAMERA]).missing) == len(WORDS)


@pytest.mark.parametrize(
    "finding",
    [
        Finding(name="in relay A", answer=Answer.FAILED, says="Nothing turned.", step="See."),
        not_asked("in relay A", "Nobody answered."),
        not_asked("outputs and inputs", "The gate is at work."),
        not_asked("watchdogs", "There is no systemd."),
    ],
)
def test_what_is_broken_or_was_not_tried_keeps_it_back(finding: Finding) -> None:
    assert judge([CAMERA, finding, *words("yyy")]).missing == [f"{finding.name}: {finding.says}"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb"])
def test_an_installer_has_a_name(name: str) -> None:
    with pytest.raises(ConfigError, match="--installer"):
        checked_installer(name)
    assert checked_installer(" Sam Field ") == "Sam Field"


class Held:
    """A camera and a decoder of texts, a picture each."""

    live = False

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)

    def frames(self) -> Iterator[Frame]:
        for number, _ in enumerate(self.texts):
            yield Frame(luma=picture_of(), at_s=float(number))

    def close(self) -> None:
        """Nothing is held open."""

    def decode(self, frame: Frame) -> Sight:
        text = self.texts[int(frame.at_s)]
        return Sight(readings=(Reading(text=text, decoder="x"),) if text else ())


ISSUER = SimIssuer()
GOOD = ISSUER.text()
OLD = ISSUER.text(ISSUER.card(expires_at=NOW - timedelta(days=1)))


@pytest.mark.parametrize(
    ("is_good", "held", "answer"),
    [
        (True, ["", TEST_CARD, GOOD], Answer.PASSED),
        (True, [OLD, "https://example.org"], Answer.FAILED),
        (False, [TEST_CARD, GOOD, OLD], Answer.PASSED),
        (False, ["https://example.org"], Answer.PASSED),
        (False, [TEST_CARD, GOOD], Answer.FAILED),
    ],
)
def test_a_card_is_judged_as_the_gate_would(
    *, is_good: bool, held: list[str], answer: Answer
) -> None:
    camera = Held(*held)
    check = CardCheck(
        lane="Gate A",
        is_good=is_good,
        open=lambda: camera,
        decoder=camera,
        trust=ISSUER.trust,
        clock=ManualClock(NOW),
        ask=Person("y"),
    )
    one = check.look()
    assert one.answer is answer, one
    assert "A. N. Other" not in f"{one}"


def verify(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(gate, ["doctor", "--config", "/nowhere.toml", "--verify", *words])
    return done.exit_code, done.output


def test_a_certificate_is_verified_by_a_command(tmp_path: Path) -> None:
    key, path = seeded_key("unit"), tmp_path / "certificate.pdf"
    path.write_bytes(sign_certificate(b"%PDF", key, NOW))
    public = key.verifying_key.public.hex()
    assert verify(str(path))[0] == 0
    assert verify(str(path), "--by", public) == (0, verify(str(path), "--by", public)[1])
    assert "the unit's own key" in verify(str(path), "--by", public)[1]
    other = seeded_key("other").verifying_key.public.hex()
    assert verify(str(path), "--by", other)[0] == 1
    path.write_bytes(path.read_bytes().replace(b"%PDF", b"%PDG"))
    code, said = verify(str(path), "--by", public)
    assert (code, "changed after it was signed" in said) == (1, True)


def test_what_is_no_key_and_no_file_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(gate, ["doctor", "--verify", str(tmp_path / "x.pdf")])
    assert isinstance(done.exception, ConfigError)
    path = tmp_path / "x.pdf"
    path.write_bytes(b"x")
    done = CliRunner().invoke(gate, ["doctor", "--verify", str(path), "--by", "xyz"])
    assert "64 hexadecimal digits" in str(done.exception)


def shown(unit: Unit, files: TrustFiles) -> None:
    """Lay out what somebody holds up: the test card for 15 pictures, a card, a web address."""
    texts = [TEST_CARD] * 15 + [files.issuer.text(), "https://example.org"]
    for number, text in enumerate(texts):
        code = segno.make_qr(text, error="m")
        code.save(str(unit.seen / f"{number:02}.png"), scale=3, border=10, light="#c8c8c8")


def test_a_whole_round_gives_a_certificate_that_this_unit_signed(tmp_path: Path) -> None:
    unit = Unit(tmp_path, WIRING.partition("[inputs]")[0])
    files = TrustFiles(unit.machine.paths.trust)
    files.carry_list(issue_status_token(files.issuer.status_list(), files.issuer.key))
    shown(unit, files)
    site = replace(unit.site(), decoder=open_decoder)
    person = Person("y" * 30)
    found = [*alone(site), *with_somebody(site, person), *ask_unplugged(person)]
    path = tmp_path / "certificate.pdf"

    assert not give(site, judge(found[:-1]), "Sam Field", path, person)
    assert not give(site, judge(found), "Sam Field", path, Person("n"))
    assert not path.exists()
    assert give(site, judge(found), "Sam Field", path, person)

    signed = open_certificate(path.read_bytes())
    assert signed.key == load_unit_key(unit.config.unit.key).verifying_key
    text = pdf_text(path.read_bytes())
    for words in (
        "kings-wharf",
        "Gate A in (in)",
        "It was read in 45 of 45 pictures.",
        "Sam Field",
    ):
        assert words in text
    assert "web_code" not in text
    assert text.count("Confirmed: With the unit unplugged") == 3
    assert picture_path(unit.config, "Gate A in").exists()
    after = {one.name: one for one in alone(site)}["camera Gate A in"]
    assert after.facts["likeness"] == 1.0

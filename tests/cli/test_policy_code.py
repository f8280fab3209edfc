"""`gate policy code`: a code without a hub, from a site's rules to a unit that goes by them."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from gate.cli.main import gate
from gate.config import load_config, load_policy
from gate.devices.clock import SystemClock
from gate.enrol.shown import code_shown
from gate.errors import ConfigError
from gate.trust.enrolment import EnrolmentCode, open_code
from gate.trust.fingerprint import fingerprint_words
from gate.trust.network import WiFi
from tests.enrol.joining_unit import Machine

RULES = """\
# The rules of this site
version = 1
site = "kings-wharf"
time_zone = "Europe/London"

[[accept]]
scheme = "ecs-jib"
types = "any"   # all of them
"""


MANY = "".join(f'[[accept]]\nscheme = "s{number}"\ntypes = "any"\n' for number in range(40))


def drawn(tmp_path: Path, *options: str, rules: str = RULES, typed: str = "") -> tuple[str, str]:
    """Draw a code; return what was said, and the code's text."""
    file, out = tmp_path / "rules.toml", tmp_path / "code.png"
    file.write_text(rules, "utf-8")
    words = ["policy", "code", str(file), "--unit", "Gate A", "--out", str(out), *options]
    done = CliRunner().invoke(gate, words, input=typed)
    if done.exception is not None:
        raise done.exception
    assert out.stat().st_mode & 0o777 == 0o600
    return done.output, code_shown(str(out))


def opened(tmp_path: Path, *options: str, typed: str = "") -> EnrolmentCode:
    return open_code(drawn(tmp_path, *options, typed=typed)[1])


def test_a_machine_becomes_a_unit_by_a_code_that_was_drawn(tmp_path: Path) -> None:
    said, text = drawn(tmp_path, "--direction", "both")
    code = open_code(text)
    assert fingerprint_words(code.key) in said
    assert code.hub is None
    machine = Machine(tmp_path)
    machine.clock.set(SystemClock().now())
    machine.joins(text)
    config = load_config(machine.paths.config)
    lanes = [lane.name for lane in config.access_point]
    assert (config.unit.name, lanes) == ("Gate A", ["Gate A in", "Gate A out"])
    machine.clock.advance(timedelta(days=400).total_seconds())
    assert load_policy(config.unit.policy).site == "kings-wharf"


def test_comments_are_left_out_and_nothing_else(tmp_path: Path) -> None:
    alone = opened(tmp_path).alone
    assert alone is not None
    assert "# The rules" not in alone.policy
    assert load_policy(tmp_path / "rules.toml").site == "kings-wharf"


def test_the_password_is_read_and_not_said(tmp_path: Path) -> None:
    said, text = drawn(tmp_path, "--wifi", "Site", typed="correct horse\n")
    assert open_code(text).network.link == WiFi(ssid="Site", passphrase="correct horse")
    assert "correct horse" not in said


def test_days_and_an_address_are_in_it(tmp_path: Path) -> None:
    static = ("--address", "192.0.2.20/24", "--gateway", "192.0.2.1", "--dns", "192.0.2.53")
    code = opened(tmp_path, "--days", "30", *static)
    assert code.until - code.issued_at == timedelta(days=30)
    assert code.network.static is not None
    assert code.network.static.servers == ("192.0.2.53",)


@pytest.mark.parametrize(
    ("options", "rules", "words"),
    [
        ([], RULES + f'#{"x" * 90}\n[hours]\nmon = "06:30-25:00"\n', "hours"),
        (
            [],
            RULES + "".join(f'[[accept]]\nscheme = "s{n}"\ntypes = "any"\n' for n in range(40)),
            "at most 1200",
        ),
        (["--gateway", "192.0.2.1"], RULES, "go with --address"),
        (["--address", "192.0.2.0/24", "--gateway", "192.0.2.1"], RULES, "name servers"),
        (["--wifi", "Site"], RULES, "Wi-Fi password of 3"),
    ],
)
def test_what_no_code_can_say_is_said_and_nothing_drawn(
    tmp_path: Path, options: list[str], rules: str, words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        drawn(tmp_path, *options, rules=rules, typed="abc\n")
    assert not (tmp_path / "code.png").exists()


def test_a_kind_of_picture_that_is_not_known_is_refused(tmp_path: Path) -> None:
    words = ["policy", "code", "x.toml", "--unit", "A", "--out", str(tmp_path / "c.docx")]
    assert "allowed: .pdf" in str(CliRunner().invoke(gate, words).exception)
    words[-1] = str(tmp_path / "nowhere" / "c.png")
    (tmp_path / "x.toml").write_text(RULES)
    words[2] = str(tmp_path / "x.toml")
    assert "can't be written" in str(CliRunner().invoke(gate, words).exception)


@pytest.mark.parametrize("suffix", [".pdf", ".svg"])
def test_it_is_drawn_for_paper_too(tmp_path: Path, suffix: str) -> None:
    file, out = tmp_path / "rules.toml", tmp_path / f"code{suffix}"
    file.write_text(RULES)
    words = ["policy", "code", str(file), "--unit", "A", "--out", str(out)]
    assert CliRunner().invoke(gate, words).exit_code == 0
    assert out.stat().st_size > 1000

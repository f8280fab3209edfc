"""What a site's gates go by, told at the hub's console: blocks, lock-downs, rules, the key."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from gate.hub.config import HubConfig
from gate.hub.keys import site_key
from gate.trust.local_login import read_password

pytestmark = pytest.mark.system

GATE: Final = "import sys, gate.cli.main as m; sys.exit(m.main())"

CARD: Final = ("kings-wharf", "ECS-00123456", "--issuer", "https://cards.example")
RULES: Final = """
version = {}
site = "kings-wharf"
time_zone = "Europe/London"

[[accept]]
scheme = "ecs-jib"
types = "any"
"""


class Console:
    """A hub's file, and the commands that are given it; each answers what it said on stderr."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "hub.toml"
        self.file.write_text('[hub]\ndata = "data"\n', "utf-8")
        self.says("migrate")
        site = ("--slug", "kings-wharf", "--name", "Kings Wharf", "--organisation", "Hartwell")
        self.says("manage", "addsite", *site)

    def says(self, command: str, *words: str, code: int = 0) -> str:
        """Run `gate hub ...` and hold it to its exit code."""
        line = [sys.executable, "-c", GATE, "hub", command, "--config", str(self.file), *words]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done.stderr


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Console:
    return Console(tmp_path_factory.mktemp("hub"))


def test_a_card_is_blocked_once_and_unblocked_once(console: Console) -> None:
    said = console.says("block", *CARD, "--reason", "Fighting")
    assert "ECS-00123456: blocked; sent to 0 of 0 gates so far" in said
    assert "next: gate hub policy kings-wharf FILE" in said
    assert "blocked already since" in console.says("block", *CARD, "--reason", "x", code=2)
    assert "no longer blocked" in console.says("unblock", *CARD, "--reason", "Spoken to")
    assert "is not blocked" in console.says("unblock", *CARD, "--reason", "x", code=2)


def test_rules_are_judged_whole_before_they_are_taken(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(RULES.format(1), "utf-8")
    assert "the rules of kings-wharf" in console.says("policy", "kings-wharf", str(file))
    assert "allowed: more than 1" in console.says("policy", "kings-wharf", str(file), code=2)
    file.write_text("version = 2\nsite = 7", "utf-8")
    said = console.says("policy", "kings-wharf", str(file), code=2)
    assert all(key in said for key in ("site", "time_zone", "accept"))
    missing = str(tmp_path / "none.toml")
    assert "can't be read" in console.says("policy", "kings-wharf", missing, code=2)
    file.write_bytes(b"\xff")
    assert "not UTF-8" in console.says("policy", "kings-wharf", str(file), code=2)


def test_entry_is_locked_down_once_and_lifted_once(console: Console) -> None:
    assert "not locked down" in console.says("lift", "kings-wharf", "--reason", "x", code=2)
    assert "locked down" in console.says("lockdown", "kings-wharf", "--reason", "Gas")
    assert "already" in console.says("lockdown", "kings-wharf", "--reason", "x", code=2)
    assert "is lifted" in console.says("lift", "kings-wharf", "--reason", "All clear")


def test_every_gate_opens_once_when_somebody_says_yes(console: Console) -> None:
    words = ("kings-wharf", "--reason", "Yearly inspection")
    assert "have somebody stand at each" in console.says("test-release", *words, code=130)
    console.says("lockdown", "kings-wharf", "--reason", "Gas")
    said = console.says("test-release", *words, code=2)
    assert "is locked down, since" in said
    assert "Open every gate once?" not in said
    console.says("lift", "kings-wharf", "--reason", "All clear")
    said = console.says("test-release", *words, "--yes")
    assert "kings-wharf: every gate opens once; sent to 0 of 0 gates so far" in said
    assert "test release already" in console.says("test-release", *words, "--yes", code=2)


def test_a_sites_key_is_written_once_and_for_its_owner_alone(
    console: Console, tmp_path: Path
) -> None:
    target = tmp_path / "site.key"
    console.says("sitekey", "kings-wharf", str(target))
    data = console.file.parent / "data"
    assert target.read_bytes() == site_key(HubConfig(data=data), "kings-wharf")
    assert target.stat().st_mode & 0o777 == 0o600
    assert "can't be written" in console.says("sitekey", "kings-wharf", str(target), code=2)
    assert "no such site" in console.says("sitekey", "nowhere", str(tmp_path / "k"), code=2)


def test_a_login_of_the_units_is_given_listed_and_withdrawn(console: Console) -> None:
    def says(command: str, *words: str, code: int = 0) -> tuple[str, str]:
        line = [sys.executable, "-c", GATE, "hub", "locallogin", command, "kings-wharf", *words]
        line += ["--config", str(console.file)]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done.stdout, done.stderr

    password, said = says("add", "gatehouse", "--role", "guard")
    assert read_password(password.strip()) is not None
    assert "gatehouse: guard, password above; sent to 0 of 0 gates so far" in said
    other, said = says("renew", "gatehouse", "--role", "manager")
    assert password != other
    assert "gatehouse: manager" in said
    assert says("list")[0].startswith("gatehouse  manager  since ")
    assert "gatehouse: withdrawn" in says("withdraw", "gatehouse")[1]
    assert (
        "has none at kings-wharf; next: gate hub locallogin list"
        in (says("renew", "gatehouse", code=2)[1])
    )

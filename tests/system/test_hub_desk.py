"""A desk at a real hub: its cards, its published list, and a unit that fetches it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from gate.bench.postgres import running_postgres
from gate.card.model import Card
from gate.card.verify import verify_card
from gate.errors import CardError, Reason
from gate.store import trust_store
from gate.store.trust_in_force import load_in_force
from gate.store.unit_key import unit_key
from gate.trust.bundle import TrustBundle
from tests.system.hub_process import GATE, hub_process
from tests.system.journal_backlog import write_backlog

pytestmark = pytest.mark.system

LONG_S: Final = 120
UNIT: Final = """
[unit]
name = "Gate A"
site = "site"
journal = "journal.db"
trust = "trust"
key = "unit.key"
[[access_point]]
name = "Gate A in"
direction = "in"
[outputs]
entry_relay = 17
[hub]
url = "{url}"
key = "{key}"
"""
KILLED_AT: Final = """
import os, signal, sys
at = int(sys.argv.pop(1))
def hook(event, values):
    global at
    if event in ("open", "os.rename", "os.remove") and "/lists/" in str(values[0]):
        at -= 1
        if at < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
from gate.cli.main import main
sys.exit(main())
"""
"""Ends the command at the n-th time that it touches a file of a list."""


class Console:
    """A hub's file, and the commands that are given it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def line(self, command: str, *words: str, code: str = GATE) -> list[str]:
        """Return the command line of `gate hub desk ...`."""
        config = ("--config", str(self.file))
        return [sys.executable, "-c", code, "hub", "desk", command, *config, *words]

    def says(self, command: str, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run `gate hub desk ...` and hold it to its exit code."""
        line = self.line(command, *words)
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=LONG_S)
        assert done.returncode == code, done.stderr
        return done

    def issues(self, number: str, *words: str) -> str:
        """Issue a card and return its text."""
        named = ("--number", number, "--name", "Jane Example", "--type", "installation-electrician")
        return self.says("issue", "ecs", *named, *words).stdout.strip()

    def shown(self, code: int = 0) -> dict[str, Any]:
        """Return what `show --json` says of the desk; it ends with 1 if a list is late."""
        shown: dict[str, Any] = json.loads(self.says("show", "ecs", "--json", code=code).stdout)
        return shown


def migrated(folder: Path, database: str = "") -> Console:
    """Make a hub that nobody runs, with a desk."""
    folder.mkdir(exist_ok=True)
    file = folder / "hub.toml"
    address = f'database = "{database}"\n' if database else ""
    file.write_text(f'[hub]\ndata = "data"\n{address}', "utf-8")
    line = [sys.executable, "-c", GATE, "hub", "migrate", "--config", str(file)]
    subprocess.run(line, check=True, capture_output=True, timeout=LONG_S)
    console = Console(file)
    console.says("new", "ecs", "--scheme", "ecs-jib")
    return console


@pytest.fixture(params=["sqlite", "postgresql"])
def console(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Console]:
    if request.param == "sqlite":
        yield migrated(tmp_path / "hub")
    else:
        with running_postgres() as server:
            yield migrated(tmp_path / "hub", server.url)


def judged(text: str, trust: TrustBundle) -> Card | Reason:
    try:
        return verify_card(text, trust, datetime.now(UTC))  # noqa: TID251 - cards were made just now
    except CardError as error:
        return error.reason


def test_a_unit_fetches_the_list_and_refuses_the_card(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()
    unit = tmp_path / "unit"
    unit.mkdir()
    with hub_process(tmp_path / "hub", units=0) as hub:
        console = Console(tmp_path / "hub" / "hub.toml")
        key, _ = unit_key(unit / "unit.key")
        console.says("new", "ecs", "--scheme", "ecs-jib")
        bad, good = console.issues("J1", "--source", "Bad Awards"), console.issues("J2")
        none = console.says("revoke", "ecs", "--source", "Nobody", "--reason", "x", code=2)
        assert "there is no such card" in none.stderr
        assert "--yes" not in none.stderr
        console.says("export", "ecs", str(unit / "trust"))
        before = trust_store.load_trust(unit / "trust")
        assert isinstance(judged(bad, before), Card)

        done = console.says("revoke", "ecs", "--source", "Bad Awards", "--reason", "x", "--yes")
        assert "1 card(s) cancelled; gates that are online know within 15 minutes" in done.stderr

        config = unit / "unit.toml"
        config.write_text(UNIT.format(url=hub.url, key=hub.key.public.hex()), "utf-8")
        write_backlog(unit / "journal.db", 1)
        line = [sys.executable, "-c", GATE, "sync", "--config", str(config)]
        said = subprocess.run(line, capture_output=True, text=True, check=False, timeout=LONG_S)
        after = load_in_force(unit / "trust", "site", hub.key).bundle
        assert judged(bad, after) is Reason.REVOKED, said.stderr
        assert isinstance(judged(good, after), Card)
    assert key.verifying_key is not None


def test_two_changes_at_once_are_both_in_the_list(console: Console, tmp_path: Path) -> None:
    numbers = [f"J{number}" for number in range(6)]
    texts = {number: console.issues(number) for number in numbers}
    running = [
        subprocess.Popen(
            console.line("revoke", "ecs", number, "--reason", "x"),
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in numbers[:5]
    ]
    for one in running:
        _, said = one.communicate(timeout=LONG_S)
        assert one.returncode == 0, said
    assert console.shown()["cards"] == {"valid": 1, "invalid": 5, "suspended": 0}
    assert all(one["published"] for one in console.shown()["status_lists"])
    console.says("export", "ecs", str(tmp_path / "public"))
    trust = trust_store.load_trust(tmp_path / "public")
    assert [number for number in numbers if judged(texts[number], trust) is Reason.REVOKED] == [
        "J0",
        "J1",
        "J2",
        "J3",
        "J4",
    ]
    published = console.file.parent / "data" / "fleet" / "published" / "lists"
    (token,) = trust_store.list_tokens(published.parent)
    assert token == trust_store.list_tokens(tmp_path / "public")[0]


def test_cut_off_between_database_and_file_it_is_published_at_the_next_start(
    tmp_path: Path,
) -> None:
    console = migrated(tmp_path / "hub")
    numbers = [f"J{number}" for number in range(6)]
    for number in numbers:
        console.issues(number)
    lists = console.file.parent / "data" / "fleet" / "published" / "lists"
    cuts = 0
    for at, number in enumerate(numbers):
        (before,) = trust_store.list_tokens(lists.parent)
        words = ("revoke", "ecs", number, "--reason", "x")
        line = console.line(*words, code=KILLED_AT)
        line.insert(3, str(at))
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=LONG_S)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        cuts += 1
        is_written = trust_store.list_tokens(lists.parent) != (before,)
        assert console.shown(code=0 if is_written else 1)["cards"]["invalid"] == at + 1
        console.says("publish")
        (after,) = trust_store.list_tokens(lists.parent)
        assert after != before
        assert console.shown()["status_lists"][0]["published"]
    assert cuts >= 3
    assert [one.name for one in lists.iterdir()] == [console.shown()["status_lists"][0]["file"]]

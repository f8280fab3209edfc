"""`gate sync` as a process: what a shell and a supervisor hear, and what it costs."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from gate.devices.clock import SystemClock
from gate.events.batch_rows import to_entry
from gate.sim.hub import SimulatedHub, Trouble
from gate.store.cursor import Cursor, cursor_directory, read_mark
from gate.store.journal_reader import JournalReader
from gate.store.unit_key import unit_key
from tests.system.journal_backlog import write_backlog

pytestmark = pytest.mark.system

GATE: Final = "import sys; from gate.cli.main import main; sys.exit(main())"
MEASURED: Final = """
import resource, sys
from gate.cli.main import gate, run
code = run(gate, sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
sys.exit(code)
"""
UNIT: Final = """
[unit]
name = "Gate A"
site = "riverside"
journal = "journal.db"
trust = "trust"
key = "unit.key"
[[access_point]]
name = "Gate A in"
direction = "in"
[outputs]
entry_relay = 17
"""
LONG_S: Final = 60
STOP_S: Final = 5
"""Ten times what it takes; a machine that runs other tests may be slow."""


class Unit:
    """A unit's directory, and the hub it is told of."""

    def __init__(self, path: Path, hub: SimulatedHub) -> None:
        self.path = path
        self.hub = hub
        self.config = path / "unit.toml"
        self.journal = path / "journal.db"
        key, _ = unit_key(path / "unit.key")
        self.uid = hub.books.register(key.verifying_key)
        hub_key = hub.books.key.verifying_key.public.hex()
        self.config.write_text(f'{UNIT}[hub]\nurl = "{hub.url}"\nkey = "{hub_key}"\nevery_s = 1\n')

    def start(self, *options: str, code: str = GATE) -> subprocess.Popen[str]:
        """Start `gate sync`."""
        return subprocess.Popen(
            [sys.executable, "-c", code, "sync", "--config", str(self.config), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *options: str, code: str = GATE) -> subprocess.CompletedProcess[str]:
        """Run `gate sync` to its end."""
        with self.start(*options, code=code) as process:
            out, log = process.communicate(timeout=LONG_S)
        return subprocess.CompletedProcess([], process.returncode, out, log)

    def assert_everything_stored_once(self) -> None:
        """Hold what the hub has against the journal."""
        with JournalReader.open(self.journal) as reader:
            head = reader.head()
            ledger = self.hub.books.ledger(self.uid, head.journal_id)
            assert [to_entry(head.journal_id, row) for row in ledger.rows] == list(reader.entries())
        mark = read_mark(cursor_directory(self.journal))
        assert mark is not None
        assert mark.head == head == ledger.head()


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    with SimulatedHub(SystemClock()) as hub:
        yield Unit(tmp_path, hub)


def line_with(process: subprocess.Popen[str], words: str) -> str:
    """Wait for a line of the log."""
    assert process.stderr is not None
    return next(line for line in process.stderr if words in line)


def test_one_pass_brings_everything_and_says_so(unit: Unit) -> None:
    write_backlog(unit.journal, 1200)

    done = unit.run()

    assert done.returncode == 0, done.stderr
    assert "uploaded=1200 backlog=0" in done.stderr
    unit.assert_everything_stored_once()
    (heartbeat,) = unit.hub.books.heartbeats
    assert (heartbeat.backlog, heartbeat.faults) == (0, ("trust",))


def test_no_name_and_no_number_of_a_card_is_in_the_log(unit: Unit) -> None:
    write_backlog(unit.journal, 20)
    done = unit.run()
    assert "Holder" not in done.stderr
    assert "iss.example" not in done.stderr


def test_a_hub_that_is_not_there_is_one_and_said(unit: Unit) -> None:
    write_backlog(unit.journal, 2)
    unit.config.write_text(unit.config.read_text().replace(unit.hub.url, "http://127.0.0.1:9"))

    done = unit.run()

    assert done.returncode == 1
    assert "Connection refused" in done.stderr


def test_a_unit_without_a_hub_is_told_what_to_write(unit: Unit) -> None:
    unit.config.write_text(UNIT)
    done = unit.run()
    assert done.returncode == 2
    assert "hub is missing" in done.stderr


def test_a_unit_without_a_journal_is_a_fault(unit: Unit) -> None:
    done = unit.run()
    assert done.returncode == 2
    assert "there is no journal here" in done.stderr


def test_a_second_uplink_says_so_and_ends(unit: Unit) -> None:
    write_backlog(unit.journal, 2)
    with Cursor(cursor_directory(unit.journal)):
        done = unit.run()
    assert done.returncode == 2
    assert "another `gate sync` is at work" in done.stderr
    assert unit.hub.requests == 0


def test_the_key_is_shown_for_the_hub(unit: Unit) -> None:
    shown = json.loads(unit.run("--show-key").stdout)
    assert shown == {
        "uid": unit.uid,
        "public_key": unit.hub.books.units[unit.uid].public.hex(),
    }


def test_for_ever_brings_what_is_recorded_later_and_ends_when_told(unit: Unit) -> None:
    with unit.start("--forever") as process:
        line_with(process, "no pass: the journal")
        write_backlog(unit.journal, 30)
        line_with(process, "uploaded=30")
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_S) == 0
    unit.assert_everything_stored_once()


@pytest.mark.parametrize("trouble", [Trouble.DRIP, Trouble.DRIP_HEADERS])
def test_it_ends_when_told_in_the_middle_of_an_answer(unit: Unit, trouble: Trouble) -> None:
    write_backlog(unit.journal, 600)
    unit.hub.troubles.extend([Trouble.NONE, trouble])
    with unit.start("--forever") as process:
        assert unit.hub.dripping.wait(LONG_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_S) == 0
    assert unit.run().returncode == 0
    unit.assert_everything_stored_once()


def test_killed_at_any_request_it_loses_and_doubles_nothing(unit: Unit) -> None:
    write_backlog(unit.journal, 3000)
    for requests in range(1, 6):
        with unit.start("--forever") as process:
            unit.hub.wait_for_requests(requests, LONG_S)
            process.kill()
    assert unit.run().returncode == 0
    unit.assert_everything_stored_once()


def test_a_long_backlog_takes_no_more_memory_than_a_short_one(unit: Unit) -> None:
    write_backlog(unit.journal, 1000)
    short_kib = int(unit.run(code=MEASURED).stdout)
    unit.journal.unlink()
    write_backlog(unit.journal, 50_000)

    done = unit.run(code=MEASURED)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < short_kib + 8192
    unit.assert_everything_stored_once()

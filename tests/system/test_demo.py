"""`gate demo` as people run it: a gate process of its own, judged by its journal."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gate.errors import DeviceError
from gate.sim.demo import DemoRun, Judgement
from gate.sim.demo_kinds import Kind
from gate.sim.demo_script import Morning, morning
from gate.sim.site import POLICY, Site, open_site

pytestmark = pytest.mark.system

CODE = "import sys; from gate.cli.main import main; sys.exit(main())"
A_LINE = re.compile(r"\d\d:\d\d:\d\d  GATE A (IN |OUT) [✓X!?-]  .*(\d+ ms|-)$")


def _gate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        timeout=300,
    )


def test_cards_and_portal_are_what_they_are_and_the_demo_says_so(tmp_path: Path) -> None:
    frames, keep = tmp_path / "frames", tmp_path / "keep"

    ended = _gate(
        *("demo", "--once", "--cards", "26", "--frames", str(frames), "--keep", str(keep))
    )

    with closing(sqlite3.connect(keep / "journal.db")) as journal:
        kinds = Counter(kind for (kind,) in journal.execute("SELECT kind FROM entries"))
    lines = [line for line in ended.stdout.splitlines() if A_LINE.fullmatch(line)]
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(lines) == 26 - 1 + 9  # no card of the fire's; by key, and what the portal told
    assert all(len(line) <= 80 for line in lines)
    assert "26 of 26 as expected; the journal's chain holds." in ended.stdout
    assert "7 inside when it began, 3 turned out unidentified, 1 of 7 are back in" in ended.stdout
    same = f"{kinds.total()} entries in the journal, {kinds.total()} at the hub: entry for entry"
    assert same in ended.stdout
    assert len(list(frames.glob("*.png"))) == 26
    assert (kinds["access"], kinds["turned"], kinds["not_turned"]) == (24, 8, 1)
    assert kinds["forced"] == kinds["held"] == kinds["fire_alarm"] == kinds["all_clear"] == 1
    assert (keep / "unit.toml").is_file()
    assert not (keep / "trust" / "issuer-key.pem").exists()


def test_a_directory_in_use_is_never_written_to(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()

    ended = _gate("demo", "--once", "--cards", "1", "--keep", str(tmp_path))

    assert ended.returncode == 2
    assert "letter.txt" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_ctrl_c_ends_the_demo_in_good_order_with_its_summary(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-c", CODE, "demo", "--cards", "1", "--keep", str(tmp_path / "keep")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
    )
    assert demo.stdout is not None
    first = next(line for line in demo.stdout if "GATE A" in line)

    demo.send_signal(signal.SIGINT)
    rest, said = demo.communicate(timeout=120)

    assert A_LINE.fullmatch(first.rstrip("\n"))
    assert "as expected; the journal's chain holds." in rest
    assert demo.returncode == 0, said


def _site(tmp_path: Path, cards: int) -> tuple[Site, Morning]:
    site = open_site(tmp_path / "site")
    return site, morning(site, cards=cards, seed=2)


def _run(site: Site, script: Morning) -> Judgement:
    run = DemoRun(site=site, seed=2)
    with run.start() as gate:
        for _ in run.present(gate, script.turns):
            pass
        run.finish(gate)
    return run.judge()


def test_a_site_that_blocks_a_good_card_is_not_as_expected(tmp_path: Path) -> None:
    site, script = _site(tmp_path, cards=1)
    number = script.turns[0].held.number
    with (site.directory / POLICY).open("a", encoding="utf-8") as policy:
        policy.write(f'\n[[blocked]]\nissuer = "demo:ecs"\ncard = "{number}"\nwhy = "test"\n')

    judgement = _run(site, script)

    assert not judgement.holds
    # and whoever pushes all the same forces the turnstile
    assert "expected admit, got refuse:blocked + forced" in judgement.verdicts[0].faults


def test_a_gate_with_laxer_rules_is_noticed(tmp_path: Path) -> None:
    site, script = _site(tmp_path, cards=6)
    policy = site.directory / POLICY
    policy.write_text(policy.read_text().replace('mode = "refuse"', 'mode = "off"'))

    judgement = _run(site, script)

    wrong = [verdict.turn.kind for verdict in judgement.verdicts if not verdict.as_expected]
    assert wrong == [Kind.SECOND_ENTRY]


def _fact_changed(journal: sqlite3.Connection) -> None:
    journal.execute("UPDATE entries SET list_age_s = list_age_s + 1 WHERE kind = 'access'")


def _record_removed(journal: sqlite3.Connection) -> None:
    journal.execute("DELETE FROM entries WHERE seq = 3")


@pytest.mark.parametrize("tamper", [_fact_changed, _record_removed])
def test_a_journal_that_was_tampered_with_is_noticed(
    tmp_path: Path, tamper: Callable[[sqlite3.Connection], None]
) -> None:
    site, script = _site(tmp_path, cards=1)
    run = DemoRun(site=site, seed=2)
    with run.start() as gate:
        for _ in run.present(gate, script.turns):
            pass
        run.finish(gate)
    assert run.judge().holds
    with closing(sqlite3.connect(site.journal, isolation_level=None)) as journal:
        triggers = journal.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            journal.execute(f"DROP TRIGGER {name}")
        tamper(journal)

    judgement = run.judge()

    assert not judgement.holds
    assert any("journal" in fault for fault in judgement.faults)


def test_a_gate_process_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    site, script = _site(tmp_path, cards=1)
    (site.directory / POLICY).write_text("version = 0\n")
    run = DemoRun(site=site, seed=2)

    with run.start() as gate, pytest.raises(DeviceError, match=r"ended with code 2: .*version"):
        list(run.present(gate, script.turns))


def test_a_gate_process_that_is_killed_is_not_as_expected(tmp_path: Path) -> None:
    site, script = _site(tmp_path, cards=2)
    run = DemoRun(site=site, seed=2)

    with run.start() as gate:
        coming = run.present(gate, script.turns)
        next(coming)
        os.kill(gate.pid, signal.SIGKILL)
        with pytest.raises(DeviceError, match="ended with code -9"):
            list(coming)

    judgement = run.judge()
    assert not judgement.holds
    assert "0 records of unit_stopped, expected 1" in judgement.faults

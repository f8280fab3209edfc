"""`gate demo` and its hub: all gets there, a hub that dies is told, nothing is left running."""

import http.cookiejar
import json
import os
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

import pytest

from gate.sim.demo_hub import DATABASE, DemoHub
from gate.sim.demo_record import MorningRecord, save_record
from gate.sim.site import reopen_site

pytestmark = pytest.mark.system

CODE: Final = "import sys; from gate.cli.main import main; sys.exit(main())"
LONG_S: Final = 180


def _demo(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CODE, "demo", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
    )


def _ended(*options: str) -> tuple[int, str, str]:
    with _demo(*options) as demo:
        out, err = demo.communicate(timeout=LONG_S)
    return demo.returncode, out, err


def _processes_of(directory: Path) -> dict[int, list[str]]:
    """Return which processes on this machine were told of the directory, and their words."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it has ended meanwhile
        if any(str(directory) in word for word in words):
            found[int(path.parent.name)] = words
    return found


def _hub_of(directory: Path) -> int:
    """Return the hub's first process: the one that started the others."""
    return min(pid for pid, words in _processes_of(directory).items() if "serve" in words)


def _total(out: str) -> dict[str, int]:
    total: dict[str, int] = json.loads(out.splitlines()[-1])
    return total


@pytest.fixture(scope="module")
def morning_over(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A directory with a morning of three cards, and what a program was told of it."""
    keep = tmp_path_factory.mktemp("over") / "keep"
    code, out, err = _ended(
        *("--once", "--cards", "3", "--seed", "4", "--json", "--keep", str(keep))
    )
    assert code == 0, err
    return keep, out


@pytest.fixture
def keep(morning_over: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of that directory."""
    return shutil.copytree(morning_over[0], tmp_path / "keep")


def test_programs_get_one_object_a_card_and_the_sum(morning_over: tuple[Path, str]) -> None:
    *cards, total = [json.loads(line) for line in morning_over[1].splitlines()]

    keys = ["card", "kind", "expected", "got", "ms_frame_to_relay"]
    assert [list(card) for card in cards] == [keys] * 3
    assert [card["card"] for card in cards] == [1, 2, 3]
    assert sorted(card["kind"] for card in cards) == ["good", "good", "revoked"]
    assert all(card["expected"] == card["got"] for card in cards)
    assert all(card["ms_frame_to_relay"] > 0 for card in cards)
    assert total == {"cards": 3, "as_expected": 3, "uploaded": 10, "stored_by_hub": 10}


def test_the_hub_holds_what_the_journal_holds_and_nothing_is_left_running(tmp_path: Path) -> None:
    keep = tmp_path / "keep"

    code, out, err = _ended(
        "--once", "--cards", "20", "--lanes", "2", "--json", "--keep", str(keep)
    )

    with closing(sqlite3.connect(keep / "journal.db")) as journal:
        (entries,) = journal.execute("SELECT count(*) FROM entries").fetchone()
    total = {"cards": 20, "as_expected": 20, "uploaded": entries, "stored_by_hub": entries}
    assert (code, _total(out)) == (0, total), err
    assert (keep / "hub" / "hub.db").is_file()
    assert (keep / "password").stat().st_mode & 0o777 == 0o600
    assert not _processes_of(keep)


def test_a_hub_killed_in_the_middle_is_told_and_the_next_run_completes(tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    options = ("--once", "--cards", "12", "--keep", str(keep))
    with _demo(*options) as demo:
        assert demo.stdout is not None
        next(line for line in demo.stdout if "GATE A" in line)
        os.killpg(_hub_of(keep), signal.SIGKILL)  # its worker would go on for a second
        out, err = demo.communicate(timeout=LONG_S)

    assert demo.returncode == 1, err
    assert out.count("the hub process was ended by signal 9") == 2
    assert "12 of 12 as expected; the journal's chain holds." in out
    assert re.search(r"the hub lacks entr|entries are receipted", out)
    assert f"To try again: gate demo --once --keep {keep}" in out
    assert not _processes_of(keep)

    code, out, err = _ended(*options, "--json")

    assert (code, _total(out)["as_expected"]) == (0, 12), err
    assert _total(out)["uploaded"] == _total(out)["stored_by_hub"] == 21
    assert not _processes_of(keep)


def test_without_once_the_hub_shows_the_morning_until_ctrl_c(keep: Path) -> None:
    with _demo("--keep", str(keep)) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        told, page, signing_in = (demo.stdout.readline() for _ in range(3))
        assert "answers until Ctrl-C" in demo.stderr.readline()
        shown = _page(page.split()[1], *signing_in.split()[2:])
        demo.send_signal(signal.SIGINT)
        out, err = demo.communicate(timeout=LONG_S)

    assert "<h1>Entry log</h1>" in shown
    assert "its morning is over" in told
    assert re.search(r"\b07:1\d:\d\d\b", shown)
    assert "3 of 3 as expected; the journal's chain holds." in out
    assert demo.returncode == 0, err
    assert not _processes_of(keep)


def _page(address: str, user: str, password: str) -> str:
    """Sign in as a browser would and return the page."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with browser.open(address, timeout=LONG_S) as form:
        text = form.read().decode()
        asked = form.url
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert found is not None
    fields = {"username": user, "password": password, "csrfmiddlewaretoken": found[1]}
    fields |= {"next": f"{urlsplit(address).path}?{urlsplit(address).query}"}
    with browser.open(asked, urlencode(fields).encode(), timeout=LONG_S) as page:
        content: str = page.read().decode()
        return content


def test_a_demo_that_is_killed_takes_its_processes_with_it(tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    with _demo("--cards", "1", "--keep", str(keep)) as demo:
        assert demo.stdout is not None
        next(line for line in demo.stdout if "GATE A" in line)
        others = [os.pidfd_open(pid) for pid in _processes_of(keep) if pid != demo.pid]
        demo.kill()

    assert len(others) == len(("gate", "hub", "hub's worker", "sync"))
    for other in others:
        assert select.select([other], [], [], LONG_S)[0]
        os.close(other)


def test_what_is_changed_in_the_hubs_database_is_named(keep: Path) -> None:
    with closing(sqlite3.connect(keep / DATABASE, isolation_level=None)) as stored:
        stored.execute("DROP TRIGGER ingest_entry_never_changed")
        stored.execute("DROP TRIGGER ingest_entry_never_removed")
        stored.execute("UPDATE ingest_entry SET outcome = 'refuse' WHERE seq = 3")
        stored.execute("DELETE FROM ingest_entry WHERE seq = 5")

    with DemoHub(reopen_site(keep), is_new=False) as hub:
        held = hub.complete()

    assert (held.recorded, held.uploaded, held.stored) == (10, 10, 9)
    assert held.faults == (
        "the hub lacks entry 5",
        "entry 3: the hub holds other content under the same hash",
    )


def test_no_frames_are_promised_of_a_morning_that_is_over(tmp_path: Path) -> None:
    save_record(tmp_path, MorningRecord(cards=(), faults=()))

    code, _, err = _ended("--once", "--keep", str(tmp_path), "--frames", str(tmp_path / "frames"))

    assert (code, "--frames" in err) == (2, True)
    assert not (tmp_path / "frames").exists()

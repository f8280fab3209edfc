"""The real gate process, on pictures of cards and pretended pins; its record read with sqlite3."""

import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
import segno
from PIL import Image

from gate.cli.main import gate as gate_command

ROOT: Final = Path(__file__).parents[2]
GATE: Final = [sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())"]
DEADLINE_S: Final = 60
INET: Final = re.compile(r"AF_INET6?\b")

pytestmark = pytest.mark.system


class Site:
    """A directory with an issuer's desk, a unit's file and its pictures."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pictures = path / "pictures"
        self.pictures.mkdir()
        self.desk = path / "desk"
        command("trust", "new", self.desk, "--scheme", "ecs-jib")
        (path / "policy.toml").write_text(
            'version = 1\nsite = "riverside"\ntime_zone = "Europe/London"\n'
            '[[accept]]\nscheme = "ecs-jib"\ntypes = ["installation-electrician"]\n'
            '[[blocked]]\nissuer = "ecs-jib"\ncard = "BLOCKED"\nwhy = "a test"\n'
            '[passback]\nmode = "refuse"\n',
            "utf-8",
        )
        self.write_config()

    def write_config(self, *, direction: str = "in", trust: str = "trust") -> None:
        (self.path / "unit.toml").write_text(
            '[unit]\nname = "Gate A"\nsite = "riverside"\njournal = "journal.db"\n'
            f'trust = "{trust}"\npolicy = "policy.toml"\nsite_key = "site.key"\n'
            f'[[access_point]]\nname = "Gate A"\ndirection = "{direction}"\n'
            '[camera]\nsource = "dir:pictures"\n'
            '[outputs]\nfactory = "mock"\nentry_relay = 17\nexit_relay = 18\ngreen = 27\n'
            "red = 22\namber = 23\nsounder = 24\n",
            "utf-8",
        )

    def card(self, number: str, *options: str, desk: Path | None = None) -> str:
        """Issue a card; return its text."""
        path = self.path / f"{number}.txt"
        fixed = ("--number", number, "--name", f"Holder {number}", "--out", path)
        kind = () if "--type" in options else ("--type", "installation-electrician")
        command("card", "issue", "--trust", desk or self.desk, *fixed, *kind, *options)
        return path.read_text("ascii").strip()

    def show(self, *texts: str) -> None:
        """Add a picture with these codes side by side."""
        codes = []
        for text in texts:
            path = self.path / "code.png"
            segno.make_qr(text, error="m", boost_error=False).save(str(path), scale=4, border=4)
            with Image.open(path) as opened:
                codes.append(opened.convert("L"))
        size_px = (sum(code.width for code in codes), max(code.height for code in codes))
        picture = Image.new("L", size_px, 255)
        left_px = 0
        for code in codes:
            picture.paste(code, (left_px, 0))
            left_px += code.width
        picture.save(self.pictures / f"{len(list(self.pictures.iterdir())):04}.png")

    def export(self) -> None:
        command("trust", "export", self.desk, self.path / "trust")

    def run(self, *before: str) -> subprocess.CompletedProcess[str]:
        """Run the gate on all pictures; `before` stands before its command."""
        arguments = [*before, *GATE, "run", "--config", str(self.path / "unit.toml")]
        return subprocess.run(
            arguments, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=False
        )

    def start(self) -> subprocess.Popen[str]:
        arguments = [*GATE, "run", "--config", str(self.path / "unit.toml")]
        return subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True)

    def rows(self, columns: str, kind: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path / "journal.db")) as journal:
            query = f"SELECT {columns} FROM readable WHERE kind = ? ORDER BY seq"  # noqa: S608
            return journal.execute(query, (kind,)).fetchall()


def command(*words: object) -> None:
    """Do what the `gate` command does, here."""
    gate_command.main([str(word) for word in words], standalone_mode=False)


def trust_demo(site: Site) -> None:
    demo = site.path / "demo"
    command("trust", "new", demo, "--scheme", "ecs-jib", "--iss", "demo:x")
    command("trust", "export", demo, site.path / "trust")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_each_picture_is_decided_rightly_and_stands_in_the_journal(
    site: Site, tmp_path: Path
) -> None:
    stranger = tmp_path / "stranger"
    command("trust", "new", stranger, "--scheme", "ecs-jib")
    good, altered = site.card("GOOD"), site.card("ALTERED")
    flipped = altered[:-20] + ("A" if altered[-20] != "A" else "B") + altered[-19:]
    past = ("--issued-at", "2024-01-01", "--expires", "2025-01-01")
    shown = [
        ((good,), ("admit", "", "GOOD")),
        ((good,), ("refuse", "passback", "GOOD")),
        ((site.card("OLD", *past),), ("refuse", "expired", "OLD")),
        ((site.card("REVOKED"),), ("refuse", "revoked", "REVOKED")),
        ((site.card("ONHOLD"),), ("refuse", "suspended", "ONHOLD")),
        ((site.card("BLOCKED"),), ("refuse", "blocked", "BLOCKED")),
        ((site.card("TYPE", "--type", "electrical-labourer"),), ("refuse", "card_type", "TYPE")),
        ((site.card("FOREIGN", desk=stranger),), ("refuse", "unknown_issuer", None)),
        ((flipped,), ("refuse", "bad_signature", None)),
        (("https://example.org/card/1",), ("refuse", "web_code", None)),
        ((site.card("ONE"), site.card("TWO")), ("refuse", "several_codes", None)),
        ((site.card("BESIDE"), "https://example.org/card/2"), ("admit", "", "BESIDE")),
    ]
    command("trust", "revoke", site.desk, "REVOKED")
    command("trust", "revoke", site.desk, "ONHOLD", "--as", "suspended")
    for texts, _ in shown:
        site.show(*texts)
    site.export()

    done = site.run()

    assert done.returncode == 0, done.stderr
    assert site.rows("outcome, reasons, number", "access") == [answer for _, answer in shown]
    assert len(site.rows("seq", "unit_stopped")) == 1
    for secret in ("GOOD", "Holder", "CC1:", "example.org"):
        assert secret not in done.stderr


def test_sigterm_ends_it_with_0_locked_and_recorded(site: Site) -> None:
    site.show(site.card("GOOD"))
    for number in range(1, 200):
        (site.pictures / f"{number:04}.png").symlink_to(site.pictures / "0000.png")
    site.export()
    process = site.start()
    assert process.stderr is not None
    with process.stderr as log:
        assert any("answered" in line for line in log)
        process.send_signal(signal.SIGTERM)
        rest = log.read()

    assert process.wait(DEADLINE_S) == 0, rest
    assert len(site.rows("seq", "unit_stopped")) == 1
    assert len(site.rows("seq", "access")) < 200


def test_it_opens_no_network_socket(site: Site, tmp_path: Path) -> None:
    site.show(site.card("GOOD"))
    site.export()
    trace = tmp_path / "trace"

    done = site.run("strace", "-f", "-qq", "-e", "trace=socket,socketpair", "-o", str(trace))

    assert done.returncode == 0, done.stderr
    assert len(site.rows("seq", "access")) == 1
    assert not INET.search(trace.read_text("utf-8"))


def test_it_tells_its_supervisor_and_nobody_else(site: Site, tmp_path: Path) -> None:
    site.show(site.card("GOOD"))
    site.export()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(DEADLINE_S)
        done = site.run("env", f"NOTIFY_SOCKET={tmp_path / 'notify'}")
        told = [supervisor.recv(4096).decode()]
        while told[-1] != "STOPPING=1":
            told.append(supervisor.recv(4096).decode())

    assert done.returncode == 0, done.stderr
    assert told == ["READY=1", "WATCHDOG=1\nSTATUS=working", "STOPPING=1"]


def test_it_loads_nothing_that_draws_or_speaks_to_a_network() -> None:
    heavy = "PIL rich fpdf segno av gpiozero ssl http asyncio"
    loaded = f"import sys, gate.cli.run; print(*set({heavy.split()!r}) & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(
            lambda site: site.write_config(trust="desk"), "private key", id="a private key"
        ),
        pytest.param(
            trust_demo,
            "demo:x",
            id="an issuer for demonstrations",
        ),
        pytest.param(
            lambda site: site.write_config(trust="nowhere"), "nowhere", id="no trust at all"
        ),
        pytest.param(
            lambda site: (site.path / "policy.toml").write_text("version = 1\n", "utf-8"),
            "policy.toml: accept",
            id="a policy that accepts nobody",
        ),
        pytest.param(
            lambda site: (site.path / "site.key").write_bytes(b"short"),
            "site key of 5 bytes",
            id="a damaged site key",
        ),
    ],
)
def test_a_unit_that_cannot_know_whom_to_believe_does_not_start(
    site: Site, spoil: Callable[[Site], object], words: str
) -> None:
    site.show(site.card("GOOD"))
    site.export()
    spoil(site)

    done = site.run()

    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (site.path / "journal.db").exists()


FULL_AFTER: Final = ("sh", "-c", 'ulimit -f 96; exec "$@"', "sh")
"""48 KiB a file: the journal takes a few records and then refuses, as a full disk does."""


def test_a_full_disk_keeps_the_entry_locked(site: Site) -> None:
    for number in range(12):
        site.show(site.card(f"N{number}"))
    site.export()

    done = site.run(*FULL_AFTER)

    recorded = len(site.rows("seq", "access"))
    assert done.returncode == 0, done.stderr
    assert 0 < recorded < 12
    assert done.stderr.count("signal=admitted") == recorded
    assert done.stderr.count("signal=fault") == 12 - recorded


def test_a_full_disk_keeps_nobody_in_and_the_exits_are_counted_when_there_is_room(
    site: Site,
) -> None:
    site.write_config(direction="out")
    for number in range(12):
        site.show(site.card(f"N{number}"))
    site.export()

    done = site.run(*FULL_AFTER)

    recorded = len(site.rows("seq", "access"))
    assert done.stderr.count("signal=admitted") == 12
    assert f"count={12 - recorded}" in done.stderr


def test_a_camera_that_is_not_there_is_a_fault_and_then_the_supervisors(site: Site) -> None:
    site.export()
    config = site.path / "unit.toml"
    config.write_text(config.read_text("utf-8").replace("dir:pictures", "usb:/dev/none"), "utf-8")

    done = site.run()

    assert done.returncode == 2
    assert "/dev/none" in done.stderr
    assert [detail for (detail,) in site.rows("detail", "fault")] == ["camera", "unit"]
    assert len(site.rows("seq", "unit_stopped")) == 1


def test_a_damaged_journal_is_set_aside_and_the_gate_goes_on(site: Site) -> None:
    site.show(site.card("GOOD"))
    site.export()
    assert site.run().returncode == 0
    journal = site.path / "journal.db"
    journal.write_bytes(b"\0" * 100 + journal.read_bytes()[100:])

    done = site.run()

    assert done.returncode == 0, done.stderr
    assert len(list(site.path.glob("journal.db.damaged-*"))) == 1
    ((opened,),) = site.rows("detail", "journal_opened")
    assert "damaged" in str(opened)

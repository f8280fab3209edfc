"""A running gate, no network and no hub: what is put into its trust directory counts at once."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import segno

from gate.devices.clock import SystemClock
from gate.trust.manifest import Command, CommandKind
from gate.trust.person import person_key
from gate.trust.status_list import Status
from gate.trust.status_token import issue_status_token
from tests.store.trust_files import HUB, SITE_KEY, TrustFiles, manifest

ROOT: Final = Path(__file__).parents[2]
GATE: Final = [sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())"]
PICTURES: Final = 6000
"""More than the gate gets through in the time the test takes; it is told to end."""

MAX_LINES: Final = 4000
NOW: Final = SystemClock().now().replace(microsecond=0)
"""The real gate goes by the real clock."""

pytestmark = pytest.mark.system


class RunningGate:
    """`gate run`, before which two cards are held up in turn for ever."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files = TrustFiles(path / "trust")
        self.bring_list()
        (path / "policy.toml").write_text(
            'version = 1\nsite = "riverside"\ntime_zone = "UTC"\n'
            '[[accept]]\nscheme = "ecs-jib"\ntypes = "any"\n[passback]\nmode = "off"\n',
            "utf-8",
        )
        (path / "site.key").write_bytes(SITE_KEY)
        (path / "site.key").chmod(0o600)
        (path / "unit.toml").write_text(
            '[unit]\nname = "Gate A"\nsite = "riverside"\njournal = "journal.db"\ntrust = "trust"\n'
            'policy = "policy.toml"\nsite_key = "site.key"\n'
            '[[access_point]]\nname = "Gate A"\ndirection = "in"\n'
            '[camera]\nsource = "dir:pictures"\n[outputs]\nfactory = "mock"\nentry_relay = 17\n'
            '[hub]\nurl = "http://127.0.0.1:9"\n'
            f'key = "{HUB.verifying_key.public.hex()}"\n',
            "utf-8",
        )
        self._pictures()
        self.process = subprocess.Popen(
            [*GATE, "run", "--config", str(path / "unit.toml")],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )

    def bring_list(self, *revoked: int) -> None:
        issued_at = NOW - timedelta(minutes=1 if revoked else 2)
        held = self.files.issuer.status_list(dict.fromkeys(revoked, Status.INVALID), issued_at)
        self.files.switch(carried=issue_status_token(held, self.files.issuer.key))

    def until(self, *words: str) -> str:
        """Read the log until a line has all these words; return it."""
        assert self.process.stderr is not None
        for _ in range(MAX_LINES):
            line = self.process.stderr.readline()
            if all(word in line for word in words):
                return line
        pytest.fail(f"no line with {words}")

    def stop(self) -> str:
        self.process.terminate()
        return self.process.communicate(timeout=60)[1]

    def details(self, kind: str) -> list[str]:
        with closing(sqlite3.connect(self.path / "journal.db")) as journal:
            query = "SELECT detail FROM entries WHERE kind = ? ORDER BY seq"
            return [detail for (detail,) in journal.execute(query, (kind,))]

    def _pictures(self) -> None:
        pictures = self.path / "pictures"
        pictures.mkdir()
        for index, name in ((7, "anna"), (8, "ben")):
            card = replace(
                self.files.issuer.card(index),
                not_before=NOW - timedelta(days=1),
                issued_at=NOW - timedelta(days=1),
                expires_at=NOW + timedelta(days=365),
            )
            code = segno.make_qr(self.files.issuer.text(card), error="m", boost_error=False)
            code.save(str(self.path / f"{name}.png"), scale=4, border=4)
        for number in range(PICTURES):
            name = "anna" if number % 2 else "ben"
            (pictures / f"{number:05}.png").symlink_to(self.path / f"{name}.png")


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[RunningGate]:
    running = RunningGate(tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.communicate()


def test_a_list_a_block_a_lock_down_and_its_lift_count_while_the_gate_runs(
    gate: RunningGate,
) -> None:
    issuer = gate.files.issuer
    anna = person_key(SITE_KEY, issuer.iss, issuer.card(7).number)
    until = NOW + timedelta(hours=1)
    lock = Command(id=b"L" * 16, kind=CommandKind.LOCKDOWN, not_after=until)
    lift = Command(id=b"U" * 16, kind=CommandKind.LIFT, not_after=until)
    is_trusted = SystemClock().is_trusted()

    gate.until("answered", "outcome=admit")
    gate.bring_list(8)
    gate.until("answered", "outcome=refuse", "reasons=revoked")
    gate.files.switch_manifest(manifest(1, NOW, blocked=frozenset({anna})))
    gate.until("answered", "outcome=refuse", "reasons=blocked")
    gate.files.switch_manifest(manifest(2, NOW, commands=(lock,)))
    gate.until("answered", "reasons=lockdown" if is_trusted else "reasons=passback")
    gate.files.switch(manifest=b"no manifest at all")
    gate.until("fault", "part=trust")
    gate.files.switch_manifest(manifest(3, NOW, commands=(lock, lift)))
    gate.until("fault cleared", "part=trust")
    # The manifest's rules refuse a second entry; nothing is known of other gates, so it is a note.
    gate.until("answered", "outcome=note", "reasons=passback")
    log = gate.stop()

    assert gate.process.returncode == 0, log
    assert gate.details("manifest") == ["version 1", "version 2", "version 3"]
    assert gate.details("fault") == ["trust"]
    if is_trusted:
        assert gate.details("command") == [f"lockdown {lock.id.hex()}", f"lift {lift.id.hex()}"]

"""A gate process killed while it records loses nothing that it acknowledged."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from gate.store.journal_audit import audit
from gate.store.journal_reader import JournalReader

KILLS = 20
WRITER = Path(__file__).with_name("journal_writer.py")

pytestmark = pytest.mark.system


def killed_after(path: Path, records: int) -> list[str]:
    """Run a writer, kill it in the middle of things; return every hash it acknowledged."""
    command = [sys.executable, str(WRITER), str(path)]
    checkout = {**os.environ, "PYTHONPATH": str(WRITER.parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=checkout) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline().strip() for _ in range(records)]
        writer.kill()
        acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]
    return acknowledged


def test_no_acknowledged_record_is_lost_by_sigkill(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    chance = random.Random(20261206)
    acknowledged: list[str] = []
    for _ in range(KILLS):
        acknowledged += killed_after(path, chance.randrange(1, 40))
        with JournalReader.open(path) as reader:
            kept = [entry.hash.hex() for entry in reader.entries()]
        assert set(acknowledged) <= set(kept)
        assert len(kept) - len(acknowledged) <= 1 + KILLS  # in the act: at most one a kill
        assert audit(path).fault is None
    assert not list(tmp_path.glob("*.damaged-*"))

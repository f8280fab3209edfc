"""The recipe of a grown hub: what it starts, it also loses and counts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

ROOT = Path(__file__).parent.parent.parent


def test_no_acknowledged_entry_is_lost_when_the_standby_takes_over() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "growing"), "--without-balancer"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the standby is sync" in done.stdout
    assert "stored, distinct, last: 4000|4000|4000" in done.stdout

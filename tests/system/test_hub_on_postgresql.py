"""Everything that the tests of the hub try on SQLite, tried on PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from gate.bench.postgres import running_postgres

TESTS: Final = Path(__file__).parents[1] / "hub"

pytestmark = [pytest.mark.system, pytest.mark.long]


def test_what_holds_on_sqlite_holds_on_postgresql() -> None:
    with running_postgres() as server:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(TESTS)],
            env={**os.environ, "GATE_TEST_DATABASE": server.url},
            cwd=TESTS.parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-4000:]

"""`gate bench sync` against a real hub: what is counted keeps its limits; nothing here is timed."""

import json
import subprocess
import sys

import pytest

GATE = "import sys; from gate.cli.main import main; sys.exit(main())"


@pytest.mark.system
def test_what_keeps_trust_fresh_is_as_little_as_promised() -> None:
    command = [sys.executable, "-c", GATE, "bench", "sync", "--runs", "1", "--json"]
    command += ["--sites", "1000"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in json.loads(done.stdout)["rows"]}
    counted = [row for row in rows.values() if "limit" in row and "CPU" not in row["unit"]]
    assert len(counted) == 6
    assert [row["name"] for row in counted if not row["holds"]] == []
    assert rows["no news: fleet trust, hourly"]["value"] == 2
    assert rows["list: resident memory, each of 8"]["ratio"] > 0.95
    assert rows["1,000 sites: requests to hubs"]["value"] == 2 * 3 * 1_000 / 15

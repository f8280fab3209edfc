"""An import killed at any change of the disk leaves a whole generation; the next goes well."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from gate.devices.clock import SystemClock
from gate.trust.manifest import sign_manifest
from gate.trust.status_list import list_name
from gate.trust.status_token import issue_status_token
from gate.trust.update_file import format_update
from tests.cli.test_trust_by_hand import HUB_TABLE, UNIT
from tests.store.trust_files import HUB, TrustFiles, manifest

pytestmark = pytest.mark.system

KILLER: Final = Path(__file__).with_name("update_killer.py")


def test_killed_at_any_change_the_old_or_the_new_is_in_force(tmp_path: Path) -> None:
    files = TrustFiles(tmp_path / "trust")
    (tmp_path / "unit.toml").write_text(UNIT + HUB_TABLE)
    issuer, now = files.issuer, SystemClock().now().replace(microsecond=0)
    updates = []
    for version in (1, 2):
        at = now - timedelta(minutes=10 - version)
        held = issuer.status_list(issued_at=at)
        parts = {
            "manifest.cose": sign_manifest(manifest(version, at), HUB),
            f"lists/{list_name(issuer.uri)}": issue_status_token(held, issuer.key),
        }
        updates.append(tmp_path / f"{version}.gateupdate")
        updates[-1].write_bytes(format_update(parts))
    command = [sys.executable, str(KILLER), str(tmp_path / "unit.toml"), *map(str, updates)]
    checkout = {**os.environ, "PYTHONPATH": str(KILLER.parents[2])}
    done = subprocess.run(command, env=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines() if line[0] != "{"]
    rows = [(int(version), int(lists)) for _, version, lists in lines]
    assert rows == sorted(rows)
    assert set(rows) == {(0, 0), (1, 1), (2, 1)}
    assert len(rows) > 30
    assert len(list((tmp_path / "trust" / "generations").iterdir())) == 2
    assert not list((tmp_path / "trust").rglob("*.part"))

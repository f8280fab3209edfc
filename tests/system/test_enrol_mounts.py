"""Joining where /etc and /var are mounts of their own, as systemd's sandbox lays them out."""

import subprocess
import sys
from pathlib import Path

import pytest

from gate.config import load_config
from tests.enrol.joining_unit import ALONE
from tests.system.hub_process import GATE

pytestmark = pytest.mark.system


def test_a_unit_is_put_in_force_across_two_mounts_of_one_disk(tmp_path: Path) -> None:
    etc, var = tmp_path / "etc", tmp_path / "var"
    etc.mkdir()
    var.mkdir()
    where = ["--config", str(etc / "unit.toml"), "--state", str(var), "--network", "left-alone"]
    mounts = 'for place in "$1" "$2"; do mount --bind "$place" "$place"; done; shift 2; exec "$@"'
    command = [sys.executable, "-c", GATE, "enrol", *where, ALONE]

    done = subprocess.run(
        ["/usr/bin/unshare", "-rm", "/bin/sh", "-ec", mounts, "sh", etc, var, *command],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert load_config(etc / "unit.toml").unit.site == "kings-wharf"
    assert list((var / "enrol").iterdir()) == []

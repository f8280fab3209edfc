"""A power cut between any two acts on the disk: the unit is as it was, or it is the new one."""

import subprocess
import sys
from pathlib import Path

import pytest

from gate.config import load_config
from gate.enrol.attempt import recover
from tests.enrol.joining_unit import Machine

pytestmark = pytest.mark.system


def test_killed_before_any_act_it_is_the_old_or_the_new(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.system.enrol_killer", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr

    old = new = 0
    for act in range(int(done.stdout)):
        machine = Machine(tmp_path / str(act))
        started = machine.paths.config.exists()  # what the gate's services ask
        went_on = recover(machine.means())
        if machine.paths.config.exists():
            new += 1
            assert load_config(machine.paths.config).unit.policy.exists()
        else:
            old += 1
            assert not went_on
            assert not started
            assert machine.files() == {}
            machine.joins()
        assert list((machine.paths.state / "enrol").glob("*")) == []
        assert not recover(machine.means())
    assert old > 5
    assert new > 5

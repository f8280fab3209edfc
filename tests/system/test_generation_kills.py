"""A process killed anywhere in a switch leaves a whole generation in force."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gate.store.generations import current
from tests.attack_table import NOTHING, Refusal, attack

BUILDER = Path(__file__).with_name("generation_builder.py")
MOST_STEPS = 100

pytestmark = pytest.mark.system


def build(trust: Path, number: int, steps: int) -> int:
    """Let a process build generation `number`, killed after so many steps; return its exit code."""
    command = [sys.executable, str(BUILDER), str(trust), str(number), str(steps)]
    checkout = {**os.environ, "PYTHONPATH": str(BUILDER.parents[2])}
    return subprocess.run(command, env=checkout, check=False).returncode


def number_in_force(trust: Path) -> int:
    """Return which build is in force; all of it must be there."""
    generation = current(trust)
    assert generation is not None
    number = int((generation / "number").read_bytes())
    assert (generation / f"lists/{number}").read_bytes() == b"%d" % number * 1000
    return number


@attack(
    "power cut in mid-switch",
    "the process killed after every write, sync and rename",
    has="the plug, or a kill",
    says=NOTHING,
    stays="the old generation or the new one, whole; the next begins clean",
)
def test_killed_after_any_step_the_old_or_the_new_is_in_force_and_the_next_begins_clean(
    tmp_path: Path, refusal: Refusal, capfd: pytest.CaptureFixture[str]
) -> None:
    assert build(tmp_path, 1, 0) == 0
    number, in_force = 1, []
    for steps in range(1, MOST_STEPS):
        number = number_in_force(tmp_path) + 1
        if build(tmp_path, number, steps) == 0:
            break
        in_force.append(number_in_force(tmp_path) == number)
    assert number_in_force(tmp_path) == number
    assert in_force == sorted(in_force)
    assert {True, False} == set(in_force)
    assert len(list((tmp_path / "generations").iterdir())) == 2
    refusal.heard("".join(capfd.readouterr()))

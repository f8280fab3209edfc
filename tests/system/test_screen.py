"""The real screen process, through SDL's driver that has no screen."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from gate.access.model import Direction
from gate.cli.screen import EXIT_NONE_ASKED_FOR
from gate.events.lane_state import LaneState, Shown
from gate.store.lane_state_file import write_lane_state

ROOT: Final = Path(__file__).parents[2]
GATE: Final = [sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())"]
DEADLINE_S: Final = 60
UNIT: Final = (
    '[unit]\nname = "Gate A"\nsite = "riverside"\n'
    '[[access_point]]\nname = "Gate A"\ndirection = "in"\n'
    '[camera]\nsource = "dir:pictures"\n[outputs]\nfactory = "mock"\nentry_relay = 17\n'
)

pytestmark = pytest.mark.system


def started(config: Path, *more: str, driver: str = "dummy") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*GATE, "screen", "--config", str(config), *more],
        cwd=ROOT,
        env=os.environ | {"SDL_VIDEODRIVER": driver},
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "unit.toml").write_text(UNIT + '[screen]\nstate = "lane.json"\n', "utf-8")
    return tmp_path / "unit.toml"


def test_the_screen_draws_until_it_is_told_to_stop(config: Path) -> None:
    (config.parent / "lane.json").write_text("{}")
    process = started(config)
    assert process.stderr is not None
    first = process.stderr.readline()  # its window is open, and it looks for the gate
    state = LaneState(at_s=0, lane="Gate A", direction=Direction.IN, shown=Shown.READY)
    write_lane_state(config.parent / "lane.json", state)
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=DEADLINE_S)
    assert "no word from the gate" in first
    assert (process.returncode, rest) == (0, "")


def test_a_unit_without_a_screen_says_what_to_write_and_ends_for_good(tmp_path: Path) -> None:
    (tmp_path / "unit.toml").write_text(UNIT, "utf-8")
    process = started(tmp_path / "unit.toml")
    _, told = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == EXIT_NONE_ASKED_FOR
    assert told.count("[screen] is left out; next: write it") == 1


def test_a_machine_without_a_screen_says_what_to_connect(config: Path) -> None:
    process = started(config, driver="none such")
    _, told = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 2
    assert "next: connect a screen" in told


def test_two_lanes_ask_for_two_screens_and_one_that_is_named_for_one(tmp_path: Path) -> None:
    two = (Path(ROOT) / "config" / "unit-two-lanes.toml").read_text("utf-8")
    config = tmp_path / "unit.toml"
    config.write_text(f'{two}\n[screen]\nstate = "lane.json"\n', "utf-8")
    process = started(config)
    _, told = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 2
    assert "1 found; needed: 2, one a lane; next: connect the other, or name" in told

    (tmp_path / "lane-out.json").write_text("{}")
    process = started(config, "--lane", "out")
    assert process.stderr is not None
    assert "no word from the gate" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(DEADLINE_S) == 0
    process.stderr.close()

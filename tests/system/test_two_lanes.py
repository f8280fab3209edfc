"""The real gate process with two lanes: real decoders, a real journal, pretended pins."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
import segno

from gate.cli.main import gate as gate_command
from gate.events.lane_state import Shown
from gate.store.lane_state_file import read_lane_state

ROOT: Final = Path(__file__).parents[2]
GATE: Final = [sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())"]
DEADLINE_S: Final = 60
UNIT: Final = """
[unit]
name = "Gate A"
site = "riverside"
journal = "journal.db"
trust = "trust"
policy = "policy.toml"
site_key = "site.key"
[[access_point]]
name = "Gate A in"
direction = "in"
[access_point.camera]
source = "dir:in"
[access_point.outputs]
factory = "mock"
entry_relay = 17
[[access_point]]
name = "Gate A out"
direction = "out"
[access_point.camera]
source = "dir:out"
[access_point.outputs]
factory = "mock"
exit_relay = 18
[screen]
state = "lane.json"
"""

pytestmark = pytest.mark.system


def command(*words: object) -> None:
    gate_command.main([str(word) for word in words], standalone_mode=False)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a unit's directory with one card before each of its cameras."""
    command("trust", "new", tmp_path / "desk", "--scheme", "ecs-jib")
    for place, way in enumerate(("in", "out")):
        text = tmp_path / f"{way}.txt"
        card = ("--number", f"{place}", "--name", f"Holder {place}", "--out", text)
        kind = ("--type", "installation-electrician")
        command("card", "issue", "--trust", tmp_path / "desk", *card, *kind)
        (tmp_path / way).mkdir()
        code = segno.make_qr(text.read_text("ascii").strip(), error="m", boost_error=False)
        code.save(str(tmp_path / way / "0.png"), scale=4, border=4)
    command("trust", "export", tmp_path / "desk", tmp_path / "trust")
    (tmp_path / "policy.toml").write_text(
        'version = 1\nsite = "riverside"\ntime_zone = "Europe/London"\n'
        '[[accept]]\nscheme = "ecs-jib"\ntypes = "any"\n',
        "utf-8",
    )
    (tmp_path / "unit.toml").write_text(UNIT, "utf-8")
    return tmp_path


def run(site: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GATE, "run", "--config", str(site / "unit.toml"), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )


def accesses(site: Path) -> set[tuple[object, ...]]:
    with closing(sqlite3.connect(site / "journal.db")) as journal:
        query = "SELECT access_point, direction, outcome FROM readable WHERE kind = 'access'"
        return set(journal.execute(query).fetchall())


def test_one_process_drives_both_lanes_until_their_pictures_end(site: Path) -> None:
    ended = run(site)

    assert ended.returncode == 0, ended.stderr
    assert accesses(site) == {("Gate A in", "in", "admit"), ("Gate A out", "out", "admit")}
    assert all(relay in ended.stderr for relay in ("entry relay (GPIO17)", "exit relay (GPIO18)"))
    shown = {way: read_lane_state(site / f"lane-{way}.json") for way in ("in", "out")}
    assert {way: one is not None and one.lane for way, one in shown.items()} == {
        "in": "Gate A in",
        "out": "Gate A out",
    }
    assert all(one is not None and one.shown is Shown.ADMITTED for one in shown.values())


def test_a_lane_whose_camera_is_not_there_does_not_end_the_other(site: Path) -> None:
    cameras = ("--camera", "usb:/dev/none", "--camera", f"dir:{site / 'out'}")
    arguments = [*GATE, "run", "--config", str(site / "unit.toml"), *cameras]
    process = subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    awaited = {'fault access_point="Gate A in" part=camera', "relay on"}
    for line in process.stderr:
        awaited = {words for words in awaited if words not in line}
        if not awaited:
            break
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0
    assert accesses(site) == {("Gate A out", "out", "admit")}


def test_cameras_are_named_for_each_lane_or_for_none(site: Path) -> None:
    told = run(site, "--camera", f"dir:{site / 'in'}")
    assert told.returncode == 2
    assert "--camera: 1 of them; allowed: none, or one for each of two lanes" in told.stderr


def test_one_screen_for_two_lanes_asks_for_the_other_or_for_the_lane_that_has_it(
    site: Path,
) -> None:
    arguments = [*GATE, "screen", "--config", str(site / "unit.toml")]
    told = subprocess.run(
        arguments,
        cwd=ROOT,
        env={**os.environ, "SDL_VIDEODRIVER": "dummy"},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert told.returncode == 2
    assert "screen: 1 found; needed: 2, one a lane" in told.stderr
    assert "name the lane that has one, such as --lane in" in told.stderr

"""From a set-up code to the first acknowledged entry: a real hub, a unit in an empty folder."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import segno
from PIL import Image

from gate.config import load_config
from gate.events.set_up_state import SetUp, decode_set_up
from gate.sim.frames import render
from gate.sim.look import Look
from gate.sim.pictures import slip
from gate.sim.scene import site_scene
from gate.store.cursor import cursor_directory, read_mark
from gate.store.unit_key import load_unit_key
from tests.store.trust_files import TrustFiles
from tests.system.hub_process import GATE
from tests.system.site_of_gates import LONG_S, SITE, SiteHub

pytestmark = pytest.mark.system

MAKE_CODES: Final = """
import sys
from pathlib import Path
from gate.hub.config import load_config
from gate.hub.wsgi import start_django
config = load_config(Path(sys.argv[1]))
start_django(config)
from django.utils import timezone
from gate.hub.enrol.codes import Wish, make_codes
from gate.hub.keys import load_hub_key
from gate.hub.manifest.authors import Author
from gate.hub.sites.services import find_site
from gate.trust.network import Network, Wired
wish = Wish(names=sys.argv[3:], directions="in", days=14, url=sys.argv[2], pin=None,
            network=Network(link=Wired()))
made = make_codes(find_site("riverside"), wish, load_hub_key(config), by=Author(name="Sam"),
                  now=timezone.now())
print("\\n".join(one.text for one in made))
"""


class Unit:
    """A machine in `directory`, whose issuers a hand laid out."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        (directory / "etc").mkdir()
        self.state = directory / "var"
        self.state.mkdir()
        TrustFiles(self.state / "trust")
        self.config = directory / "etc" / "unit.toml"

    def command(self, *shown: str) -> list[str]:
        where = ("--config", str(self.config), "--state", str(self.state))
        how = ("--network", "left-alone", "--json")
        return [sys.executable, "-c", GATE, "enrol", *where, *how, *shown]

    def enrols(self, *shown: str) -> tuple[int, list[dict[str, Any]]]:
        """Run `gate enrol` to its end; return its exit code and what it said."""
        done = subprocess.run(
            self.command(*shown), capture_output=True, text=True, timeout=LONG_S, check=False
        )
        said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        assert said or done.returncode == 0, done.stderr
        return done.returncode, said

    def dies_at(self, step: str, code: str) -> None:
        """Run `gate enrol` and kill it as soon as it says that it is at a step."""
        with subprocess.Popen(self.command(code), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if json.loads(line)["step"] == step:
                    os.kill(process.pid, signal.SIGKILL)
                    break

    def is_in_force(self) -> bool:
        return self.config.exists()


def save_frame(path: Path, text: str | None) -> None:
    """Write what a camera sees of a gate's place, with a code in a hand or nobody."""
    rng = np.random.default_rng(7)
    scene = site_scene((1280, 720), rng)
    held = None if text is None else slip(text)
    Image.fromarray(render(held, Look(px_per_module=6.0), scene, rng=rng)).save(path)


class Site:
    """A hub with rules and codes for five units."""

    def __init__(self, path: Path, opened: ExitStack) -> None:
        self.hub = SiteHub(path / "hub", opened, SITE)
        self.hub.give_rules(SITE)
        names = [f"Gate {letter}" for letter in "ABCDE"]
        command = [sys.executable, "-c", MAKE_CODES, str(self.hub.config), self.hub.url, *names]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONG_S, check=False)
        assert done.returncode == 0, done.stderr
        self.codes = done.stdout.split("\n")
        self.hub.start()
        self.path = path

    def unit(self, name: str) -> Unit:
        return Unit(self.path / name)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with ExitStack() as opened:
        yield Site(tmp_path_factory.mktemp("site"), opened)


def test_a_picture_of_a_code_makes_a_unit_whose_first_entry_the_hub_has(place: Site) -> None:
    unit = place.unit("a")
    picture = unit.state / "code.png"
    segno.make_qr(place.codes[0], error="m").save(str(picture), scale=6, border=4)

    code, said = unit.enrols(str(picture))

    assert code == 0
    steps = ["code", "network", "clock", "tls", "join", "sync", "entry", "commit", "commit"]
    assert [one["step"] for one in said] == steps
    assert said[-1]["done"]
    assert len(said[-1]["words"].split()) == 8
    config = load_config(unit.config)
    assert (config.unit.name, config.unit.site) == ("Gate A", SITE)
    assert config.hub is not None
    assert config.hub.key.public.hex() == place.hub.key
    mark = read_mark(cursor_directory(config.unit.journal))
    assert mark is not None
    assert mark.head.seq == mark.receipt_seq == 1
    load_unit_key(config.unit.key)
    assert config.unit.site_key.stat().st_mode & 0o777 == 0o600
    assert not list((unit.state / "enrol").iterdir())

    again, told = unit.enrols(place.codes[1])  # a unit in use, shown a code
    assert (again, told[-1]["setback"]) == (1, "in_use")
    left, _ = unit.enrols("--leave")
    assert (left, unit.is_in_force()) == (0, False)


def test_a_machine_in_set_up_takes_the_good_code_that_is_held_to_its_camera(place: Site) -> None:
    unit = place.unit("camera")
    pictures = unit.state.parent / "seen"
    pictures.mkdir()
    for number, text in enumerate((None, place.codes[0], None, place.codes[4])):
        save_frame(pictures / f"{number}.png", text)
    told = unit.state / "setup.json"

    code, said = unit.enrols("--set-up", "--camera", f"dir:{pictures}", "--told", str(told))

    assert code == 0
    assert said[0] == {"waiting": "Hold the set-up code to the camera"}
    [setback] = [one for one in said if "setback" in one]
    assert (setback["setback"], setback["beeps"]) == ("used", [4, 3])
    assert said[-1]["done"]
    assert load_config(unit.config).unit.name == "Gate E"
    assert decode_set_up(told.read_bytes()).state is SetUp.DONE
    assert unit.enrols("--set-up", "--camera", f"dir:{pictures}") == (0, [])


def test_a_second_unit_with_the_code_of_the_first_is_refused(place: Site) -> None:
    first, second = place.unit("b"), place.unit("b2")
    assert first.enrols(place.codes[1])[0] == 0
    code, said = second.enrols(place.codes[1])
    assert (code, said[-1]["setback"]) == (1, "used")
    assert not second.is_in_force()


def test_a_unit_killed_at_each_step_joins_by_the_same_code(place: Site) -> None:
    unit = place.unit("killed")
    for step in ("network", "tls", "join", "sync", "entry"):
        unit.dies_at(step, place.codes[2])
        assert unit.enrols("--recover")[0] == 0
        assert not unit.is_in_force()

    code, said = unit.enrols(place.codes[2])
    assert (code, said[-1].get("done")) == (0, True)


def test_a_hub_that_is_gone_leaves_the_unit_as_it_was(place: Site) -> None:
    unit = place.unit("gone")
    before = sorted(unit.state.rglob("*"))
    place.hub.stop()
    code, said = unit.enrols(place.codes[3])
    assert (code, said[-1]["setback"], said[-2]["step"]) == (1, "hub_unreachable", "tls")
    assert said[-1]["beeps"] == [3, 2]
    assert not unit.is_in_force()
    assert sorted(path for path in unit.state.rglob("*") if path.name != "enrol") == before

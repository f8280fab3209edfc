"""From a set-up code to the first acknowledged entry: a real hub, a unit in an empty folder."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import segno
from PIL import Image

from gate.cli.main import gate, run
from gate.config import load_config
from gate.devices.clock import SystemClock
from gate.enrol.steps import Step
from gate.events.set_up_state import SetUp, decode_set_up
from gate.sim.frames import render
from gate.sim.free_port import free_port
from gate.sim.look import Look
from gate.sim.pictures import slip
from gate.sim.scene import site_scene
from gate.store.cursor import cursor_directory, read_mark
from gate.store.journal import open_journal
from gate.store.journal_reader import JournalReader
from gate.store.unit_key import load_unit_key
from gate.trust.enrolment import Alone, HubDoor
from tests.store.trust_files import TrustFiles
from tests.system.hub_process import GATE
from tests.system.site_of_gates import LONG_S, SITE, SiteHub
from tests.trust.set_up_codes import PLACE, RULES, text

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

    def enrols_here(
        self, capsys: pytest.CaptureFixture[str], *shown: str
    ) -> tuple[int, list[dict[str, Any]]]:
        """Run the same command without another interpreter; return as `enrols` does."""
        capsys.readouterr()
        code = run(gate, self.command(*shown)[3:])
        out = capsys.readouterr().out
        return code, [json.loads(line) for line in out.splitlines() if line.startswith("{")]

    def is_in_force(self) -> bool:
        return self.config.exists()


def save_frame(path: Path, code: str | None) -> None:
    """Write what a camera sees of a gate's place, with a code in a hand or nobody."""
    rng = np.random.default_rng(7)
    scene = site_scene((1280, 720), rng)
    held = None if code is None else slip(code)
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


class First:
    """A unit that joined by a picture of its code, in a process of its own, and what it said."""

    def __init__(self, place: Site) -> None:
        self.unit = place.unit("a")
        picture = self.unit.state / "code.png"
        segno.make_qr(place.codes[0], error="m").save(str(picture), scale=6, border=4)
        self.code, self.said = self.unit.enrols(str(picture))


@pytest.fixture(scope="module")
def first(place: Site) -> First:
    return First(place)


def test_a_picture_of_a_code_makes_a_unit_whose_first_entry_the_hub_has(
    place: Site, first: First
) -> None:
    unit, said = first.unit, first.said
    assert first.code == 0
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


@pytest.mark.usefixtures("first")
def test_a_machine_in_set_up_takes_the_good_code_that_is_held_to_its_camera(
    place: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = place.unit("camera")
    pictures = unit.state.parent / "seen"
    pictures.mkdir()
    for number, held in enumerate((None, place.codes[0], None, place.codes[4])):
        save_frame(pictures / f"{number}.png", held)
    told = unit.state / "setup.json"
    command = ("--set-up", "--camera", f"dir:{pictures}", "--told", str(told))

    code, said = unit.enrols(*command)

    assert code == 0
    assert said[0] == {"waiting": "Hold the set-up code to the camera"}
    [setback] = [one for one in said if "setback" in one]
    assert (setback["setback"], setback["beeps"]) == ("used", [4, 3])
    assert said[-1]["done"]
    assert load_config(unit.config).unit.name == "Gate E"
    assert decode_set_up(told.read_bytes()).state is SetUp.DONE
    assert unit.enrols_here(capsys, *command) == (0, [])


def test_a_unit_in_use_is_not_made_another_and_leaves_when_told(
    place: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = place.unit("b")
    assert unit.enrols_here(capsys, place.codes[1])[0] == 0
    again, told = unit.enrols_here(capsys, place.codes[3])
    assert (again, told[-1]["setback"]) == (1, "in_use")
    left, _ = unit.enrols_here(capsys, "--leave")
    assert (left, unit.is_in_force()) == (0, False)


def test_a_unit_that_stood_alone_joins_the_hub_and_its_record_goes_on(
    place: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    unit, now = place.unit("alone"), SystemClock().now().replace(microsecond=0)
    rules = Alone(place=PLACE, policy=RULES)
    alone = text(issued_at=now, until=now + timedelta(days=1), hub=None, alone=rules)
    assert unit.enrols_here(capsys, alone)[0] == 0
    journal = load_config(unit.config).unit.journal
    open_journal(journal, now=now, clock_trusted=True).close()
    with JournalReader.open(journal) as reader:
        before = reader.journal_id

    assert run(gate, unit.command(place.codes[3])[3:]) == 0

    assert "next: sudo systemctl restart gate-unit gate-uplink" in capsys.readouterr().err
    assert load_config(unit.config).hub is not None
    mark = read_mark(cursor_directory(journal))
    assert mark is not None
    assert (mark.head.journal_id, mark.head.seq) == (before, 1)


@pytest.mark.usefixtures("first")
def test_a_second_unit_with_the_code_of_the_first_is_refused(
    place: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    second = place.unit("a2")
    code, said = second.enrols_here(capsys, place.codes[0])
    assert (code, said[-1]["setback"]) == (1, "used")
    assert not second.is_in_force()


def test_a_unit_killed_at_each_step_joins_by_the_same_code(
    place: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    unit, code = place.unit("killed"), place.codes[2]
    command = [sys.executable, "-m", "tests.system.enrol_step_killer"]
    command += [str(unit.config), str(unit.state), code, *Step]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG_S, check=False)
    assert done.returncode == 0, done.stderr

    ended, said = unit.enrols_here(capsys, code)
    assert (ended, said[-1].get("done")) == (0, True)


def test_a_hub_that_is_gone_leaves_the_unit_as_it_was(
    place: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = place.unit("gone")
    before = sorted(unit.state.rglob("*"))
    now = SystemClock().now().replace(microsecond=0)
    nobody = HubDoor(url=f"http://127.0.0.1:{free_port()}", token=bytes(16))
    gone = text(issued_at=now, until=now + timedelta(days=1), hub=nobody)
    code, said = unit.enrols_here(capsys, gone)
    assert (code, said[-1]["setback"], said[-2]["step"]) == (1, "hub_unreachable", "tls")
    assert said[-1]["beeps"] == [3, 2]
    assert not unit.is_in_force()
    assert sorted(path for path in unit.state.rglob("*") if path.name != "enrol") == before

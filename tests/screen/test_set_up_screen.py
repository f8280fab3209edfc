"""What a screen shows of a machine in set-up."""

import threading
from pathlib import Path

import pytest

from gate.events.set_up_state import SetUp, SetUpState, encode_set_up
from gate.screen.scene import Symbol
from gate.screen.set_up import STARTS, SetUpViewer, set_up_scene

WORDS = "apple boat coal door east fish gate hill"


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "setup.json"


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def viewer(tmp_path: Path, told: Path, stop: threading.Event) -> SetUpViewer:
    return SetUpViewer(told, tmp_path / "unit.toml", stop)


def test_before_anything_was_told_set_up_starts(viewer: SetUpViewer, told: Path) -> None:
    assert viewer.scene() == STARTS
    told.write_bytes(b"{")
    assert viewer.scene() == STARTS


def test_each_state_has_a_shape_of_its_own_and_its_words(viewer: SetUpViewer, told: Path) -> None:
    scenes = []
    for state in SetUp:
        told.write_bytes(encode_set_up(SetUpState(state=state, says="A", step="B", words=WORDS)))
        scenes.append(viewer.scene())
    assert len({scene.symbol for scene in scenes}) == len(SetUp)
    assert {(scene.headline, scene.step) for scene in scenes} == {("A", "B")}
    assert {scene.english for scene in scenes} == {f"The hub's words: {WORDS}"}


def test_it_ends_when_the_machine_is_a_unit(
    viewer: SetUpViewer, stop: threading.Event, tmp_path: Path
) -> None:
    viewer.scene()
    assert not stop.is_set()
    (tmp_path / "unit.toml").write_text("")
    viewer.scene()
    assert stop.is_set()


def test_without_words_nothing_is_said_of_them() -> None:
    scene = set_up_scene(SetUpState(state=SetUp.WAITING, says="Hold it up"))
    assert (scene.symbol, scene.english) == (Symbol.CODE, "")

"""The lanes of a unit's file: one or two, and what two can have wrong with each other."""

from pathlib import Path
from typing import Final

import pytest

from gate.access.model import Direction
from gate.config import load_config
from gate.config_fields import Config, InputsConfig, PinFactory
from gate.config_lanes import lanes_of, shared_inputs
from gate.devices.outputs import OutputPins
from gate.errors import ConfigError

HEAD: Final = '[unit]\nname = "Gate A"\nsite = "riverside"\n'
WAY_IN: Final = """
[[access_point]]
name = "Gate A in"
direction = "in"
[access_point.camera]
source = "picamera2:0"
[access_point.outputs]
entry_relay = 17
green = 27
[access_point.inputs]
rotation_in = 5
"""
WAY_OUT: Final = """
[[access_point]]
name = "Gate A out"
direction = "out"
[access_point.camera]
source = "picamera2:1"
[access_point.outputs]
exit_relay = 18
green = 22
[access_point.inputs]
rotation_out = 6
exit_button = 12
"""
TWO: Final = HEAD + WAY_IN + WAY_OUT
ALONE: Final = HEAD + WAY_IN
EXAMPLES: Final = Path(__file__).parents[1] / "config"


def load(directory: Path, text: str) -> Config:
    path = directory / "unit.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def faults_of(directory: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(directory, text)
    return caught.value.faults


def test_two_lanes_have_each_their_own_camera_portal_and_contacts(tmp_path: Path) -> None:
    way_in, way_out = lanes_of(load(tmp_path, TWO))
    assert (way_in.point.name, way_in.point.direction) == ("Gate A in", Direction.IN)
    assert (way_out.point.name, way_out.point.direction) == ("Gate A out", Direction.OUT)
    assert (way_in.camera.source, way_out.camera.source) == ("picamera2:0", "picamera2:1")
    assert way_in.outputs.pins() == OutputPins(entry_relay=17, green=27)
    assert way_out.outputs.pins() == OutputPins(exit_relay=18, green=22)
    assert (way_in.inputs.rotation_in, way_out.inputs.rotation_out) == (5, 6)


def test_one_lane_may_have_its_tables_at_the_top_or_of_its_own(tmp_path: Path) -> None:
    text = ALONE.replace("access_point.camera", "camera").replace("access_point.outputs", "outputs")
    at_the_top = load(tmp_path, text.replace("access_point.inputs", "inputs"))
    assert lanes_of(at_the_top) == lanes_of(load(tmp_path, ALONE))
    assert shared_inputs(at_the_top) == InputsConfig()


def test_what_serves_both_lanes_stands_at_the_top(tmp_path: Path) -> None:
    config = load(tmp_path, TWO + "[inputs]\nfire = 16\nguard_key = 13\ntamper = 20\nmains = 21\n")
    shared = shared_inputs(config)
    assert (shared.fire, shared.guard_key, shared.tamper, shared.mains) == (16, 13, 20, 21)
    assert [lane.inputs.fire for lane in lanes_of(config)] == [None, None]


def test_an_exit_lane_needs_no_entry_relay_and_an_entry_lane_does(tmp_path: Path) -> None:
    [fault] = faults_of(tmp_path, TWO.replace("entry_relay = 17\n", ""))
    assert fault.startswith("access_point[1].outputs.entry_relay is missing; allowed: a whole")


def test_relative_pictures_of_each_lane_start_at_the_file(tmp_path: Path) -> None:
    text = TWO.replace("picamera2:0", "dir:in").replace("picamera2:1", "file:out.mp4")
    sources = [lane.camera.source for lane in lanes_of(load(tmp_path, text))]
    assert sources == [f"dir:{tmp_path / 'in'}", f"file:{tmp_path / 'out.mp4'}"]


def test_each_of_two_lanes_tells_its_screen_by_a_file_of_its_own(tmp_path: Path) -> None:
    way_in, way_out = lanes_of(load(tmp_path, TWO + "[screen]\n"))
    assert way_in.state == Path("/run/gate/lane-in.json")
    assert way_out.state == Path("/run/gate/lane-out.json")
    assert [lane.state for lane in lanes_of(load(tmp_path, TWO))] == [None, None]
    [alone] = lanes_of(load(tmp_path, ALONE + "[screen]\n"))
    assert alone.state == Path("/run/gate/lane.json")


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        pytest.param(
            "exit_relay = 18",
            "exit_relay = 17",
            "access_point[2].outputs.exit_relay = 17; allowed: a pin that nothing else has"
            " (access_point[1].outputs.entry_relay's)",
            id="two relays on one pin",
        ),
        pytest.param(
            "exit_button = 12",
            "exit_button = 5",
            "access_point[2].inputs.exit_button = 5; allowed: a pin that nothing else has"
            " (access_point[1].inputs.rotation_in's)",
            id="two contacts on one pin",
        ),
        pytest.param(
            "exit_button = 12",
            "exit_button = 27",
            "access_point[2].inputs.exit_button = 27; allowed: a pin that nothing else has"
            " (access_point[1].outputs.green's)",
            id="one lane's contact on the other's lamp",
        ),
        pytest.param(
            "Gate A out",
            "GATE A IN",
            'access_point[2].name = "GATE A IN"; allowed: a name that the other lane doesn\'t have',
            id="two lanes of one name",
        ),
        pytest.param(
            'direction = "out"\n[access_point.camera]\nsource = "picamera2:1"\n'
            "[access_point.outputs]",
            'direction = "in"\n[access_point.camera]\nsource = "picamera2:1"\n'
            "[access_point.outputs]\nentry_relay = 19",
            'access_point[2].direction = "in"; allowed: "out": of two lanes one leads in and one'
            " leads out",
            id="two lanes the same way",
        ),
        pytest.param(
            'direction = "out"',
            'direction = "out"\narea = "yard"',
            'access_point[2].area = "yard"; allowed: "site": two lanes of a unit lead to and from'
            " one area",
            id="two areas",
        ),
        pytest.param(
            '"picamera2:1"',
            '"picamera2"',
            'access_point[2].camera.source = "picamera2"; allowed: another camera than the other'
            " lane's",
            id="one camera by two names",
        ),
        pytest.param(
            "exit_relay = 18",
            'exit_relay = 18\nfactory = "mock"',
            'access_point[2].outputs.factory = "mock"; allowed: "lgpio", as the other lane has',
            id="one lane's pins pretended",
        ),
        pytest.param(
            "[access_point.inputs]\nrotation_out = 6",
            "[access_point.inputs]\nfire = 16\nguard_key = 13\nrotation_out = 6",
            "access_point[2].inputs.fire = 16; allowed: with two lanes, under [inputs]: it serves"
            " both",
            id="a fire input of one lane alone",
        ),
        pytest.param(
            WAY_OUT,
            WAY_OUT + "[inputs]\ndoor = 4\n",
            "inputs.door = 4; allowed: with two lanes, under [access_point.inputs] of the lane that"
            " has it",
            id="a door of nobody's",
        ),
        pytest.param(
            WAY_OUT,
            WAY_OUT + "[inputs]\nheld_s = 30\n",
            "inputs.held_s = 30; allowed: with two lanes, under [access_point.inputs] of the lane"
            " that has it",
            id="a time of nobody's",
        ),
        pytest.param(
            WAY_OUT,
            WAY_OUT + "[outputs]\nexit_relay = 19\n",
            "outputs = a table; allowed: with two lanes, [access_point.outputs] under each of them",
            id="outputs of nobody's",
        ),
        pytest.param(
            '[access_point.camera]\nsource = "picamera2:1"\n',
            "",
            "access_point[2].camera is missing; allowed: with two lanes, [access_point.camera]"
            " under each of them",
            id="a lane without a camera",
        ),
        pytest.param(
            WAY_OUT,
            WAY_OUT + WAY_OUT,
            "access_point = [a table, a table, a table]; allowed: one or two [[access_point]]"
            " tables; a unit has at most two lanes",
            id="a third lane",
        ),
    ],
)
def test_what_two_lanes_have_wrong_with_each_other_is_named(
    tmp_path: Path, before: str, after: str, fault: str
) -> None:
    assert before in TWO
    assert fault in faults_of(tmp_path, TWO.replace(before, after))


def test_a_network_cameras_password_is_not_told_when_two_lanes_have_it(tmp_path: Path) -> None:
    text = TWO.replace("picamera2:0", "rtsp://a:secret@10.0.0.9/1")
    [fault] = faults_of(tmp_path, text.replace("picamera2:1", "rtsp://b:hidden@10.0.0.9/1"))
    assert "rtsp://10.0.0.9/1" in fault
    assert not {"secret", "hidden"} & {word for word in ("secret", "hidden") if word in fault}


def test_one_lane_does_not_have_its_tables_twice(tmp_path: Path) -> None:
    assert faults_of(tmp_path, ALONE + "[inputs]\nfire = 16\nguard_key = 13\n") == (
        "inputs stands twice; allowed: [inputs] or [access_point.inputs], not both",
    )


def test_every_fault_of_two_lanes_is_named_at_once(tmp_path: Path) -> None:
    text = TWO.replace("Gate A out", "Gate A in").replace("picamera2:1", "picamera2:0")
    assert len(faults_of(tmp_path, text.replace("exit_relay = 18", "exit_relay = 17"))) == 3


def test_the_shipped_example_of_two_lanes_is_sound() -> None:
    config = load_config(EXAMPLES / "unit-two-lanes.toml")
    way_in, way_out = lanes_of(config)
    assert (way_in.point.direction, way_out.point.direction) == (Direction.IN, Direction.OUT)
    assert way_in.outputs.factory is PinFactory.LGPIO
    assert shared_inputs(config).fire is not None

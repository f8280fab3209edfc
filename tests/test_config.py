"""The unit's own file."""

import dataclasses
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.model import AccessPoint, Direction
from gate.access.tables import read_toml
from gate.config import config_keys, load_catalogue, load_config, load_policy
from gate.config_camera import CameraSource, PictureArea
from gate.config_fields import Config, FilePath, PinFactory
from gate.config_lanes import lane_faults, lanes_of
from gate.devices.area import Area
from gate.devices.camera import CameraKind
from gate.devices.outputs import OutputPins
from gate.devices.ports import Mark
from gate.errors import ConfigError

EXAMPLES = Path(__file__).parents[1] / "config"
MINIMAL = """
[unit]
name = "Gate A"
site = "riverside"
[[access_point]]
name = "Gate A in"
direction = "in"
[outputs]
entry_relay = 17
"""


def written(directory: Path, text: str) -> Path:
    path = directory / "unit.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value).splitlines() == [f"{path}: {fault}" for fault in caught.value.faults]
    return caught.value.faults


def test_the_least_file_has_the_defaults_of_a_pi(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, MINIMAL))
    assert config.lane() == AccessPoint(name="Gate A in", direction=Direction.IN, area="site")
    assert config.unit.journal == Path("/var/lib/gate/journal.db")
    assert config.unit.schemes is None
    [lane] = lanes_of(config)
    assert lane.camera.spec().kind is CameraKind.PICAMERA2
    assert (lane.camera.width_px, lane.camera.height_px) == (1280, 720)
    assert (lane.outputs.factory, lane.outputs.release_s) == (PinFactory.LGPIO, 5.0)
    assert lane.outputs.pins() == OutputPins(entry_relay=17)


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    text = MINIMAL.replace(
        "[[access_point]]",
        'journal = "state/journal.db"\ntrust = "../trust"\npolicy = "p.toml"\n'
        'schemes = "schemes.toml"\nsite_key = "/etc/site.key"\n[[access_point]]',
    )
    config = load_config(written(tmp_path, text + '[camera]\nsource = "dir:frames"\n'))
    assert config.unit.journal == tmp_path / "state" / "journal.db"
    assert config.unit.trust == tmp_path / ".." / "trust"
    assert config.unit.policy == tmp_path / "p.toml"
    assert config.unit.schemes == tmp_path / "schemes.toml"
    assert config.unit.site_key == Path("/etc/site.key")
    [lane] = lanes_of(config)
    assert lane.camera.source == f"dir:{tmp_path / 'frames'}"


@pytest.mark.parametrize(
    "source",
    [
        "picamera2",
        "picamera2:1",
        "usb:/dev/video0",
        "rtsp://10.0.0.9/main",
        "file:/a b.mp4",
        "dir:/a",
    ],
)
def test_a_camera_is_named_as_its_driver_names_it(tmp_path: Path, source: str) -> None:
    text = MINIMAL + f'[camera]\nsource = "{source}"\n'
    [lane] = lanes_of(load_config(written(tmp_path, text)))
    assert lane.camera.source == source


def test_five_mistakes_are_five_lines(tmp_path: Path) -> None:
    text = """
[unit]
name = ""
site = "riverside"
[[access_point]]
name = "Gate A in"
direction = "inwards"
[camera]
source = "webcam"
[outputs]
entry_relay = 28
gren = 5
"""
    assert faults_of(written(tmp_path, text)) == (
        'unit.name = ""; allowed: text of 1 to 64 printable characters',
        'access_point[1].direction = "inwards"; allowed: one of "in", "out"',
        (
            'camera.source = "webcam"; allowed: one of "picamera2", "picamera2:1", '
            '"usb:/dev/video0", "rtsp://...", "file:VIDEO", "dir:DIRECTORY"'
        ),
        (
            "outputs.gren = 5; allowed here: factory, entry_relay, exit_relay, relay_active_high, "
            "green, red, amber, sounder, illumination, night_percent, release_s"
        ),
        (
            "outputs.entry_relay = 28; allowed: a whole number from 2 to 27 (BCM number), each pin "
            "for one thing"
        ),
    )


ONE_FAULT = {
    "a pin used twice": (
        MINIMAL + "green = 17\n",
        "outputs.green = 17; allowed: a pin that nothing else has; this one is entry_relay's",
    ),
    "a release longer than the driver allows": (
        MINIMAL + "release_s = 10.1\n",
        "outputs.release_s = 10.1; allowed: a number from 0.5 to 10 seconds",
    ),
    "no lane": (
        MINIMAL.replace('[[access_point]]\nname = "Gate A in"\ndirection = "in"\n', ""),
        (
            "access_point is missing; allowed: one or two [[access_point]] tables; a unit has at"
            " most two lanes"
        ),
    ),
    "no entry relay": (
        MINIMAL.replace("entry_relay = 17", ""),
        (
            "outputs.entry_relay is missing; allowed: a whole number from 2 to 27 (BCM number), "
            "each pin for one thing"
        ),
    ),
    "a table that is not known": (
        MINIMAL + "[kiosk]\n",
        (
            "kiosk = a table; allowed here: unit, access_point, camera, outputs, inputs, hub,"
            " screen, status"
        ),
    ),
    "a contact on a relay's pin": (
        MINIMAL + "[inputs]\nexit_button = 17\n",
        ("inputs.exit_button = 17; allowed: a pin that nothing else has (outputs.entry_relay's)"),
    ),
    "two contacts on one pin": (
        MINIMAL + "[inputs]\nexit_button = 5\ntamper = 5\n",
        ("inputs.tamper = 5; allowed: a pin that nothing else has; this one is exit_button's"),
    ),
    "a fire alarm that nobody could end": (
        MINIMAL + "[inputs]\nfire = 5\n",
        (
            "inputs.fire = 5; allowed: only with guard_key: the key and a named card end a fire"
            " alarm"
        ),
    ),
    "a door that is a turnstile": (
        MINIMAL + "[inputs]\ndoor = 5\nrotation_out = 6\n",
        ("inputs.door = 5; allowed: a door's contact or a turnstile's, not both"),
    ),
    "a password in a camera that is refused": (
        MINIMAL + '[camera]\nsource = "rtsps://guard:secret@10.0.0.9/main"\n',
        (
            'camera.source = "rtsps://...@10.0.0.9/main"; allowed: one of "picamera2", '
            '"picamera2:1", "usb:/dev/video0", "rtsp://...", "file:VIDEO", "dir:DIRECTORY"'
        ),
    ),
    "an area of the picture that has no height": (
        MINIMAL + "[camera]\narea = [25, 50, 75, 60]\n",
        (
            "camera.area = [25, 50, 75, 60]; allowed: [left, top, right, bottom], whole percents of"
            " the picture from its upper left corner, at least 20 wide and high, such as"
            " [25, 0, 75, 100]"
        ),
    ),
    "a mark that is not read": (
        MINIMAL + '[camera]\nmarks = ["pdf417"]\n',
        (
            'camera.marks = ["pdf417"]; allowed: a list of 1 to 2, none twice, each one of "aztec",'
            ' "data-matrix"'
        ),
    ),
    "not TOML": ("[unit]\nname = Gate A\n", "not TOML: Invalid value (at line 2, column 8)"),
}


@pytest.mark.parametrize(("text", "fault"), ONE_FAULT.values(), ids=ONE_FAULT.keys())
def test_a_fault_is_named_with_what_is_allowed(tmp_path: Path, text: str, fault: str) -> None:
    assert faults_of(written(tmp_path, text)) == (fault,)


HUB_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
"""Of RFC 8032, section 7.1, test 1."""


def with_hub(url: str = "https://hub.example.org", more: str = "", key: str = HUB_KEY) -> str:
    return f'{MINIMAL}[hub]\nurl = "{url}"\nkey = "{key}"\n{more}'


def test_a_unit_without_a_hub_keeps_its_record(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, MINIMAL))
    assert config.hub is None
    assert config.unit.key == Path("/var/lib/gate/unit.key")


def test_a_hub_has_an_address_and_a_key(tmp_path: Path) -> None:
    hub = load_config(written(tmp_path, with_hub(more='ca = "ca.pem"\nevery_s = 60\n'))).hub
    assert hub is not None
    assert (hub.url, hub.key.public.hex()) == ("https://hub.example.org", HUB_KEY)
    assert (hub.ca, hub.every_s, hub.batch_entries) == (tmp_path / "ca.pem", 60, 500)


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://hub.example.org:8443/gate", True),
        ("https://[fd00::5]", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("http://hub.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("https://hub.example.org/", False),
        ("https://guard:secret@hub.example.org", False),
        ("https://hub.example.org?x=1", False),
        ("https://", False),
        ("ftp://hub.example.org", False),
    ],
)
def test_a_record_travels_encrypted_or_not_at_all(
    tmp_path: Path, url: str, *, is_good: bool
) -> None:
    path = written(tmp_path, with_hub(url))
    if is_good:
        assert load_config(path).hub is not None
    else:
        [fault] = faults_of(path)
        assert fault.startswith("hub.url = ")
        assert "secret" not in fault


@pytest.mark.parametrize("key", ["", "00" * 32, HUB_KEY.upper(), HUB_KEY[:-1], f"{HUB_KEY}00"])
def test_what_is_no_key_of_a_hub_is_refused(tmp_path: Path, key: str) -> None:
    [fault] = faults_of(written(tmp_path, with_hub(key=key)))
    assert "allowed: an Ed25519 public key" in fault


def test_the_screens_file_is_found_beside_the_units_own(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, MINIMAL + '[screen]\nstate = "lane.json"\n'))
    assert config.screen is not None
    assert config.screen.state == tmp_path / "lane.json"
    config = load_config(written(tmp_path, MINIMAL + "[screen]\n"))
    assert config.screen is not None
    assert config.screen.state == Path("/run/gate/lane.json")
    assert load_config(written(tmp_path, MINIMAL)).screen is None


def test_three_things_on_one_pin_are_two_faults(tmp_path: Path) -> None:
    faults = faults_of(written(tmp_path, MINIMAL + "red = 5\namber = 17\nsounder = 17\n"))
    assert [fault.split(" ", 1)[0] for fault in faults] == ["outputs.amber", "outputs.sounder"]


def test_a_missing_file_is_named_with_the_next_step(tmp_path: Path) -> None:
    [fault] = faults_of(tmp_path / "unit.toml")
    assert fault.startswith("can't be read: No such file or directory; next: ")


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    assert "Is a directory" in faults_of(tmp_path)[0]


def test_a_file_that_is_not_utf_8_is_told_where(tmp_path: Path) -> None:
    path = tmp_path / "unit.toml"
    path.write_bytes(b"[unit]\nname = \xff\n")
    assert faults_of(path) == ("byte 14 is not UTF-8; next: save the file as UTF-8 text",)


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "unit.toml"
    path.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    assert load_config(path).unit.name == "Gate A"


def test_the_shipped_examples_fit_each_other() -> None:
    config = load_config(EXAMPLES / "unit.toml")
    assert load_policy(EXAMPLES / "site-policy.toml").site == config.unit.site
    assert config.unit.schemes == EXAMPLES / "schemes.toml"
    assert load_catalogue(EXAMPLES / "schemes.toml").scheme("cscs") is not None


def test_the_shipped_example_mentions_every_key_with_its_default() -> None:
    example = (EXAMPLES / "unit.toml").read_text()
    for key in config_keys():
        table, _, name = key.key.rpartition(".")
        _, _, part = example.partition(f"[{table.removesuffix('[]')}]")
        lines = re.split(r"\n(?:# )?\[", part)[0].splitlines()
        [line] = [line for line in lines if re.match(rf"(?:# )?{name} = ", line)]
        if key.default not in {"must be written", "none"} and not key.key.startswith("unit."):
            written_as = (f"{name} = {key.default}", f'{name} = "{key.default}"')
            assert any(one in line for one in written_as)


def test_every_key_is_described_for_people() -> None:
    keys = config_keys()
    assert len({key.key for key in keys}) == len(keys) == 50
    assert all(key.allowed and key.default and key.meaning for key in keys)


# Any text is a configuration or one ConfigError with at least one fault.
@given(
    head=st.sampled_from(["", MINIMAL]),
    text=st.text(max_size=60) | st.text(alphabet=MINIMAL, max_size=60),
)
def test_any_text_is_a_configuration_or_named_faults(head: str, text: str) -> None:
    try:
        config = read_toml(Config, head + text, "unit.toml")
    except ConfigError as error:
        assert error.faults  # noqa: PT017 - either end is right
    else:
        assert config.lane().name
        assert list(lane_faults(config)) or lanes_of(config)[0].outputs.pins()


# A camera source that is read can be given to the driver; a path that is read is one.
@given(
    value=st.text(max_size=40)
    | st.sampled_from(["usb:", "rtsp://h:0/", "dir:"]).flatmap(
        lambda head: st.text(max_size=9).map(lambda tail: head + tail)
    )
)
def test_a_source_or_path_that_is_read_can_be_used(value: str) -> None:
    source = CameraSource().read(value)
    assert source in {None, value}
    path = FilePath().read(value)
    assert path is None or "\0" not in str(path)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("25-75", id="no list"),
        pytest.param([25, 0, 75], id="three sides"),
        pytest.param([25, 0, 75, 100, 1], id="five"),
        pytest.param([25.0, 0, 75, 100], id="parts of a percent"),
        pytest.param([True, 0, 75, 100], id="a truth"),
        pytest.param([-1, 0, 75, 100], id="left of the picture"),
        pytest.param([0, 0, 75, 101], id="below it"),
        pytest.param([75, 0, 25, 100], id="from right to left"),
        pytest.param([0, 0, 19, 100], id="too narrow"),
        pytest.param([0, 81, 100, 100], id="too low"),
    ],
)
def test_what_is_no_area_of_a_picture_is_not_read(value: object) -> None:
    assert PictureArea().read(value) is None


def test_the_part_that_is_looked_at_and_other_marks_are_the_cameras(tmp_path: Path) -> None:
    text = '[camera]\narea = [25, 0, 75, 80]\nmarks = ["aztec", "data-matrix"]\n'
    [lane] = lanes_of(load_config(written(tmp_path, MINIMAL + text)))
    assert lane.camera.area == Area(left=25, top=0, right=75, bottom=80)
    assert lane.camera.marks == (Mark.AZTEC, Mark.DATA_MATRIX)
    assert PictureArea().read([0, 0, 100, 20]) == Area(left=0, top=0, right=100, bottom=20)


def test_a_configuration_cannot_be_changed(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, MINIMAL))
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.unit.name = "Gate B"  # type: ignore[misc]  # the point of the test

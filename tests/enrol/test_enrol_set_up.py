"""A machine in set-up: codes before its camera, its lamps and beeps, and what it tells a screen."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gate.cli.enrol import wait_for_codes
from gate.cli.enrol_told import Teller
from gate.devices.outputs import OutputPins, open_outputs
from gate.devices.ports import Frame
from gate.devices.signals import Pattern
from gate.enrol import set_up_lights
from gate.enrol.set_up import is_unit, set_up
from gate.enrol.set_up_lights import SetUpLights, failed, open_lights
from gate.enrol.shown import AWAY_S, codes_seen
from gate.enrol.words import SETBACK_WORDS
from gate.errors import ConfigError, DeviceError, EnrolError, EventError, Setback
from gate.events.set_up_state import SetUp, SetUpState, decode_set_up, encode_set_up
from gate.sim.devices import SimDecoder, picture_of
from gate.trust.enrolment import HubDoor
from tests.enrol.joining_unit import ALONE, Machine
from tests.trust.set_up_codes import text

NOWHERE = text(hub=HubDoor(url="http://127.0.0.1:9", token=bytes(16)))
OTHER = text(hub=HubDoor(url="http://127.0.0.1:9", token=bytes(range(1, 17))))


@dataclass
class Shows:
    """A camera before which this is held up: at which second, what text."""

    held: Sequence[tuple[float, str]]
    live: bool = False

    def frames(self) -> Iterator[Frame]:
        for at_s, shown in self.held:
            yield Frame(luma=picture_of(*[shown] if shown else []), at_s=at_s)

    def close(self) -> None:
        """Nothing is held open."""


class Lamps(SetUpLights):
    """Remembers what was played."""

    def __init__(self) -> None:
        super().__init__(None)
        self.played: list[str] = []

    def play(self, pattern: Pattern, name: str) -> None:
        assert pattern.steps
        self.played.append(name)


@pytest.mark.parametrize(
    ("held", "taken"),
    [
        pytest.param([(0, "CC1:A"), (1, ""), (2, NOWHERE)], [NOWHERE], id="a card is no code"),
        pytest.param([(0, NOWHERE), (60, NOWHERE)], [NOWHERE], id="held while it was tried"),
        pytest.param(
            [(0, NOWHERE), (60, ""), (60 + AWAY_S, NOWHERE)], [NOWHERE], id="away too short a time"
        ),
        pytest.param(
            [(0, NOWHERE), (60, ""), (60 + AWAY_S, ""), (64, NOWHERE)],
            [NOWHERE, NOWHERE],
            id="taken down and held up again",
        ),
        pytest.param(
            [(0, NOWHERE), (60, ""), (61, NOWHERE), (63.5, ""), (64, NOWHERE)],
            [NOWHERE],
            id="a hand that trembles",
        ),
        pytest.param([(0, NOWHERE), (1, OTHER)], [NOWHERE, OTHER], id="another at once"),
    ],
)
def test_a_code_is_tried_once_each_time_it_is_held_up(
    held: list[tuple[float, str]], taken: list[str]
) -> None:
    assert list(codes_seen(Shows(held), SimDecoder())) == taken


def test_of_several_codes_in_view_none_is_taken(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    sheet = picture_of(ALONE, NOWHERE)
    setbacks: list[Setback] = []

    class Sheet(Shows):
        def frames(self) -> Iterator[Frame]:
            yield Frame(luma=sheet, at_s=0.0)
            yield from super().frames()

    camera = Sheet([(1, ALONE)])
    told = (machine.told.append, lambda error: setbacks.append(error.setback))
    set_up(camera, SimDecoder(), machine.means(), Lamps(), told)

    assert setbacks == [Setback.SEVERAL_CODES]
    assert machine.paths.config.exists()


def test_codes_are_tried_until_one_is_good(tmp_path: Path) -> None:
    machine, lamps = Machine(tmp_path), Lamps()
    setbacks: list[Setback] = []

    camera = Shows([(0, NOWHERE), (1, ""), (2, ALONE), (3, OTHER)])
    told = (machine.told.append, lambda error: setbacks.append(error.setback))
    set_up(camera, SimDecoder(), machine.means(), lamps, told)

    assert setbacks == [Setback.HUB_UNREACHABLE]
    assert machine.paths.config.exists()
    seen = ["set-up", "a code was seen"]
    assert lamps.played == ["set-up", *seen, "setback hub_unreachable", *seen, "done"]


def test_a_camera_that_shows_no_good_code_leaves_no_unit(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    told = (machine.told.append, lambda _error: None)
    with pytest.raises(EnrolError, match="pictures ended"):
        set_up(Shows([(0, "")]), SimDecoder(), machine.means(), Lamps(), told)
    assert not is_unit(machine.means())


def test_a_machine_that_a_hand_made_a_unit_meanwhile_waits_no_longer(tmp_path: Path) -> None:
    machine, lamps = Machine(tmp_path), Lamps()
    machine.joins()
    told = (machine.told.append, lambda _error: None)
    set_up(Shows([(0, OTHER)]), SimDecoder(), machine.means(), lamps, told)
    assert lamps.played == ["set-up"]
    assert is_unit(machine.means())


def test_two_never_join_one_machine_at_once(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    with (
        machine.means().staging.alone(),
        pytest.raises(ConfigError, match="another gate enrol is at work"),
    ):
        machine.joins()
    machine.joins()


@pytest.mark.parametrize("setback", list(Setback))
def test_a_setback_sounds_as_its_row_says(setback: Setback) -> None:
    words = SETBACK_WORDS[setback]
    beeps = [step.seconds for step in failed(setback).steps if step.tone_hz]
    long, short = set_up_lights.LONG_S, set_up_lights.SHORT_S
    assert beeps == [long] * words.long + [short] * words.short
    assert failed(setback).rests
    assert len({step.lights for step in failed(setback).steps}) == 1  # nothing flashes


def test_the_set_up_light_takes_no_relays_pin(tmp_path: Path) -> None:
    wiring = tmp_path / "wiring.toml"
    wiring.write_text('[outputs]\nfactory = "mock"\nentry_relay = 17\ngreen = 4\nsounder = 5\n')
    pins, factory = set_up_lights.lamp_pins(wiring)
    assert (pins.entry_relay, pins.exit_relay, pins.green, pins.sounder) == (None, None, 4, 5)
    assert factory == "mock"
    open_lights(wiring, lambda: 0.0).close()
    assert set_up_lights.lamp_pins(None) == (
        OutputPins(green=27, red=22, amber=23, sounder=24),
        "lgpio",
    )


def test_a_lamp_that_fails_stops_nobody(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    outputs = open_outputs(OutputPins(green=4), "mock", lambda: 0.0)
    lights = SetUpLights(outputs)
    outputs.close()
    with caplog.at_level(logging.WARNING):
        lights.play(set_up_lights.WAITING, "set-up")
    assert "set-up light" in caplog.text
    wiring = tmp_path / "wiring.toml"
    wiring.write_text('[outputs]\nfactory = "mock"\ngreen = "four"\n')
    open_lights(wiring, lambda: 0.0).play(set_up_lights.WAITING, "set-up")
    assert "a pin that is no number" in str(caplog.records[-1].__dict__["error"])


def test_a_teller_keeps_the_last_step_for_a_screen(tmp_path: Path) -> None:
    machine, file = Machine(tmp_path), tmp_path / "setup.json"
    teller = Teller(as_json=True, file=file)
    teller.wait()
    assert decode_set_up(file.read_bytes()).state is SetUp.WAITING
    with pytest.raises(EnrolError) as caught:
        machine.joins(NOWHERE)
    for told in machine.told:
        teller.tell(told)
    found = decode_set_up(file.read_bytes())
    assert (found.state, found.says) == (SetUp.WORKING, "looking for the hub")
    assert len(found.words.split()) == 8
    teller.fail(caught.value)
    found = decode_set_up(file.read_bytes())
    assert (found.state, found.says) == (SetUp.FAILED, "The hub does not answer.")
    assert found.step.startswith("See that it runs")
    teller.broken(str(DeviceError("camera: not there\n" * 30)))
    assert decode_set_up(file.read_bytes()).state is SetUp.BROKEN
    assert file.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff", b"{}", b"[" * 3000, b'{"state": "x", "says": "", "step": ""}'],
)
def test_what_is_no_state_is_an_error(data: bytes) -> None:
    with pytest.raises(EventError, match=r"^set-up: "):
        decode_set_up(data)


def test_a_state_is_read_as_it_was_written() -> None:
    state = SetUpState(state=SetUp.DONE, says="fertig: Tür", step="", words="a b")
    assert decode_set_up(encode_set_up(state)) == state
    with pytest.raises(EventError):
        decode_set_up(encode_set_up(state).replace(b"done", b"gone"))
    with pytest.raises(EventError):
        decode_set_up(encode_set_up(state).replace(b'"a b"', b"[1]"))


@pytest.mark.parametrize(
    ("wiring", "says"),
    [
        ("[camera\n", "wiring.toml: not TOML"),
        ('[camera]\nsource = "webcam"\n', "webcam"),
        ('[camera]\nsource = "usb:/dev/none"\n[outputs]\nfactory = "mock"\n', "/dev/none"),
    ],
)
def test_a_wiring_or_a_camera_that_can_not_be_is_told_where_people_look(
    tmp_path: Path, wiring: str, says: str
) -> None:
    machine, told = Machine(tmp_path), tmp_path / "setup.json"
    file = tmp_path / "wiring.toml"
    file.write_text(wiring)
    means = replace(machine.means(), wiring=file)
    with pytest.raises((ConfigError, DeviceError)):
        wait_for_codes(means, Teller(as_json=True, file=told), None)
    state = decode_set_up(told.read_bytes())
    assert state.state is SetUp.BROKEN
    assert says in state.says

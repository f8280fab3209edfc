"""Joining: what happens to a machine by a code, without a hub and before one is reached."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gate.config import load_config, load_policy
from gate.enrol.attempt import FAIL_SAFE_S, join, recover
from gate.enrol.steps import CLOCK_S, Step
from gate.enrol.unit_file import Belongings, standard_wiring, write_unit_file
from gate.enrol.words import SETBACK_WORDS
from gate.errors import EnrolError, Setback
from gate.sim.issuer import NOW
from gate.sim.network import SimulatedNetwork
from gate.trust.enrolment import Alone, HubDoor
from gate.trust.network import Network, WiFi, Wired
from gate.trust.place import Place, lanes_called
from tests.enrol.joining_unit import ALONE, RULES, Machine
from tests.trust.set_up_codes import DOOR, PLACE, text
from tests.trust.set_up_codes import HUB as HUB_KEY

HUB = text(network=Network(link=WiFi(ssid="Site", passphrase="correct horse")))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_code_without_a_hub_makes_a_unit_that_goes_by_its_rules(machine: Machine) -> None:
    machine.joins(ALONE)

    config = load_config(machine.paths.config)
    assert (config.unit.name, config.unit.site, config.hub) == ("Gate A", "kings-wharf", None)
    assert [(lane.name, lane.direction) for lane in config.access_point] == [("Gate A in", "in")]
    assert config.outputs is not None
    assert config.outputs.entry_relay == 17
    assert load_policy(config.unit.policy).site == "kings-wharf"
    assert machine.network.kept == Network(link=Wired())
    assert [told.step for told in machine.told] == [Step.CODE, Step.COMMIT, Step.COMMIT]
    assert machine.told[-1].is_done


def test_rules_of_a_code_have_no_end(machine: Machine) -> None:
    machine.clock.advance(timedelta(days=365).total_seconds())
    machine.joins(ALONE)
    assert machine.paths.policy.read_text() == RULES


def test_a_unit_of_two_lanes_gets_both_by_the_projects_drawing(machine: Machine) -> None:
    place = Place(site="kings-wharf", name="Gate B", lanes=lanes_called("Gate B", "both"))
    machine.joins(text(hub=None, alone=Alone(place=place, policy=RULES)))
    lanes = load_config(machine.paths.config).access_point
    assert [lane.outputs and lane.outputs.entry_relay for lane in lanes] == [17, None]
    assert [lane.outputs and lane.outputs.exit_relay for lane in lanes] == [None, 18]


def test_the_wiring_beside_the_units_file_counts(machine: Machine, tmp_path: Path) -> None:
    wiring = tmp_path / "wiring.toml"
    wiring.write_text(
        '[camera]\nsource = "usb:/dev/video0"\n[outputs]\nentry_relay = 4\n'
        "relay_active_high = false\n[inputs]\nheld_s = 5.5\n"
    )
    join(ALONE, replace(machine.means(), wiring=wiring), machine.told.append)
    config = load_config(machine.paths.config)
    assert config.camera is not None
    assert config.outputs is not None
    assert config.inputs is not None
    assert config.camera.source == "usb:/dev/video0"
    assert (config.outputs.entry_relay, config.outputs.relay_active_high) == (4, False)
    assert config.inputs.held_s == 5.5


@pytest.mark.parametrize(
    "wiring",
    [
        "[camera\n",
        '[camera]\nsource = "webcam"\n',
        "[outputs]\nentry_relay = 4\ngreen = 4\n",
        "[inputs]\nfire = 16\n",
    ],
)
def test_a_wiring_that_can_not_be_is_no_fault_of_the_disk(
    machine: Machine, tmp_path: Path, wiring: str
) -> None:
    file = tmp_path / "wiring.toml"
    file.write_text(wiring)
    with pytest.raises(EnrolError) as caught:
        join(ALONE, replace(machine.means(), wiring=file), machine.told.append)
    assert caught.value.setback is Setback.WIRING
    assert not machine.paths.config.exists()


@pytest.mark.parametrize(
    "setback",
    [
        Setback.NO_CABLE,
        Setback.WIFI_MISSING,
        Setback.WIFI_PASSWORD,
        Setback.NO_MODEM,
        Setback.NO_ADDRESS,
        Setback.NO_NETWORK,
    ],
)
def test_a_network_that_does_not_come_up_leaves_everything_as_it_was(
    machine: Machine, setback: Setback
) -> None:
    before = machine.files()
    machine.network.trouble = setback
    assert machine.setback(HUB) is setback
    assert machine.files() == before
    assert (machine.network.tried, machine.network.kept) == (None, None)
    assert machine.told[-1].step is Step.NETWORK


@pytest.mark.parametrize(
    ("code", "setback"),
    [
        ("CC1:ABC", Setback.NOT_A_CODE),
        (HUB[:-9], Setback.DAMAGED_CODE),
        ("GE7:ABC", Setback.NEWER_CODE),
    ],
)
def test_what_is_no_code_touches_nothing(machine: Machine, code: str, setback: Setback) -> None:
    assert machine.setback(code) is setback
    assert machine.network.connections == 0
    assert machine.files() == {}


@pytest.mark.parametrize("days", [-400, -2, 400])
def test_a_clock_that_can_not_be_right_ends_it(machine: Machine, days: int) -> None:
    machine.clock.set(NOW + timedelta(days=days))
    assert machine.setback(HUB) is Setback.CLOCK_WRONG
    assert machine.clock.monotonic() == pytest.approx(CLOCK_S, abs=1)
    assert machine.network.tried is None


class SlowNetwork(SimulatedNetwork):
    """Comes up when it is too late."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self.machine = machine

    def connect(self, network: Network, deadline_s: float) -> None:
        super().connect(network, deadline_s)
        self.machine.clock.advance(FAIL_SAFE_S)


def test_a_machine_that_takes_too_long_goes_back(machine: Machine) -> None:
    machine.network = SlowNetwork(machine)
    assert machine.setback(HUB) is Setback.OUT_OF_TIME
    assert machine.told[-1].step is Step.CLOCK
    assert machine.network.tried is None
    assert machine.files() == {}


def test_a_clock_that_is_set_meanwhile_is_waited_for(machine: Machine) -> None:
    machine.clock.set(NOW - timedelta(days=400))
    waits = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        machine.clock.advance(seconds)
        if len(waits) == 5:
            machine.clock.set(NOW)

    nowhere = text(hub=HubDoor(url="http://127.0.0.1:9", token=bytes(16)))
    with pytest.raises(EnrolError) as caught:
        join(nowhere, machine.means(wait), machine.told.append)
    assert caught.value.setback is Setback.HUB_UNREACHABLE
    assert (machine.told[-1].step, len(waits)) == (Step.TLS, 5)


def test_a_unit_of_a_hub_is_not_made_another_by_a_code(machine: Machine) -> None:
    machine.joins(ALONE)
    text_alone = machine.paths.config.read_text()
    hub = f'\n[hub]\nurl = "https://hub.example.org"\nkey = "{"d7" * 31}51"\n'
    key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    machine.paths.config.write_text(
        text_alone.replace(
            "[[access_point]]", f"{hub.replace('d7' * 31 + '51', key)}\n[[access_point]]"
        )
    )
    before = machine.files()
    assert machine.setback(ALONE) is Setback.IN_USE
    assert machine.setback(HUB) is Setback.IN_USE
    assert machine.files() == before


def test_a_unit_that_stands_alone_may_be_shown_another_code(machine: Machine) -> None:
    machine.joins(ALONE)
    place = Place(site="hillside", name="Gate Z", lanes=PLACE.lanes)
    rules = RULES.replace("kings-wharf", "hillside")
    machine.joins(text(hub=None, alone=Alone(place=place, policy=rules)))
    assert load_config(machine.paths.config).unit.name == "Gate Z"


def test_nothing_was_cut_where_nothing_was(machine: Machine) -> None:
    assert not recover(machine.means())


def test_each_setback_has_words_and_beeps_of_its_own() -> None:
    assert set(SETBACK_WORDS) == set(Setback)
    rows = SETBACK_WORDS.values()
    assert len({(row.long, row.short) for row in rows}) == len(rows)
    assert len({row.what for row in rows}) == len(rows)
    assert all(row.what.endswith(".") and row.step.endswith(".") for row in rows)
    assert all(1 <= row.long <= 5 and 1 <= row.short <= 7 for row in rows)


def test_the_how_to_tells_each_setback_as_the_unit_does() -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "put-a-unit-to-work.md"
    told = [line for line in page.read_text("utf-8").splitlines() if re.match(r"\| \d \+ ", line)]
    rows = sorted(SETBACK_WORDS.values(), key=lambda row: (row.long, row.short))
    assert told == [f"| {row.long} + {row.short} | {row.what} | {row.step} |" for row in rows]


def test_the_units_file_names_the_proxy_of_the_codes_network(tmp_path: Path) -> None:
    names = ("journal", "trust", "policy", "site_key", "key")
    paths = {name: tmp_path / name for name in names}
    belongings = Belongings(
        **paths, hub_key=HUB_KEY.verifying_key.public.hex(), proxy="192.0.2.3:3128"
    )
    file = tmp_path / "unit.toml"
    file.write_text(write_unit_file(PLACE, DOOR, belongings, standard_wiring(PLACE.lanes)), "utf-8")
    hub = load_config(file).hub
    assert hub is not None
    assert hub.proxy == "192.0.2.3:3128"

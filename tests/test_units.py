"""The systemd units, judged by systemd itself and by what the documents promise of them."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from gate.cli.screen import EXIT_NONE_ASKED_FOR
from gate.store.support import ASKED, BUNDLE, ENDED, SUPPORT

ROOT: Final = Path(__file__).parent.parent
FOLDER: Final = ROOT / "systemd"
UNIT_SERVICES: Final = [
    file for file in sorted(FOLDER.glob("gate-*.service")) if not file.name.startswith("gate-hub")
]
SET_UP: Final = "gate-enrol.service"
AT_WORK: Final = [file for file in UNIT_SERVICES if file.name != SET_UP]
MOST_EXPOSED: Final = {
    "gate-unit.service": 1.2,
    "gate-uplink.service": 1.5,
    "gate-doctor.service": 1.9,
    "gate-support.service": 1.9,
    SET_UP: 2.7,
}
"""Of systemd's 10; what is above has to be argued for in the unit's file."""

ANALYZE: Final = shutil.which("systemd-analyze")


@pytest.fixture
def analyze() -> str:
    assert ANALYZE, "systemd-analyze is missing; see scripts/debian-packages.txt"
    return ANALYZE


def _service(name: str) -> dict[str, list[str]]:
    """Return the settings of a unit, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        key, mark, value = line.partition("=")
        if mark and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("file", UNIT_SERVICES, ids=lambda file: file.name)
def test_systemd_finds_no_fault_in_a_unit(analyze: str, file: Path, tmp_path: Path) -> None:
    # The program isn't here; what it is asked is gate's own tests' business.
    text = re.sub(
        r"^(Exec\w+=)/opt/gate/.*$", r"\1/bin/true", file.read_text("utf-8"), flags=re.MULTILINE
    )
    copy = tmp_path / file.name
    copy.write_text(text, "utf-8")
    command = [analyze, "verify", "--man=no", "--recursive-errors=no", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert file.name not in done.stderr


@pytest.mark.parametrize("name", sorted(MOST_EXPOSED))
def test_a_unit_is_no_more_exposed_than_it_has_to_be(analyze: str, name: str) -> None:
    command = [analyze, "security", "--offline=true", "--json=short", str(FOLDER / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    table: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(table) > 60
    words = [analyze, "security", "--offline=true", "--no-pager", str(FOLDER / name)]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout  # noqa: S603
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert level is not None
    assert float(level[1]) <= MOST_EXPOSED[name], [row for row in table if row.get("exposure")]


def test_the_gate_process_has_no_network_and_only_its_own_devices() -> None:
    unit = _service("gate-unit.service")
    assert unit["RestrictAddressFamilies"] == ["AF_UNIX AF_NETLINK"]
    assert unit["PrivateNetwork"] == ["yes"]
    assert unit["DevicePolicy"] == ["closed"]
    devices = {value.split()[0] for value in unit["DeviceAllow"]}
    assert devices == {"char-gpiochip", "char-video4linux", "char-media", "char-dma_heap"}


def test_the_gate_process_is_watched_and_tried_for_ever() -> None:
    unit = _service("gate-unit.service")
    assert unit["Type"] == ["notify"]
    assert 3 <= int(unit["WatchdogSec"][0]) <= 15
    assert unit["Restart"] == ["always"]
    assert unit["StartLimitIntervalSec"] == ["0"]


@pytest.mark.parametrize("file", AT_WORK, ids=lambda file: file.name)
def test_a_unit_is_bounded_and_starts_in_order(file: Path) -> None:
    unit = _service(file.name)
    assert "MemoryMax" in unit
    assert unit["User"][0] != "root"
    assert unit["NoNewPrivileges"] == ["yes"]
    if file.name != "gate-unit.service":
        assert "gate-unit.service" in unit["After"][0].split()


@pytest.mark.parametrize("file", AT_WORK, ids=lambda file: file.name)
def test_a_unit_writes_nowhere_but_in_its_folders(file: Path) -> None:
    unit = _service(file.name)
    assert unit["ProtectSystem"] == ["strict"]
    laid_out = {
        line.split()[1]
        for line in (FOLDER / "tmpfiles.d" / "gate.conf").read_text("utf-8").splitlines()
        if line.startswith("d ")
    }
    assert set(" ".join(unit.get("ReadWritePaths", [])).split()) <= laid_out


def test_a_bundle_is_asked_for_where_its_service_takes_the_ask_away() -> None:
    place = str(SUPPORT)
    path, service = _service("gate-support.path"), _service("gate-support.service")
    assert path["PathExists"] == [f"{place}/{ASKED}"]
    assert service["ExecStartPre"] == [f"/bin/rm -f {place}/{ASKED}"]
    assert service["ExecStart"][0].endswith(f" --bundle {place}/{BUNDLE}")
    assert service["ExecStopPost"] == [f"/bin/touch {place}/{ENDED}"]
    assert "systemd-journal" in service["SupplementaryGroups"][0].split()
    for one in (service, _service("gate-uplink.service")):
        assert place in one["ReadWritePaths"][0].split()
    assert "SupplementaryGroups" not in _service("gate-uplink.service")


def test_set_up_waits_only_where_there_is_no_unit_and_then_starts_the_gate() -> None:
    unit = _service(SET_UP)
    pending = "|/var/lib/gate/enrol/new.json"
    assert unit["ConditionPathExists"] == ["|!/etc/gate/unit.toml", pending]
    gate = ["gate-unit.service", "gate-uplink.service", "gate-status.service"]
    assert unit["OnSuccess"][0].split() == gate
    [after] = unit["ExecStopPost"]
    assert after.endswith(f"try-restart {' '.join(gate)}'")
    assert '"$SERVICE_RESULT" != success' in after
    assert unit["Restart"] == ["on-failure"]
    assert unit["CapabilityBoundingSet"] == ["CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER"]
    assert "MemoryMax" in unit


@pytest.mark.parametrize("file", UNIT_SERVICES, ids=lambda file: file.name)
def test_a_filter_lets_the_clock_be_asked_and_kills_nobody(file: Path) -> None:
    unit = _service(file.name)
    allowed = " ".join(unit.get("SystemCallFilter", [])).split()
    assert not allowed or {"adjtimex", "clock_adjtime"} <= set(allowed)
    assert not allowed or unit["SystemCallErrorNumber"] == ["EPERM"]


def test_the_gate_waits_for_nobody_that_waits_for_the_network() -> None:
    waits = {
        file.name: set(" ".join(_service(file.name).get("After", [])).split())
        for file in UNIT_SERVICES
    }
    for file in UNIT_SERVICES:
        for other in " ".join(_service(file.name).get("Before", [])).split():
            waits[other].add(file.name)
    # A job waits for what its unit comes after even if a condition then leaves that unit out.
    before, found = {"gate-unit.service"}, set()
    while before:
        found |= before
        before = {name for one in before for name in waits.get(one, ())} - found
    assert found == {"gate-unit.service"}
    assert "NetworkManager.service" in waits[SET_UP]


@pytest.mark.parametrize(("name", "table"), [("gate-uplink", "hub"), ("gate-status", "status")])
def test_a_service_is_left_out_where_its_table_is(name: str, table: str, tmp_path: Path) -> None:
    file = tmp_path / "unit.toml"
    [condition] = _service(f"{name}.service")["ExecCondition"]
    command = shlex.split(condition.replace("/etc/gate/unit.toml", str(file)))
    example = (ROOT / "config" / "unit.toml").read_text("utf-8")
    uncommented = example.replace(f"# [{table}]", f"[{table}]")
    assert uncommented != example
    for text, is_there in (
        (example, False),
        (uncommented, True),
        (f"[{table}]\n", True),
        (f" [ {table} ] # ours\n", True),
        (f'[unit]\nname = "[{table}]"\n', False),
        (f"[{table}s]\n", False),
    ):
        file.write_text(text, "utf-8")
        done = subprocess.run(command, check=False)  # noqa: S603
        assert (done.returncode == 0) is is_there, text


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.conf.d/*.conf")), ids=str)
def test_a_setting_has_one_section_and_a_reason(file: Path) -> None:
    assert file.read_text("utf-8").startswith("# ")
    parser = configparser.ConfigParser()
    parser.read(file, "utf-8")
    assert len(parser.sections()) == 1


def test_systemd_leaves_a_screen_that_no_unit_file_asks_for() -> None:
    service = _service("gate-screen.service")
    assert service["Restart"] == ["always"]
    assert service["RestartPreventExitStatus"] == [str(EXIT_NONE_ASKED_FOR)]
    assert service["SuccessExitStatus"] == [str(EXIT_NONE_ASKED_FOR)]


def test_the_screens_service_draws_every_lane_and_the_page_says_how_to_draw_one() -> None:
    [command] = _service("gate-screen.service")["ExecStart"]
    page = (ROOT / "docs" / "how-to" / "drive-two-lanes.md").read_text("utf-8")
    lanes, set_up = command.split(" --set-up ")
    assert lanes == "/opt/gate/bin/gate screen --config /etc/gate/unit.toml"
    assert set_up in _service(SET_UP)["ExecStart"][0]
    assert f"   ExecStart=\n   ExecStart={command} --lane in\n" in page

"""The systemd units of the hub: they run commands that exist, as nobody in particular."""

import configparser
import shlex
from pathlib import Path
from typing import Final

import pytest

from gate.cli.main import gate, run

FOLDER: Final = Path(__file__).parents[2] / "systemd"
SERVICES: Final = (
    "gate-hub.service",
    "gate-hub-verify.service",
    "gate-hub-retention.service",
    "gate-hub-fleet.service",
    "gate-hub-desk.service",
    "gate-hub-mail.service",
)


def _section(file: str, section: str) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys keep their case
    parser.read(FOLDER / file, "utf-8")
    return parser[section]


@pytest.mark.parametrize("file", SERVICES)
def test_a_service_runs_a_command_that_exists(file: str) -> None:
    program, *words = shlex.split(_section(file, "Service")["ExecStart"])
    assert program.endswith("/gate")
    assert run(gate, [*words, "--help"]) == 0


@pytest.mark.parametrize("file", SERVICES)
def test_a_service_is_no_root_and_gains_nothing(file: str) -> None:
    service = _section(file, "Service")
    assert service["User"] == "gate-hub"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectory"] == "gate-hub"


def test_the_record_is_checked_each_night_and_after_a_night_without_power() -> None:
    timer = _section("gate-hub-verify.timer", "Timer")
    assert (timer["OnCalendar"], timer["Persistent"]) == ("*-*-* 02:30", "yes")
    assert "Unit" not in timer  # it starts the service of its own name
    assert _section("gate-hub-verify.service", "Service")["Type"] == "oneshot"


def test_old_names_go_each_night_before_the_record_is_checked() -> None:
    timer = _section("gate-hub-retention.timer", "Timer")
    assert (timer["OnCalendar"], timer["Persistent"]) == ("*-*-* 01:30", "yes")
    assert timer["OnCalendar"] < _section("gate-hub-verify.timer", "Timer")["OnCalendar"]
    assert "Unit" not in timer
    assert _section("gate-hub-retention.service", "Service")["Type"] == "oneshot"


def test_the_fleet_s_trust_is_renewed_each_day_without_a_network() -> None:
    timer = _section("gate-hub-fleet.timer", "Timer")
    assert (timer["OnCalendar"], timer["Persistent"]) == ("*-*-* 03:30", "yes")
    assert "Unit" not in timer
    service = _section("gate-hub-fleet.service", "Service")
    assert (service["Type"], service["PrivateNetwork"]) == ("oneshot", "yes")


def test_status_lists_are_looked_at_each_hour_and_after_an_hour_without_power() -> None:
    timer = _section("gate-hub-desk.timer", "Timer")
    assert (timer["OnCalendar"], timer["Persistent"]) == ("hourly", "yes")
    assert "Unit" not in timer
    assert _section("gate-hub-desk.service", "Service")["Type"] == "oneshot"


def test_e_mail_is_looked_at_each_minute() -> None:
    timer = _section("gate-hub-mail.timer", "Timer")
    assert (timer["OnCalendar"], timer["AccuracySec"]) == ("minutely", "1s")
    assert "Unit" not in timer
    assert _section("gate-hub-mail.service", "Service")["Type"] == "oneshot"

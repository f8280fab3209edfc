"""The systemd unit of the hub: it runs a command that exists, as nobody in particular."""

import configparser
import shlex
from pathlib import Path
from typing import Final

from gate.cli.main import gate, run

FILE: Final = Path(__file__).parents[2] / "systemd" / "gate-hub.service"


def _service() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys keep their case
    parser.read(FILE, "utf-8")
    return parser["Service"]


def test_the_service_runs_a_command_that_exists() -> None:
    program, *words = shlex.split(_service()["ExecStart"])
    assert program.endswith("/gate")
    assert run(gate, [*words, "--help"]) == 0


def test_the_service_is_no_root_and_gains_nothing() -> None:
    service = _service()
    assert service["User"] == "gate-hub"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectory"] == "gate-hub"

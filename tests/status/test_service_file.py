"""The page's service: what it starts is there, and nothing that it could write is."""

from pathlib import Path

from gate.cli.main import SUBCOMMANDS

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "systemd" / "gate-status.service").read_text("utf-8").splitlines()


def test_it_starts_the_command_that_there_is() -> None:
    (start,) = [line for line in LINES if line.startswith("ExecStart=")]
    program, command, option, file = start.removeprefix("ExecStart=").split()
    assert program == "/opt/gate/bin/gate"
    assert command in SUBCOMMANDS
    assert (option, file) == ("--config", "/etc/gate/unit.toml")


def test_it_may_write_nothing_and_has_no_rights() -> None:
    assert "ProtectSystem=strict" in LINES
    assert not [line for line in LINES if line.startswith(("ReadWritePaths", "StateDirectory"))]
    assert "CapabilityBoundingSet=" in LINES
    assert "NoNewPrivileges=yes" in LINES
    assert "MemoryMax=64M" in LINES


def test_a_unit_that_has_no_page_is_left_alone() -> None:
    assert any(line.startswith("ExecCondition=/usr/bin/grep ") for line in LINES)
    example = (ROOT / "config" / "unit.toml").read_text("utf-8").splitlines()
    assert "[status]" not in example
    assert any(line.startswith("# [status]") for line in example)

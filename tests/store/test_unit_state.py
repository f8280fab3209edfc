"""The small files that the gate keeps beside its journal: of time, and of commands."""

from datetime import timedelta
from pathlib import Path

import pytest

from gate.errors import TrustError
from gate.sim.issuer import NOW
from gate.store.clock_state import clock_state_path, read_clock_state, write_clock_state
from gate.store.command_state import (
    MAX_DONE,
    CommandState,
    command_state_path,
    read_command_state,
    write_command_state,
)
from gate.trust.clock_floor import ClockState

CLOCK = ClockState(floor=NOW, untrusted_s=3600.0, boot_id="b", uptime_s=7.5, at=NOW, trusted=True)
COMMANDS = CommandState(locked_down=True, done={bytes(range(16)): NOW + timedelta(hours=1)})


def test_they_lie_beside_the_journal() -> None:
    journal = Path("/var/lib/gate/journal.db")
    assert clock_state_path(journal) == Path("/var/lib/gate/clock.json")
    assert command_state_path(journal) == Path("/var/lib/gate/commands.json")


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    write_clock_state(tmp_path / "clock", CLOCK)
    write_command_state(tmp_path / "commands", COMMANDS)

    assert read_clock_state(tmp_path / "clock") == CLOCK
    assert read_command_state(tmp_path / "commands") == COMMANDS


def test_what_was_never_kept_is_none(tmp_path: Path) -> None:
    assert read_clock_state(tmp_path / "clock") is None
    assert read_command_state(tmp_path / "commands") is None


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(b"[" * 100_000, id="nested"),
        pytest.param(b" " * (1 << 18), id="endless"),
        pytest.param(b'{"version": 1}', id="fields missing"),
        pytest.param(b'{"version": 2, "locked_down": false, "done": {}}', id="another version"),
        pytest.param(b'{"version": 1, "locked_down": 0, "done": {}}', id="no truth"),
        pytest.param(b'{"version": 1, "locked_down": false, "done": []}', id="no map"),
        pytest.param(
            b'{"version": 1, "locked_down": false, "done": {"00": 1800000000}}', id="a short id"
        ),
        pytest.param(
            b'{"version": 1, "locked_down": false, "done": {"%s": 1}}' % (b"00" * 16),
            id="before 2020",
        ),
    ],
)
def test_what_is_damaged_is_an_error_that_names_the_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(data)

    with pytest.raises(TrustError, match=r"kept\.json"):
        read_command_state(path)
    with pytest.raises(TrustError, match=r"kept\.json"):
        read_clock_state(path)


def test_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "kept.json"
    with pytest.raises(TrustError, match="can't be written"):
        write_clock_state(path, CLOCK)
    with pytest.raises(TrustError, match="can't be written"):
        write_command_state(path, COMMANDS)


def test_more_commands_than_any_hub_gives_are_not_kept(tmp_path: Path) -> None:
    done = {number.to_bytes(16): NOW for number in range(MAX_DONE + 1)}
    with pytest.raises(TrustError, match=f"{MAX_DONE + 1} commands, at most {MAX_DONE}"):
        write_command_state(tmp_path / "commands", CommandState(done=done))

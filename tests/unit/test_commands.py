"""Commands of the site's hub: once, in time, under a clock that can be relied upon."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate.trust.manifest import Command, CommandKind
from gate.unit.commands import Commands
from gate.unit.stamp import Stamp

NOW = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TRUSTED = Stamp(at=NOW, trusted=True)


def command(number: int, kind: CommandKind, not_after: datetime = NOW + HOUR) -> Command:
    return Command(id=bytes([number]) * 16, kind=kind, not_after=not_after)


LOCK = command(1, CommandKind.LOCKDOWN)
LIFT = command(2, CommandKind.LIFT)
RELEASE = command(3, CommandKind.TEST_RELEASE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "commands.json"


def test_a_command_is_done_once(path: Path) -> None:
    commands = Commands(path)
    assert list(commands.due([RELEASE], TRUSTED)) == [RELEASE]
    assert list(commands.due([RELEASE], TRUSTED)) == []


def test_a_command_is_done_once_though_the_process_ends(path: Path) -> None:
    list(Commands(path).due([RELEASE], TRUSTED))
    assert list(Commands(path).due([RELEASE], TRUSTED)) == []


def test_nothing_is_done_under_an_untrusted_clock_and_waits_for_a_trusted_one(path: Path) -> None:
    commands = Commands(path)
    assert list(commands.due([LOCK, RELEASE], Stamp(at=NOW, trusted=False))) == []
    assert not commands.locked_down
    assert list(commands.due([LOCK, RELEASE], TRUSTED)) == [LOCK, RELEASE]


@pytest.mark.parametrize(("late", "done"), [(timedelta(0), 1), (timedelta(seconds=1), 0)])
def test_nothing_is_done_after_its_time(path: Path, late: timedelta, done: int) -> None:
    stamp = Stamp(at=LOCK.not_after + late, trusted=True)
    assert len(list(Commands(path).due([LOCK], stamp))) == done


def test_a_lock_down_lasts_across_a_restart_until_it_is_lifted(path: Path) -> None:
    list(Commands(path).due([LOCK], TRUSTED))
    again = Commands(path)
    assert again.locked_down
    assert list(again.due([LOCK, LIFT], TRUSTED)) == [LIFT]
    assert not again.locked_down
    assert not Commands(path).locked_down


def test_a_lock_down_does_not_wait_for_the_disk_and_everything_else_does(tmp_path: Path) -> None:
    directory = tmp_path / "gone"
    commands = Commands(directory / "commands.json")

    assert list(commands.due([RELEASE, LOCK, LIFT], TRUSTED)) == [LOCK]
    assert list(commands.due([RELEASE, LOCK, LIFT], TRUSTED)) == []
    assert commands.locked_down
    assert "can't be written" in commands.fault

    directory.mkdir()
    assert list(commands.due([RELEASE, LOCK, LIFT], TRUSTED)) == [RELEASE, LIFT]
    assert (commands.locked_down, commands.fault) == (False, "")


def test_what_was_done_is_forgotten_once_its_time_is_over(path: Path) -> None:
    commands = Commands(path)
    list(commands.due([LOCK], TRUSTED))
    list(
        commands.due(
            [command(4, CommandKind.LIFT, NOW + 3 * HOUR)], Stamp(at=NOW + 2 * HOUR, trusted=True)
        )
    )
    assert "01" * 16 not in path.read_text("ascii")


def test_a_damaged_file_opens_no_gate_for_a_test_again(path: Path) -> None:
    path.write_text("{", "ascii")
    commands = Commands(path)

    assert "damaged" in commands.fault
    assert list(commands.due([RELEASE, LOCK], TRUSTED)) == [LOCK]
    assert commands.fault == ""
    assert list(commands.due([RELEASE, LOCK], TRUSTED)) == []

"""Writers that take turns: one at a time, whoever waits."""

import errno
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import OperationalError

from gate.hub.ingest.answers import database_trouble
from gate.hub.ingest.turn import writers_turn

COUNT = 200

_COUNT_UP = """
import sys
from pathlib import Path
from gate.hub.ingest.turn import writers_turn
database, times = sys.argv[1], int(sys.argv[2])
tally = Path(database).with_name("tally")
for _ in range(times):
    with writers_turn(database):
        tally.write_text(str(int(tally.read_text()) + 1))
"""


def test_threads_and_processes_have_their_turn_one_at_a_time(tmp_path: Path) -> None:
    database, tally = str(tmp_path / "hub.db"), tmp_path / "tally"
    tally.write_text("0")

    def count_up() -> None:
        for _ in range(COUNT):
            with writers_turn(database):
                tally.write_text(str(int(tally.read_text()) + 1))

    command = [sys.executable, "-c", _COUNT_UP, database, str(COUNT)]
    with subprocess.Popen(command) as other:  # noqa: S603 - our own program
        threads = [threading.Thread(target=count_up) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert other.returncode == 0
    assert tally.read_text() == str(4 * COUNT)


def test_a_turn_ends_with_what_went_wrong_in_it(tmp_path: Path) -> None:
    database = str(tmp_path / "hub.db")
    with pytest.raises(ZeroDivisionError), writers_turn(database):
        raise ZeroDivisionError
    had = threading.Event()

    def take() -> None:
        with writers_turn(database):
            had.set()

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    assert had.is_set()


def test_nobody_but_the_hub_can_hold_its_writers_up(tmp_path: Path) -> None:
    with writers_turn(str(tmp_path / "hub.db")):
        assert (tmp_path / "hub.db-turn").stat().st_mode & 0o777 == 0o600


def test_a_database_in_memory_needs_no_turns(tmp_path: Path) -> None:
    with writers_turn(f"file:{tmp_path}/hub.db?mode=memory&cache=shared"):
        assert not list(tmp_path.iterdir())


def test_a_directory_that_is_gone_is_the_databases_trouble(tmp_path: Path) -> None:
    with (
        pytest.raises(OperationalError, match=r"hub\.db-turn: No such file") as caught,
        writers_turn(str(tmp_path / "away" / "hub.db")),
    ):
        pass
    assert database_trouble(caught.value).status_code == 503


def test_a_disk_without_room_for_a_turn_is_told_as_full() -> None:
    error = OperationalError("hub.db-turn: No space left on device")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert database_trouble(error).status_code == 507

"""Large batches have places: so many at a time, whichever process or thread takes them in."""

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import OperationalError

from gate.hub.ingest.answers import database_trouble
from gate.hub.ingest.places import LARGE_BYTES, place_for

_DIES_WITH_ONE = """
import os, sys
from pathlib import Path
from gate.hub.ingest.places import LARGE_BYTES, place_for
with place_for(LARGE_BYTES, Path(sys.argv[1]), 1):
    os.kill(os.getpid(), 9)
"""


def free_places(folder: Path) -> Iterator[str]:
    for file in sorted(folder.iterdir()):
        descriptor = os.open(file, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            yield file.name
        finally:
            os.close(descriptor)


def test_as_many_large_batches_as_there_are_places_are_taken_in_at_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(place_for(LARGE_BYTES, tmp_path, 3))
        assert len(list(tmp_path.iterdir())) == 3
        assert list(free_places(tmp_path)) == []
    assert len(list(free_places(tmp_path))) == 3


def test_one_more_waits_until_a_place_is_free(tmp_path: Path) -> None:
    had = []

    def take() -> None:
        with place_for(LARGE_BYTES, tmp_path, 1):
            had.append("the other")

    with place_for(LARGE_BYTES, tmp_path, 1):
        thread = threading.Thread(target=take)
        thread.start()
        thread.join(0.05)  # long enough to have one, if it did not wait
        had.append("the first")
    thread.join()
    assert had == ["the first", "the other"]


def test_a_batch_of_a_few_entries_waits_for_nobody(tmp_path: Path) -> None:
    with place_for(LARGE_BYTES, tmp_path, 1), place_for(LARGE_BYTES - 1, tmp_path, 1):
        assert list(free_places(tmp_path)) == []


def test_a_process_that_is_killed_gives_its_place_back(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _DIES_WITH_ONE, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == -9  # noqa: S603 - our own program
    assert list(free_places(tmp_path)) == ["place-0"]


def test_a_directory_that_is_gone_is_the_databases_trouble(tmp_path: Path) -> None:
    with (
        pytest.raises(OperationalError, match="place-0: No such file") as caught,
        place_for(LARGE_BYTES, tmp_path / "away", 1),
    ):
        pass
    assert database_trouble(caught.value).status_code == 503

"""Large batches are taken in a few at a time, so that pages are answered meanwhile.

A gate that was cut off sends what it kept as fast as the hub takes it. Each such batch keeps a
processor busy, the hub's or its database's: with more of them at once than there are processors
nothing is stored sooner, and a page waits behind all of them. While somebody looks at pages, half
of the processors are left to those. A batch of a few entries, which waits for the disk and not for
a processor, goes past. Places are locks on files (flock(2)): the kernel gives back those of a
process that ends.

On SQLite only while somebody looks: its writers take turns anyway (`gate.hub.ingest.turn`), and
the more of them wait, the more commit together.
"""

import fcntl
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import OperationalError

from gate.hub.database import PRIVATE

LARGE_BYTES: Final = 32_768
"""Unpacked; some 150 entries."""


def places_of(processors: int, *, is_looking: bool) -> int:
    """Return how many places there are: one at least, half of the processors for who looks."""
    return max(1, processors // 2) if is_looking else processors


@contextmanager
def place_for(size_bytes: int, folder: Path, places: int) -> Iterator[None]:
    """Wait for one of `places` if a batch is large, and have it; `folder` has their files.

    Raises:
        OperationalError: a file can't be made.
    """
    if size_bytes < LARGE_BYTES:
        yield
        return
    descriptor = _free(folder, places)
    try:
        yield
    finally:
        os.close(descriptor)


def _free(folder: Path, places: int) -> int:
    """Return the locked file of a place that is free, else of whichever is drawn, once it is."""
    first = random.randrange(places)  # noqa: S311 - nobody gains by guessing it
    for number in range(places):
        descriptor = _opened(folder / f"place-{(first + number) % places}")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
        else:
            return descriptor
    descriptor = _opened(folder / f"place-{first}")
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _opened(file: Path) -> int:
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    except OSError as error:
        raise OperationalError(f"{file}: {error.strerror}") from error

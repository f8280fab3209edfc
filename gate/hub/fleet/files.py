"""Whole files of the fleet's directory: all of a version in place, or none of it.

Errors stay OSError until `explained` makes them one that an operator can act on.
"""

import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gate.errors import TrustError

PRIVATE: Final = 0o600
PUBLIC: Final = 0o644


def read_file(path: Path, most_bytes: int) -> bytes:
    """Return what a file holds.

    Raises:
        TrustError: it can't be read, or holds more than `most_bytes`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as error:
        raise TrustError(f"{path}: can't be read: {error.strerror}") from error
    if len(data) > most_bytes:
        raise TrustError(f"{path}: more than {most_bytes} bytes")
    return data


def put(files: Sequence[tuple[Path, bytes]]) -> None:
    """Put each file in place, in this order, once all of them are on the disk.

    One that replaces another is the last, or nothing would be left to go back to.

    Raises:
        OSError: nothing was changed; or only the last sync of the directory failed.
    """
    parts = [(path.with_name(f".{path.name}.part"), path) for path, _ in files]
    fresh: list[Path] = []
    try:
        for (part, path), (_, data) in zip(parts, files, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            create(part, data, mode=PUBLIC)
        for part, path in parts:
            is_fresh = not path.exists()
            part.replace(path)
            if is_fresh:
                fresh.append(path)
            else:
                fresh.clear()  # what is replaced can't come back, and may name what came before it
            sync_directory(path.parent)
    except BaseException:
        for path in (*fresh, *(part for part, _ in parts)):
            path.unlink(missing_ok=True)
        raise


def create(path: Path, data: bytes, *, mode: int) -> None:
    """Write a file that is not there yet, durably; a part of it never stays."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        path.unlink()
        raise


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def mode_of(path: Path) -> int:
    """Return who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Let one command at a time change the fleet's directory; the next one waits.

    Raises:
        TrustError: there is no such directory, or the disk refuses in the block.
    """
    with explained(directory):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


@contextmanager
def explained(place: Path) -> Iterator[None]:
    """Tell the operator what the disk refused, and that nothing was changed."""
    try:
        yield
    except OSError as error:
        where = error.filename or place
        raise TrustError(
            f"{where}: {error.strerror or error}; nothing was changed; next: see that the "
            "directory is there, has room and is yours to write, then try again"
        ) from error

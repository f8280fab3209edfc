"""An update file on a stick: looked through when it is opened, then read part by part.

Whatever happens to the stick or the file afterwards is a part that can't be read.
"""

import os
import stat
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from gate.errors import TrustError, UplinkError
from gate.trust.update_file import Place, index_update


class UpdateFile(AbstractContextManager["UpdateFile"]):
    """An open update file; use it as a context manager."""

    def __init__(self, path: Path, descriptor: int, places: Mapping[str, Place]) -> None:
        """Take what `open_update` found."""
        self.path = path
        self.names = frozenset(places)
        self._places = places
        self._descriptor = descriptor

    def read(self, name: str) -> bytes | None:
        """Return a part; None if it is not in the file.

        Raises:
            UplinkError: it can't be read any more, as when the stick was pulled out.
        """
        place = self._places.get(name)
        if place is None:
            return None
        try:
            data = os.pread(self._descriptor, place.size_bytes, place.offset_bytes)
        except OSError as error:
            raise UplinkError(
                f"{self.path}: {name}: {error.strerror}; is the stick still in?"
            ) from error
        if len(data) != place.size_bytes:
            raise UplinkError(f"{self.path}: {name}: cut short since it was opened; copy it again")
        return data

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


def open_update(path: Path) -> UpdateFile:
    """Open an update file, and see that nothing stands in it that may not.

    Raises:
        TrustError: it can't be opened or read, is no plain file, or not of the form.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise TrustError(f"{path}: can't be opened: {error.strerror}") from error
    try:
        return UpdateFile(path, descriptor, _looked_through(descriptor))
    except OSError as error:
        os.close(descriptor)
        raise TrustError(f"{path}: can't be read: {error.strerror}") from error
    except TrustError as error:
        os.close(descriptor)
        raise TrustError(f"{path}: {error}") from error


def _looked_through(descriptor: int) -> Mapping[str, Place]:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise TrustError("not a plain file")
    return index_update(lambda offset, size: os.pread(descriptor, size, offset), found.st_size)

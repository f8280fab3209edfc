"""A zip with one list and its pictures, or the list alone.

Nothing in a zip is believed: each member is read up to a bound, whatever size it states, and is
never written to disk; its name is compared and nothing else.
"""

import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Final

from gate.errors import ConfigError
from gate.hub.people.table import MAX_LINES, MAX_TABLE_BYTES

MAX_BUNDLE_BYTES: Final = 1024 * 1024 * 1024
"""400 pictures of a phone's 2.5 MB."""

MAX_MEMBERS: Final = 2 * MAX_LINES
"""A list's most lines, each with a picture, and what an archiver adds of its own."""

MAX_PICTURE_BYTES: Final = 16 * 1024 * 1024
"""As `gate.paper.photo` takes them."""

_PICTURES: Final = (".jpg", ".jpeg", ".png")
_DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)
"""What zipfile raises on archives that are damaged, encrypted, or packed in another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A list's bytes, and the pictures by their names as they are compared."""

    name: str
    table: bytes
    archive: zipfile.ZipFile | None = None
    pictures: Mapping[str, zipfile.ZipInfo] = field(default_factory=dict)

    def picture(self, wanted: str) -> bytes | None:
        """Return a picture by its name; None if there is none of this name.

        Raises:
            ConfigError: it can't be unpacked, or is too large.
        """
        info = self.pictures.get(plain_name(wanted))
        if info is None or self.archive is None:
            return None
        return _read(self.archive, info, MAX_PICTURE_BYTES)


@contextmanager
def opened(file: IO[bytes], name: str) -> Iterator[Bundle]:
    """Open what was sent.

    Raises:
        ConfigError: it is a damaged zip, or one without a list, or with several.
    """
    if not zipfile.is_zipfile(file):
        file.seek(0)
        yield Bundle(name=name, table=file.read(MAX_TABLE_BYTES + 1))
        return
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        raise ConfigError(name, [f"is a damaged zip: {error}; next: make it anew"]) from error
    with archive:
        yield _bundle(archive, name)


def plain_name(name: str) -> str:
    """Return a file's name as it is compared: without folders, whatever the case."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return unicodedata.normalize("NFC", last).strip().casefold()


def _bundle(archive: zipfile.ZipFile, name: str) -> Bundle:
    members = [info for info in archive.infolist() if _counts(info)]
    if len(members) > MAX_MEMBERS:
        raise ConfigError(name, [f"{len(members)} files; at most {MAX_MEMBERS}"])
    tables = [info for info in members if plain_name(info.filename).endswith(".csv")]
    if len(tables) != 1:
        found = ", ".join(info.filename for info in tables[:5]) or "none"
        step = "next: put exactly one list in it, saved as CSV, beside the pictures"
        raise ConfigError(name, [f"it holds {len(tables)} lists: {found}; {step}"])
    pictures: dict[str, zipfile.ZipInfo] = {}
    for info in members:
        plain = plain_name(info.filename)
        if not plain.endswith(_PICTURES):
            continue
        if plain in pictures:
            step = "next: give each picture a name of its own"
            raise ConfigError(name, [f"{plain!r} is in it twice, in two folders; {step}"])
        pictures[plain] = info
    return Bundle(
        name=tables[0].filename,
        table=_read(archive, tables[0], MAX_TABLE_BYTES),
        archive=archive,
        pictures=pictures,
    )


def _counts(info: zipfile.ZipInfo) -> bool:
    """Leave out folders, and what a Mac adds."""
    is_macs = info.filename.startswith("__MACOSX/") or plain_name(info.filename).startswith(".")
    return not info.is_dir() and not is_macs


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    try:
        with archive.open(info) as member:
            data = member.read(most + 1)
    except _DAMAGED as error:
        step = "next: make the zip anew, without a password"
        raise ConfigError(info.filename, [f"can't be unpacked: {error}; {step}"]) from error
    if len(data) > most:
        raise ConfigError(info.filename, [f"over {most} bytes, which is the most; save it smaller"])
    return data

"""The file beside the journal that says who writes it, and how far it had come.

`<journal>.head` is held locked by the one process that writes the journal, for as long as it does.
Into it goes the head of the chain after every record that was acknowledged: a journal that is found
shorter has lost records, which SQLite cannot tell (it ends at the last whole transaction it finds).
The head is written after the commit and not synced, as that would cost a second sync a record:
after a power cut it may be behind the journal, never ahead of what a sound disk kept.
"""

import fcntl
import os
import struct
import zlib
from pathlib import Path
from typing import Final

from gate.errors import JournalError
from gate.events.chain import HASH_BYTES, JOURNAL_ID_BYTES, ChainHead

_BODY: Final = struct.Struct(f">{JOURNAL_ID_BYTES}sQ{HASH_BYTES}s")
_CHECKSUM: Final = struct.Struct(">I")
_SIZE: Final = _BODY.size + _CHECKSUM.size


class HeadFile:
    """The lock, and the last acknowledged head; open for as long as the journal is written."""

    def __init__(self, journal: Path) -> None:
        """Take the lock.

        Raises:
            JournalError: another process holds it, or the disk refuses the file.
        """
        self._path = head_path(journal)
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise JournalError(
                f"{self._path}: {error.strerror}; the journal's directory must be writable, and"
                " the disk have room"
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            raise JournalError(
                f"{journal}: another gate process is writing it; stop that one first"
                " (systemctl status gate-unit)"
            ) from error

    def read(self) -> ChainHead | None:
        """Return the last head that was written; None if there is none or it is unreadable."""
        try:
            return _decode(os.pread(self._descriptor, _SIZE, 0))
        except OSError as error:
            raise JournalError(f"{self._path}: {error.strerror}; check the disk") from error

    def write(self, head: ChainHead) -> None:
        """Remember an acknowledged head.

        A disk that refuses this refuses the next record too, where it is told; the record this head
        belongs to is safe, and an older head claims less, nothing false.
        """
        body = _BODY.pack(head.journal_id, head.seq, head.hash)
        try:
            os.pwrite(self._descriptor, body + _CHECKSUM.pack(zlib.crc32(body)), 0)
        except OSError:
            return

    def close(self) -> None:
        """Let the lock go."""
        os.close(self._descriptor)


def head_path(journal: Path) -> Path:
    """Return where a journal's head file is."""
    return journal.with_name(f"{journal.name}.head")


def read_head(journal: Path) -> ChainHead | None:
    """Return what the writer last acknowledged, for a reader; None if that is not to be had."""
    try:
        data = head_path(journal).read_bytes()
    except OSError:
        return None
    return _decode(data)


def _decode(data: bytes) -> ChainHead | None:
    body = data[: _BODY.size]
    if len(data) != _SIZE or data[_BODY.size :] != _CHECKSUM.pack(zlib.crc32(body)):
        return None
    journal_id, seq, digest = _BODY.unpack(body)
    return ChainHead(journal_id=journal_id, seq=seq, hash=digest)

"""How far the hub has the record: the mark, and the receipts that prove it, in one directory.

    mark.json                     the last entry the hub is known to have, replaced whole
    receipts/<journal>-<seq>.cose the newest receipt, and the last of each day of the hub's time

One process writes (a lock on the directory), others read the mark: the gate prunes by it. The mark
claims nothing that a receipt did not say; lost or lowered it costs an upload of what the hub has
already, never an entry. A receipt is on the disk before the mark that rests on it.
"""

import fcntl
import json
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.errors import JournalError
from gate.events.chain import HASH_BYTES, JOURNAL_ID_BYTES, ChainHead
from gate.events.model import MAX_NUMBER
from gate.store.files import write_file

MARK: Final = "mark.json"
RECEIPTS: Final = "receipts"

_DIRECTORY_MODE: Final = 0o750
_FILE_MODE: Final = 0o640
_VERSION: Final = 1
_MAX_MARK_BYTES: Final = 1024
"""Three times what a mark takes."""
_DAY_MS: Final = 86_400_000
_KEYS: Final = frozenset({"version", "journal", "seq", "hash", "receipt_seq", "hub_ms"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The last entry the hub is known to have, and the newest receipt kept for this journal.

    Attributes:
        head: the entry's journal, number and hash.
        receipt_seq: how far the newest kept receipt reaches; 0 if there is none.
        hub_ms: the hub's time in that receipt, milliseconds since 1970.
    """

    head: ChainHead
    receipt_seq: int = 0
    hub_ms: int = 0


def cursor_directory(journal: Path) -> Path:
    """Return where the cursor of the journal at `journal` lies."""
    return journal.with_name("uplink")


def read_mark(directory: Path) -> Mark | None:
    """Return the mark; None if nothing was ever uploaded.

    Raises:
        JournalError: it can't be read, or is damaged.
    """
    path = directory / MARK
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_MARK_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(f"{path}: can't be read: {error.strerror}; check the disk") from error
    return parse_mark(data, str(path))


def parse_mark(data: bytes, source: str) -> Mark:
    """Return the mark in `data`; total.

    Raises:
        JournalError: it is none.
    """
    try:
        fields = json.loads(data) if len(data) <= _MAX_MARK_BYTES else None
    except (ValueError, RecursionError) as error:
        raise JournalError(f"{source}: damaged: no JSON") from error
    if not isinstance(fields, dict) or set(fields) != _KEYS or fields["version"] != _VERSION:
        raise JournalError(f"{source}: damaged, or of a later version")
    head = ChainHead(
        journal_id=_bytes(fields["journal"], JOURNAL_ID_BYTES, source),
        seq=_number(fields["seq"], source),
        hash=_bytes(fields["hash"], HASH_BYTES, source),
    )
    return Mark(
        head=head,
        receipt_seq=_number(fields["receipt_seq"], source),
        hub_ms=_number(fields["hub_ms"], source),
    )


class Cursor(AbstractContextManager["Cursor"]):
    """The cursor as its one writer has it; open for as long as it holds the lock."""

    def __init__(self, directory: Path) -> None:
        """Take the lock, making the directory if it isn't there.

        Raises:
            JournalError: another process holds it, or the disk refuses.
        """
        self.directory = directory
        try:
            (directory / RECEIPTS).mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
            self._descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise JournalError(
                f"{directory}: {error.strerror}; it must be writable for whoever runs `gate sync`"
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            raise JournalError(
                f"{directory}: another `gate sync` is at work here; stop that one first"
                " (systemctl status gate-uplink)"
            ) from error

    def mark(self) -> Mark | None:
        """Return the mark, as `read_mark` does."""
        return read_mark(self.directory)

    def advance(self, head: ChainHead, receipt: bytes, hub_ms: int) -> Mark:
        """Keep a receipt whose signature and head were checked, then move the mark to its head.

        Of one day of the hub's time only the receipt that reaches furthest is kept.

        Raises:
            JournalError: the disk refuses; the mark is where it was, or there.
        """
        before = self._before(head)
        mark = Mark(head=head, receipt_seq=head.seq, hub_ms=hub_ms)
        self._write(self._receipt(head.journal_id, head.seq), receipt)
        self._write(self.directory / MARK, _format(mark))
        if 0 < before.receipt_seq < head.seq and before.hub_ms // _DAY_MS == hub_ms // _DAY_MS:
            self._remove(self._receipt(head.journal_id, before.receipt_seq))
        return mark

    def rewind(self, head: ChainHead) -> Mark:
        """Move the mark to where the hub says it is; receipts are kept, for they stay true.

        Raises:
            JournalError: the disk refuses.
        """
        before = self._before(head)
        mark = Mark(head=head, receipt_seq=before.receipt_seq, hub_ms=before.hub_ms)
        self._write(self.directory / MARK, _format(mark))
        return mark

    def close(self) -> None:
        """Let the lock go."""
        os.close(self._descriptor)

    def __exit__(self, *_: object) -> None:
        self.close()

    def _before(self, head: ChainHead) -> Mark:
        """Return the mark as far as it is about the same journal and can be read."""
        try:
            mark = self.mark()
        except JournalError:
            mark = None  # told by whoever asked for the mark; what replaces it is whole
        if mark is None or mark.head.journal_id != head.journal_id:
            return Mark(head=head)
        return mark

    def _receipt(self, journal_id: bytes, seq: int) -> Path:
        return self.directory / RECEIPTS / f"{journal_id.hex()}-{seq}.cose"

    def _write(self, path: Path, data: bytes) -> None:
        try:
            write_file(path, data, mode=_FILE_MODE)
        except OSError as error:
            raise _refusal(path, error) from error

    def _remove(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _refusal(path, error) from error


def _refusal(path: Path, error: OSError) -> JournalError:
    return JournalError(f"{path}: {error.strerror}; make room on the disk, and let gate write here")


def _format(mark: Mark) -> bytes:
    fields = {
        "version": _VERSION,
        "journal": mark.head.journal_id.hex(),
        "seq": mark.head.seq,
        "hash": mark.head.hash.hex(),
        "receipt_seq": mark.receipt_seq,
        "hub_ms": mark.hub_ms,
    }
    return json.dumps(fields).encode() + b"\n"


def _number(value: object, source: str) -> int:
    if type(value) is not int or not 0 <= value <= MAX_NUMBER:
        raise JournalError(f"{source}: damaged: a number out of bounds")
    return value


def _bytes(value: object, length: int, source: str) -> bytes:
    try:
        data = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        data = b""
    if len(data) != length or data.hex() != value:
        raise JournalError(f"{source}: damaged: not {length} bytes in hexadecimal")
    return data

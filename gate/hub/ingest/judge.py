"""Where a verified batch stands to what the hub has of its journal: one question, four answers.

Pure. Each entry's hash covers every entry before it, so one equal hash proves all before it equal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from gate.events.batch import Batch
from gate.events.batch_rows import COLUMNS, Row
from gate.events.chain import ChainHead

_SEQ = COLUMNS.index("seq")
_HASH = COLUMNS.index("hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """What it goes on with is new."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All of it is stored already, just so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Entries before it are missing here; the unit is to go back to `mark`."""

    mark: ChainHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Entry `seq` is stored with another content than was sent; `head_seq` is the batch's last."""

    seq: int
    journal_id: bytes


class StoredHashes(Protocol):
    """The hashes of the journal's stored entries."""

    def __call__(self, first: int, last: int) -> Mapping[int, bytes]:
        """Return them by number, from `first` to `last`."""
        ...


Verdict = Append | Known | Gap | Conflict


def judge(batch: Batch, mark: ChainHead, stored: StoredHashes) -> Verdict:
    """Say what to do with `batch`, given how far its journal is stored.

    1. It begins after the mark: a gap.  2. Where the two last meet, the hashes are equal.
    3. What lies after the mark is new.
    """
    # 1.
    if batch.prev.seq > mark.seq:
        return Gap(mark=mark)
    # 2.
    meeting = min(batch.head.seq, mark.seq)
    known = mark.hash if meeting == mark.seq else stored(meeting, meeting).get(meeting)
    if _hash_at(batch, meeting) != known:
        return Conflict(seq=_first_difference(batch, mark, stored), journal_id=mark.journal_id)
    # 3.
    if batch.head.seq == meeting:
        return Known()
    return Append(rows=batch.rows[mark.seq - batch.prev.seq :])


def _hash_at(batch: Batch, seq: int) -> bytes:
    """Return the batch's own hash of entry `seq`, or of the one that it follows."""
    if seq == batch.prev.seq:
        return batch.prev.hash
    digest: bytes = batch.rows[seq - batch.prev.seq - 1][_HASH]
    return digest


def _first_difference(batch: Batch, mark: ChainHead, stored: StoredHashes) -> int:
    last = min(batch.head.seq, mark.seq)
    kept = stored(batch.prev.seq, last)
    for seq in range(max(1, batch.prev.seq), last + 1):
        if kept.get(seq) != _hash_at(batch, seq):
            return seq
    return last

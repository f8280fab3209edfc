"""The whole of a journal held against its chain: what `gate journal verify` tells.

Reads while the gate writes. The chain shows that nothing was changed, put in or taken out; of a
journal that was pruned it is followed from the anchor. The head file shows that the end was not cut
off. Whoever can write both files and knows how could forge both: that is what the hub's receipts
are for (`journal_receipts`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.errors import EventError
from gate.events.chain import ChainHead, genesis, verify_chain
from gate.events.model import Entry
from gate.store.journal_head import read_head
from gate.store.journal_reader import JournalReader
from gate.store.journal_rows import Anchor

_BEFORE_ALL: Final = -(2**63)
"""SQLite's least integer: a row put in before the first is no less a forgery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """How far a journal holds.

    Attributes:
        head: the last record that holds.
        fault: what is wrong with the first that does not; None if all hold.
        anchor: what the chain was followed from; None if from the first record on.
    """

    head: ChainHead
    fault: str | None
    anchor: Anchor | None

    @property
    def pruned(self) -> int:
        """How many records are no longer here, which is not held against it."""
        return 0 if self.anchor is None else self.anchor.head.seq

    @property
    def first_bad(self) -> int | None:
        """The number of the first record that does not hold; None if all do."""
        return None if self.fault is None else self.head.seq + 1


def audit(path: Path) -> Audit:
    """Verify every record of the journal at `path`.

    Raises:
        JournalError: it can't be read at all.
    """
    acknowledged = read_head(path)  # before the records: it must not get ahead of them
    with JournalReader.open(path) as reader:
        return audit_read(reader, acknowledged)


def audit_read(reader: JournalReader, acknowledged: ChainHead | None) -> Audit:
    """Verify every record that `reader` reads, again from the beginning if it is pruned meanwhile.

    Args:
        reader: of an open journal.
        acknowledged: what the head file said before; None if it said nothing.
    """
    while True:
        answer = _audit(reader, acknowledged)
        if answer.fault is None or not _was_pruned_since(reader, answer.anchor):
            return answer


def _audit(reader: JournalReader, acknowledged: ChainHead | None) -> Audit:
    anchor, head = None, genesis(reader.journal_id)
    try:
        anchor = reader.anchor()
        head = start = head if anchor is None else anchor.head
        for entry in reader.entries(_BEFORE_ALL):
            verified = verify_chain((entry,), head)
            if entry.seq == 1:
                _check_opening(reader, entry)
            head = verified
            if acknowledged is not None and acknowledged.seq == entry.seq:
                _check_acknowledged(head, acknowledged)
        _check_end(start, head, acknowledged)
    except EventError as error:
        return Audit(head=head, fault=str(error), anchor=anchor)
    return Audit(head=head, fault=None, anchor=anchor)


def _was_pruned_since(reader: JournalReader, anchor: Anchor | None) -> bool:
    """Tell whether records went while they were read: then one that is missing is no fault."""
    try:
        return reader.anchor() != anchor
    except EventError:
        return False


def _check_opening(reader: JournalReader, first: Entry) -> None:
    if reader.opening() != (first.event.at, first.event.detail):
        raise EventError("entry 1: the journal's own row says another beginning than it does")


def _check_acknowledged(head: ChainHead, acknowledged: ChainHead) -> None:
    if head.journal_id == acknowledged.journal_id and head != acknowledged:
        raise EventError(f"entry {head.seq}: it is not the one the gate acknowledged")


def _check_end(start: ChainHead, head: ChainHead, acknowledged: ChainHead | None) -> None:
    if head == start:
        raise EventError(f"entry {head.seq + 1}: it is missing; the journal is empty")
    if acknowledged is None or acknowledged.journal_id != head.journal_id:
        return
    if head.seq < acknowledged.seq:
        raise EventError(
            f"entry {head.seq + 1}: it is missing, as all up to {acknowledged.seq}, which the"
            " gate acknowledged"
        )

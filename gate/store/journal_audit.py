"""The whole of a journal held against its chain: what `gate journal verify` tells.

Reads while the gate writes. The chain shows that nothing was changed, put in or taken out; the head
file shows that the end was not cut off. Whoever can write both files and knows how could forge
both: that is what the hub's receipts are for.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.errors import EventError
from gate.events.chain import ChainHead, genesis, verify_chain
from gate.events.model import Entry
from gate.store.journal_head import read_head
from gate.store.journal_reader import JournalReader

_BEFORE_ALL: Final = -(2**63)
"""SQLite's least integer: a row put in before the first is no less a forgery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """How far a journal holds.

    Attributes:
        head: the last record that holds.
        fault: what is wrong with the first that does not; None if all hold.
    """

    head: ChainHead
    fault: str | None

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
        head = genesis(reader.journal_id)
        try:
            for entry in reader.entries(_BEFORE_ALL):
                verified = verify_chain((entry,), head)
                if entry.seq == 1:
                    _check_opening(reader, entry)
                head = verified
                if acknowledged is not None and acknowledged.seq == entry.seq:
                    _check_acknowledged(head, acknowledged)
            _check_end(head, acknowledged)
        except EventError as error:
            return Audit(head=head, fault=str(error))
    return Audit(head=head, fault=None)


def _check_opening(reader: JournalReader, first: Entry) -> None:
    if reader.opening() != (first.event.at, first.event.detail):
        raise EventError("entry 1: the journal's own row says another beginning than it does")


def _check_acknowledged(head: ChainHead, acknowledged: ChainHead) -> None:
    if head.journal_id == acknowledged.journal_id and head != acknowledged:
        raise EventError(f"entry {head.seq}: it is not the one the gate acknowledged")


def _check_end(head: ChainHead, acknowledged: ChainHead | None) -> None:
    if head.seq == 0:
        raise EventError("entry 1: it is missing; the journal is empty")
    if acknowledged is None or acknowledged.journal_id != head.journal_id:
        return
    if head.seq < acknowledged.seq:
        raise EventError(
            f"entry {head.seq + 1}: it is missing, as all up to {acknowledged.seq}, which the"
            " gate acknowledged"
        )

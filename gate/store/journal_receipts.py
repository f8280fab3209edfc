"""A journal held against the hub's receipts: proof to anybody who trusts the hub's key.

The chain ties a journal together, but whoever owns the unit could make all of it anew. A receipt
cannot be made anew: it names the hash of one entry, and through it all before. A receipt that
contradicts the journal shows that something up to its entry was changed since the hub signed it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.errors import EventError, JournalError
from gate.events.receipt import MAX_RECEIPT_BYTES, Receipt, open_receipt
from gate.signing.keys import VerifyingKey
from gate.store.journal_audit import Audit
from gate.store.journal_reader import JournalReader

PATTERN: Final = "*.cose"
"""As the uplink names them (`cursor`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A receipt and the file it came in."""

    path: Path
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """What the receipts say of a journal.

    Attributes:
        agree: how many name an entry as it is.
        pruned: how many name an entry that was pruned since.
        other_journals: how many are about another journal, such as a predecessor.
        proven: the last entry that a receipt agrees with; 0 if none does.
        fault: what the first receipt contradicts; None if all agree.
    """

    agree: int
    pruned: int
    other_journals: int
    proven: int
    fault: str | None


def load_receipts(directory: Path, hub: VerifyingKey) -> list[Witness]:
    """Return the receipts in `directory`, each of which the hub signed.

    Raises:
        JournalError: there is none, or one can't be read.
        EventError: one is damaged or not the hub's; it names the file.
    """
    paths = sorted(directory.glob(PATTERN))
    if not paths:
        raise JournalError(
            f"{directory}: no receipts ({PATTERN}) here; a unit's are in uplink/receipts beside"
            " its journal"
        )
    return [_load(path, hub) for path in paths]


def compare(journal: Path, audit: Audit, witnesses: Iterable[Witness]) -> Testimony:
    """Hold receipts against a journal, as far as its chain holds.

    Args:
        journal: its path.
        audit: of it, begun after the receipts were written, so that it reaches as far as they do.
        witnesses: from `load_receipts`.

    Raises:
        JournalError: the journal can't be read.
    """
    agree = pruned = other_journals = proven = 0
    fault = None
    with JournalReader.open(journal) as reader:
        for witness in sorted(witnesses, key=lambda witness: witness.receipt.head.seq):
            head = witness.receipt.head
            if head.journal_id != reader.journal_id:
                other_journals += 1
            elif head.seq < audit.pruned:
                pruned += 1
            elif head.seq <= audit.head.seq and reader.head_at(head.seq) == head:
                agree, proven = agree + 1, head.seq
            elif fault is None:
                fault = _contradiction(witness, audit, proven)
    return Testimony(
        agree=agree, pruned=pruned, other_journals=other_journals, proven=proven, fault=fault
    )


def _load(path: Path, hub: VerifyingKey) -> Witness:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_RECEIPT_BYTES + 1)
    except OSError as error:
        raise JournalError(f"{path}: can't be read: {error.strerror}") from error
    try:
        return Witness(path=path, receipt=open_receipt(data, hub))
    except EventError as error:
        raise EventError(f"{path.name}: no receipt of this hub: {error}") from error


def _contradiction(witness: Witness, audit: Audit, proven: int) -> str:
    through = witness.receipt.head.seq
    signed = f"{witness.path.name}, signed by the hub at {witness.receipt.hub_time:%F %T} UTC"
    if through <= audit.head.seq:
        return f"{signed}: one of entries {proven + 1} to {through} was changed since"
    if audit.first_bad is not None:
        return f"{signed}: it covers entry {audit.first_bad}, which does not hold"
    return f"{signed}: entries {audit.head.seq + 1} to {through} are missing here"

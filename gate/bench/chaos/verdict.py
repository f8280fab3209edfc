"""After a campaign: what the unit acknowledged, what its journal holds, and what the hub holds.

The hub's database is read here by plain SQL and not by the hub's own code, which is on trial.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from gate.errors import EventError, GateError
from gate.events.batch_rows import COLUMNS, to_entry
from gate.events.chain import ChainHead, genesis, verify_chain
from gate.events.model import Entry
from gate.signing.keys import Algorithm, VerifyingKey
from gate.store.cursor import RECEIPTS, cursor_directory
from gate.store.journal_audit import audit
from gate.store.journal_reader import JournalReader
from gate.store.journal_receipts import compare, load_receipts

_ENTRIES: Final = (
    f"SELECT j.journal_id, {', '.join(f'e.{name}' for name in COLUMNS)}"  # noqa: S608 - constants only
    " FROM ingest_entry e JOIN ingest_journal j ON j.id = e.journal_id ORDER BY e.journal_id, e.seq"
)
_HEADS: Final = "SELECT journal_id, stored_through, head_hash FROM ingest_journal"
_ALARMS: Final = "SELECT kind, seq, detail FROM ingest_alarm"


class Query(Protocol):
    """Asks the hub's database."""

    def __call__(self, statement: str) -> Iterable[Sequence[Any]]:
        """Return the rows."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a campaign came to.

    Attributes:
        entries: in the journal.
        lost: acknowledged by the journal, or in it, and not on the hub.
        doubled: on the hub more than once, or on the hub and not in the journal.
        changed: on the hub, or in the journal, otherwise than acknowledged.
        faults: what else is wrong, in words.
    """

    entries: int
    lost: int
    doubled: int
    changed: int
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether all is as it should be."""
        return not (self.lost or self.doubled or self.changed or self.faults)


def judge(journal: Path, acknowledged: Mapping[int, bytes], query: Query, hub_key: str) -> Verdict:
    """Hold the three against each other, entry by entry, column by column.

    Raises:
        GateError: the journal can't be read.
    """
    with JournalReader.open(journal) as reader:
        journal_id, kept = reader.journal_id, {entry.seq: entry for entry in reader.entries()}
    stored, doubled, faults = _stored(query, journal_id)
    lost = {
        seq for seq in kept.keys() | acknowledged.keys() if seq not in kept or seq not in stored
    }
    changed = {seq for seq in kept.keys() & stored.keys() if kept[seq] != stored[seq]}
    changed |= {
        seq for seq in acknowledged.keys() & kept.keys() if kept[seq].hash != acknowledged[seq]
    }
    doubled += len(stored.keys() - kept.keys())
    faults += _chain_faults(journal, stored, query, journal_id)
    faults += _receipt_faults(journal, hub_key)
    return Verdict(
        entries=len(kept),
        lost=len(lost),
        doubled=doubled,
        changed=len(changed),
        faults=tuple(faults),
    )


def _stored(query: Query, journal_id: bytes) -> tuple[dict[int, Entry], int, list[str]]:
    """Return what the hub has of this journal, how much of it is too much, and what is odd."""
    stored: dict[int, Entry] = {}
    doubled, faults = 0, []
    for entry in _entries(query):
        if entry.journal_id != journal_id or entry.seq in stored:
            doubled += 1
        stored.setdefault(entry.seq, entry)
    for kind, seq, detail in query(_ALARMS):
        faults.append(f"the hub raised an alarm: {kind} {seq} {detail}")
    return stored, doubled, faults


def _entries(query: Query) -> Iterator[Entry]:
    for journal_id, *row in query(_ENTRIES):
        whole = [bytes(value) if isinstance(value, memoryview) else value for value in row]
        yield to_entry(bytes(journal_id), tuple(whole))


def _chain_faults(
    journal: Path, stored: Mapping[int, Entry], query: Query, journal_id: bytes
) -> Iterator[str]:
    """Follow the chain on both sides to its end."""
    told = audit(journal)
    if told.fault is not None:
        yield f"the journal's chain does not hold: {told.fault}"
    heads = [
        ChainHead(journal_id=bytes(name), seq=seq, hash=bytes(digest))
        for name, seq, digest in query(_HEADS)
    ]
    if heads != [told.head]:
        through = [head.seq for head in heads]
        yield f"the hub's marks are {through}, the journal ends with {told.head.seq}"
    try:
        head = verify_chain((stored[seq] for seq in sorted(stored)), genesis(journal_id))
    except EventError as error:
        yield f"the hub's chain does not hold: {error}"
    else:
        if head != told.head:
            yield f"the hub's chain ends with {head.seq}, the journal's with {told.head.seq}"
    for path in journal.parent.glob(f"{journal.name}.damaged-*"):
        yield f"a journal was set aside as damaged: {path.name}"


def _receipt_faults(journal: Path, hub_key: str) -> Iterator[str]:
    """Hold every receipt that was kept against the journal."""
    key = VerifyingKey(Algorithm.ED25519, bytes.fromhex(hub_key))
    try:
        witnesses = load_receipts(cursor_directory(journal) / RECEIPTS, key)
        fault = compare(journal, audit(journal), witnesses).fault
    except GateError as error:
        fault = str(error)
    if fault is not None:
        yield f"receipts: {fault}"

"""The chain: each record's hash covers the one before it, the fact, and the holder's commitment.

`hash = SHA-256(domain || hash before || commitment || fact)`; the parts before the fact have fixed
lengths, so no two records share a preimage. The first hash before is 32 zero bytes. A holder part
that was erased (salt and text both gone) leaves its commitment, and the chain still holds.

What the chain cannot show is that its end was cut off: whoever kept the head can (the unit's own
head file, the hub's receipt).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from gate.errors import EventError
from gate.events.codec import NO_HOLDER, commit, encode_fact, from_ms, to_ms
from gate.events.model import Entry, Event

JOURNAL_ID_BYTES: Final = 16
HASH_BYTES: Final = 32

_DOMAIN: Final = b"site-gate journal entry 1\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """How far a journal goes: its last record's number and hash; 0 and zero bytes when empty."""

    journal_id: bytes
    seq: int
    hash: bytes


def genesis(journal_id: bytes) -> ChainHead:
    """Return the head of a journal with no record yet."""
    return ChainHead(journal_id=journal_id, seq=0, hash=bytes(HASH_BYTES))


def link(head: ChainHead, event: Event, salt: bytes | None, holder: str | None) -> Entry:
    """Return `event` as the record after `head`, its time cut to the millisecond.

    Args:
        head: the record before it.
        event: the fact.
        salt: `codec.SALT_BYTES` random bytes; None exactly when `holder` is None.
        holder: the text of the holder part (codec.encode_holder), None for a fact without one.
    """
    if (salt is None) != (holder is None):
        raise EventError("salt and holder go together: one of them is missing")
    if event.at.microsecond % 1000:
        event = replace(event, at=from_ms(to_ms(event.at)))
    seq = head.seq + 1
    commitment = NO_HOLDER if salt is None or holder is None else commit(salt, holder)
    return Entry(
        journal_id=head.journal_id,
        seq=seq,
        event=event,
        commitment=commitment,
        salt=salt,
        holder=holder,
        hash=entry_hash(head.hash, commitment, encode_fact(head.journal_id, seq, event)),
    )


def head_of(entry: Entry) -> ChainHead:
    """Return the head of a journal that ends with `entry`."""
    return ChainHead(journal_id=entry.journal_id, seq=entry.seq, hash=entry.hash)


def verify_chain(entries: Iterable[Entry], after: ChainHead) -> ChainHead:
    """Return the head that `entries` lead to from `after`.

    For each record: 1. It is of this journal.  2. Its number is the next.  3. Its holder part,
    unless erased or never there, is the one committed to.  4. Its hash follows from the hash before
    it.  That `entries` are all there are is the caller's business.

    Raises:
        EventError: naming the first record that does not hold, and why.
    """
    head = after
    for entry in entries:
        _check(entry, head)
        head = head_of(entry)
    return head


def entry_hash(before: bytes, commitment: bytes, fact: bytes) -> bytes:
    """Return the hash of the record with `fact` (codec.encode_fact) after one of hash `before`."""
    return hashlib.sha256(_DOMAIN + before + commitment + fact).digest()


def _check(entry: Entry, head: ChainHead) -> None:
    expected = head.seq + 1
    if entry.journal_id != head.journal_id:
        raise EventError(f"entry {entry.seq}: it is of another journal")
    if entry.seq != expected:
        raise EventError(f"entry {expected}: it is missing; entry {entry.seq} comes next")
    if (entry.salt is None) != (entry.holder is None):
        raise EventError(f"entry {entry.seq}: salt and holder go together; one of them is gone")
    if entry.salt is not None and entry.holder is not None:
        _check_commitment(entry, entry.salt, entry.holder)
    fact = encode_fact(entry.journal_id, entry.seq, entry.event)
    if entry_hash(head.hash, entry.commitment, fact) != entry.hash:
        raise EventError(f"entry {entry.seq}: its content, or the entry before it, was changed")


def _check_commitment(entry: Entry, salt: bytes, holder: str) -> None:
    if commit(salt, holder) != entry.commitment:
        raise EventError(f"entry {entry.seq}: its holder part is not the one committed to")

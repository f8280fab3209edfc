"""A receipt: the hub's signed word that it holds a unit's journal up to a number and its hash.

The payload is the map `{1: uid, 2: journal id, 3: stored through, 4: head hash, 5: the hub's time
in milliseconds since 1970, 6: SHA-256 of the batch's message}` in this project's strict CBOR.
Whoever holds it can prove later that nothing up to there was changed, to anybody who has the hub's
key.

Invariant: `open_receipt` of any bytes is a receipt whose `sign_receipt` by the same key is these
bytes (Ed25519 is deterministic), or EventError.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import cbor2

from gate.errors import EncodingError, EventError
from gate.events.chain import HASH_BYTES, JOURNAL_ID_BYTES, ChainHead
from gate.events.codec import from_ms, to_ms
from gate.events.model import MAX_NUMBER
from gate.events.signed import open_signed, sign
from gate.signing import cbor
from gate.signing.keys import SigningKey, VerifyingKey

TYP: Final = "application/vnd.site-gate.receipt+cbor"

MAX_RECEIPT_BYTES: Final = 512
"""A receipt has about 270."""

_UID: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)
_FIELDS: Final = range(1, 7)
_UID_KEY, _JOURNAL, _STORED, _HEAD, _TIME, _BATCH = _FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a hub says it holds.

    Attributes:
        uid: of the unit.
        head: the journal's id, the last number stored, and that entry's hash.
        hub_time: aware, UTC, kept to the millisecond.
        batch_hash: of the batch that this answers (`hash_of`).
    """

    uid: str
    head: ChainHead
    hub_time: datetime
    batch_hash: bytes

    def __post_init__(self) -> None:
        """Refuse what no hub could mean."""
        if not _UID.fullmatch(self.uid):
            raise EventError(f"receipt: uid {self.uid[:20]!r}: not 16 hexadecimal characters")
        if len(self.head.journal_id) != JOURNAL_ID_BYTES:
            raise EventError(f"receipt: a journal id of {len(self.head.journal_id)} bytes")
        if len(self.head.hash) != HASH_BYTES or len(self.batch_hash) != HASH_BYTES:
            raise EventError(f"receipt: a hash that is not {HASH_BYTES} bytes")
        if not 1 <= self.head.seq <= MAX_NUMBER:
            raise EventError(f"receipt: stored through {self.head.seq}: not an entry's number")
        if self.hub_time.utcoffset() != timedelta(0) or self.hub_time.year < 1970:
            raise EventError(f"receipt: hub time {self.hub_time!r}: not an aware UTC time")


def hash_of(message: bytes) -> bytes:
    """Return the hash by which a receipt names the batch it answers."""
    return sha256(message).digest()


def sign_receipt(receipt: Receipt, key: SigningKey) -> bytes:
    """Return the message that carries `receipt`, signed by the hub's `key`."""
    payload = cbor2.dumps(  # keys in order and all fields short: the strict form, in C
        {
            _UID_KEY: receipt.uid,
            _JOURNAL: receipt.head.journal_id,
            _STORED: receipt.head.seq,
            _HEAD: receipt.head.hash,
            _TIME: to_ms(receipt.hub_time),
            _BATCH: receipt.batch_hash,
        }
    )
    return sign(TYP, payload, key)


def open_receipt(data: bytes, key: VerifyingKey) -> Receipt:
    """Return the receipt in a message, if the hub with `key` signed it.

    1. Check the size.  2. Take apart, compare the header, check the signature.  3. Read the
    payload.  That it answers the batch that was sent is the caller's business.

    Raises:
        EventError: naming the step that failed.
    """
    # 1.
    if len(data) > MAX_RECEIPT_BYTES:
        raise EventError(f"receipt: {len(data)} bytes, at most {MAX_RECEIPT_BYTES}")
    # 2.
    payload = open_signed(data, TYP, key)
    # 3.
    try:
        fields: object = cbor.decode(payload)
    except EncodingError as error:
        raise EventError(f"payload: {error}") from error
    match fields:
        case dict() if len(fields) != len(_FIELDS):
            raise EventError(f"payload: {len(fields)} fields, a receipt has {len(_FIELDS)}")
        case {
            1: str(uid),
            2: bytes(journal_id),
            3: int(stored_through),
            4: bytes(head_hash),
            5: int(time_ms),
            6: bytes(batch_hash),
        }:
            return Receipt(
                uid=uid,
                head=ChainHead(journal_id=journal_id, seq=stored_through, hash=head_hash),
                hub_time=from_ms(time_ms),
                batch_hash=batch_hash,
            )
        case _:
            raise EventError("payload: not the six fields of a receipt")

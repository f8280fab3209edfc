"""A batch: entries in a row, on their way from a unit to its hub, signed by the unit.

The payload is the CBOR array `[1, uid, journal id, first number, hash before, [entry...], last
hash]` (entries: `gate.events.batch_rows`) in a COSE_Sign1 message. It travels compressed
(`deflate`; HTTP's Content-Encoding of that name is zlib's format), and its hash in a receipt is the
hash of the message, not of what was compressed.

Invariant: `open_batch` of any bytes is a batch whose entries chain and end in the hash that its
unit signed, and whose one encoding the bytes are, or EventError.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cbor2

from gate.errors import EventError
from gate.events.batch_rows import Row, Wire, rebuild, to_wire
from gate.events.chain import HASH_BYTES, JOURNAL_ID_BYTES, ChainHead
from gate.events.model import MAX_NUMBER, Entry
from gate.events.signed import open_signed, sign
from gate.signing.keys import SigningKey, VerifyingKey

TYP: Final = "application/vnd.site-gate.batch+cbor"
VERSION: Final = 1

MAX_BATCH_ENTRIES: Final = 5000
"""About 1 MB with every holder part, and 50 ms of a hub's time: a unit can't hold up the others."""

MAX_BATCH_BYTES: Final = 8 << 20
"""Of the message; a holder part may have 8 KiB, but 5,000 usual ones take 1.2 MB."""

DEFLATE_LEVEL: Final = 6

_MAX_DEPTH: Final = 4
"""Payload, entries, entry, reasons."""

_NOT_CBOR: Final = (cbor2.CBORDecodeError, ValueError, TypeError, ArithmeticError, RuntimeError)
"""What cbor2 raises for other bytes; some of its tags raise their own library's errors."""

_ZERO: Final = bytes(HASH_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch that was verified.

    Attributes:
        uid: the unit, by its key.
        prev: the head that the batch follows.
        head: the head that it leads to.
        rows: its entries, as `batch_rows.COLUMNS` names them; `batch_rows.to_entry` makes records.
    """

    uid: str
    prev: ChainHead
    head: ChainHead
    rows: tuple[Row, ...]


def unit_uid(key: VerifyingKey) -> str:
    """Return the name that a unit has by its key: 16 hexadecimal characters."""
    return key.kid.hex()


def sign_batch(uid: str, entries: Sequence[Entry], prev: ChainHead, key: SigningKey) -> bytes:
    """Return the message that carries `entries`, which follow `prev`.

    Raises:
        EventError: they are none or too many, do not follow, or their chain does not hold: what no
            hub would take is not signed.
    """
    wire = to_wire(entries)
    _, head = rebuild(wire, prev)
    if not entries or len(entries) > MAX_BATCH_ENTRIES:
        raise EventError(f"batch: {len(entries)} entries, 1 to {MAX_BATCH_ENTRIES} are allowed")
    last = entries[-1]
    if ChainHead(journal_id=last.journal_id, seq=last.seq, hash=last.hash) != head:
        raise EventError(f"entries {prev.seq + 1} to {head.seq}: their chain does not hold")
    message = sign(TYP, _payload(uid, prev, wire, head), key)
    if len(message) > MAX_BATCH_BYTES:
        raise EventError(f"batch: {len(message)} bytes, at most {MAX_BATCH_BYTES}; send fewer")
    return message


def open_batch(data: bytes, key: VerifyingKey) -> Batch:
    """Return the batch in a message, if the unit with `key` signed it and its chain holds.

    1. Check the size.  2. Take apart, compare the header, check the signature.  3. Read the
    payload.  4. It is this unit's.  5. Make the entries again and compare the last hash.  6. It is
    in its one encoding.
    That the unit is known, and where the batch goes on from, is the caller's business.

    Raises:
        EventError: naming the step that failed.
    """
    # 1.
    if len(data) > MAX_BATCH_BYTES:
        raise EventError(f"batch: {len(data)} bytes, at most {MAX_BATCH_BYTES}")
    # 2.
    payload = open_signed(data, TYP, key)
    # 3.
    uid, prev, wire, last_hash = _fields(payload)
    # 4.
    if uid != unit_uid(key):
        raise EventError(f"batch: it says to be of another unit than {unit_uid(key)}")
    # 5.
    rows, head = rebuild(wire, prev)
    if head.hash != last_hash:
        raise EventError(f"chain: entries {prev.seq + 1} to {head.seq} do not end in the last hash")
    # 6.
    if _payload(uid, prev, wire, head) != payload:
        raise EventError("payload: not in its one encoding, or bytes after it")
    return Batch(uid=uid, prev=prev, head=head, rows=rows)


def deflate(message: bytes) -> bytes:
    """Return a message as it travels."""
    return zlib.compress(message, DEFLATE_LEVEL)


def inflate(body: bytes) -> bytes:
    """Return the message that travelled as `body`, never more than `MAX_BATCH_BYTES`.

    Raises:
        EventError: it isn't zlib's format, goes on after its end, or is too long.
    """
    stream = zlib.decompressobj()
    try:
        message = stream.decompress(body, MAX_BATCH_BYTES + 1)
    except zlib.error as error:
        raise EventError(
            "batch: not in zlib's format, which Content-Encoding deflate is"
        ) from error
    if len(message) > MAX_BATCH_BYTES:
        raise EventError(f"batch: more than {MAX_BATCH_BYTES} bytes")
    if not stream.eof or stream.unused_data:
        raise EventError("batch: its compressed form is cut short, or goes on after its end")
    return message


def _payload(uid: str, prev: ChainHead, wire: Sequence[Wire], head: ChainHead) -> bytes:
    fields = (VERSION, uid, prev.journal_id, prev.seq + 1, prev.hash, wire, head.hash)
    return cbor2.dumps(fields)


def _fields(payload: bytes) -> tuple[str, ChainHead, tuple[Any, ...], bytes]:
    try:
        value = cbor2.loads(payload, immutable=True, max_depth=_MAX_DEPTH, allow_indefinite=False)
    except _NOT_CBOR as error:
        raise EventError("payload: not the CBOR of a batch") from error
    match value:
        case (
            int(version),
            str(uid),
            bytes(journal_id),
            int(first_seq),
            bytes(prev_hash),
            tuple(wire),
            bytes(last_hash),
        ):
            pass
        case _:
            raise EventError("payload: not an array of a batch's seven elements")
    if version != VERSION or isinstance(version, bool) or isinstance(first_seq, bool):
        raise EventError(f"payload: its version is not {VERSION}, or its first number none")
    if len(journal_id) != JOURNAL_ID_BYTES or len(prev_hash) != HASH_BYTES:
        raise EventError("payload: its journal id or the hash before has another length")
    if not 1 <= len(wire) <= MAX_BATCH_ENTRIES:
        raise EventError(f"payload: {len(wire)} entries, 1 to {MAX_BATCH_ENTRIES} are allowed")
    if not 1 <= first_seq <= MAX_NUMBER - MAX_BATCH_ENTRIES:
        raise EventError("payload: its first number is not one of a journal's")
    if first_seq == 1 and prev_hash != _ZERO:
        raise EventError("payload: a journal's first entry follows 32 zero bytes")
    prev = ChainHead(journal_id=journal_id, seq=first_seq - 1, hash=prev_hash)
    return uid, prev, wire, last_hash

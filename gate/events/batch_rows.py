"""The entries of a batch as they travel, as rows for a database, and as records.

On the wire an entry is `[milliseconds after the entry before, clock trusted 0 or 1, kind, access
point, direction, outcome, [reason...], count, list age or -1, detail, salt or empty, holder text or
empty]`, with the commitment as a 13th element exactly where a holder part was erased. Number, hash
and journal are not sent: `rebuild` makes them again, and with them the proof.

A hub does this for every entry of every gate, so what repeats from entry to entry is judged and
encoded once and kept, and no object is made for a row. The bytes are `codec.encode_fact`'s. What a
holder text says is not looked into: whoever shows it reads it by `codec.decode_holder`.
"""

import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, NoReturn

from gate.errors import EventError
from gate.events.chain import HASH_BYTES, ChainHead, entry_hash
from gate.events.codec import (
    MAX_HOLDER_BYTES,
    NO_HOLDER,
    SALT_BYTES,
    VERSION,
    commit,
    from_ms,
    to_ms,
)
from gate.events.model import MAX_NUMBER, Entry, Event, EventKind
from gate.signing import cbor

Row = tuple[Any, ...]
Wire = tuple[Any, ...]

COLUMNS: Final = (
    "seq",
    "at_ms",
    "clock_trusted",
    "kind",
    "access_point",
    "direction",
    "outcome",
    "reason",
    "reasons",
    "count",
    "list_age_s",
    "detail",
    "commitment",
    "salt",
    "holder",
    "hash",
)
"""Of a row, in order. `clock_trusted` is 0 or 1, `reason` the first of `reasons`, which are joined
by spaces; `list_age_s`, `salt` and `holder` may be None; commitment, salt and hash are bytes."""

MAX_AT_MS: Final = 253_402_300_799_999
"""The last millisecond of the year 9999, where a time ends."""

_SHAPES: Final = frozenset(
    (int, int, str, str, str, str, tuple, int, int, str, bytes, str, *erased)
    for erased in ((), (bytes,))
)
"""The types of an entry's elements; one look-up costs a tenth of asking one by one."""

_Repeated = tuple[bytes, bytes, tuple[Any, ...]]
"""What is alike in many entries: the fact's bytes from the clock to the count, those of the detail,
and the columns from `clock_trusted` to `count`."""

_KEPT: Final = 1024
"""Of `_Repeated`: a dozen of each gate that was heard lately. With the longest texts, 5 MB."""

_U16: Final = struct.Struct(">BH").pack
_U32: Final = struct.Struct(">BI").pack
_U64: Final = struct.Struct(">BQ").pack
_NO_AGE: Final = b"\x20"
"""-1."""


def to_wire(entries: Iterable[Entry]) -> list[Wire]:
    """Return entries as they travel, the first with its whole time."""
    wire: list[Wire] = []
    before_ms = 0
    for entry in entries:
        event = entry.event
        at_ms = to_ms(event.at)
        is_erased = entry.salt is None and entry.commitment != NO_HOLDER
        wire.append(
            (
                at_ms - before_ms,
                int(event.clock_trusted),
                event.kind.value,
                event.access_point,
                event.direction,
                event.outcome,
                event.reasons,
                event.count,
                -1 if event.list_age_s is None else event.list_age_s,
                event.detail,
                entry.salt or b"",
                entry.holder or "",
                *((entry.commitment,) if is_erased else ()),
            )
        )
        before_ms = at_ms
    return wire


def rebuild(wire: Iterable[Any], prev: ChainHead) -> tuple[tuple[Row, ...], ChainHead]:
    """Return the rows of `wire`, and the head that they lead to from `prev`.

    For each entry: 1. Its elements have their types.  2. What repeats makes an event.  3. Its own
    numbers are in bounds.  4. Its commitment follows from its holder part.  5. Its hash follows.
    That the head is the one meant is the caller's business.

    Raises:
        EventError: naming the first entry that is none, and why.
    """
    rows: list[Row] = []
    start = b"\x8d" + _integer(VERSION) + cbor.encode(prev.journal_id)
    seq, digest, at_ms = prev.seq, prev.hash, 0
    try:
        for entry in wire:
            seq += 1
            # 1.
            if type(entry) is not tuple or tuple(map(type, entry)) not in _SHAPES:
                _refuse("an element too many or too few, or of another type")
            # 2.
            at_ms += entry[0]
            shared = entry[1:8]
            age, detail, salt, holder = entry[8:12]
            if shared[5]:
                _check_reasons(shared[5])
            middle, end, columns = _repeat(shared, detail)
            # 3.
            if not (0 <= at_ms <= MAX_AT_MS and -1 <= age <= MAX_NUMBER):
                _refuse(f"its time is not in 1970 to 9999, or its list age over {MAX_NUMBER} s")
            age_bytes = _NO_AGE if age < 0 else _integer(age)
            # 4.
            commitment = _commitment(salt, holder, entry[12:])
            # 5.
            fact = start + _integer(seq) + _integer(at_ms) + middle + age_bytes + end
            digest = entry_hash(digest, commitment, fact)
            known_age = None if age < 0 else age
            own = (known_age, detail, commitment, salt or None, holder or None, digest)
            rows.append((seq, at_ms, *columns, *own))
    except EventError as error:
        raise EventError(f"entry {seq}: {error}") from error
    return tuple(rows), ChainHead(journal_id=prev.journal_id, seq=seq, hash=digest)


def to_entry(journal_id: bytes, row: Row) -> Entry:
    """Return the record that a row of `rebuild` holds."""
    fields = dict(zip(COLUMNS, row, strict=True))
    event = Event(
        at=from_ms(fields["at_ms"]),
        clock_trusted=fields["clock_trusted"] == 1,
        kind=EventKind(fields["kind"]),
        access_point=fields["access_point"],
        direction=fields["direction"],
        outcome=fields["outcome"],
        reasons=tuple(fields["reasons"].split()),
        count=fields["count"],
        list_age_s=fields["list_age_s"],
        detail=fields["detail"],
    )
    return Entry(
        journal_id=journal_id,
        seq=fields["seq"],
        event=event,
        commitment=fields["commitment"],
        salt=fields["salt"],
        holder=fields["holder"],
        hash=fields["hash"],
    )


def _refuse(fault: str) -> NoReturn:
    """Say why; never with an integer, which CBOR lets have more digits than Python prints."""
    raise EventError(fault)


def _check_reasons(reasons: tuple[object, ...]) -> None:
    if set(map(type, reasons)) != {str}:
        raise EventError("a reason is no text")


@lru_cache(maxsize=_KEPT)
def _repeat(shared: tuple[Any, ...], detail: str) -> _Repeated:
    """Judge what many entries share, by making an event of it."""
    clock, kind, access_point, direction, outcome, reasons, count = shared
    if clock not in {0, 1}:
        raise EventError("clock_trusted: neither 0 nor 1")
    if not 1 <= count <= MAX_NUMBER:
        raise EventError(f"count: outside 1 to {MAX_NUMBER}")
    try:
        kind = EventKind(kind)
    except ValueError as error:
        raise EventError(f"kind {kind[:20]!r}: unknown; update the hub before its units") from error
    Event(
        at=from_ms(0),
        clock_trusted=clock == 1,
        kind=kind,
        access_point=access_point,
        direction=direction,
        outcome=outcome,
        reasons=reasons,
        count=count,
        detail=detail,
    )
    middle = b"".join(map(cbor.encode, (clock, kind.value, *shared[2:])))
    texts = (kind.value, access_point, direction, outcome, *(reasons[:1] or ("",)))
    return middle, cbor.encode(detail), (clock, *texts, " ".join(reasons), count)


def _commitment(salt: bytes, holder: str, erased: tuple[bytes, ...]) -> bytes:
    """Return the commitment to a holder part that is here, never was, or was erased."""
    if salt and holder:
        if len(salt) != SALT_BYTES or erased:
            raise EventError(f"a salt of {len(salt)} bytes, or a commitment beside a holder part")
        # Texts are bounded in bytes, and PostgreSQL's hold no zero character.
        if len(holder) > MAX_HOLDER_BYTES // 4 and len(holder.encode()) > MAX_HOLDER_BYTES:
            raise EventError(f"holder: more than {MAX_HOLDER_BYTES} bytes")
        if "\0" in holder:
            raise EventError("holder: a zero character")
        return commit(salt, holder)
    if salt or holder:
        raise EventError("salt and holder go together; one of them is gone")
    if not erased:
        return NO_HOLDER
    (commitment,) = erased
    if len(commitment) != HASH_BYTES or commitment == NO_HOLDER:
        raise EventError("the commitment to an erased holder part is none")
    return commitment


def _integer(value: int) -> bytes:
    """Return `cbor.head(0, value)` for up to 64 bits, at a fifth of its time."""
    if value < 24:
        return bytes((value,))
    if value < 1 << 8:
        return bytes((24, value))
    if value < 1 << 16:
        return _U16(25, value)
    return _U32(26, value) if value < 1 << 32 else _U64(27, value)

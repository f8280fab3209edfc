"""A batch: entries on their way, that nobody on the way can change."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EventError
from gate.events.batch import (
    MAX_BATCH_BYTES,
    MAX_BATCH_ENTRIES,
    TYP,
    deflate,
    inflate,
    open_batch,
    sign_batch,
    unit_uid,
)
from gate.events.batch_rows import to_entry, to_wire
from gate.events.chain import ChainHead, genesis, head_of, link
from gate.events.codec import NO_HOLDER
from gate.events.model import Entry, Event, EventKind
from gate.events.signed import sign
from gate.signing.keys import SigningKey

UNIT = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
UID = unit_uid(UNIT.verifying_key)
START = genesis(bytes(range(16)))
NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
HOLDER = '{"name":"Sam Sample"}'


def chain_of(length: int, after: ChainHead = START, *, holders: bool = True) -> list[Entry]:
    """Return entries, every second one with a holder part, a few seconds apart."""
    entries: list[Entry] = []
    for number in range(length):
        event = Event(
            at=NOW + timedelta(milliseconds=number * 4_321),
            clock_trusted=True,
            kind=EventKind.ACCESS,
            access_point=("Gate A in", "Gate A out")[number % 3 == 0],
            direction="in",
            outcome="refuse" if number % 7 == 0 else "admit",
            reasons=("revoked",) if number % 7 == 0 else (),
            list_age_s=3600 + number * 4,
        )
        head = head_of(entries[-1]) if entries else after
        held = (bytes([number % 256]) * 16, HOLDER) if holders and number % 2 else (None, None)
        entries.append(link(head, event, *held))
    return entries


ENTRIES = chain_of(9)
MESSAGE = sign_batch(UID, ENTRIES, START, UNIT)
FIELDS: list[Any] = [
    *(1, UID, START.journal_id, 1, START.hash),
    *(to_wire(ENTRIES), ENTRIES[-1].hash),
]


def signed_with(place: int, value: object) -> bytes:
    """Return what a unit gone wrong would sign: one of the payload's elements is another."""
    return sign(TYP, cbor2.dumps([*FIELDS[:place], value, *FIELDS[place + 1 :]]), UNIT)


def test_a_batch_is_the_documented_array() -> None:
    assert sign(TYP, cbor2.dumps(FIELDS), UNIT) == MESSAGE


@given(st.integers(0, 8), st.integers(1, 9))
def test_entries_travel_from_any_place_on(first: int, length: int) -> None:
    entries = ENTRIES[first : first + length]
    prev = head_of(ENTRIES[first - 1]) if first else START

    batch = open_batch(sign_batch(UID, entries, prev, UNIT), UNIT.verifying_key)

    assert (batch.uid, batch.prev, batch.head) == (UID, prev, head_of(entries[-1]))
    assert [to_entry(START.journal_id, row) for row in batch.rows] == entries


def test_entries_without_their_persons_travel_and_chain() -> None:
    erased = [replace(entry, salt=None, holder=None) for entry in ENTRIES]
    batch = open_batch(sign_batch(UID, erased, START, UNIT), UNIT.verifying_key)
    assert batch.head == head_of(ENTRIES[-1])
    assert [to_entry(START.journal_id, row) for row in batch.rows] == erased


# Invariant: no message that differs in a bit from a signed one is accepted.
@given(st.integers(0, len(MESSAGE) * 8 - 1))
def test_no_bit_of_a_batch_can_be_changed(bit: int) -> None:
    message = bytearray(MESSAGE)
    message[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EventError):
        open_batch(bytes(message), UNIT.verifying_key)


# Invariant: whatever a unit's key signs is the one encoding of a batch that chains, or EventError.
@given(
    st.one_of(
        st.binary(max_size=300),
        st.tuples(st.integers(0, len(MESSAGE)), st.binary(min_size=1, max_size=4)).map(
            lambda cut: cbor2.dumps(FIELDS)[: cut[0]] + cut[1] + cbor2.dumps(FIELDS)[cut[0] + 1 :]
        ),
    )
)
def test_any_payload_is_a_batch_or_an_error(payload: bytes) -> None:
    try:
        batch = open_batch(sign(TYP, payload, UNIT), UNIT.verifying_key)
    except EventError:
        return
    entries = [to_entry(batch.prev.journal_id, row) for row in batch.rows]
    assert sign_batch(UID, entries, batch.prev, UNIT) == sign(TYP, payload, UNIT)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"\x9b\x00\x00\x00\x7f\xff\xff\xff\xff", id="an array longer than memory"),
        pytest.param(b"\x81" * 9000 + b"\x00", id="nested deeply"),
        pytest.param(b"\xd8\x1c\xd8\x7b\x81\xd8\x1d\x00", id="a value within itself"),
        pytest.param(b"\x9f\xff", id="an array without a length"),
        pytest.param(b"\xc4\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01", id="a vast decimal"),
        pytest.param(cbor2.dumps(FIELDS) + b"\x00", id="bytes after it"),
        pytest.param(b"\x87\x18\x01" + cbor2.dumps(FIELDS)[2:], id="a number in two bytes"),
        pytest.param(b"\xd9\xd9\xf7" + cbor2.dumps(FIELDS), id="a tag before it"),
    ],
)
def test_hostile_cbor_is_one_error(payload: bytes) -> None:
    with pytest.raises(EventError, match=r"^payload: not"):
        open_batch(sign(TYP, payload, UNIT), UNIT.verifying_key)


_PART: dict[str, tuple[int, Callable[[], object], str]] = {
    "a later version": (0, lambda: 2, "version"),
    "a version of true": (0, lambda: True, "version"),
    "another unit": (1, lambda: unit_uid(OTHER.verifying_key), "another unit"),
    "a short journal id": (2, lambda: bytes(15), "journal id"),
    "number 0": (3, lambda: 0, "first number"),
    "a number that can't be printed": (3, lambda: 10**9999, "first number"),
    "a first entry after another": (4, lambda: bytes([1]) * 32, "32 zero bytes"),
    "a short hash before": (4, lambda: bytes(31), "hash before"),
    "no entry": (5, tuple, "0 entries, 1 to 5000"),
    "too many entries": (5, lambda: FIELDS[5][:1] * (MAX_BATCH_ENTRIES + 1), "5001 entries"),
    "an entry taken out": (5, lambda: [*FIELDS[5][:4], *FIELDS[5][5:]], "last hash"),
    "an entry put in": (5, lambda: [*FIELDS[5], FIELDS[5][0]], "do not end in|1970 to 9999"),
    "two entries changed over": (5, lambda: FIELDS[5][::-1], "last hash"),
    "no entry but a number": (5, lambda: [1], "entry 1: an element"),
    "another last hash": (6, lambda: bytes(32), "entries 1 to 9 do not end in the last hash"),
    "a text for a hash": (6, lambda: "hash", "seven elements"),
    "another journal": (2, lambda: bytes(16), "last hash"),
    "other numbers": (3, lambda: 2, "last hash"),
}


@pytest.mark.parametrize(("place", "make", "told"), _PART.values(), ids=_PART.keys())
def test_a_unit_gone_wrong_is_not_believed(
    place: int, make: Callable[[], object], told: str
) -> None:
    with pytest.raises(EventError, match=told):
        open_batch(signed_with(place, make()), UNIT.verifying_key)


@pytest.mark.parametrize(
    ("entries", "prev", "told"),
    [
        pytest.param([], START, "0 entries", id="none"),
        pytest.param(ENTRIES[1:], START, "does not hold", id="the first left out"),
        pytest.param([*ENTRIES[:3], *ENTRIES[4:]], START, "does not hold", id="one left out"),
        pytest.param(ENTRIES, genesis(bytes(16)), "does not hold", id="another journal"),
        pytest.param(
            [replace(ENTRIES[0], commitment=bytes(32))], START, "does not hold", id="altered"
        ),
        pytest.param(
            [replace(ENTRIES[1], salt=None)], head_of(ENTRIES[0]), "go together", id="half erased"
        ),
    ],
)
def test_what_no_hub_would_take_is_not_signed(
    entries: list[Entry], prev: ChainHead, told: str
) -> None:
    with pytest.raises(EventError, match=told):
        sign_batch(UID, entries, prev, UNIT)


def test_a_batch_by_another_unit_is_not_opened() -> None:
    with pytest.raises(EventError, match="header"):
        open_batch(MESSAGE, OTHER.verifying_key)


def test_a_batch_has_a_longest_form() -> None:
    with pytest.raises(EventError, match=f"at most {MAX_BATCH_BYTES}"):
        open_batch(bytes(MAX_BATCH_BYTES + 1), UNIT.verifying_key)


def test_the_most_entries_that_are_allowed_travel() -> None:
    entries = chain_of(MAX_BATCH_ENTRIES)
    batch = open_batch(sign_batch(UID, entries, START, UNIT), UNIT.verifying_key)
    assert batch.head == head_of(entries[-1])
    with pytest.raises(EventError, match="5001 entries"):
        sign_batch(UID, chain_of(MAX_BATCH_ENTRIES + 1), START, UNIT)


def test_a_fact_takes_at_most_30_bytes_of_the_wire() -> None:
    entries = chain_of(100, holders=False)
    assert all(entry.commitment == NO_HOLDER for entry in entries)
    assert len(deflate(sign_batch(UID, entries, START, UNIT))) <= 30 * len(entries)


@given(st.binary(max_size=2000))
def test_what_was_deflated_is_inflated(message: bytes) -> None:
    assert inflate(deflate(message)) == message


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(b"", "cut short", id="nothing"),
        pytest.param(b"batch", "zlib", id="not compressed"),
        pytest.param(deflate(MESSAGE)[:-1], "cut short", id="cut short"),
        pytest.param(deflate(MESSAGE) + b"x", "after its end", id="bytes after it"),
        pytest.param(zlib.compress(bytes(64 << 20)), f"more than {MAX_BATCH_BYTES}", id="a bomb"),
    ],
)
def test_what_can_not_be_inflated_is_one_error(body: bytes, told: str) -> None:
    with pytest.raises(EventError, match=told):
        inflate(body)


# Invariant: any bytes give a message or EventError.
@given(st.integers(0, 300), st.binary(min_size=1, max_size=3))
def test_any_bytes_are_inflated_or_an_error(place: int, noise: bytes) -> None:
    body = deflate(MESSAGE)
    try:
        message = inflate(body[:place] + noise + body[place + len(noise) :])
    except EventError:
        return
    assert len(message) <= MAX_BATCH_BYTES

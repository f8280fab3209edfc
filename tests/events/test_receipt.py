"""A receipt: the hub's word, that nobody else can give."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EventError
from gate.events.chain import ChainHead
from gate.events.receipt import (
    MAX_RECEIPT_BYTES,
    TYP,
    Receipt,
    hash_of,
    open_receipt,
    sign_receipt,
)
from gate.events.signed import sign
from gate.signing import cbor
from gate.signing.keys import SigningKey

HUB = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
MS = timedelta(milliseconds=1)
NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
RECEIPT = Receipt(
    uid="0123456789abcdef",
    head=ChainHead(journal_id=bytes(16), seq=100, hash=bytes(32)),
    hub_time=NOW,
    batch_hash=hash_of(b"message"),
)
FIELDS: dict[int, Any] = {
    1: RECEIPT.uid,
    2: bytes(16),
    3: 100,
    4: bytes(32),
    5: 1_796_541_300_000,
    6: RECEIPT.batch_hash,
}
RECEIPTS = st.builds(
    Receipt,
    uid=st.binary(min_size=8, max_size=8).map(bytes.hex),
    head=st.builds(
        ChainHead,
        journal_id=st.binary(min_size=16, max_size=16),
        seq=st.integers(1, 2**53 - 1),
        hash=st.binary(min_size=32, max_size=32),
    ),
    hub_time=st.integers(0, 2**47).map(lambda ms: datetime.fromtimestamp(0, UTC) + ms * MS),
    batch_hash=st.binary(min_size=32, max_size=32),
)


def test_a_receipt_is_the_documented_map() -> None:
    assert sign_receipt(RECEIPT, HUB) == sign(TYP, cbor.encode(FIELDS), HUB)


# Invariant: every receipt comes back the same, and within the size that is read.
@given(RECEIPTS)
def test_a_receipt_comes_back_the_same(receipt: Receipt) -> None:
    message = sign_receipt(receipt, HUB)
    assert len(message) <= MAX_RECEIPT_BYTES
    assert open_receipt(message, HUB.verifying_key) == receipt


# Invariant: any payload that the hub signs is the one encoding of a receipt, or EventError.
@given(
    st.one_of(
        st.binary(max_size=200),
        st.tuples(
            st.sampled_from(range(8)),
            st.one_of(st.integers(-(2**63), 2**63), st.binary(max_size=40), st.text(max_size=20)),
        ).map(lambda change: cbor.encode(FIELDS | {change[0]: change[1]})),
    )
)
def test_any_payload_is_a_receipt_or_an_error(payload: bytes) -> None:
    message = sign(TYP, payload, HUB)
    try:
        receipt = open_receipt(message, HUB.verifying_key)
    except EventError:
        return
    assert sign_receipt(receipt, HUB) == message


@given(st.integers(0, len(sign_receipt(RECEIPT, HUB)) * 8 - 1))
def test_no_bit_of_a_receipt_can_be_changed(bit: int) -> None:
    message = bytearray(sign_receipt(RECEIPT, HUB))
    message[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EventError):
        open_receipt(bytes(message), HUB.verifying_key)


def test_a_receipt_has_a_longest_form() -> None:
    with pytest.raises(EventError, match="513 bytes, at most 512"):
        open_receipt(bytes(513), HUB.verifying_key)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        pytest.param("uid", "0123456789ABCDEF", "hexadecimal", id="capitals"),
        pytest.param("uid", "0123", "16", id="short uid"),
        pytest.param("batch_hash", bytes(31), "32 bytes", id="short hash"),
        pytest.param("head", replace(RECEIPT.head, seq=0), "through 0", id="nothing stored"),
        pytest.param("head", replace(RECEIPT.head, hash=b""), "32 bytes", id="no head"),
        pytest.param("head", replace(RECEIPT.head, journal_id=b""), "id of 0", id="no journal"),
        pytest.param("hub_time", NOW.replace(tzinfo=None), "aware UTC", id="time without a zone"),
        pytest.param("hub_time", NOW.replace(year=1969), "aware UTC", id="before 1970"),
        pytest.param(
            "hub_time", NOW.astimezone(timezone(timedelta(hours=1))), "aware UTC", id="BST"
        ),
    ],
)
def test_what_no_hub_could_mean_is_no_receipt(field: str, value: object, told: str) -> None:
    changes: dict[str, Any] = {field: value}
    with pytest.raises(EventError, match=told):
        replace(RECEIPT, **changes)

"""The reader of signed claims holds to the one encoding, byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.card.claims import parse_claims
from gate.card.model import Card
from gate.card.wire import build_claims
from gate.errors import CardError
from gate.signing import cbor
from gate.sim.forger import claims_of, encode_anything, with_changes
from gate.sim.issuer import SimIssuer

ISSUER = SimIssuer()
USUAL = build_claims(ISSUER.card())
LATER = encode_anything(
    with_changes(
        claims_of(ISSUER),
        {169: {0: [1], 9: b"p", 70_000: {1: 2}}, -70001: {12: 1, 24: "x", 99: {"a": [1]}}},
    )
)
MANY = encode_anything(with_changes(claims_of(ISSUER), {-70001: dict.fromkeys(range(12, 62), 1)}))


def read(payload: bytes) -> Card | None:
    try:
        return parse_claims(payload)
    except CardError:
        return None


def test_keys_of_later_versions_are_passed_over() -> None:
    assert read(LATER) == read(MANY) == read(USUAL) == ISSUER.card()


# Invariant: what is read is strict CBOR; nothing of what was built is missing in it.
@given(st.sampled_from([USUAL, LATER, MANY]), st.data())
def test_what_is_read_from_changed_bytes_is_in_the_one_encoding(
    payload: bytes, data: st.DataObject
) -> None:
    changed = bytearray(payload)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(changed) - 1))
        removed = data.draw(st.integers(0, 3))
        changed[place : place + removed] = data.draw(
            st.binary(min_size=1 - min(removed, 1), max_size=3)
        )
    card = read(bytes(changed))
    if card is None:
        return

    assert cbor.encode(cbor.decode(bytes(changed))) == changed
    assert len(build_claims(card)) <= len(changed)


# Invariant: any bytes are a card's claims or CardError.
@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda tail: USUAL[:40] + tail))
def test_any_bytes_are_claims_or_one_error(payload: bytes) -> None:
    assert read(payload) is None or payload == USUAL


# Invariant: no part of the claims is claims.
def test_claims_cut_anywhere_or_trailed_are_refused() -> None:
    for payload in (USUAL, LATER, MANY):
        assert [end for end in range(len(payload)) if read(payload[:end])] == []
        assert read(payload + b"\x00") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"\x18\xa9\xa2\x01", b"\x18\xa9\xa3\x01\x61h\x01", id="an identity key twice"),
        pytest.param(
            b"\x3a\x00\x01\x11\x70\xa8\x00",
            b"\x3a\x00\x01\x11\x70\xa9\x00\x07\x00",
            id="a proof twice",
        ),
        pytest.param(b"\x02\x81\x0c\x03", b"\x03\x81\x0c\x02", id="proofs out of order"),
    ],
)
def test_keys_doubled_or_out_of_order_are_refused(old: bytes, new: bytes) -> None:
    assert USUAL.count(old) == 1

    assert read(USUAL.replace(old, new)) is None

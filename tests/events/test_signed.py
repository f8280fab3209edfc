"""A signed message: one type, one key, one form."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EventError
from gate.events.signed import open_signed, sign
from gate.signing import cbor, cose
from gate.signing.keys import SigningKey

KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
TYP = "application/example"


@pytest.mark.parametrize("key", [KEY, SigningKey(ec.derive_private_key(7, ec.SECP256R1()))])
def test_what_was_signed_comes_back(key: SigningKey) -> None:
    assert open_signed(sign(TYP, b"payload", key), TYP, key.verifying_key) == b"payload"


def test_a_message_of_another_type_is_refused() -> None:
    with pytest.raises(EventError, match=r"^header: not that of application/example by"):
        open_signed(sign("application/other", b"payload", KEY), TYP, KEY.verifying_key)


def test_a_message_by_another_key_is_refused() -> None:
    with pytest.raises(EventError, match=f"^header: .* {KEY.verifying_key.kid.hex()}$"):
        open_signed(sign(TYP, b"payload", OTHER), TYP, KEY.verifying_key)


def test_a_signature_by_another_key_under_the_right_name_is_refused() -> None:
    header = cbor.encode({1: -19, 4: KEY.verifying_key.kid, 16: TYP})
    with pytest.raises(EventError, match=r"^signature: "):
        open_signed(cose.sign1(header, b"payload", OTHER), TYP, KEY.verifying_key)


def test_a_header_that_says_more_is_refused() -> None:
    header = cbor.encode({1: -19, 4: KEY.verifying_key.kid, 16: TYP, 99: 0})
    with pytest.raises(EventError, match=r"^header: "):
        open_signed(cose.sign1(header, b"payload", KEY), TYP, KEY.verifying_key)


# Invariant: no message that differs in a bit from a signed one is accepted.
@given(st.integers(0, len(sign(TYP, b"payload", KEY)) * 8 - 1))
def test_no_bit_of_a_message_can_be_changed(bit: int) -> None:
    message = bytearray(sign(TYP, b"payload", KEY))
    message[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EventError):
        open_signed(bytes(message), TYP, KEY.verifying_key)


# Invariant: any bytes give the payload that the key signed, or EventError.
@given(st.binary(max_size=300))
def test_any_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(EventError):
        open_signed(data, TYP, KEY.verifying_key)

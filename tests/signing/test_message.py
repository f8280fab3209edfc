"""A message of a type: one form, and only by a key that is asked for."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.signing import cbor, cose
from gate.signing.keys import SigningKey, VerifyingKey
from gate.signing.message import open_message, sign_message

KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
P256 = SigningKey(ec.derive_private_key(7, ec.SECP256R1()))
TYP = "application/example"
PUBLIC = KEY.verifying_key
MESSAGE = sign_message(TYP, b"payload", KEY)


class Namesake(VerifyingKey):
    """Another key that bears the same kid."""

    @property
    def kid(self) -> bytes:
        return PUBLIC.kid


@pytest.mark.parametrize("key", [KEY, OTHER, P256])
def test_the_one_key_of_several_that_signed_is_named(key: SigningKey) -> None:
    keys = [KEY.verifying_key, OTHER.verifying_key, P256.verifying_key]

    assert open_message(sign_message(TYP, b"payload", key), TYP, keys) == (
        key.verifying_key,
        b"payload",
    )


def test_of_keys_with_one_kid_the_one_that_signed_is_found() -> None:
    namesake = Namesake(OTHER.verifying_key.algorithm, OTHER.verifying_key.public)

    assert open_message(MESSAGE, TYP, [namesake, PUBLIC]) == (PUBLIC, b"payload")


def test_a_namesake_of_the_key_is_not_the_key() -> None:
    namesake = Namesake(OTHER.verifying_key.algorithm, OTHER.verifying_key.public)

    with pytest.raises(TrustError, match=r"^signature: not by the key "):
        open_message(MESSAGE, TYP, [namesake])


@pytest.mark.parametrize(
    ("typ", "keys", "told"),
    [
        pytest.param("application/other", [PUBLIC], "header: not that of", id="another type"),
        pytest.param(TYP, [OTHER.verifying_key], "header: not that of", id="another key"),
        pytest.param(TYP, [], "header: .* none is trusted", id="no key"),
    ],
)
def test_what_is_not_asked_for_is_refused(typ: str, keys: list[VerifyingKey], told: str) -> None:
    with pytest.raises(TrustError, match=told):
        open_message(MESSAGE, typ, keys)


def test_a_header_that_says_more_is_refused() -> None:
    header = cbor.encode({1: -19, 4: PUBLIC.kid, 16: TYP, 99: 0})
    with pytest.raises(TrustError, match=r"^header: "):
        open_message(cose.sign1(header, b"payload", KEY), TYP, [PUBLIC])


# Invariant: no message that differs in a bit from a signed one is accepted.
@given(st.integers(0, len(MESSAGE) * 8 - 1))
def test_no_bit_of_a_message_can_be_changed(bit: int) -> None:
    message = bytearray(MESSAGE)
    message[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TrustError):
        open_message(bytes(message), TYP, [PUBLIC])


# Invariant: any bytes give the payload that a key signed, or TrustError.
@given(st.binary(max_size=300))
def test_any_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(TrustError):
        open_message(data, TYP, [PUBLIC])

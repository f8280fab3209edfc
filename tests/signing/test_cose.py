"""COSE_Sign1 in its one form."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EncodingError
from gate.signing import cbor, cose
from gate.signing.keys import SigningKey

KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
HEADER = cbor.encode({1: -19})


def test_a_signed_message_comes_apart_and_its_signature_holds() -> None:
    message = cose.parse_sign1(cose.sign1(HEADER, b"payload", KEY))

    assert (message.protected, message.payload) == (HEADER, b"payload")
    assert KEY.verifying_key.verifies(message.signature, message.signed)


def test_what_is_signed_is_the_structure_of_the_rfc() -> None:
    message = cose.parse_sign1(cose.sign1(HEADER, b"payload", KEY))

    assert cbor.decode(message.signed) == ["Signature1", HEADER, b"", b"payload"]


def envelope(**changed: cbor.Encodable) -> bytes:
    parts: dict[str, cbor.Encodable] = {
        "protected": HEADER,
        "unprotected": {},
        "payload": b"p",
        "signature": bytes(64),
    }
    return b"\xd2" + cbor.encode(list((parts | changed).values()))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(envelope()[1:], id="no tag"),
        pytest.param(b"\xd1" + envelope()[1:], id="tag 17"),
        pytest.param(b"\xd8\x12" + envelope()[1:], id="tag 18 in two bytes"),
        pytest.param(b"\xd8\x3d" + envelope(), id="tag 61 around it"),
        pytest.param(envelope(unprotected={4: b"kid"}), id="an unprotected header"),
        pytest.param(envelope(protected={1: -19}), id="a header that is a map"),
        pytest.param(envelope(payload="p"), id="a payload that is text"),
        pytest.param(envelope(signature=bytes(63)), id="a short signature"),
        pytest.param(envelope(signature=bytes(65)), id="a long signature"),
        pytest.param(b"\xd2" + cbor.encode([HEADER, {}, b"p", bytes(64), 0]), id="a fifth part"),
        pytest.param(b"\xd2" + cbor.encode([HEADER, {}, bytes(64)]), id="a third part missing"),
        pytest.param(envelope() + b"\x00", id="bytes after it"),
    ],
)
def test_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(EncodingError):
        cose.parse_sign1(data)


# Invariant: any bytes are a message that encodes to themselves, or EncodingError.
@given(st.binary(max_size=120) | st.binary(max_size=120).map(lambda tail: b"\xd2\x84" + tail))
def test_any_bytes_are_a_message_or_one_error(data: bytes) -> None:
    try:
        message = cose.parse_sign1(data)
    except EncodingError:
        return

    assert (
        envelope(protected=message.protected, payload=message.payload, signature=message.signature)
        == data
    )


# Invariant: no prefix of a message is a message.
def test_a_message_cut_anywhere_is_refused() -> None:
    whole = cose.sign1(HEADER, b"payload", KEY)

    for end in range(len(whole)):
        with pytest.raises(EncodingError):
            cose.parse_sign1(whole[:end])

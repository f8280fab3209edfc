"""What a unit and its hub send each other: COSE_Sign1 with a type, by one key, in one form.

The header is `{alg, kid, typ}` and nothing else, so the bytes of a header are known beforehand and
compared, never interpreted: a message of one type is never taken for one
of another, nor a key for another key.
"""

from gate.errors import EncodingError, EventError
from gate.signing import cbor, cose
from gate.signing.keys import SigningKey, VerifyingKey


def sign(typ: str, payload: bytes, key: SigningKey) -> bytes:
    """Return `payload` as a message of type `typ`, signed by `key`."""
    return cose.sign1(_header(typ, key.verifying_key), payload, key)


def open_signed(data: bytes, typ: str, key: VerifyingKey) -> bytes:
    """Return the payload of a message of type `typ` that `key` signed.

    1. Take the message apart.  2. Compare its header.  3. Check the signature.
    How long `data` may be, and what the payload says, are the caller's business.

    Raises:
        EventError: naming the step that failed.
    """
    # 1.
    try:
        message = cose.parse_sign1(data)
    except EncodingError as error:
        raise EventError(f"message: {error}") from error
    # 2.
    if message.protected != _header(typ, key):
        raise EventError(f"header: not that of {typ} by the key {key.kid.hex()}")
    # 3.
    if not key.verifies(message.signature, message.signed):
        raise EventError(f"signature: not by the key {key.kid.hex()}, or the message was changed")
    return message.payload


def _header(typ: str, key: VerifyingKey) -> bytes:
    return cbor.encode(
        {
            cose.HEADER_ALG: int(key.algorithm),
            cose.HEADER_KID: key.kid,
            cose.HEADER_TYP: typ,
        }
    )

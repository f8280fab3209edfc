"""Messages of a type, in one form: COSE_Sign1 whose header is `{alg, kid, typ}` and nothing else.

So the bytes of a header are known beforehand and compared, never interpreted: a message of one type
is never taken for one of another, nor a key for another key.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from gate.errors import EncodingError, TrustError
from gate.signing import cbor, cose
from gate.signing.keys import SigningKey, VerifyingKey

_HEADERS: Final = 4096
"""Kept: of each unit that a hub hears in a minute, for three types; 100 bytes each."""


def sign_message(typ: str, payload: bytes, key: SigningKey) -> bytes:
    """Return `payload` as a message of type `typ`, signed by `key`."""
    return cose.sign1(_header(typ, key.verifying_key), payload, key)


def open_message(data: bytes, typ: str, keys: Iterable[VerifyingKey]) -> tuple[VerifyingKey, bytes]:
    """Return which of `keys` signed a message of type `typ`, and its payload.

    1. Take the message apart.  2. Compare its header.  3. Check the signature, by every key that
    the header names: kids can collide.
    How long `data` may be, and what the payload says, are the caller's business.

    Raises:
        TrustError: naming the step that failed.
    """
    # 1.
    try:
        message = cose.parse_sign1(data)
    except EncodingError as error:
        raise TrustError(f"message: {error}") from error
    # 2.
    known = tuple(keys)
    named = [key for key in known if message.protected == _header(typ, key)]
    if not named:
        raise TrustError(f"header: not that of {typ} by {_names(known)}")
    # 3.
    signed = message.signed
    for key in named:
        if key.verifies(message.signature, signed):
            return key, message.payload
    raise TrustError(f"signature: not by {_names(named)}, or the message was changed")


@lru_cache(maxsize=_HEADERS)
def _header(typ: str, key: VerifyingKey) -> bytes:
    return cbor.encode(
        {
            cose.HEADER_ALG: int(key.algorithm),
            cose.HEADER_KID: key.kid,
            cose.HEADER_TYP: typ,
        }
    )


def _names(keys: Iterable[VerifyingKey]) -> str:
    kids = sorted({key.kid.hex() for key in keys})
    return f"the key {' or '.join(kids)}" if kids else "any key: none is trusted"

"""COSE_Sign1 (RFC 9052, section 4.2) in the one form that cards and tokens use.

Tag 18 around [protected, {}, payload, signature], deterministic throughout; what stands in the
protected header is the caller's to judge.
"""

from dataclasses import dataclass
from typing import Final

from gate.errors import EncodingError
from gate.signing import cbor
from gate.signing.keys import SIGNATURE_BYTES, SigningKey

HEADER_ALG: Final = 1
HEADER_KID: Final = 4
HEADER_TYP: Final = 16

_FRAME: Final = b"\xd2\x84"
_EMPTY_MAP: Final = b"\xa0"
_SIG_STRUCTURE: Final = b"\x84\x6aSignature1"
_NO_EXTERNAL_DATA: Final = b"\x40"


@dataclass(frozen=True, slots=True)
class Sign1:
    """A message taken apart, its signature not yet checked."""

    protected: bytes
    payload: bytes
    signature: bytes

    @property
    def signed(self) -> bytes:
        """The bytes that the signature is over: RFC 9052's Sig_structure, no external data."""
        return _to_be_signed(self.protected, self.payload)


def parse_sign1(data: bytes) -> Sign1:
    """Return the parts of a tagged message.

    Raises:
        EncodingError: not this form, or a signature that is not 64 bytes.
    """
    if not data.startswith(_FRAME):
        raise EncodingError("COSE: the message does not begin with tag 18 and an array of four")
    protected, pos = cbor.read_bytes(data, len(_FRAME))
    if data[pos : pos + 1] != _EMPTY_MAP:
        raise EncodingError("COSE: the unprotected header is not an empty map")
    payload, pos = cbor.read_bytes(data, pos + 1)
    signature, pos = cbor.read_bytes(data, pos)
    if pos != len(data):
        raise EncodingError(f"COSE: {len(data) - pos} bytes after the message")
    if len(signature) != SIGNATURE_BYTES:
        raise EncodingError(f"COSE: a signature of {len(signature)} bytes, 64 are needed")
    return Sign1(protected, payload, signature)


def sign1(protected: bytes, payload: bytes, key: SigningKey) -> bytes:
    """Return the tagged message: `payload` signed by `key` under the encoded header."""
    signature = key.sign(_to_be_signed(protected, payload))
    return b"".join(
        (_FRAME, cbor.encode(protected), _EMPTY_MAP, cbor.encode(payload), cbor.encode(signature))
    )


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    header, body = cbor.head(2, len(protected)), cbor.head(2, len(payload))
    return b"".join((_SIG_STRUCTURE, header, protected, _NO_EXTERNAL_DATA, body, payload))

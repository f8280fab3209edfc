"""A commissioning certificate's signature: the unit's key vouches for every byte of a PDF. Pure.

It stands behind the document as one line that a PDF's reader takes for a comment:

    %site-gate-certificate <base64 of a COSE_Sign1 message>

Its payload is a map of integers (CBOR): 1 the unit's public key, 2 the SHA-256 of all that stands
before the line, 3 when it was signed. It is signed by the key that it carries; whose key that is,
the hub's page of the unit tells, or the unit itself.

Invariant: `open_certificate(sign_certificate(pdf, ...))` is who signed; of any other bytes it is
that, of what stands before the line, or TrustError.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from gate.errors import EncodingError, TrustError
from gate.signing import cbor, cose
from gate.signing.keys import Algorithm, SigningKey, VerifyingKey
from gate.signing.message import open_message, sign_message
from gate.trust.site_file import check_moment
from gate.trust.status_token import MAX_TIME_S, MIN_TIME_S

TYP: Final = "application/vnd.site-gate.commissioning+cwt"

MARK: Final = b"%site-gate-certificate "

MAX_LINE_BYTES: Final = 512
"""It has some 300; a reader finds a PDF's end within its last 1,024 bytes."""

MAX_CERTIFICATE_BYTES: Final = 32 << 20
"""Of the whole file; one with two pictures has 400 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who signed, and when by the unit's clock; whole seconds, UTC."""

    key: VerifyingKey
    at: datetime


def sign_certificate(pdf: bytes, key: SigningKey, at: datetime) -> bytes:
    """Return the document with its signature behind it.

    Raises:
        TrustError: a moment that can't be written.
    """
    whole_s = at.replace(microsecond=0)
    check_moment("signed at", whole_s)
    body = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    claims: dict[int, cbor.Encodable] = {
        1: key.verifying_key.public,
        2: sha256(body).digest(),
        3: int(whole_s.timestamp()),
    }
    message = sign_message(TYP, cbor.encode(claims), key)
    return body + MARK + base64.b64encode(message) + b"\n"


def open_certificate(data: bytes) -> Signed:
    """Return who signed a document.

    1. Find the line at its end.  2. Undo its encoding.  3. Check the signature by the key in it.
    4. Compare the hash of all that stands before it.

    Raises:
        TrustError: naming the step that failed.
    """
    # 1.
    if len(data) > MAX_CERTIFICATE_BYTES:
        raise TrustError(f"certificate: {len(data)} bytes, at most {MAX_CERTIFICATE_BYTES}")
    begins = data.rfind(MARK)
    line = data[begins:]
    if begins < 0 or len(line) > MAX_LINE_BYTES or line.find(b"\n") != len(line) - 1:
        raise TrustError("certificate: no signature at its end")
    try:
        # 2.
        message = base64.b64decode(line[len(MARK) : -1], validate=True)
        claims: Any = cbor.decode(cose.parse_sign1(message).payload)
    except (EncodingError, binascii.Error) as error:
        raise TrustError(f"certificate: {error}") from error
    if base64.b64encode(message) != line[len(MARK) : -1]:
        raise TrustError("certificate: its signature has two spellings")
    match claims:
        case {1: bytes(public), 2: bytes(digest), 3: int(at_s)} if (
            len(claims) == 3 and MIN_TIME_S <= at_s < MAX_TIME_S
        ):
            key = VerifyingKey(Algorithm.ED25519, public)
        case _:
            raise TrustError("certificate: not a key, a hash and a time")
    # 3.
    open_message(message, TYP, (key,))
    # 4.
    if sha256(data[:begins]).digest() != digest:
        raise TrustError("certificate: the document was changed after it was signed")
    return Signed(key=key, at=datetime.fromtimestamp(at_s, UTC))

"""A hub's word to one unit that it is to make a support bundle, as a header carries it. Pure.

COSE_Sign1 by the hub's online key over `[uid, number]`, in base64url. It has no time: a unit whose
clock is wrong is one that somebody wants to look into, and a hub takes a bundle only while it waits
for the one of that number.

Invariant: `open_ask` of any text is the number that a trusted hub signed for that unit, or
TrustError.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Final

from gate.errors import EncodingError, TrustError
from gate.signing import cbor
from gate.signing.keys import SigningKey
from gate.signing.message import sign_message
from gate.trust.bundle import TrustedKey
from gate.trust.site_file import FileKind

HEADER: Final = "Gate-Support"
"""Of the answer to a unit that asks for its manifest, while its hub waits for a bundle."""

NUMBER_BYTES: Final = 16

MAX_ASK_CHARS: Final = 512
"""One takes 246."""

KIND: Final = FileKind(
    name="support ask", typ="application/vnd.site-gate.support-ask+cbor", max_bytes=384
)


def sign_ask(uid: str, number: bytes, key: SigningKey) -> str:
    """Return the header's value that asks the unit `uid` for the bundle of that number."""
    message = sign_message(KIND.typ, cbor.encode([uid, number]), key)
    return base64.urlsafe_b64encode(message).rstrip(b"=").decode("ascii")


def open_ask(text: str, keys: Sequence[TrustedKey], uid: str) -> bytes:
    """Return the number of the bundle that a unit is asked for.

    1. Check the size and undo the header's encoding.  2. A hub that is trusted for sites signed it.
    3. It is for this unit.

    Raises:
        TrustError: naming the step that failed.
    """
    # 1.
    if len(text) > MAX_ASK_CHARS:
        raise TrustError(f"support ask: {len(text)} characters, at most {MAX_ASK_CHARS}")
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        message = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise TrustError("support ask: not base64url") from error
    # 2.
    _, payload = KIND.unseal(message, [one for one in keys if not one.compromised])
    # 3.
    try:
        claims = cbor.decode(payload)
    except EncodingError as error:
        raise TrustError(f"support ask: payload: {error}") from error
    match claims:
        case [str(said), bytes(number)] if len(number) == NUMBER_BYTES:
            pass
        case _:
            raise TrustError("support ask: payload: not a unit and a number of 16 bytes")
    if said != uid:
        raise TrustError(f"support ask: for another unit than {uid}")
    return number

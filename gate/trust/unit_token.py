"""Who asks the hub: a request without a body carries a CWT (RFC 8392) by the unit's own key.

    Authorization: CWT <base64url of a COSE_Sign1 message>

Claims are iss (1, the unit's uid), aud (3, the path asked for), exp (4) and iat (6), at most
`MAX_LIFE` apart, so that an overheard one is soon worth nothing and good for one path only.

Invariant: `open_request` of any text is the uid of the unit whose key it is, or TrustError.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gate.errors import ClockError, EncodingError, TrustError
from gate.signing import cbor
from gate.signing.keys import SigningKey, VerifyingKey
from gate.signing.message import open_message, sign_message
from gate.trust.status_token import CLOCK_SLACK

TYP: Final = "application/vnd.site-gate.request+cwt"
SCHEME: Final = "CWT "

MAX_LIFE: Final = timedelta(seconds=300)
"""Long enough for a slow link and two clocks a minute apart."""

MAX_PATH_CHARS: Final = 128
MAX_TOKEN_CHARS: Final = 512
"""A token for the longest path has 388."""

_ISS, _AUD, _EXP, _IAT = 1, 3, 4, 6


def sign_request(uid: str, path: str, now: datetime, key: SigningKey) -> str:
    """Return the Authorization header's value for a GET of `path` at `now`.

    Raises:
        TrustError: a path that is too long.
    """
    if len(path) > MAX_PATH_CHARS:
        raise TrustError(f"request: a path of {len(path)} characters, at most {MAX_PATH_CHARS}")
    issued_s = int(now.timestamp())
    claims: dict[int, cbor.Encodable] = {
        _ISS: uid,
        _AUD: path,
        _EXP: issued_s + int(MAX_LIFE.total_seconds()),
        _IAT: issued_s,
    }
    message = sign_message(TYP, cbor.encode(claims), key)
    return SCHEME + base64.urlsafe_b64encode(message).rstrip(b"=").decode("ascii")


def open_request(text: str, key: VerifyingKey, path: str, now: datetime) -> str:
    """Return the uid of the unit that asks for `path`, if its `key` says so at `now`.

    1. Check the size.  2. Undo the header's encoding.  3. Take apart, compare the header, check
    the signature.  4. Read the claims.  5. They are for this path, by the unit of this key.
    6. They hold now.

    Raises:
        ClockError: everything holds but the time: the unit may ask again by the hub's.
        TrustError: naming the other step that failed.
    """
    # 1.
    if len(text) > MAX_TOKEN_CHARS:
        raise TrustError(f"request: {len(text)} characters, at most {MAX_TOKEN_CHARS}")
    # 2.
    message = _unwrap(text)
    # 3.
    try:
        _, payload = open_message(message, TYP, (key,))
    except TrustError as error:
        raise TrustError(f"request: {error}") from error
    # 4.
    uid, audience, issued_at, expires_at = _claims(payload)
    # 5.
    if audience != path:
        raise TrustError("request: for another path")
    if uid != key.kid.hex():
        raise TrustError(f"request: of another unit than {key.kid.hex()}")
    # 6.
    if issued_at > now + CLOCK_SLACK or expires_at <= now:
        raise ClockError(
            f"request: made at {issued_at:%Y-%m-%d %H:%M:%S}, "
            f"and now it is {now:%Y-%m-%d %H:%M:%S} UTC"
        )
    return uid


def _unwrap(text: str) -> bytes:
    if not text.startswith(SCHEME):
        raise TrustError("request: the Authorization header does not begin with CWT")
    encoded = text[len(SCHEME) :]
    try:
        message = base64.b64decode(
            encoded.encode("ascii") + b"=" * (-len(encoded) % 4), altchars=b"-_", validate=True
        )
    except (UnicodeEncodeError, binascii.Error) as error:
        raise TrustError("request: not base64url") from error
    if base64.urlsafe_b64encode(message).rstrip(b"=").decode("ascii") != encoded:
        raise TrustError("request: base64url, but not in its one form")
    return message


def _claims(payload: bytes) -> tuple[str, str, datetime, datetime]:
    try:
        claims: Any = cbor.decode(payload)
    except EncodingError as error:
        raise TrustError(f"request: payload: {error}") from error
    match claims:
        case {1: str(uid), 3: str(audience), 4: int(expires_s), 6: int(issued_s)} if (
            len(claims) == 4
        ):
            pass
        case _:
            raise TrustError("request: payload: not the four claims of a request")
    life_s = expires_s - issued_s
    if not 0 < life_s <= MAX_LIFE.total_seconds():
        raise TrustError(f"request: good for {life_s} s, at most {MAX_LIFE.total_seconds():.0f}")
    try:
        return (
            uid,
            audience,
            datetime.fromtimestamp(issued_s, UTC),
            datetime.fromtimestamp(expires_s, UTC),
        )
    except (OverflowError, ValueError, OSError) as error:
        raise TrustError("request: payload: a time beyond the calendar") from error

"""A status list as it travels: a CWT signed by the issuer, `application/statuslist+cwt`.

A token is believed if a key of the issuer to whom its URI belongs, trusted for lists at the time
of signing, signed it. Whether it has expired or is older than one already held is judged where it
is accepted (`gate.store`), not here: afterwards age decides, never `exp`.
"""

import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Final

import cbor2

from gate.errors import TrustError
from gate.signing import cbor, cose
from gate.signing.keys import Algorithm, SigningKey
from gate.trust.bundle import Issuer, KeyUse
from gate.trust.status_list import StatusList, unpack_lst

TYP: Final = "application/statuslist+cwt"
MAX_TOKEN_BYTES: Final = 4 << 20
"""On the wire; 2.1 million cards at 1 % revoked take 33 kB."""

CLAIM_SUB: Final = 2
CLAIM_EXP: Final = 4
CLAIM_IAT: Final = 6
CLAIM_TTL: Final = 65534
CLAIM_LIST: Final = 65533

MIN_TIME_S: Final = 1_577_836_800
"""2020-01-01: no list and no card is older than this product."""
MAX_TIME_S: Final = 4_133_980_800
"""2101-01-01, past the 2100 that CARD.md allows."""

CLOCK_SLACK: Final = timedelta(seconds=60)
"""A signer's clock may be ahead of ours by so much; one that was never set is off by years."""

_ALGORITHMS_OF: Final = {
    Algorithm.ED25519: frozenset({Algorithm.ED25519, -8}),
    Algorithm.ESP256: frozenset({Algorithm.ESP256, -7}),
}
"""Other issuers still name the older, polymorphic EdDSA (-8) and ES256 (-7)."""

_DECODE_ERRORS: Final = (
    cbor2.CBORDecodeError,
    ValueError,
    TypeError,
    OverflowError,
    RecursionError,
)


def issue_status_token(held: StatusList, key: SigningKey, *, compression_level: int = 9) -> bytes:
    """Return `held` as a token signed by `key`, in this project's deterministic form."""
    public = key.verifying_key
    claims: dict[int, cbor.Encodable] = {
        CLAIM_SUB: held.uri,
        CLAIM_IAT: int(held.issued_at.timestamp()),
        CLAIM_LIST: {"bits": held.bits, "lst": zlib.compress(held.packed, compression_level)},
    }
    if held.expires_at is not None:
        claims[CLAIM_EXP] = int(held.expires_at.timestamp())
    if held.ttl_s is not None:
        claims[CLAIM_TTL] = held.ttl_s
    header: dict[int, cbor.Encodable] = {
        cose.HEADER_ALG: int(public.algorithm),
        cose.HEADER_KID: public.kid,
        cose.HEADER_TYP: TYP,
    }
    return cose.sign1(cbor.encode(header), cbor.encode(claims), key)


def verify_status_token(token: bytes, issuers: Iterable[Issuer]) -> StatusList:
    """Return the list in `token` if one of `issuers` vouches for it.

    1. Take the message apart.  2. Read the claims.  3. Find the issuer by the URI.
    4. Check the signature by a key trusted for lists when it was signed.  5. Unpack.
    Expiry, and that it is no older than the one held, are the caller's business.

    Raises:
        TrustError: naming the step that failed.
    """
    # 1.
    protected, header, payload, signature = _take_apart(token)
    if header.get(cose.HEADER_TYP) != TYP:
        raise TrustError(f"status token: its type is not {TYP}; something else lies in its place")
    # 2.
    claims = _map(_loads(payload, "claims"), "claims")
    uri = claims.get(CLAIM_SUB)
    if not isinstance(uri, str):
        raise TrustError("status token: no URI (claim 2)")
    issued_at = _time(claims, CLAIM_IAT, uri)
    expires_at = _time(claims, CLAIM_EXP, uri) if CLAIM_EXP in claims else None
    # 3.
    owner = next((issuer for issuer in issuers if uri.startswith(issuer.status_base)), None)
    if owner is None:
        raise TrustError(f"status token: {uri} belongs to no trusted issuer")
    # 4.
    signed = cose.Sign1(protected, payload, signature).signed
    if not any(
        header.get(cose.HEADER_ALG) in _ALGORITHMS_OF[trusted.key.algorithm]
        and trusted.may_sign(KeyUse.LIST, issued_at)
        and trusted.key.verifies(signature, signed)
        for trusted in owner.keys
    ):
        raise TrustError(f"status token: {uri} is not signed by a list key of {owner.iss}")
    # 5.
    bits, packed = unpack_lst(claims.get(CLAIM_LIST))
    return StatusList(
        uri=uri,
        issued_at=issued_at,
        expires_at=expires_at,
        ttl_s=_ttl(claims, uri),
        bits=bits,
        packed=packed,
    )


def accept_list(
    fresh: StatusList, held: StatusList | None, now: datetime, *, clock_trusted: bool
) -> None:
    """Refuse a list that must not replace the one held.

    An untrusted `now` is a lower bound: what has expired by it has expired.

    Raises:
        TrustError: not yet issued, expired, or older than `held`.
    """
    if clock_trusted and fresh.issued_at > now + CLOCK_SLACK:
        raise TrustError(
            f"status list {fresh.uri}: signed {fresh.issued_at:%F %T} UTC, in the future;"
            " put this clock right, or the issuer's"
        )
    if fresh.expires_at is not None and fresh.expires_at <= now:
        raise TrustError(
            f"status list {fresh.uri}: it expired at {fresh.expires_at:%F %T} UTC;"
            " bring one that the issuer signed since, or put this clock right"
        )
    if held is not None and fresh.issued_at < held.issued_at:
        raise TrustError(
            f"status list {fresh.uri}: signed {fresh.issued_at:%F %T} UTC, "
            f"older than the one held ({held.issued_at:%F %T})"
        )


def _take_apart(token: bytes) -> tuple[bytes, dict[object, object], bytes, bytes]:
    if len(token) > MAX_TOKEN_BYTES:
        raise TrustError(f"status token: {len(token)} bytes, at most {MAX_TOKEN_BYTES}")
    match _loads(token, "message"):
        case cbor2.CBORTag(
            tag=18, value=[bytes(protected), Mapping(), bytes(payload), bytes(signature)]
        ):
            return protected, _map(_loads(protected, "header"), "header"), payload, signature
        case _:
            raise TrustError("status token: not a tagged COSE_Sign1 message")


def _loads(data: bytes, what: str) -> object:
    stream = BytesIO(data)
    try:
        value = cbor2.load(stream)
    except _DECODE_ERRORS as error:
        raise TrustError(f"status token: its {what} is not CBOR") from error
    if stream.read(1):
        raise TrustError(f"status token: bytes after its {what}")
    return value


def _map(value: object, what: str) -> dict[object, object]:
    if not isinstance(value, dict):
        raise TrustError(f"status token: its {what} is not a map")
    return value


def _time(claims: dict[object, object], claim: int, uri: str) -> datetime:
    value = claims.get(claim)
    if type(value) is not int or not MIN_TIME_S <= value < MAX_TIME_S:
        raise TrustError(f"status token: {uri}: claim {claim} is not a time from 2020 to 2100")
    return datetime.fromtimestamp(value, UTC)


def _ttl(claims: dict[object, object], uri: str) -> int | None:
    value = claims.get(CLAIM_TTL)
    if value is None:
        return None
    if type(value) is not int or value <= 0:
        raise TrustError(f"status token: {uri}: ttl (claim {CLAIM_TTL}) is not a positive integer")
    return value

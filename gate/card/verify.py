"""Is this text a card, who vouches for it, and is it good now?

`authenticate` answers the first two and knows no time; `standing` the third. A gate uses both, so
that the record of a refused card still names its holder; `verify_card` is the two in one.
"""

from datetime import datetime
from typing import Final

from gate.card.claims import parse_claims
from gate.card.model import Card
from gate.card.wire import MAX_PAYLOAD_CHARS, PREFIX, TYP
from gate.errors import CardError, EncodingError, Reason, TrustError
from gate.signing import base45, cbor
from gate.signing.cose import HEADER_ALG, HEADER_KID, HEADER_TYP, Sign1, parse_sign1
from gate.signing.keys import KID_BYTES, Algorithm, VerifyingKey
from gate.trust.bundle import Issuer, KeyUse, TrustBundle, TrustedKey
from gate.trust.status_list import Status


def protected_header(algorithm: Algorithm, kid: bytes) -> bytes:
    """Return the one header that a card signed with this algorithm and key name has."""
    return cbor.encode({HEADER_ALG: int(algorithm), HEADER_KID: kid, HEADER_TYP: TYP})


_KID_AT: Final = 5
_KID_END: Final = _KID_AT + KID_BYTES
_ALGORITHM_OF: Final = {
    header[:_KID_AT] + header[_KID_END:]: algorithm
    for algorithm in Algorithm
    for header in (protected_header(algorithm, bytes(KID_BYTES)),)
}
"""What stands around the kid: deterministic CBOR leaves one header for each algorithm."""


def verify_card(payload: str, trust: TrustBundle, now: datetime) -> Card:
    """Return the card in `payload` if `trust` vouches for it at `now`.

    Args:
        payload: text of one QR code; at most MAX_PAYLOAD_CHARS characters.
        trust: issuers, keys and lists in force.
        now: aware, UTC; the moment the code was read.

    Raises:
        CardError: with the reason of the first step of `authenticate` or `standing` that failed.
    """
    card = authenticate(payload, trust)
    for reason in standing(card, trust, now):
        raise CardError(reason)
    return card


def authenticate(payload: str, trust: TrustBundle) -> Card:
    """Return the card in `payload` if an issuer in `trust` signed it.

    1. Undo the QR encoding.  2. Find the keys it names.  3. Check the signature.
    4. Read the claims.  5. Check that this key may speak for this issuer, scheme and time.
    Nothing of the claims is looked at before the signature holds.

    Raises:
        CardError: with the reason of the first step that failed.
    """
    # 1.
    message, algorithm, kid = _take_apart(payload)
    # 2.
    named = trust.keys_named(kid)
    if not named:
        raise CardError(Reason.UNKNOWN_ISSUER, "no trusted key bears this name")
    # 3.
    key = _signing_key(named, algorithm, message)
    # 4.
    card = parse_claims(message.payload)
    # 5.
    _check_authority(card, named, key)
    return card


def standing(card: Card, trust: TrustBundle, now: datetime) -> tuple[Reason, ...]:
    """Return what speaks against an authentic card at `now`: nothing, if it is good.

    An entry that the list does not have, or whose value is reserved, is a card not to be
    recognised; a list that was never had makes the status unknown, which is not the same.
    """
    against = []
    if now < card.issued_at:
        against.append(Reason.NOT_YET_VALID)
    if now >= card.expires_at:
        against.append(Reason.EXPIRED)
    held = trust.status_lists.get(card.status.uri)
    if held is None:
        against.append(Reason.STATUS_UNKNOWN)
        return tuple(against)
    try:
        status = held.status(card.status.index)
    except TrustError:
        return (Reason.MALFORMED, *against)
    if status is Status.INVALID:
        against.append(Reason.REVOKED)
    elif status is Status.SUSPENDED:
        against.append(Reason.SUSPENDED)
    return tuple(against)


def _take_apart(payload: str) -> tuple[Sign1, Algorithm, bytes]:
    if len(payload) > MAX_PAYLOAD_CHARS:
        raise CardError(Reason.MALFORMED, f"{len(payload)} characters, at most {MAX_PAYLOAD_CHARS}")
    if not payload.startswith(PREFIX):
        raise CardError(Reason.MALFORMED, f"the text does not begin with {PREFIX}")
    try:
        message = parse_sign1(base45.decode(payload[len(PREFIX) :]))
    except EncodingError as error:
        raise CardError(Reason.MALFORMED, str(error)) from error
    header = message.protected
    algorithm = _ALGORITHM_OF.get(header[:_KID_AT] + header[_KID_END:])
    if algorithm is None:
        raise CardError(Reason.MALFORMED, "the protected header is not exactly alg, kid and typ")
    return message, algorithm, header[_KID_AT:_KID_END]


def _signing_key(
    named: tuple[tuple[Issuer, TrustedKey], ...], algorithm: Algorithm, message: Sign1
) -> VerifyingKey:
    signed = message.signed
    for _, trusted in named:
        if trusted.key.algorithm is algorithm and trusted.key.verifies(message.signature, signed):
            return trusted.key
    raise CardError(Reason.BAD_SIGNATURE)


def _check_authority(
    card: Card, named: tuple[tuple[Issuer, TrustedKey], ...], key: VerifyingKey
) -> None:
    """Judge by the entry of the issuer that the card names; two issuers may share a key."""
    for issuer, trusted in named:
        if issuer.iss == card.issuer and trusted.key == key:
            break
    else:
        raise CardError(Reason.UNKNOWN_ISSUER, "the key belongs to another issuer")
    use = KeyUse.CARD if card.audience is None else KeyUse.SITE
    if not trusted.may_sign(use, card.issued_at):
        raise CardError(Reason.UNKNOWN_ISSUER, "the key is not trusted for this card's date or use")
    if card.competence.scheme not in issuer.schemes:
        raise CardError(Reason.SCHEME_NOT_TRUSTED)
    if not card.status.uri.startswith(issuer.status_base):
        raise CardError(Reason.MALFORMED, "the status list belongs to another issuer")

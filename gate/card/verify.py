"""Is this text a card, who vouches for it, and is it good now?

`authenticate` answers the first two and knows no time; `standing` the third. A gate uses both, so
that the record of a refused card still names its holder; `verify_card` is the two in one.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from gate.card.claims import parse_claims
from gate.card.model import Card, StandsOn
from gate.card.other_codes import kind_of
from gate.card.wire import MAX_PAYLOAD_CHARS, PREFIX, TYP
from gate.errors import CardError, EncodingError, Reason, TrustError
from gate.signing import base45, cbor
from gate.signing.cose import HEADER_ALG, HEADER_KID, HEADER_TYP, Sign1, parse_sign1
from gate.signing.keys import KID_BYTES, Algorithm, VerifyingKey
from gate.trust.bundle import Issuer, KeyUse, TrustBundle, TrustedKey
from gate.trust.set_up_text import is_code
from gate.trust.status_list import Status, StatusList


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
_AGAINST: Final = {Status.INVALID: Reason.REVOKED, Status.SUSPENDED: Reason.SUSPENDED}


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
    recognised; a list that was never had makes the status unknown, which is not the same. A site
    pass is good no longer than the scheme card beneath it, and has that one's status beside its
    own, as far as this gate knows the scheme.
    """
    against = _own_standing(card, trust, now)
    beneath = card.competence.stands_on
    if beneath is None:
        return against
    return tuple(dict.fromkeys((*against, *_standing_beneath(card, beneath, trust))))


def lists_of(card: Card, trust: TrustBundle) -> tuple[StatusList, ...]:
    """Return the lists in force that tell of a card, or of the scheme card beneath a pass."""
    beneath = card.competence.stands_on
    refs = (card.status,) if beneath is None else (card.status, beneath.status)
    held = (None if ref is None else trust.status_lists.get(ref.uri) for ref in refs)
    return tuple(one for one in held if one is not None)


def _own_standing(card: Card, trust: TrustBundle, now: datetime) -> tuple[Reason, ...]:
    against = []
    if now < card.issued_at:
        against.append(Reason.NOT_YET_VALID)
    if now >= card.expires_at:
        against.append(Reason.EXPIRED)
    held = trust.status_lists.get(card.status.uri)
    if held is None:
        against.append(Reason.STATUS_UNKNOWN)
        return tuple(against)
    return (*against, *_entry(held, card.status.index))


def _standing_beneath(card: Card, beneath: StandsOn, trust: TrustBundle) -> Iterator[Reason]:
    if card.expires_at > beneath.expires_at:
        yield Reason.OUTLIVES_CARD
    status = beneath.status
    issuer = None if status is None else trust.issuer_of_list(status.uri)
    if status is None or issuer is None:
        return
    held = trust.status_lists.get(status.uri)
    if issuer.iss != beneath.issuer:
        yield Reason.MALFORMED
    elif held is None:
        yield Reason.STATUS_UNKNOWN
    else:
        yield from _entry(held, status.index)


def _entry(held: StatusList, index: int) -> tuple[Reason, ...]:
    try:
        status = held.status(index)
    except TrustError:
        return (Reason.MALFORMED,)
    return () if status is Status.VALID else (_AGAINST[status],)


def _take_apart(payload: str) -> tuple[Sign1, Algorithm, bytes]:
    if is_code(payload):
        raise CardError(Reason.SET_UP_CODE, "a code that makes units is no card, and stays unread")
    if not payload.startswith(PREFIX):
        raise CardError(kind_of(payload), f"the text does not begin with {PREFIX}")
    if len(payload) > MAX_PAYLOAD_CHARS:
        raise CardError(Reason.MALFORMED, f"{len(payload)} characters, at most {MAX_PAYLOAD_CHARS}")
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

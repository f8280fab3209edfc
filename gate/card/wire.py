"""The printed card as bytes: claims in deterministic CBOR, to and from a `Card` (CARD.md, CDDL).

Invariant: `parse_claims(data)` returns a card whose `build_claims` is `data` but for unknown keys
inside the identity and the competence, or raises CardError with MALFORMED.
"""

from datetime import UTC, datetime
from typing import Final

from gate.card.fields import (
    END_TIME_S,
    EPOCH_ORDINAL,
    MIN_TIME_S,
    card_number,
    code,
    codes,
    day,
    malformed,
    pair,
    status_ref,
    text,
)
from gate.card.holder_key import cose_key, holder_key
from gate.card.model import Card, Code, Competence
from gate.card.names import is_name
from gate.errors import CardError, EncodingError, Reason
from gate.signing import cbor

PREFIX: Final = "CC1:"
MAX_PAYLOAD_CHARS: Final = 1200
"""A usual card has 400 to 600; one with every field at its longest is not issued."""
_SITE: Final = "site:"
TYP: Final = "application/vnd.sitecard+cwt"

ISS, SUB, AUD, EXP, NBF, IAT, CNF, IDENTITY, COMPETENCE, STATUS = (
    *(1, 2, 3, 4, 5, 6, 8, 169),
    *(-70001, 65535),
)
_CLAIMS: Final = frozenset(
    (ISS, SUB, *aud, EXP, NBF, IAT, *cnf, IDENTITY, STATUS, COMPETENCE)
    for aud in ((), (AUD,))
    for cnf in ((), (CNF,))
)
"""The claims a card may have, in the one order that deterministic CBOR leaves them."""


def parse_claims(payload: bytes) -> Card:
    """Return the card that signed claims describe.

    Raises:
        CardError: MALFORMED, for anything the format does not allow.
    """
    try:
        claims = cbor.decode(payload)
    except EncodingError as error:
        raise CardError(Reason.MALFORMED, str(error)) from error
    if not isinstance(claims, dict) or tuple(claims) not in _CLAIMS:
        raise malformed("claims missing or unknown")
    aud, cnf = claims.pop(AUD, None), claims.pop(CNF, None)
    iss, sub, expires, not_before, issued, identity, status, proofs = claims.values()
    if not (
        type(not_before) is type(issued) is type(expires) is int
        and MIN_TIME_S <= not_before <= issued <= expires < END_TIME_S
    ):
        raise malformed("nbf, iat and exp are not ordered times from 2020 to 2100")
    if not isinstance(identity, dict) or not _known(identity, 1, 4):
        raise malformed("the identity is not a map with 1 and 4")
    name = identity[4]
    if not isinstance(name, str) or not is_name(name):
        raise malformed("a name with characters that names do not have, or of over 64 bytes")
    competence = _competence(proofs)
    audience = None if aud is None else text(aud, "aud")
    _check_audience(audience, competence.scheme)
    return Card(
        issuer=text(iss, "iss"),
        number=card_number(sub),
        holder_id=text(identity[1], "identity"),
        name=name,
        not_before=datetime.fromtimestamp(not_before, UTC),
        issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=datetime.fromtimestamp(expires, UTC),
        competence=competence,
        status=status_ref(status),
        audience=audience,
        holder_key=None if cnf is None else holder_key(cnf),
    )


def build_claims(card: Card) -> bytes:
    """Return the claims of `card`, ready to be signed.

    Raises:
        CardError: MALFORMED, if a verifier would not accept them.
    """
    claims: dict[int, cbor.Encodable] = {
        ISS: card.issuer,
        SUB: card.number,
        EXP: int(card.expires_at.timestamp()),
        NBF: int(card.not_before.timestamp()),
        IAT: int(card.issued_at.timestamp()),
        IDENTITY: {1: card.holder_id, 4: card.name},
        COMPETENCE: _competence_map(card.competence),
        STATUS: {"status_list": {"idx": card.status.index, "uri": card.status.uri}},
    }
    if card.audience is not None:
        claims[AUD] = card.audience
    if card.holder_key is not None:
        claims[CNF] = {1: cose_key(card.holder_key)}
    payload = cbor.encode(claims)
    if parse_claims(payload) != card:
        raise malformed("times carry fractions of a second")
    return payload


def _known(found: dict[cbor.Key, cbor.Value], first: int, second: int) -> bool:
    """Tell whether the required keys are there and every other is an unsigned integer.

    In CBOR's order these come before negative integers and text: looking at the last is enough.
    """
    last = next(reversed(found), -1)
    return first in found and second in found and isinstance(last, int) and last >= 0


def _check_audience(audience: str | None, scheme: Code) -> None:
    named = scheme[len(_SITE) :] if isinstance(scheme, str) and scheme.startswith(_SITE) else None
    if named != audience:
        raise malformed("a site pass names its site both as aud and as scheme")


def _competence(value: object) -> Competence:
    if not isinstance(value, dict) or not _known(value, 0, 1):
        raise malformed("the competence is not a map with 0 and 1")
    get = value.get
    route, days, photo = get(5), get(6), get(9)
    if photo is not None and not (isinstance(photo, bytes) and len(photo) == 16):
        raise malformed("the photograph's digest is not 16 bytes")
    health_safety = cpd_until = practice_until = None
    if route is not None:
        evidence, until = pair(route, 5)
        health_safety = (code(evidence), day(until))
    if days is not None:
        cpd_until, practice_until = map(day, pair(days, 6))
    return Competence(
        scheme=code(value[0]),
        card_type=code(value[1]),
        occupations=codes(get(2), 6),
        qualifications=codes(get(3), 6),
        experience=codes(get(4), 4),
        health_safety=health_safety,
        cpd_until=cpd_until,
        practice_until=practice_until,
        disciplines=codes(get(7), 8),
        limits=codes(get(8), 4),
        photo_digest=photo,
    )


def _competence_map(competence: Competence) -> dict[int, cbor.Encodable]:
    health, cpd = competence.health_safety, competence.cpd_until
    practice = competence.practice_until
    if (cpd is None) != (practice is None):
        raise malformed("CPD and code of practice are given both or not at all")
    fields: dict[int, cbor.Encodable | None] = {
        0: competence.scheme,
        1: competence.card_type,
        2: competence.occupations,
        3: competence.qualifications,
        4: competence.experience,
        5: (health[0], health[1].toordinal() - EPOCH_ORDINAL) if health else None,
        6: (cpd.toordinal() - EPOCH_ORDINAL, practice.toordinal() - EPOCH_ORDINAL)
        if cpd and practice
        else None,
        7: competence.disciplines,
        8: competence.limits,
        9: competence.photo_digest,
    }
    return {key: value for key, value in fields.items() if value not in (None, ())}

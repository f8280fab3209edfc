"""A card as bytes to be signed: its claims in deterministic CBOR, and the names around them.

`gate.card.claims` reads them back.
"""

from typing import Final

from gate.card.claims import parse_claims
from gate.card.fields import EPOCH_ORDINAL, malformed
from gate.card.holder_key import cose_key
from gate.card.model import Card, Competence, StandsOn
from gate.signing import cbor

PREFIX: Final = "CC1:"
MAX_PAYLOAD_CHARS: Final = 1200
"""A usual card has 400 to 600; one with every field at its longest is not issued."""
TYP: Final = "application/vnd.sitecard+cwt"

ISS, SUB, AUD, EXP, NBF, IAT, CNF, IDENTITY, COMPETENCE, STATUS = (
    *(1, 2, 3, 4, 5, 6, 8, 169),
    *(-70001, 65535),
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


def _competence_map(competence: Competence) -> dict[int, cbor.Encodable]:
    health = competence.health_safety
    practised = tuple(
        until.toordinal() - EPOCH_ORDINAL
        for until in (competence.cpd_until, competence.practice_until)
        if until is not None
    )
    if len(practised) == 1:
        raise malformed("CPD and code of practice are given both or not at all")
    fields: dict[int, cbor.Encodable | None] = {
        0: competence.scheme,
        1: competence.card_type,
        2: competence.occupations,
        3: competence.qualifications,
        4: competence.experience,
        5: (health[0], health[1].toordinal() - EPOCH_ORDINAL) if health else None,
        6: practised,
        7: competence.disciplines,
        8: competence.limits,
        9: competence.photo_digest,
        10: _beneath(competence.stands_on),
        11: competence.language,
    }
    return {key: value for key, value in fields.items() if value not in (None, ())}


def _beneath(card: StandsOn | None) -> tuple[cbor.Encodable, ...] | None:
    if card is None:
        return None
    known = (card.issuer, card.number, int(card.expires_at.timestamp()))
    return known if card.status is None else (*known, card.status.uri, card.status.index)

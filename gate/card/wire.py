"""The printed card as bytes: claims in deterministic CBOR, to and from a `Card` (CARD.md, CDDL).

Invariant: `parse_claims(data)` returns a card whose `build_claims` is `data` but for unknown keys
inside the identity and the competence, or raises CardError with MALFORMED.
"""

from datetime import UTC, date, datetime
from typing import Final

from gate.card.model import Card, Code, Competence, HolderKey, StatusRef
from gate.card.names import is_name
from gate.errors import CardError, EncodingError, Reason, TrustError
from gate.signing import cbor
from gate.signing.keys import Algorithm, VerifyingKey

PREFIX: Final = "CC1:"
MAX_PAYLOAD_CHARS: Final = 1200
"""CARD.md; the largest card with every field full is a little over 900."""
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

_STATUS_KEYS: Final = {"status_list"}
_ENTRY_KEYS: Final = {"idx", "uri"}

MIN_TIME_S: Final = 1_577_836_800
"""2020-01-01T00:00:00Z."""
END_TIME_S: Final = 4_133_980_800
"""2101-01-01T00:00:00Z, the first second past 2100."""
MAX_URI_CHARS: Final = 200
MAX_NUMBER_CHARS: Final = 32
_MAX_TEXT: Final = 64
_MAX_CODE: Final = 24
_MIN_DAY: Final = MIN_TIME_S // 86_400
_END_DAY: Final = END_TIME_S // 86_400
_EPOCH: Final = date(1970, 1, 1).toordinal()

_FORMULA: Final = ("=", "+", "-", "@")


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
        raise _malformed("claims missing or unknown")
    not_before, issued, expires = claims[NBF], claims[IAT], claims[EXP]
    if not (
        type(not_before) is type(issued) is type(expires) is int
        and MIN_TIME_S <= not_before <= issued <= expires < END_TIME_S
    ):
        raise _malformed("nbf, iat and exp are not ordered times from 2020 to 2100")
    identity = claims[IDENTITY]
    if not isinstance(identity, dict) or not _known(identity, 1, 4):
        raise _malformed("the identity is not a map with 1 and 4")
    name = identity[4]
    if not isinstance(name, str) or not is_name(name):
        raise _malformed("a name with characters that names do not have, or of over 64 bytes")
    competence = _competence(claims[COMPETENCE])
    audience = _text(claims[AUD], "aud") if AUD in claims else None
    if (f"site:{audience}" if audience else None) != _site_scheme(competence.scheme):
        raise _malformed("a site pass names its site both as aud and as scheme")
    return Card(
        issuer=_text(claims[ISS], "iss"),
        number=_number(claims[SUB]),
        holder_id=_text(identity[1], "identity"),
        name=name,
        not_before=datetime.fromtimestamp(not_before, UTC),
        issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=datetime.fromtimestamp(expires, UTC),
        competence=competence,
        status=_status(claims[STATUS]),
        audience=audience,
        holder_key=_holder_key(claims[CNF]) if CNF in claims else None,
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
        claims[CNF] = {1: _cose_key(card.holder_key)}
    payload = cbor.encode(claims)
    if parse_claims(payload) != card:
        raise _malformed("times carry fractions of a second")
    return payload


def _malformed(detail: str) -> CardError:
    return CardError(Reason.MALFORMED, detail)


def _known(found: dict[cbor.Key, cbor.Value], first: int, second: int) -> bool:
    """Tell whether the required keys are there and every other is an unsigned integer.

    In CBOR's order these come before negative integers and text: looking at the last is enough.
    """
    last = next(reversed(found), -1)
    return first in found and second in found and isinstance(last, int) and last >= 0


def _text(value: object, what: str, limit: int = _MAX_TEXT) -> str:
    if not (
        isinstance(value, str)
        and 0 < len(value) <= limit
        and value.isascii()
        and value.isprintable()
    ):
        raise _malformed(f"{what} is not printable ASCII of 1 to {limit} characters")
    return value


def _number(value: object) -> str:
    number = _text(value, "the card number", MAX_NUMBER_CHARS)
    if number.startswith(_FORMULA):
        raise _malformed("the card number begins like a formula")
    return number


def _code(value: object) -> Code:
    if type(value) is int and value >= 0:
        return value
    return _text(value, "a code", _MAX_CODE)


def _site_scheme(scheme: Code) -> str | None:
    return scheme if isinstance(scheme, str) and scheme.startswith("site:") else None


def _competence(value: object) -> Competence:
    if not isinstance(value, dict) or not _known(value, 0, 1):
        raise _malformed("the competence is not a map with 0 and 1")
    get = value.get
    route, days, photo = get(5), get(6), get(9)
    if photo is not None and not (isinstance(photo, bytes) and len(photo) == 16):
        raise _malformed("the photograph's digest is not 16 bytes")
    health_safety = cpd_until = practice_until = None
    if route is not None:
        code, day = _pair(route, 5)
        health_safety = (_code(code), _day(day))
    if days is not None:
        cpd_until, practice_until = map(_day, _pair(days, 6))
    return Competence(
        scheme=_code(value[0]),
        card_type=_code(value[1]),
        occupations=_codes(get(2), 6),
        qualifications=_codes(get(3), 6),
        experience=_codes(get(4), 4),
        health_safety=health_safety,
        cpd_until=cpd_until,
        practice_until=practice_until,
        disciplines=_codes(get(7), 8),
        limits=_codes(get(8), 4),
        photo_digest=photo,
    )


def _pair(value: cbor.Value, key: int) -> list[cbor.Value]:
    if not isinstance(value, list) or len(value) != 2:
        raise _malformed(f"competence {key} is not a list of 2")
    return value


def _codes(value: cbor.Value | None, limit: int) -> tuple[Code, ...]:
    """Return a list's codes, () if there is no list; one that is there is never empty."""
    if value is None:
        return ()
    if not isinstance(value, list) or not 1 <= len(value) <= limit:
        raise _malformed(f"a list of codes is not of 1 to {limit}")
    return tuple(map(_code, value))


def _day(value: object) -> date:
    if type(value) is not int or not _MIN_DAY <= value < _END_DAY:
        raise _malformed("a day is not a number of days from 2020 to 2100")
    return date.fromordinal(_EPOCH + value)


def _status(value: object) -> StatusRef:
    if not isinstance(value, dict) or value.keys() != _STATUS_KEYS:
        raise _malformed("the status is not {status_list: {idx, uri}}")
    entry = value["status_list"]
    if not isinstance(entry, dict) or entry.keys() != _ENTRY_KEYS:
        raise _malformed("the status is not {status_list: {idx, uri}}")
    index = entry["idx"]
    if not isinstance(index, int) or index < 0:
        raise _malformed("the status index is not an unsigned integer")
    return StatusRef(uri=_text(entry["uri"], "the status URI", MAX_URI_CHARS), index=index)


def _holder_key(value: object) -> HolderKey:
    """Read `{1: COSE_Key}`: Ed25519, or P-256 with y as bytes (RFC 9053, section 7)."""
    if not isinstance(value, dict) or value.keys() != {1}:
        raise _malformed("cnf is not a map of one COSE key")
    key = value[1]
    if not isinstance(key, dict):
        raise _malformed("cnf is not a map of one COSE key")
    match key:
        case {1: 1, -1: 6, -2: bytes(x)} if len(key) == 3:
            algorithm, public, raw = Algorithm.ED25519, x, x
        case {1: 2, -1: 1, -2: bytes(x), -3: bytes(y)} if len(key) == 4 and _is_half(x):
            algorithm, public, raw = Algorithm.ESP256, b"\x04" + x + y, x + y
        case _:
            raise _malformed("cnf: neither an Ed25519 nor a P-256 key in the one form allowed")
    try:
        VerifyingKey(algorithm, public)
    except TrustError as error:
        raise _malformed(f"cnf: {error}") from error
    return HolderKey(algorithm=algorithm, public=raw)


def _is_half(coordinate: bytes) -> bool:
    return len(coordinate) == 32


def _cose_key(key: HolderKey) -> dict[int, cbor.Encodable]:
    if key.algorithm == Algorithm.ED25519:
        return {1: 1, -1: 6, -2: key.public}
    return {1: 2, -1: 1, -2: key.public[:32], -3: key.public[32:]}


def _competence_map(competence: Competence) -> dict[int, cbor.Encodable]:
    health, cpd = competence.health_safety, competence.cpd_until
    practice = competence.practice_until
    if (cpd is None) != (practice is None):
        raise _malformed("CPD and code of practice are given both or not at all")
    fields: dict[int, cbor.Encodable | None] = {
        0: competence.scheme,
        1: competence.card_type,
        2: competence.occupations,
        3: competence.qualifications,
        4: competence.experience,
        5: (health[0], health[1].toordinal() - _EPOCH) if health else None,
        6: (cpd.toordinal() - _EPOCH, practice.toordinal() - _EPOCH) if cpd and practice else None,
        7: competence.disciplines,
        8: competence.limits,
        9: competence.photo_digest,
    }
    return {key: value for key, value in fields.items() if value not in (None, ())}

"""A card's signed claims, read straight from their bytes into a `Card` (CARD.md, CDDL).

Deterministic CBOR leaves one encoding of each card, so the reader knows at every byte what may
follow: the claims in their one order, times always in five bytes, keys rising. What it does not
know by heart (a holder's key, keys of later versions) the strict decoder reads
(`gate.signing.cbor`). It takes two thirds of the time of decoding to maps and judging those.

Invariant: `parse_claims(data)` returns a card whose `build_claims` is `data` but for unknown keys
inside the identity and the competence, or raises CardError with MALFORMED.
"""

from datetime import UTC, datetime
from struct import Struct
from struct import error as StructError  # noqa: N812 - struct's own name says nothing here
from typing import Any, Final

from gate.card.fields import (
    END_TIME_S,
    FORMULA,
    LANGUAGE_CHARS,
    MAX_CODE_CHARS,
    MAX_NUMBER_CHARS,
    MAX_TEXT_CHARS,
    MAX_URI_CHARS,
    MIN_TIME_S,
    day,
    is_language,
    malformed,
)
from gate.card.holder_key import holder_key
from gate.card.model import Card, Code, Competence, StandsOn, StatusRef
from gate.card.names import is_name
from gate.errors import EncodingError
from gate.signing import cbor

SITE: Final = "site:"

_TIMES: Final = Struct(">HIHIHI")
_EXP, _NBF, _IAT = 0x041A, 0x051A, 0x061A
"""A claim's key, and the byte that begins a number of four: every time from 2020 to 2100 is one."""
_IDENTITY: Final = b"\x18\xa9"
_STATUS: Final = b"\x19\xff\xff\xa1\x6bstatus_list\xa2\x63idx"
_URI: Final = b"\x63uri"
_COMPETENCE: Final = b"\x3a\x00\x01\x11\x70"
_LISTS: Final = {
    2: ("occupations", 6),
    3: ("qualifications", 6),
    4: ("experience", 4),
    7: ("disciplines", 8),
    8: ("limits", 4),
}
"""Keys of the competence that hold lists of codes, and how many at most."""
_PAIR: Final = b"\x82"
_PHOTO: Final = b"\x50"
"""Begins a byte string of 16."""
_BENEATH: Final = (0x83, 0x85)
"""Begins what a site pass stands on: an array of three, of five with the card's status."""
_SHORT_TEXT, _ARRAY, _MAP = 0x60, 0x80, 0xA0
_INNER: Final = 2
"""Levels around a value inside the identity or the competence."""


def parse_claims(payload: bytes) -> Card:
    """Return the card that signed claims describe.

    Raises:
        CardError: MALFORMED, for anything the format does not allow.
    """
    try:
        return _claims(payload)
    except (IndexError, StructError) as error:
        raise malformed("the claims end too early") from error
    except EncodingError as error:
        raise malformed(str(error)) from error


def _claims(data: bytes) -> Card:
    issuer, pos = _text(data, _after(data, 1, b"\x01"), MAX_TEXT_CHARS)
    number, pos = _text(data, _after(data, pos, b"\x02"), MAX_NUMBER_CHARS)
    audience, count, holders_key = None, 8, None
    if data[pos] == 3:
        audience, pos = _text(data, pos + 1, MAX_TEXT_CHARS)
        count += 1
    at_exp, expires, at_nbf, not_before, at_iat, issued = _TIMES.unpack_from(data, pos)
    if at_exp != _EXP or at_nbf != _NBF or at_iat != _IAT:
        raise malformed("exp, nbf and iat are not three times")
    if not MIN_TIME_S <= not_before <= issued <= expires < END_TIME_S:
        raise malformed("nbf, iat and exp are not ordered times from 2020 to 2100")
    pos += _TIMES.size
    if data[pos] == 8:
        value, pos = cbor.read_item(data, pos + 1, 1)
        holders_key = holder_key(value)
        count += 1
    holder_id, name, pos = _identity(data, _after(data, pos, _IDENTITY))
    index, pos = _uint(data, _after(data, pos, _STATUS))
    uri, pos = _text(data, _after(data, pos, _URI), MAX_URI_CHARS)
    competence, pos = _competence(data, _after(data, pos, _COMPETENCE))
    if number.startswith(FORMULA):
        raise malformed("the card number begins like a formula")
    if pos != len(data) or data[0] != _MAP + count:
        raise malformed("claims missing, unknown, cut short or trailed")
    _check_audience(audience, issuer, competence)
    return Card(
        issuer=issuer,
        number=number,
        holder_id=holder_id,
        name=name,
        not_before=datetime.fromtimestamp(not_before, UTC),
        issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=datetime.fromtimestamp(expires, UTC),
        competence=competence,
        status=StatusRef(uri=uri, index=index),
        audience=audience,
        holder_key=holders_key,
    )


def _identity(data: bytes, pos: int) -> tuple[str, str, int]:
    holder_id = name = None
    left, pos = _map_length(data, pos)
    last = -1
    while left:
        key, pos = _key(data, pos, last)
        if key == 1:
            holder_id, pos = _text(data, pos, MAX_TEXT_CHARS)
        else:
            value, pos = cbor.read_item(data, pos, _INNER)
            if key == 4:
                name = value
        last, left = key, left - 1
    if holder_id is None or name is None:
        raise malformed("the identity is not a map with 1 and 4")
    if not isinstance(name, str) or not is_name(name):
        raise malformed("a name with characters that names do not have, or of over 64 bytes")
    return holder_id, name, pos


def _competence(data: bytes, pos: int) -> tuple[Competence, int]:
    found: dict[str, Any] = {}
    left, pos = _map_length(data, pos)
    last = -1
    while left:
        key = data[pos]
        if last < key < 24:
            pos += 1
        else:
            key, pos = _key(data, pos, last)
        if key in _LISTS:
            field, limit = _LISTS[key]
            found[field], pos = _codes(data, pos, limit)
        elif key == 0:
            found["scheme"], pos = _code(data, pos)
        elif key == 1:
            found["card_type"], pos = _code(data, pos)
        elif key == 5:
            evidence, pos = _code(data, _after(data, pos, _PAIR))
            until, pos = _uint(data, pos)
            found["health_safety"] = (evidence, day(until))
        elif key == 6:
            cpd, pos = _uint(data, _after(data, pos, _PAIR))
            practice, pos = _uint(data, pos)
            found["cpd_until"], found["practice_until"] = day(cpd), day(practice)
        elif key == 9:
            start = _after(data, pos, _PHOTO)
            found["photo_digest"], pos = data[start : start + 16], start + 16
        else:
            pos = _rarely(data, pos, key, found)
        last, left = key, left - 1
    if "scheme" not in found or "card_type" not in found:
        raise malformed("the competence is not a map with 0 and 1")
    return Competence(**found), pos


def _rarely(data: bytes, pos: int, key: int, found: dict[str, Any]) -> int:
    """Read what few cards have, and pass over what a later version may have added."""
    if key == 10:
        found["stands_on"], pos = _stands_on(data, pos)
    elif key == 11:
        found["language"], pos = _language(data, pos)
    else:
        _, pos = cbor.read_item(data, pos, _INNER)
    return pos


def _language(data: bytes, pos: int) -> tuple[str, int]:
    language, pos = _text(data, pos, LANGUAGE_CHARS)
    if not is_language(language):
        raise malformed("the language is not a code of two letters a to z")
    return language, pos


def _stands_on(data: bytes, pos: int) -> tuple[StandsOn, int]:
    first = data[pos]
    if first not in _BENEATH:
        raise malformed("what the pass stands on is not an array of three or five")
    issuer, pos = _text(data, pos + 1, MAX_TEXT_CHARS)
    number, pos = _text(data, pos, MAX_NUMBER_CHARS)
    expires, pos = _uint(data, pos)
    if issuer.startswith(SITE) or number.startswith(FORMULA):
        raise malformed("what the pass stands on is no scheme card")
    if not MIN_TIME_S <= expires < END_TIME_S:
        raise malformed("the card that the pass stands on has no time of expiry from 2020 to 2100")
    status = None
    if first == _BENEATH[1]:
        uri, pos = _text(data, pos, MAX_URI_CHARS)
        index, pos = _uint(data, pos)
        status = StatusRef(uri=uri, index=index)
    until = datetime.fromtimestamp(expires, UTC)
    return StandsOn(issuer=issuer, number=number, expires_at=until, status=status), pos


def _after(data: bytes, pos: int, expected: bytes) -> int:
    """Return where what stands after `expected` begins."""
    if not data.startswith(expected, pos):
        raise malformed(f"at byte {pos} of the claims stands something else than is due")
    return pos + len(expected)


def _map_length(data: bytes, pos: int) -> tuple[int, int]:
    length, pos = data[pos] - _MAP, pos + 1
    if length == 24 and data[pos] > 23:
        return data[pos], pos + 1
    if not 0 <= length < 24:
        raise malformed("something else than a map, or its length not in shortest form")
    return length, pos


def _key(data: bytes, pos: int, last: int) -> tuple[int, int]:
    """Return an unsigned integer that is more than `last`: keys rise as their encodings do."""
    key, pos = _uint(data, pos)
    if key <= last:
        raise malformed("keys are out of order or doubled")
    return key, pos


def _uint(data: bytes, pos: int) -> tuple[int, int]:
    first = data[pos]
    if first < 24:
        return first, pos + 1
    if first == 25 and data[pos + 1]:
        return data[pos + 1] << 8 | data[pos + 2], pos + 3
    value, pos = cbor.read_item(data, pos, _INNER)
    if type(value) is not int or value < 0:
        raise malformed("something else than an unsigned integer")
    return value, pos


def _text(data: bytes, pos: int, limit: int) -> tuple[str, int]:
    """Return printable ASCII of 1 to `limit` characters."""
    length, start = data[pos] - _SHORT_TEXT, pos + 1
    if length > 23:
        if length > 24 or data[start] < 24:
            raise malformed("something else than a short text, or its length not in shortest form")
        length, start = data[start], start + 1
    end = start + length
    chunk = data[start:end]
    if not (0 < length <= limit and chunk.isascii()):
        raise malformed(f"not printable ASCII of 1 to {limit} characters")
    value = chunk.decode("ascii")
    if not value.isprintable():
        raise malformed(f"not printable ASCII of 1 to {limit} characters")
    return value, end


def _code(data: bytes, pos: int) -> tuple[Code, int]:
    return _text(data, pos, MAX_CODE_CHARS) if data[pos] >> 5 == 3 else _uint(data, pos)


def _codes(data: bytes, pos: int, limit: int) -> tuple[tuple[Code, ...], int]:
    """Return a list's codes; one that is there is never empty."""
    length = data[pos] - _ARRAY
    if not 1 <= length <= limit:
        raise malformed(f"a list of codes is not of 1 to {limit}")
    pos += 1
    codes = []
    for _ in range(length):
        code, pos = _code(data, pos)
        codes.append(code)
    return tuple(codes), pos


def _check_audience(audience: str | None, issuer: str, competence: Competence) -> None:
    scheme = competence.scheme
    named = scheme[len(SITE) :] if isinstance(scheme, str) and scheme.startswith(SITE) else None
    if named != audience:
        raise malformed("a site pass names its site both as aud and as scheme")
    if named is not None and (issuer != scheme or competence.stands_on is None):
        raise malformed("a site pass is not its site's own, or stands on no scheme card")

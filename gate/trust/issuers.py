"""The issuers' file: who may sign cards, in JSON that a person can read.

The file is not signed: it is believed because of who put it there (a hand at the gate, later TUF).
Invariant: `parse_issuers(text)` returns issuers whose `format_issuers` parses to the same, or
raises TrustError naming the place that is wrong.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from gate.errors import TrustError
from gate.signing.keys import Algorithm, VerifyingKey
from gate.trust.bundle import Issuer, KeyUse, TrustedKey
from gate.trust.status_token import MAX_TIME_S, MIN_TIME_S

VERSION: Final = 1
MAX_ISSUERS_BYTES: Final = 1 << 20
"""Forty schemes with a few keys each take 30 kB."""

_ISSUER_KEYS: Final = ({"iss", "schemes", "status_base", "keys"}, set[str]())
_KEY_KEYS: Final = (
    {"kid", "alg", "public_key", "use"},
    {"not_before", "not_after", "compromised"},
)


def parse_issuers(text: str, source: str) -> tuple[Issuer, ...]:
    """Return the issuers in `text`; `source` names the file in errors.

    Raises:
        TrustError: not this form, a key that is none, an issuer or status base named twice.
    """
    if len(text) > MAX_ISSUERS_BYTES:
        raise TrustError(f"{source}: {len(text)} characters, at most {MAX_ISSUERS_BYTES}")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TrustError(f"{source}: not JSON: {error}") from error
    top = _object(document, source, {"version", "issuers"}, set())
    if top["version"] != VERSION:
        raise TrustError(f"{source}: version {top['version']!r}; this program reads {VERSION}")
    issuers = tuple(
        _issuer(item, f"{source}: issuers[{place}]")
        for place, item in enumerate(_list(top["issuers"], f"{source}: issuers"))
    )
    _check_distinct(issuers, source)
    return issuers


def format_issuers(issuers: Sequence[Issuer]) -> str:
    """Return the file's text."""
    document = {"version": VERSION, "issuers": [describe_issuer(issuer) for issuer in issuers]}
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def describe_issuer(issuer: Issuer) -> dict[str, object]:
    """Return an issuer as the file has it."""
    return {
        "iss": issuer.iss,
        "schemes": sorted(issuer.schemes, key=str),
        "status_base": issuer.status_base,
        "keys": [_describe_key(key) for key in issuer.keys],
    }


def _describe_key(trusted: TrustedKey) -> dict[str, object]:
    described: dict[str, object] = {
        "kid": trusted.kid.hex(),
        "alg": int(trusted.key.algorithm),
        "public_key": trusted.key.public.hex(),
        "use": sorted(trusted.uses),
    }
    if trusted.not_before is not None:
        described["not_before"] = int(trusted.not_before.timestamp())
    if trusted.not_after is not None:
        described["not_after"] = int(trusted.not_after.timestamp())
    if trusted.compromised:
        described["compromised"] = True
    return described


def _issuer(value: object, place: str) -> Issuer:
    found = _object(value, place, *_ISSUER_KEYS)
    base = _string(found["status_base"], f"{place}.status_base")
    if not base.endswith("/"):
        raise TrustError(f'{place}.status_base: {base!r} must end with "/"')
    schemes = [
        scheme if type(scheme) is int else _string(scheme, f"{place}.schemes")
        for scheme in _list(found["schemes"], f"{place}.schemes")
    ]
    return Issuer(
        iss=_string(found["iss"], f"{place}.iss"),
        schemes=frozenset(schemes),
        status_base=base,
        keys=tuple(
            _key(item, f"{place}.keys[{index}]")
            for index, item in enumerate(_list(found["keys"], f"{place}.keys"))
        ),
    )


def _key(value: object, place: str) -> TrustedKey:
    found = _object(value, place, *_KEY_KEYS)
    try:
        algorithm = Algorithm(_integer(found["alg"], f"{place}.alg"))
        public = bytes.fromhex(_string(found["public_key"], f"{place}.public_key"))
        uses = frozenset(
            KeyUse(_string(use, f"{place}.use")) for use in _list(found["use"], f"{place}.use")
        )
        key = VerifyingKey(algorithm, public)
    except (ValueError, TrustError) as error:
        raise TrustError(f"{place}: {error}") from error
    if found["kid"] != key.kid.hex():
        raise TrustError(f"{place}.kid: {found['kid']!r}, but this key's is {key.kid.hex()}")
    compromised = found.get("compromised", False)
    if not isinstance(compromised, bool):
        raise TrustError(f"{place}.compromised: {compromised!r} is neither true nor false")
    return TrustedKey(
        key=key,
        uses=uses,
        not_before=_time(found.get("not_before"), f"{place}.not_before"),
        not_after=_time(found.get("not_after"), f"{place}.not_after"),
        compromised=compromised,
    )


def _check_distinct(issuers: tuple[Issuer, ...], source: str) -> None:
    names = [issuer.iss for issuer in issuers]
    for name in names:
        if names.count(name) > 1:
            raise TrustError(f"{source}: issuer {name!r} stands twice")
    for one in issuers:
        for other in issuers:
            if one is not other and one.status_base.startswith(other.status_base):
                raise TrustError(
                    f"{source}: {one.iss!r} and {other.iss!r} share the status base "
                    f"{other.status_base!r}"
                )


def _object(
    value: object, place: str, required: set[str], optional: set[str]
) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TrustError(f"{place}: not an object")
    if missing := required - value.keys():
        raise TrustError(f"{place}: {', '.join(sorted(missing))} missing")
    if unknown := value.keys() - required - optional:
        raise TrustError(f"{place}: unknown {', '.join(sorted(unknown))}")
    return value


def _list(value: object, place: str) -> list[object]:
    if not isinstance(value, list):
        raise TrustError(f"{place}: not a list")
    return value


def _integer(value: object, place: str) -> int:
    if type(value) is not int:
        raise TrustError(f"{place}: {value!r} is not an integer")
    return value


def _string(value: object, place: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 200 or not value.isprintable():
        raise TrustError(f"{place}: not a text of 1 to 200 printable characters")
    return value


def _time(value: object, place: str) -> datetime | None:
    if value is None:
        return None
    seconds = _integer(value, place)
    if not MIN_TIME_S <= seconds < MAX_TIME_S:
        raise TrustError(f"{place}: {seconds} is not seconds since 1970, from 2020 to 2100")
    return datetime.fromtimestamp(seconds, UTC)

"""The issuers' file: who may sign cards, in JSON that a person can read.

The file is not signed: it is believed because of who put it there (a hand at the gate, later TUF).
Invariant: `parse_issuers(text)` returns issuers whose `format_issuers` parses to the same, or
raises TrustError naming the place that is wrong.
"""

from collections.abc import Sequence
from typing import Final

from gate.errors import TrustError
from gate.signing.keys import Algorithm, VerifyingKey
from gate.trust.bundle import Issuer, KeyUse, TrustedKey
from gate.trust.json_fields import (
    read_document,
    read_integer,
    read_list,
    read_object,
    read_string,
    read_time,
    write_document,
)

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
    issuers = tuple(
        _issuer(item, f"{source}: issuers[{place}]")
        for place, item in enumerate(read_document(text, source, "issuers", MAX_ISSUERS_BYTES))
    )
    check_distinct(issuers, source)
    return issuers


def format_issuers(issuers: Sequence[Issuer]) -> str:
    """Return the file's text."""
    return write_document("issuers", [describe_issuer(issuer) for issuer in issuers])


def describe_issuer(issuer: Issuer) -> dict[str, object]:
    """Return an issuer as the file has it."""
    return {
        "iss": issuer.iss,
        "schemes": sorted(issuer.schemes, key=str),
        "status_base": issuer.status_base,
        "keys": [describe_key(key) for key in issuer.keys],
    }


def describe_key(trusted: TrustedKey) -> dict[str, object]:
    """Return a key as the file has it."""
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
    found = read_object(value, place, *_ISSUER_KEYS)
    base = read_string(found["status_base"], f"{place}.status_base")
    if not base.endswith("/"):
        raise TrustError(f'{place}.status_base: {base!r} must end with "/"')
    schemes = [
        scheme if type(scheme) is int else read_string(scheme, f"{place}.schemes")
        for scheme in read_list(found["schemes"], f"{place}.schemes")
    ]
    return Issuer(
        iss=read_string(found["iss"], f"{place}.iss"),
        schemes=frozenset(schemes),
        status_base=base,
        keys=tuple(
            parse_key(item, f"{place}.keys[{index}]")
            for index, item in enumerate(read_list(found["keys"], f"{place}.keys"))
        ),
    )


def parse_key(value: object, place: str) -> TrustedKey:
    """Return the key that one entry describes; `place` names it in errors.

    Raises:
        TrustError: not this form, or a key that is none.
    """
    found = read_object(value, place, *_KEY_KEYS)
    try:
        algorithm = Algorithm(read_integer(found["alg"], f"{place}.alg"))
        public = bytes.fromhex(read_string(found["public_key"], f"{place}.public_key"))
        uses = frozenset(
            KeyUse(read_string(use, f"{place}.use"))
            for use in read_list(found["use"], f"{place}.use")
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
        not_before=read_time(found.get("not_before"), f"{place}.not_before"),
        not_after=read_time(found.get("not_after"), f"{place}.not_after"),
        compromised=compromised,
    )


def check_distinct(issuers: Sequence[Issuer], source: str) -> None:
    """Refuse issuers of whom a card or a list could not tell which is meant.

    Raises:
        TrustError: one named twice, or two that share a status base.
    """
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

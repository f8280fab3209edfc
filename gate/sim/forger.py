"""Cards as an attacker or a careless issuer would make them: any claims, any form, signed anyway.

Nothing of this is reachable from a gate; tests and the demo use it to show what is refused.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import cbor2

from gate.card.verify import protected_header
from gate.card.wire import PREFIX, build_claims
from gate.signing import base45, cbor
from gate.signing.cose import Sign1
from gate.sim.issuer import SimIssuer

ABSENT: Final = object()
"""In place of a value: the field is left out."""

_FRAME: Final = b"\xd2\x84"


def claims_of(issuer: SimIssuer) -> dict[Any, Any]:
    """Return the claims of the issuer's usual card as a plain map, to be spoilt."""
    claims: dict[Any, Any] = cbor2.loads(build_claims(issuer.card()))
    return claims


def with_changes(claims: Mapping[Any, Any], changes: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return `claims` with `changes` merged into it, maps within maps likewise."""
    merged = dict(claims)
    for key, value in changes.items():
        if value is ABSENT:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = with_changes(merged[key], value)
        else:
            merged[key] = value
    return merged


def sign_claims(
    issuer: SimIssuer,
    payload: bytes,
    *,
    header: bytes | None = None,
    unprotected: bytes = b"\xa0",
    reshape: Callable[[bytes], bytes] = bytes,
) -> str:
    """Return `payload`, whatever it is, as the text of a card whose signature holds.

    `reshape` changes the finished message, outside what is signed.
    """
    public = issuer.key.verifying_key
    protected = header if header is not None else protected_header(public.algorithm, public.kid)
    signature = issuer.key.sign(Sign1(protected, payload, bytes(64)).signed)
    parts = (
        _FRAME,
        cbor.encode(protected),
        unprotected,
        cbor.encode(payload),
        cbor.encode(signature),
    )
    return PREFIX + base45.encode(reshape(b"".join(parts)))


def forge(issuer: SimIssuer, changes: Mapping[Any, Any], **form: Any) -> str:  # noqa: ANN401 - as sign_claims
    """Return a card with changed claims in our deterministic form, its signature holding."""
    changed = with_changes(claims_of(issuer), changes)
    return sign_claims(issuer, encode_anything(changed), **form)


def encode_anything(value: object) -> bytes:
    """Encode deterministically, floats, booleans and null included."""
    if isinstance(value, Mapping):
        pairs = sorted((encode_anything(key), encode_anything(item)) for key, item in value.items())
        return cbor.head(5, len(pairs)) + b"".join(key + item for key, item in pairs)
    if isinstance(value, list | tuple):
        return cbor.head(4, len(value)) + b"".join(map(encode_anything, value))
    encoded: bytes = cbor2.dumps(value)
    return encoded

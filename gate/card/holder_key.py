"""The holder's public key inside a card: `{1: COSE_Key}`, in one form for each kind (RFC 9053)."""

from gate.card.fields import malformed
from gate.card.model import HolderKey
from gate.errors import TrustError
from gate.signing import cbor
from gate.signing.keys import Algorithm, VerifyingKey


def holder_key(value: object) -> HolderKey:
    """Read `{1: COSE_Key}`: Ed25519, or P-256 with y as bytes (RFC 9053, section 7)."""
    if not isinstance(value, dict) or value.keys() != {1}:
        raise malformed("cnf is not a map of one COSE key")
    key = value[1]
    if not isinstance(key, dict):
        raise malformed("cnf is not a map of one COSE key")
    match key:
        case {1: 1, -1: 6, -2: bytes(x)} if len(key) == 3:
            algorithm, public, raw = Algorithm.ED25519, x, x
        case {1: 2, -1: 1, -2: bytes(x), -3: bytes(y)} if len(key) == 4 and _is_half(x):
            algorithm, public, raw = Algorithm.ESP256, b"\x04" + x + y, x + y
        case _:
            raise malformed("cnf: neither an Ed25519 nor a P-256 key in the one form allowed")
    try:
        VerifyingKey(algorithm, public)
    except TrustError as error:
        raise malformed(f"cnf: {error}") from error
    return HolderKey(algorithm=algorithm, public=raw)


def _is_half(coordinate: bytes) -> bool:
    return len(coordinate) == 32


def cose_key(key: HolderKey) -> dict[int, cbor.Encodable]:
    """Return the COSE_Key that `holder_key` reads back."""
    if key.algorithm == Algorithm.ED25519:
        return {1: 1, -1: 6, -2: key.public}
    return {1: 2, -1: 1, -2: key.public[:32], -3: key.public[32:]}

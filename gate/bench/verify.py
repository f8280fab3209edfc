"""From QR text to card, beside a bare signature verification by `cryptography`.

Each algorithm has its own floor: the same signature over the same bytes, the key loaded and the
ECDSA signature already in DER, as the library wants it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gate.bench.rows import BenchRow, time_each_beside
from gate.card.verify import verify_card
from gate.card.wire import PREFIX
from gate.signing import base45
from gate.signing.cose import parse_sign1
from gate.signing.keys import Algorithm, VerifyingKey
from gate.sim.issuer import NOW, SimIssuer

CARDS: Final = 1_000
"""Distinct ones, so that nothing is found in a cache that a gate would not have."""


def rows(runs: int) -> list[BenchRow]:
    """Return a row for each algorithm; a run is all the cards, one after the other."""
    return [_row(algorithm, runs) for algorithm in Algorithm]


def _row(algorithm: Algorithm, runs: int) -> BenchRow:
    issuer = SimIssuer(algorithm=algorithm)
    trust = issuer.trust()
    texts = [
        issuer.text(replace(issuer.card(index), name=f"Person {index}")) for index in range(CARDS)
    ]
    value_s, floor_s = time_each_beside(
        [partial(verify_card, text, trust, NOW) for text in texts],
        [bare_verification(text, issuer.key.verifying_key) for text in texts],
        runs,
    )
    return BenchRow(
        name=algorithm.name,
        value=value_s * 1e6,
        floor=floor_s * 1e6,
        unit="us a card",
        runs=runs,
        floor_is="the same signatures verified by cryptography, key loaded",
    )


def bare_verification(text: str, key: VerifyingKey) -> Callable[[], None]:
    """Return the least a verification of this card's signature can be."""
    message = parse_sign1(base45.decode(text.removeprefix(PREFIX)))
    signed, signature = message.signed, message.signature
    if key.algorithm is Algorithm.ED25519:
        ed25519 = Ed25519PublicKey.from_public_bytes(key.public)
        return lambda: ed25519.verify(signature, signed)
    p256 = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.public)
    halves = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    der, ecdsa = encode_dss_signature(*halves), ec.ECDSA(hashes.SHA256())
    return lambda: p256.verify(der, signed, ecdsa)

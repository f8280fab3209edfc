"""A card issuer in memory: for tests, benches and the demo; its keys come from a seed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.card.issue import issue_card
from gate.card.model import Card, Competence, StatusRef
from gate.signing.keys import Algorithm, SigningKey
from gate.trust.bundle import Issuer, KeyUse, TrustBundle, TrustedKey
from gate.trust.status_list import Status, StatusList, pack

NOW: Final = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
"""A Friday morning; what simulated cards and lists are dated around."""
LIST_SIZE: Final = 4096

_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def seeded_key(seed: str, algorithm: Algorithm = Algorithm.ED25519) -> SigningKey:
    """Return the key that belongs to `seed`; worthless as a secret."""
    secret = sha256(seed.encode()).digest()
    if algorithm is Algorithm.ED25519:
        return SigningKey(Ed25519PrivateKey.from_private_bytes(secret))
    return SigningKey(
        ec.derive_private_key(int.from_bytes(secret, "big") % (_P256_ORDER - 1) + 1, ec.SECP256R1())
    )


class SimIssuer:
    """One issuer with one key and one status list."""

    def __init__(
        self, iss: str = "ecs-jib", *, algorithm: Algorithm = Algorithm.ED25519, seed: str = ""
    ) -> None:
        """Make the issuer; another seed is another key for the same name."""
        self.iss = iss
        self.key = seeded_key(f"{iss} {seed}", algorithm)
        self.uri = f"https://{iss}.invalid/1"

    def issuer(self, **changed: Any) -> Issuer:  # noqa: ANN401 - fields of TrustedKey, by name
        """Return the trusted issuer; `changed` are fields of its key's entry."""
        fields: dict[str, Any] = {
            "key": self.key.verifying_key,
            "uses": frozenset({KeyUse.CARD, KeyUse.LIST}),
        }
        return Issuer(
            iss=self.iss,
            schemes=frozenset({self.iss}),
            status_base=self.uri.removesuffix("1"),
            keys=(TrustedKey(**(fields | changed)),),
        )

    def status_list(
        self, statuses: Mapping[int, Status] | None = None, issued_at: datetime = NOW
    ) -> StatusList:
        """Return the list in which all cards are valid but for `statuses`."""
        values = bytearray(LIST_SIZE)
        for index, status in (statuses or {}).items():
            values[index] = status
        return StatusList(
            uri=self.uri,
            issued_at=issued_at,
            expires_at=None,
            ttl_s=None,
            bits=2,
            packed=pack(values, 2),
        )

    def trust(self, statuses: Mapping[int, Status] | None = None) -> TrustBundle:
        """Return a bundle that trusts this issuer alone and holds its list."""
        held = self.status_list(statuses)
        return TrustBundle(issuers=(self.issuer(),), status_lists={held.uri: held})

    def card(self, index: int = 7, **changed: Any) -> Card:  # noqa: ANN401 - fields of Card, by name
        """Return a card of the usual size (docs/reference/card.md): 270 bytes, 410 characters."""
        card = Card(
            issuer=self.iss,
            number=f"{10_000_000 + index}",
            holder_id=f"H{index:04}",
            name="Łucja Przykład",
            not_before=NOW - timedelta(days=30),
            issued_at=NOW - timedelta(days=30),
            expires_at=NOW + timedelta(days=1065),
            competence=Competence(
                scheme=self.iss,
                card_type=1,
                occupations=(12,),
                qualifications=(310,),
                experience=(7,),
                health_safety=(3, date(2028, 5, 1)),
                cpd_until=date(2027, 4, 30),
                practice_until=date(2028, 4, 30),
                disciplines=(21,),
            ),
            status=StatusRef(uri=self.uri, index=index),
        )
        return replace(card, **changed)

    def text(self, card: Card | None = None) -> str:
        """Return the QR text of `card`, or of the usual one."""
        return issue_card(card or self.card(), self.key)

"""Whom the gate believes: issuers, the schemes each may speak for, their keys, their lists.

A bundle comes from files that were carried here by something trusted (a hand, later TUF); it says
nothing of how. A key is trusted for what it signed between `not_before` and `not_after`; one marked
compromised for nothing it ever signed, because a stolen key backdates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gate.signing.keys import VerifyingKey
from gate.trust.status_list import StatusList

_NO_LISTS: Final[Mapping[str, StatusList]] = MappingProxyType({})


class KeyUse(StrEnum):
    """What a key is trusted to sign."""

    CARD = "card"
    LIST = "list"
    SITE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A public key, what it may sign, and for which times of signing (None: no bound)."""

    key: VerifyingKey
    uses: frozenset[KeyUse]
    not_before: datetime | None = None
    not_after: datetime | None = None
    compromised: bool = False

    @property
    def kid(self) -> bytes:
        """The short name that cards carry; a hint, never proof."""
        return self.key.kid

    def may_sign(self, use: KeyUse, at: datetime) -> bool:
        """Tell whether what it signed at `at` for `use` is to be believed."""
        return (
            use in self.uses
            and not self.compromised
            and (self.not_before is None or self.not_before <= at)
            and (self.not_after is None or at <= self.not_after)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who signs cards. Its status lists' URIs begin with `status_base`, which ends in "/"."""

    iss: str
    schemes: frozenset[str | int]
    status_base: str
    keys: tuple[TrustedKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustBundle:
    """Everything a card is judged by. `status_lists` maps a list's URI to the list in force."""

    issuers: tuple[Issuer, ...]
    status_lists: Mapping[str, StatusList] = field(default_factory=lambda: _NO_LISTS)
    _by_kid: Mapping[bytes, tuple[tuple[Issuer, TrustedKey], ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        by_kid: dict[bytes, tuple[tuple[Issuer, TrustedKey], ...]] = {}
        for issuer in self.issuers:
            for key in issuer.keys:
                by_kid[key.kid] = (*by_kid.get(key.kid, ()), (issuer, key))
        object.__setattr__(self, "_by_kid", by_kid)

    def keys_named(self, kid: bytes) -> tuple[tuple[Issuer, TrustedKey], ...]:
        """Return every trusted key that bears `kid`, with its issuer; kids can collide."""
        return self._by_kid.get(kid, ())

    def issuer_of_list(self, uri: str) -> Issuer | None:
        """Return the issuer to whom a status list's URI belongs."""
        for issuer in self.issuers:
            if uri.startswith(issuer.status_base):
                return issuer
        return None

    @property
    def newest_list_time(self) -> datetime | None:
        """When the newest list in force was signed: the clock can't be before it."""
        return max((held.issued_at for held in self.status_lists.values()), default=None)

"""Issuers, the schemes each may speak for, their keys, and the status lists in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from gate.signing.keys import Algorithm


class KeyUse(StrEnum):
    """What a key is trusted to sign."""

    CARD = "card"
    LIST = "list"
    SITE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A public key: raw Ed25519 (32 bytes) or SEC1 uncompressed P-256 (65 bytes)."""

    kid: bytes
    algorithm: Algorithm
    public: bytes
    uses: frozenset[KeyUse]
    not_before: datetime | None = None
    not_after: datetime | None = None
    compromised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who signs cards: `schemes` it may speak for; its list URIs start with `status_base`."""

    iss: str
    schemes: frozenset[str | int]
    status_base: str
    keys: tuple[TrustedKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustBundle:
    """Everything a card is judged by. `status_lists` maps a list's URI to it."""

    issuers: tuple[Issuer, ...]
    status_lists: Mapping[str, "StatusList"] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """One verified list; to be moved to status_list.py."""

    uri: str
    issued_at: datetime
    expires_at: datetime | None
    bits: int
    packed: bytes

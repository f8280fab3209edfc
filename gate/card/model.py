"""The card as the rest of the gate knows it: values that were signed, and nothing else.

A `Card` that exists came from a signature that held (`gate.card.verify`) or is about to be signed
(`gate.card.issue`). It is not thereby in date, unrevoked or welcome at a site.
"""

from dataclasses import dataclass
from datetime import date, datetime

Code = str | int
"""A catalogue code (1 to 24 UTF-8 bytes) or its number in the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRef:
    """Where a card's status stands: list `uri`, entry `index`."""

    uri: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StandsOn:
    """The scheme card that a site pass stands on, as it was when the pass was issued.

    `status` is known only of a card whose code was read.
    """

    issuer: str
    number: str
    expires_at: datetime
    status: StatusRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Competence:
    """The seven things a card proves beside identity; tuples hold catalogue codes.

    Attributes:
        health_safety: route of the evidence and the last day it holds.
        cpd_until: last day of the CPD record, with `practice_until` of the code of practice.
        limits: supervised, provisional, not-for-electrical-work and the like.
        photo_digest: the first 16 bytes of SHA-256 of the photograph file.
        stands_on: of a site pass, the scheme card beneath it; every site pass has one.
        language: which the holder wants to be spoken to in, by its ISO 639-1 code.
    """

    scheme: Code
    card_type: Code
    occupations: tuple[Code, ...] = ()
    qualifications: tuple[Code, ...] = ()
    experience: tuple[Code, ...] = ()
    health_safety: tuple[Code, date] | None = None
    cpd_until: date | None = None
    practice_until: date | None = None
    disciplines: tuple[Code, ...] = ()
    limits: tuple[Code, ...] = ()
    photo_digest: bytes | None = None
    stands_on: StandsOn | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderKey:
    """The public key in the holder's phone: raw Ed25519 (32 bytes) or P-256 as x || y (64)."""

    algorithm: int
    public: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One verified credential; times are aware, UTC, whole seconds."""

    issuer: str
    number: str
    holder_id: str
    name: str
    not_before: datetime
    issued_at: datetime
    expires_at: datetime
    competence: Competence
    status: StatusRef
    audience: str | None = None
    holder_key: HolderKey | None = None

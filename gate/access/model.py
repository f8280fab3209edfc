"""Who asks, where, when, and what the gate answers.

An `AccessRequest` is one presentation of one code at one access point. An `AccessDecision` is the
gate's whole answer to it, with every reason that applied.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gate.access.persons import PersonRecord
from gate.card.model import Card
from gate.errors import EventError, Outcome, Reason


class Direction(StrEnum):
    """Which way a reader leads: into the site or out of it, whichever area it belongs to."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPoint:
    """One reader at one portal, in one direction, leading to (or out of) `area`."""

    name: str
    direction: Direction
    area: str


class OverrideKind(StrEnum):
    """What the guard at the gate may decide instead of its rules."""

    GUARD = "guard"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """The guard lets in whom the gate refers, or the emergency services.

    Attributes:
        by: who, or what in whose hand, decided; why: what for. Both are for the site's record.
    """

    kind: OverrideKind
    by: str
    why: str

    def __post_init__(self) -> None:
        """Refuse what nobody answers for."""
        if not self.by.strip() or not self.why.strip():
            raise EventError(f"override ({self.kind}): it needs who decided, and a reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """One presentation.

    Attributes:
        at: aware, UTC; the moment the code was read.
        card: None unless its signature held.
        person: keyed hash of the holder (gate.trust.person), None with no card.
        stands_on: keyed hash of the holder's scheme card, which a site pass stands on.
        findings: what verification found against the card, in its own order.
        list_age_s: seconds since the card's status list was signed, or that of the scheme card
            beneath a pass, if that is older; None if none is held.
        manifest_age_s: seconds since the site's manifest was signed; None if none is in force.
        clock_trusted: whether `at` can be relied upon; if not, it is a lower bound, as ages are.
        record: what the site knows of the person beyond their card; None if it knows nothing.
        override: the guard's decision; None if the rules alone decide.
    """

    access_point: AccessPoint
    at: datetime
    card: Card | None
    person: bytes | None
    findings: tuple[Reason, ...] = ()
    list_age_s: int | None = None
    manifest_age_s: int | None = None
    clock_trusted: bool = True
    stands_on: bytes | None = None
    record: PersonRecord | None = None
    override: Override | None = None

    @property
    def is_emergency(self) -> bool:
        """Whether the guard says that these are the emergency services."""
        return self.override is not None and self.override.kind is OverrideKind.EMERGENCY

    @property
    def is_entry(self) -> bool:
        """Whether somebody the gate can tell from others wants to come in."""
        return self.person is not None and self.access_point.direction is Direction.IN


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule's answer: what it would do, and why.

    `doubt` says what it can't know; with nothing but a doubt it would admit, and is no reason.
    """

    outcome: Outcome
    reason: Reason
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessDecision:
    """The gate's answer; `reason` is the one shown, `reasons` all that applied, strictest first.

    `doubt` says what somebody who is let in was not judged by, for nobody could know it.
    """

    outcome: Outcome
    reason: Reason | None
    reasons: tuple[Reason, ...] = ()
    doubt: str = ""

    @property
    def admits(self) -> bool:
        """Whether the portal is to be released."""
        return self.outcome in {Outcome.ADMIT, Outcome.NOTE}

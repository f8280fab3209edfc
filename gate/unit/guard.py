"""What waits for the guard: who was referred, until the key is turned or the next code comes.

A referral stands until the guard acts (EXPERIENCE, the worker), but not for ever: whoever walks up
an hour later is not the one on the record.

A key has no name: the record says that it was the key, whom it let in, and which referral that
ended. Who held it is the site's to know, by its key book. Turned twice with nobody referred, it
lets in the emergency services, one at a time (rule 20 of `gate.access`).

A guard in the gatehouse has a name and writes a reason: the site's hub sends both. Pure.
"""

from dataclasses import dataclass, field
from typing import Final

from gate.access.model import AccessDecision, AccessRequest, Override, OverrideKind
from gate.card.model import Card
from gate.errors import Reason
from gate.trust.commanded import Released

REFERRAL_S: Final = 300.0
"""A guard walks from the gatehouse in less; after it the card must be shown again."""

MAINTENANCE_AFTER_S: Final = 10.0
"""A key that stays turned for longer is no release: the gate is being worked on."""

TWICE_S: Final = 3.0
"""Two turns of a stiff key by a gloved hand take about two seconds; more are two thoughts."""

THE_KEY: Final = "the guard's key"

EMERGENCY: Final = Override(kind=OverrideKind.EMERGENCY, by=THE_KEY, why="turned twice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Somebody who was sent to the guard.

    Attributes:
        key: stands for the code they showed.
        reason: why they were sent; number: of the record of it.
        at_s: when, on the unit's steady line.
    """

    key: bytes
    card: Card = field(repr=False)
    reason: Reason | None
    number: int
    at_s: float

    def is_over(self, at_s: float) -> bool:
        """Tell whether they waited for too long."""
        return at_s >= self.at_s + REFERRAL_S

    def override(self, at_s: float) -> Override:
        """Return what a key that is turned now decides."""
        waited_s = max(0.0, at_s - self.at_s)
        why = f"referred in entry {self.number}, {waited_s:.0f} s before ({self.reason})"
        return Override(kind=OverrideKind.GUARD, by=THE_KEY, why=why)

    def override_by(self, whom: Released) -> Override:
        """Return what a guard at the hub decides, by name."""
        why = f"{whom.why}; let in at the hub, referred in entry {self.number}"
        return Override(kind=OverrideKind.GUARD, by=whom.by, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByKey:
    """What a turn of the key came to; `key` stands for the code, empty if none was shown."""

    key: bytes
    request: AccessRequest = field(repr=False)
    decision: AccessDecision

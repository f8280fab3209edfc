"""What waits for the guard: who was referred, until the key is turned or the next code comes.

A referral stands until the guard acts (EXPERIENCE, the worker), but not for ever: whoever walks up
an hour later is not the one on the record.
"""

from dataclasses import dataclass, field
from typing import Final

from gate.access.model import AccessDecision, AccessRequest

REFERRAL_S: Final = 300.0
"""A guard walks from the gatehouse in less; after it the card must be shown again."""

MAINTENANCE_AFTER_S: Final = 10.0
"""A key that stays turned for longer is no release: the gate is being worked on."""

BY_KEY: Final = "released by the guard's key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Somebody who was sent to the guard, and until when (the unit's steady line) that stands."""

    key: bytes
    request: AccessRequest = field(repr=False)
    decision: AccessDecision
    until_s: float

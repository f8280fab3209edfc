"""How old what a gate knows may be: green, amber, red, and how long until the next of them. Pure.

Age is now minus the moment of signing; nothing but a newer signature lowers it. What a tier does to
a person is the site's policy: amber is a note, red a referral unless it says otherwise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gate.errors import TrustError

_NOTHING: Final = timedelta(0)


class Tier(StrEnum):
    """From the best to the worst."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


_TIERS: Final = tuple(Tier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """The ages after which something is amber, and red (as `gate.access.rules` has it).

    Red begins late enough for a link lost on a Friday to last a bank-holiday weekend.
    """

    amber: timedelta = timedelta(hours=24)
    red: timedelta = timedelta(hours=96)

    def __post_init__(self) -> None:
        """Refuse tiers that are out of order."""
        if not _NOTHING < self.amber <= self.red:
            raise TrustError(f"tiers: amber at {self.amber}, red at {self.red}: not in this order")


USUAL_TIERS: Final = Tiers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What an age amounts to; `left` is the time until the next tier, nothing once it is red."""

    tier: Tier
    age: timedelta
    left: timedelta


def freshness(issued_at: datetime, now: datetime, tiers: Tiers = USUAL_TIERS) -> Freshness:
    """Return how fresh what was signed at `issued_at` is; a signer ahead of us is of age 0."""
    return judge_age(now - issued_at, tiers)


def judge_age(age: timedelta, tiers: Tiers = USUAL_TIERS) -> Freshness:
    """Return what an age amounts to."""
    age = max(age, _NOTHING)
    if age <= tiers.amber:
        return Freshness(tier=Tier.GREEN, age=age, left=tiers.amber - age)
    if age <= tiers.red:
        return Freshness(tier=Tier.AMBER, age=age, left=tiers.red - age)
    return Freshness(tier=Tier.RED, age=age, left=_NOTHING)


def worst(first: Freshness, *others: Freshness) -> Freshness:
    """Return the one of the worst tier; of equals the one that leaves it, or grew old, first."""
    return max(
        (first, *others), key=lambda found: (_TIERS.index(found.tier), -found.left, found.age)
    )

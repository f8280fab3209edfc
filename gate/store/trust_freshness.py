"""How fresh everything is that a unit goes by: one judgement, for its lamp, its record and its hub.

Each list and the manifest stands for itself, by its age and the hours that the rules in force set;
the clock by the time that ran while nothing vouched for it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from gate.access.site_policy import Freshness as FreshnessRule
from gate.store.trust_in_force import TrustInForce
from gate.trust.clock_floor import clock_freshness
from gate.trust.freshness import USUAL_TIERS, Freshness, Tier, Tiers, freshness, worst

MANIFEST: Final = "manifest"
CLOCK: Final = "clock"

_LIST: Final = "list "


def judge_all(
    trust: TrustInForce, own: FreshnessRule | None, at: datetime, untrusted_s: float
) -> dict[str, Freshness]:
    """Return how fresh each thing is: "list <URI>", "manifest", "clock".

    Args:
        trust: what is in force.
        own: the unit's own rule, which counts without a manifest; None: the usual hours do.
        at: the present, or its lower bound.
        untrusted_s: running time under an untrusted clock.
    """
    tiers = tiers_in_force(trust, own)
    judged = {
        f"{_LIST}{uri}": freshness(held.issued_at, at, tiers)
        for uri, held in trust.bundle.status_lists.items()
    }
    if trust.manifest_at is not None:
        judged[MANIFEST] = freshness(trust.manifest_at, at, tiers)
    judged[CLOCK] = clock_freshness(untrusted_s)
    return judged


def tiers_in_force(trust: TrustInForce, own: FreshnessRule | None) -> Tiers:
    """Return the tiers of the manifest's rules; without a manifest the unit's own, or the usual."""
    rule = own if trust.policy is None else trust.policy.freshness
    if rule is None:
        return USUAL_TIERS
    return Tiers(amber=timedelta(hours=rule.amber_h), red=timedelta(hours=rule.red_h))


def worst_of(judged: Mapping[str, Freshness]) -> Freshness:
    """Return the worst of them; a clock that is trusted is nobody's comfort, unless it is alone."""
    others = [now for what, now in judged.items() if what != CLOCK]
    clock = judged[CLOCK]
    return worst(*others, clock) if clock.tier is not Tier.GREEN or not others else worst(*others)


def worst_tier(judged: Mapping[str, Freshness]) -> Tier:
    """Return the worst tier; no list at all is as good as an ageing one."""
    tier = worst_of(judged).tier
    if any(what.startswith(_LIST) for what in judged):
        return tier
    return max(Tier.AMBER, tier, key=list(Tier).index)

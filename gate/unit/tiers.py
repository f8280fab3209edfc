"""How fresh everything is that the gate goes by, and what changed about it: pure.

Each list, the manifest and the clock stands for itself. Green is not worth a word until something
was worse; lists that went are forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.access.site_policy import Freshness as FreshnessRule
from gate.events.model import MAX_DETAIL_CHARS
from gate.store.trust_in_force import TrustInForce
from gate.trust.clock_floor import clock_freshness
from gate.trust.freshness import Freshness, Tier, Tiers, freshness, worst
from gate.unit.stamp import Stamp

MANIFEST: Final = "manifest"
CLOCK: Final = "clock"

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something came to another tier; `what` is "manifest", "clock" or "list <URI>"."""

    what: str
    now: Freshness

    @property
    def detail(self) -> str:
        """One line of it, for the record."""
        end = f", {self.now.age // _HOUR} h old"
        if self.now.tier is not Tier.RED:
            end += f", {hours_left(self.now)} h left"
        text = f"{self.now.tier}: {self.what}"[: MAX_DETAIL_CHARS - len(end)]
        return "".join(char if char.isprintable() else "?" for char in text) + end


class TierWatch:
    """Remembers the tiers that were told."""

    def __init__(self) -> None:
        self._told: dict[str, Tier] = {}

    def look(self, judged: dict[str, Freshness]) -> Iterator[Change]:
        """Yield what came to another tier since the last look."""
        before, self._told = self._told, {what: now.tier for what, now in judged.items()}
        for what, now in judged.items():
            if now.tier is not before.get(what, Tier.GREEN):
                yield Change(what=what, now=now)


def judge_all(trust: TrustInForce, rule: FreshnessRule, stamp: Stamp) -> dict[str, Freshness]:
    """Return how fresh each thing is that the gate goes by."""
    tiers = tiers_of(rule)
    judged = {
        f"list {uri}": freshness(held.issued_at, stamp.at, tiers)
        for uri, held in trust.bundle.status_lists.items()
    }
    if trust.manifest is not None:
        judged[MANIFEST] = freshness(trust.manifest.issued_at, stamp.at, tiers)
    judged[CLOCK] = clock_freshness(stamp.untrusted_s)
    return judged


def tiers_of(rule: FreshnessRule) -> Tiers:
    """Return the tiers that a site's rules set."""
    return Tiers(amber=timedelta(hours=rule.amber_h), red=timedelta(hours=rule.red_h))


def worst_tier(judged: dict[str, Freshness]) -> Tier:
    """Return the worst of them; no list at all is as good as an ageing one."""
    if not any(what.startswith("list ") for what in judged):
        return max((Tier.AMBER, *(now.tier for now in judged.values())), key=list(Tier).index)
    return worst(*judged.values()).tier


def hours_left(now: Freshness) -> int:
    """Return the whole hours until the next tier."""
    return now.left // _HOUR

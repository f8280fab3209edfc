"""What changed about how fresh everything is that the gate goes by: pure.

Each list, the manifest and the clock stands for itself. Green is not worth a word until something
was worse; lists that went are forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.access.site_policy import Freshness as FreshnessRule
from gate.events.model import MAX_DETAIL_CHARS
from gate.store import trust_freshness
from gate.store.trust_freshness import worst_tier
from gate.store.trust_in_force import TrustInForce
from gate.trust.freshness import Freshness, Tier
from gate.unit.stamp import Stamp

__all__ = ["Change", "TierWatch", "hours_left", "judge_all", "worst_tier"]

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
    """Return how fresh each thing is that the gate goes by; `rule` is its own."""
    return trust_freshness.judge_all(trust, rule, stamp.at, stamp.untrusted_s)


def hours_left(now: Freshness) -> int:
    """Return the whole hours until the next tier."""
    return now.left // _HOUR

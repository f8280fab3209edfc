"""How a site stands against rules 14 to 16 now: who is there, who must be, how many may be. Pure.

The rules are asked for their own numbers: what is told is what the next person is judged by.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gate.access.decide import Rule
from gate.access.presence import Presence
from gate.access.site_state import WHOLE_SITE, FirstAiders, Occupancy, SupervisorOnSite


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """One thing that rules ask: `have` are inside, `least` must be, `most` may be; None: any."""

    what: str
    have: int
    least: int | None = None
    most: int | None = None

    @property
    def is_short(self) -> bool:
        """Whether too few are inside."""
        return self.least is not None and self.have < self.least

    @property
    def is_full(self) -> bool:
        """Whether nobody more may come in."""
        return self.most is not None and self.have >= self.most

    @property
    def is_over(self) -> bool:
        """Whether more are inside than may be."""
        return self.most is not None and self.have > self.most


def covers(rules: Iterable[Rule], presence: Presence) -> Iterator[Cover]:
    """Yield what rules ask of who is inside, in their order; where nobody is, nobody must be."""
    heads = presence.head_count()
    for rule in rules:
        match rule:
            case SupervisorOnSite(supervisors=supervisors):
                have = _inside(presence, supervisors)
                yield Cover(what="Site supervisors", have=have, least=min(1, heads))
            case FirstAiders():
                enough, least = rule.needed(heads)
                have = _inside(presence, enough)
                yield Cover(what="First aiders", have=have, least=least if heads else 0)
            case Occupancy(most=most):
                for area, number in sorted(most.items()):
                    count = heads if area == WHOLE_SITE else presence.head_count(area)
                    what = "People on site" if area == WHOLE_SITE else f"People in {area}"
                    yield Cover(what=what, have=count, most=number)
            case _:
                continue


def _inside(presence: Presence, persons: frozenset[bytes]) -> int:
    return sum(presence.is_inside(person) for person in persons)

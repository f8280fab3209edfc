"""What is known of a site's access points without anybody writing it down, and what rules name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gate.access.model import Direction
from gate.access.site_policy import SitePolicy
from gate.access.site_state import WHOLE_SITE
from gate.hub.enrol.models import SetUpCode
from gate.hub.ingest.models import Entry
from gate.hub.manifest.rules import policy_in, rules_of
from gate.hub.sites.models import Site, Unit
from gate.trust.place import lanes_called

LOOK_BACK_ENTRIES: Final = 2_000
"""Of each unit: a busy gate's last day. They lie together in the table, and are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An access point as a unit told of it."""

    name: str
    direction: Direction
    unit: str


def told_points(site: Site) -> list[Told]:
    """Return the access points of the units in use: by their set-up codes, and as they record."""
    found = {
        Told(name=lane.name, direction=Direction(lane.direction), unit=code.unit.name)
        for code in SetUpCode.objects.filter(site=site, unit__retired_at=None).select_related(
            "unit"
        )
        if code.unit is not None
        for lane in lanes_called(code.unit.name, code.directions)
    }
    for unit in Unit.objects.filter(site=site, retired_at=None):
        found.update(_recorded(unit))
    return sorted(found, key=lambda one: (one.name, one.unit))


def named_by_rules(site: Site) -> Mapping[str, tuple[str, ...]]:
    """Return what the rules in force say of each area that they name."""
    policy = policy_in(rules_of(site))
    if policy is None:
        return {}
    said: dict[str, tuple[str, ...]] = {}
    for area, words in _sayings(policy):
        if words not in said.setdefault(area, ()):
            said[area] += (words,)
    return said


def _recorded(unit: Unit) -> Iterator[Told]:
    journal = unit.journal_set.order_by("-pk").first()
    if journal is None:
        return
    last = journal.stored_through - LOOK_BACK_ENTRIES
    rows = Entry.objects.filter(journal=journal, seq__gt=last).exclude(access_point="")
    ways = set(map(str, Direction))
    for name, direction in rows.values_list("access_point", "direction").distinct():
        if direction in ways:
            yield Told(name=name, direction=Direction(direction), unit=unit.name)


def _sayings(policy: SitePolicy) -> Iterator[tuple[str, str]]:
    for area in policy.area:
        yield area.name, "takes only some of the cards that come in"
    for endorsement in policy.endorsement:
        yield endorsement.area, "asks for an occupation or an endorsement"
    for barred in policy.barred:
        yield barred.area, "bars some card types"
    for limit in policy.limit:
        yield limit.area, "bars cards with some limits"
    for room in policy.occupancy:
        if room.area != WHOLE_SITE:
            yield room.area, f"holds {room.most} people at most"

"""How a site stands now against what its rules ask of who is there, in words for its manager."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gate.access.cover import Cover, covers
from gate.access.policy import rules_of as rules_in
from gate.access.presence import Presence, SiteWide
from gate.hub.gates.state import units_of
from gate.hub.log.day import day_of
from gate.hub.log.rows import Pill
from gate.hub.manifest.models import Rules
from gate.hub.manifest.presence import gates_heard, last_passages
from gate.hub.manifest.rules import policy_in
from gate.hub.manifest.whereabouts import catch_up
from gate.hub.people.frames import key_of
from gate.hub.sites.models import Site
from gate.hub.today.inside import unheard


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One thing that the rules ask, and how it stands."""

    what: str
    have: int
    asked: str
    pill: Pill


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """All of them, at the minute `at`; `doubts` names the gates that make them uncertain."""

    at: str
    rows: tuple[Standing, ...]
    doubts: tuple[str, ...]


def standings_of(site: Site, rules: Rules | None, now: datetime) -> Standings | None:
    """Return how the site stands; None if its rules ask nothing of who is there."""
    policy = policy_in(rules)
    if policy is None:
        return None
    asked = [one for one in rules_in(policy, key_of(site)) if next(covers([one], Presence()), None)]
    if not asked:
        return None
    catch_up(site)
    passages = {one.person: one for one in last_passages(site, now)}
    wide = SiteWide(as_of=now, passages=passages, gates=tuple(gates_heard(site, now)))
    presence = policy.exits.about(Presence().with_site(wide), now)
    day = day_of(now, ZoneInfo(site.time_zone))
    return Standings(
        at=now.astimezone(day.zone).strftime("%H:%M"),
        rows=tuple(_standings(covers(asked, presence))),
        doubts=tuple(unheard(units_of(site), now, day)),
    )


def _standings(found: Iterator[Cover]) -> Iterator[Standing]:
    for one in found:
        asked = f"at least {one.least}" if one.most is None else f"at most {one.most}"
        yield Standing(what=one.what, have=one.have, asked=asked, pill=_pill(one))


def _pill(one: Cover) -> Pill:
    if one.is_short:
        return Pill(words="Short", tone="refuse", mark="✗")
    if one.is_over:
        return Pill(words="Too many", tone="refuse", mark="✗")
    if one.is_full:
        return Pill(words="Full", tone="note", mark="!")
    return Pill(words="Enough" if one.most is None else "Room left", tone="in", mark="✓")

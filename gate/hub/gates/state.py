"""How each gate of a site is, by what it said last and the time since.

What a gate told of its lists and its manifest grows old while it is not heard, as it does at the
gate: so a gate that was cut off turns amber and red here too, by the site's own hours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from django.db.models import QuerySet

from gate.access.policy import parse_policy
from gate.errors import ConfigError
from gate.hub.ingest.models import Heartbeat
from gate.hub.log.silence import SILENT_AFTER
from gate.hub.manifest.models import Handed, Manifest, Rules
from gate.hub.manifest.rules import rules_of
from gate.hub.sites.models import Site, Unit
from gate.trust.freshness import USUAL_TIERS, Freshness, Tier, Tiers, judge_age, worst

_TOLD = {str(tier): tier for tier in Tier}

_KEPT_RULES: Final = 64
"""Rules whose hours are kept: to read the whole text again costs more than all else of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateState:
    """One gate.

    Attributes:
        beat: what it said last; None if it never did.
        fresh: how fresh its knowledge is now; None if that is not known.
        silent: it was not heard lately.
        latest, sent, asked_at: version of the site's manifest now, the one the gate was sent last,
            and when it asked; 0 and None for none.
    """

    unit: Unit
    beat: Heartbeat | None
    fresh: Freshness | None
    silent: bool
    latest: int
    sent: int
    asked_at: datetime | None

    @property
    def in_force(self) -> int:
        """The version of the manifest it goes by; 0 for none."""
        return 0 if self.beat is None else self.beat.manifest_version or 0


def states_of(site: Site, now: datetime) -> Iterator[GateState]:
    """Yield the gates in use at a site, by name."""
    handed = {one.unit_id: one for one in Handed.objects.filter(unit__site=site)}
    manifest = Manifest.objects.defer("message").filter(site=site).first()
    tiers = tiers_of(site)
    for unit in units_of(site):
        beat, asked = beat_of(unit), handed.get(unit.pk)
        yield GateState(
            unit=unit,
            beat=beat,
            fresh=None if beat is None else fresh_now(beat, tiers, now),
            silent=is_silent(beat, now),
            latest=0 if manifest is None else manifest.version,
            sent=0 if asked is None else asked.version,
            asked_at=None if asked is None else asked.asked_at,
        )


def units_of(site: Site) -> QuerySet[Unit]:
    """Return the units in use at a site, by name, each with what it said last (`beat_of`)."""
    return Unit.objects.filter(site=site, retired_at=None).select_related("heartbeat")


def beat_of(unit: Unit) -> Heartbeat | None:
    """Return what a unit said last; None if it never said anything."""
    beat: Heartbeat | None = getattr(unit, "heartbeat", None)
    return beat


def is_silent(beat: Heartbeat | None, now: datetime) -> bool:
    """Say whether a unit was not heard lately."""
    return beat is None or now - beat.received_at > SILENT_AFTER


def tiers_of(site: Site) -> Tiers:
    """Return the hours that a site's rules set; the usual ones while the hub has no rules of it."""
    return tiers_in(rules_of(site))


def tiers_in(rules: Rules | None) -> Tiers:
    """Return the same, of rules that were asked for already."""
    return USUAL_TIERS if rules is None else _tiers(rules.text)


@lru_cache(maxsize=_KEPT_RULES)
def _tiers(text: str) -> Tiers:
    try:
        rule = parse_policy(text, "rules").freshness
    except ConfigError:  # of another version of this software: see gate.hub.manifest.rules
        return USUAL_TIERS
    return Tiers(amber=timedelta(hours=rule.amber_h), red=timedelta(hours=rule.red_h))


def fresh_now(beat: Heartbeat, tiers: Tiers, now: datetime) -> Freshness | None:
    """Return how fresh a gate's knowledge is now: as it told, and older by the time since."""
    since = max(now - beat.received_at, timedelta(0))
    ages = [int(age_s) for age_s in beat.list_ages_s.values()]
    if beat.manifest_age_s is not None:
        ages.append(beat.manifest_age_s)
    age = timedelta(seconds=max(ages, default=0)) + since
    tier = _TOLD.get(beat.tier)
    if tier is None:
        return judge_age(age, tiers) if ages else None
    left = timedelta(seconds=beat.tier_left_s or 0)
    told = Freshness(tier=tier, age=age, left=max(left - since, timedelta(0)))
    return worst(told, judge_age(age, tiers)) if ages else told

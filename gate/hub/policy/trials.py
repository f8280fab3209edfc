"""Rules tried on a day of a site: the journal's scans, and the rules that the hub gave by then."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from gate.access.site_policy import SitePolicy
from gate.errors import Reason
from gate.events.codec import to_ms
from gate.hub.keys import site_key
from gate.hub.log.day import Day
from gate.hub.manifest.models import Rules
from gate.hub.manifest.rules import policy_in
from gate.hub.policy.record import MAX_ENTRIES, DayRecord
from gate.hub.policy.replay import Trial, Tried, trial_of, try_day
from gate.hub.policy.scans import Scan
from gate.hub.sites.models import Site

_NEVER: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTried:
    """A day's result; `lost`: what can't be tried; `cut_at`: tried entries, if not all."""

    tried: Tried
    lost: tuple[str, ...]
    cut_at: int | None


def try_rules(site: Site, day: Day, after: SitePolicy, most: int = MAX_ENTRIES) -> DayTried:
    """Judge a day of a site again by other rules."""
    times, trials = _trials(site, day, after)

    def trial_of_scan(scan: Scan) -> Trial:
        had_none = Reason.NO_RULES in scan.reasons
        return trials[0] if had_none else trials[bisect_right(times, scan.at_ms)]

    record = DayRecord(site=site, day=day, most=most)
    tried = try_day(record.scans(), trial_of_scan)
    had = trials[bisect_right(times, day.start_ms) :]
    lost = dict.fromkeys(question.words for trial in had for question in trial.lost)
    return DayTried(tried=tried, lost=tuple(lost), cut_at=most if record.is_cut else None)


def _trials(site: Site, day: Day, after: SitePolicy) -> tuple[list[int], list[Trial]]:
    """Return since when rules were in force, and what is tried before the first and since each."""
    key = site_key(settings.HUB, site.slug)  # type: ignore[misc]  # gate.hub.settings puts it there
    times: list[int] = []
    trials = [trial_of(None, after, key)]
    given = Rules.objects.filter(site=site, at__lt=day.end)
    earlier = given.filter(at__lt=day.start).order_by("-pk")[:1]
    for rules in (*earlier, *given.filter(at__gte=day.start).order_by("pk")):
        times.append(max(to_ms(rules.at), *times, _NEVER))
        trials.append(trial_of(policy_in(rules), after, key))
    return times, trials

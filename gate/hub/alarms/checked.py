"""Whether a site's stored record was checked lately, in a manager's words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gate.hub.alarms.words import moment_words
from gate.hub.ingest.models import Check
from gate.hub.sites.models import Site

DUE_AFTER: Final = timedelta(hours=36)
"""A night's check and half a day: it begins between 02:30 and 03:00 and may take hours."""

_STEP: Final = "Ask whoever looks after the hub to switch the nightly check on."


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is to be said of the last check; `is_notable` unless it was lately and all held."""

    words: str
    is_notable: bool


def last_check(site: Site, now: datetime) -> Checked:
    """Return what the last check found, and whether the next one is overdue."""
    check = Check.objects.filter(site=site).order_by("-pk").first()
    if check is None:
        return Checked(words=f"The stored record was never checked. {_STEP}", is_notable=True)
    when = moment_words(check.at, ZoneInfo(site.time_zone))
    words = f"The stored record was checked on {when}: {_found(check)}"
    if check.at >= now - DUE_AFTER:
        return Checked(words=words, is_notable=check.bad_journals > 0)
    return Checked(words=f"{words} It was not checked since. {_STEP}", is_notable=True)


def _found(check: Check) -> str:
    if check.bad_journals:
        return f"{check.bad_journals} of {check.journals} gates' records did not hold."
    return f"all {check.entries} entries held."

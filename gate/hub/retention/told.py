"""Whether last night's work was done, in a manager's words."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gate.hub.alarms.checked import Checked
from gate.hub.alarms.words import moment_words
from gate.hub.retention.models import Run
from gate.hub.sites.models import Site

DUE_AFTER: Final = timedelta(hours=36)
"""A night's work and half a day: it begins between 01:30 and 02:00 and may take hours."""

_STEP: Final = "Ask whoever looks after the hub to switch the nightly retention on."


def last_run(site: Site) -> Run | None:
    """Return the last night's work that was done to its end."""
    return Run.objects.filter(site=site).order_by("-pk").first()


def has_failed(site: Site) -> bool:
    """Tell whether something could not be let go the last time."""
    last = last_run(site)
    return last is not None and last.fault != ""


def last_night(site: Site, now: datetime) -> Checked:
    """Return what became of the last night's work, and whether the next is overdue."""
    last = last_run(site)
    if last is None:
        return Checked(words=f"Nothing old was ever let go of here. {_STEP}", is_notable=True)
    when = moment_words(last.at, ZoneInfo(site.time_zone))
    gone = sum(last.gone.values())
    words = f"What had grown old was let go of on {when}: {gone:,} in all."
    if last.fault:
        words = (
            f"What had grown old was let go of on {when}, and not all of it went: {last.fault}."
            " Show this to whoever looks after the hub; it is tried again each night."
        )
    if last.at >= now - DUE_AFTER:
        return Checked(words=words, is_notable=last.fault != "")
    return Checked(words=f"{words} It was not done since. {_STEP}", is_notable=True)

"""Whether somebody at a site's gatehouse waits for scans: then its gates send each one at once.

A unit hears it with its manifest, for so many seconds; nothing else hangs on it.
"""

from datetime import datetime, timedelta
from typing import Final

from gate.hub.manifest.models import Watched
from gate.hub.sites.models import Site

HEADER: Final = "Gate-Watched-S"
"""Of the answer to a unit that asks for its manifest (docs/reference/site-files.md)."""

WATCHED_FOR: Final = timedelta(seconds=120)
"""After the last look: long enough for units that ask once a minute."""

NOTE_AGAIN: Final = timedelta(seconds=30)
"""A page looks twice a second; that somebody watches is written down this often."""


def watch(site: Site, now: datetime) -> None:
    """Write down that somebody watches, unless that was done a moment ago."""
    there = Watched.objects.filter(site=site).first()
    if (
        there is None
        or there.until - now < WATCHED_FOR - NOTE_AGAIN
        or there.until > now + WATCHED_FOR
    ):
        Watched.objects.update_or_create(site=site, defaults={"until": now + WATCHED_FOR})


def seconds_watched(site: Site, now: datetime) -> int:
    """Return for how much longer scans are to be sent at once; 0 if nobody watches."""
    there = Watched.objects.filter(site=site).first()
    left = timedelta() if there is None else min(there.until - now, WATCHED_FOR)
    return max(0, int(left.total_seconds()))

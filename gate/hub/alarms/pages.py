"""The pages of a site that somebody may open, for the top of each: where they are, what is open."""

from dataclasses import dataclass

from django.urls import reverse

from gate.hub.alarms.services import open_alarms
from gate.hub.sites.access import Visitor, manages
from gate.hub.sites.models import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page; `count` is what waits there to be looked at."""

    words: str
    address: str
    is_here: bool
    count: int = 0


def pages_of(user: Visitor, site: Site, here: str) -> list[Page]:
    """Return the site's pages; `here` is the name of the one that is shown."""
    named = [("log", "Entry log", 0), ("report", "Daily report", 0), ("gates", "Gates", 0)]
    if manages(user, site):
        named.append(("passes", "Passes", 0))
        named.append(("blocked", "Blocked", 0))
        named.append(("rules", "Rules", 0))
        named.append(("alarms", "Alarms", open_alarms(site).count()))
    return [
        Page(
            words=words, address=reverse(name, args=[site.slug]), is_here=name == here, count=count
        )
        for name, words, count in named
    ]

"""The pages of a site that somebody may open, for the top of each: where they are, what is open.

A wide screen has the first of them side by side and the rest under "More"; a phone has those with
an icon at its foot, and everything else under "More".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from gate.hub.alarms.services import open_alarms
from gate.hub.sites.access import Visitor, manages
from gate.hub.sites.models import Site

_FIRST: Final = frozenset(
    {"today", "log", "people", "report", "gates", "passes", "alarms", "gatehouse"}
)
"""What a manager opens every day; the rest waits under "More"."""

_ICONS: Final = {"today": "today", "log": "log", "people": "people", "gates": "gates"}
"""At a phone's foot: four and "More" fit 320 px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page; `count` is what waits there to be looked at."""

    words: str
    address: str
    is_here: bool
    count: int = 0
    is_first: bool = True
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """A site's pages in their order, cut for a wide screen and for a phone."""

    every: tuple[Page, ...]

    def __iter__(self) -> Iterator[Page]:
        """Go through all of them."""
        return iter(self.every)

    @property
    def rest(self) -> tuple[Page, ...]:
        """Under "More" on a wide screen."""
        return tuple(page for page in self.every if not page.is_first)

    @property
    def tabs(self) -> tuple[Page, ...]:
        """At a phone's foot."""
        return tuple(page for page in self.every if page.icon)

    @property
    def beside_tabs(self) -> tuple[Page, ...]:
        """Under "More" on a phone."""
        return tuple(page for page in self.every if not page.icon)


def pages_of(user: Visitor, site: Site, here: str) -> Pages:
    """Return the site's pages; `here` is the name of the one that is shown."""
    named = [
        ("today", "Today", 0),
        ("log", "Entry log", 0),
        ("report", "Daily report", 0),
        ("gates", "Gates", 0),
    ]
    named.append(("gatehouse", "Gatehouse", 0))
    named.append(("visitors", "Visitors", 0))
    named.append(("roll-call", "Roll calls", 0))
    rest: frozenset[str] = frozenset()
    if manages(user, site):
        rest = frozenset({"gatehouse"})  # 1280 px hold a guard's pages, or eight of a manager's
        named.append(("people", "People", 0))
        named.append(("passes", "Passes", 0))
        named.append(("blocked", "Blocked", 0))
        named.append(("forgive", "Forgotten exits", 0))
        named.append(("rules", "Rules", 0))
        named.append(("units", "Units", 0))
        named.append(("unit-logins", "Gate logins", 0))
        named.append(("alarms", "Alarms", open_alarms(site).count()))
    return Pages(
        every=tuple(
            Page(
                words=words,
                address=reverse(name, args=[site.slug]),
                is_here=name == here,
                count=count,
                is_first=name in _FIRST - rest,
                icon=_ICONS.get(name, ""),
            )
            for name, words, count in named
        )
    )

"""The pages of a site that somebody may open, for the top of each: where they are, what is open.

A wide screen has the first of them side by side and the rest under "More"; a phone has those with
an icon at its foot, and everything else under "More".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final

from django.contrib.auth.models import User
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from gate.hub.accounts.parts import may_open, part_at_site
from gate.hub.accounts.roles import Part
from gate.hub.alarms.services import open_alarms
from gate.hub.retention.told import has_failed
from gate.hub.sites.access import Visitor
from gate.hub.sites.models import Site

_FIRST: Final = frozenset(
    {"today", "log", "people", "report", "gates", "passes", "alarms", "gatehouse"}
)
"""What a manager opens every day; the rest waits under "More"."""

_ICONS: Final = {"today": "today", "log": "log", "people": "people", "gates": "gates"}
"""At a phone's foot: four and "More" fit 320 px."""


_KEPT_ADDRESSES: Final = 1024
"""Of some fifty sites; composing them anew took half a millisecond of each page."""

_PAGES: Final = (
    ("today", "Today"),
    ("log", "Entry log"),
    ("report", "Daily report"),
    ("gates", "Gates"),
    ("gatehouse", "Gatehouse"),
    ("check", "Check a card"),
    ("visitors", "Visitors"),
    ("roll-call", "Roll calls"),
    ("people", "People"),
    ("passes", "Passes"),
    ("blocked", "Blocked"),
    ("forgive", "Forgotten exits"),
    ("rules", "Rules"),
    ("areas", "Areas"),
    ("units", "Units"),
    ("unit-logins", "Gate logins"),
    ("alarms", "Alarms"),
    ("mails", "E-mail"),
    ("retention", "Retention"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page; `count` is what waits there to be looked at."""

    words: str
    address: str
    is_here: bool
    count: int = 0
    is_first: bool = True
    icon: str = ""

    @property
    def link(self) -> SafeString:
        """The link to it, as one among others; every page of the hub has thirty of them."""
        return self._written("")

    @property
    def tab(self) -> SafeString:
        """The same with its icon, for a phone's foot."""
        drawn = f"{static('icons.svg')}#{self.icon}"
        return self._written(
            f'<svg class="icon" aria-hidden="true"><use href="{escape(drawn)}"/></svg>'
        )

    def _written(self, icon: str) -> SafeString:
        here = ' aria-current="page"' if self.is_here else ""
        count = f' <b class="count">{self.count}<span class="hidden"> open</span></b>'
        return mark_safe(  # noqa: S308 - what is not ours is escaped
            f'<a href="{escape(self.address)}"{here}>{icon}<span>{escape(self.words)}</span>'
            f"{count if self.count else ''}</a>"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """A site's pages in their order, cut for a wide screen and for a phone."""

    every: tuple[Page, ...]
    may_call_roll: bool
    may_open_people: bool = False

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
    """Return the site's pages that somebody may open; `here` is the name of the one shown."""
    part = part_at_site(user, site.slug) if isinstance(user, User) else None
    named = [(name, words) for name, words in _PAGES if may_open(part, name)]
    # 1280 px hold a guard's pages, or eight of a manager's
    first = _FIRST - {"gatehouse"} if may_open(part, "people") else _FIRST
    if part is Part.CONTRACTOR:
        first |= {"units"}
    of_hub = Page(
        words="This hub", address=reverse("administration"), is_here=False, is_first=False
    )
    return Pages(
        every=tuple(
            Page(
                words=words,
                address=_address(name, site.slug),
                is_here=name == here,
                count=_waiting(site) if name == "alarms" else 0,
                is_first=name in first,
                icon=_ICONS.get(name, ""),
            )
            for name, words in named
        )
        + ((of_hub,) if part is Part.ADMIN else ()),
        may_call_roll=may_open(part, "open-roll-call"),
        may_open_people=may_open(part, "person"),
    )


def _waiting(site: Site) -> int:
    return open_alarms(site).count() + has_failed(site)


@lru_cache(maxsize=_KEPT_ADDRESSES)
def _address(name: str, slug: str) -> str:
    return reverse(name, args=[slug])

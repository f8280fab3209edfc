"""Head counts of a site's companies: how many people, how many ready, how many on site."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gate.hub.manifest.rules import exits_of
from gate.hub.manifest.still_inside import still_inside
from gate.hub.people.models import Company
from gate.hub.people.register import of_keys, people_of
from gate.hub.people.standings import Standing, standings
from gate.hub.people.visitors import on_site
from gate.hub.sites.models import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """One company's: `inside` by what the gates last said, visitors by the book."""

    company: Company | None
    people: int
    inducted: int
    passes: int
    visitors: int
    inside: int


def heads_of(site: Site, now: datetime) -> list[Heads]:
    """Return the head count of every company that has people here, the largest first."""
    people = list(people_of(site).select_related("company"))
    by_company: dict[int | None, list[Standing]] = {}
    for one in standings(site, people, now):
        by_company.setdefault(one.person.company_id, []).append(one)
    inside = inside_now(site, now)
    heads = [_heads(some, inside) for some in by_company.values()]
    return sorted(heads, key=lambda one: (-one.inside, -one.people, _name(one)))


def inside_now(site: Site, now: datetime) -> set[int]:
    """Return the numbers of the people who are inside, as far as gates and book say."""
    keys = still_inside(site, now, exits_of(site))
    book = on_site(site).values_list("visitor_id", flat=True)
    return set(of_keys(site, keys).values()) | set(book)


def _heads(some: Iterable[Standing], inside: set[int]) -> Heads:
    some = list(some)
    counts = Counter(
        inducted=sum(one.is_inducted for one in some),
        passes=sum(one.good is not None for one in some),
        visitors=sum(one.person.is_visitor for one in some),
        inside=sum(one.person.pk in inside for one in some),
    )
    return Heads(
        company=some[0].person.company,
        people=len(some) - counts["visitors"],
        inducted=counts["inducted"],
        passes=counts["passes"],
        visitors=counts["visitors"],
        inside=counts["inside"],
    )


def _name(one: Heads) -> str:
    return "" if one.company is None else one.company.name

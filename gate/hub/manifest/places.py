"""Which area somebody passed into, and whose company they are of: what the record doesn't hold.

A unit tells with its heartbeat where its access points lead, which is what it judges by. For a unit
that has never told, what a manager wrote down of the site's access points counts. Where neither is
known the area is empty: not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from gate.hub.areas.models import AccessPoint
from gate.hub.ingest.models import Heartbeat, Journal
from gate.hub.people.models import PersonCard, PersonPass
from gate.hub.sites.models import Site
from gate.trust.site_presence import MAX_TEXT_CHARS


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a site's access points lead, by each unit's own word and by the site's."""

    units: Mapping[int, int] = field(repr=False)
    told: Mapping[int, Mapping[str, str]]
    written: Mapping[str, str]

    def area(self, journal: int, access_point: str) -> str:
        """Return where an access point of a journal leads; empty if that isn't known."""
        told = self.told.get(self.units.get(journal, 0), {})
        return told.get(access_point) or self.written.get(access_point, "")


def places_of(site: Site) -> Places:
    """Return what is known now; who retired a unit didn't move the people who passed it."""
    points = AccessPoint.objects.filter(site=site)
    beats = Heartbeat.objects.filter(unit__site=site)
    journals = Journal.objects.filter(unit__site=site)
    return Places(
        units=dict(journals.values_list("pk", "unit_id")),
        told={unit: areas for unit, areas in beats.values_list("unit_id", "areas") if areas},
        written=dict(points.values_list("name", "area__name")),
    )


def companies_of(site: Site) -> Mapping[bytes, str]:
    """Return the company of everybody in the site's register, by each hash that gates know of."""
    found: dict[bytes, str] = {}
    told: dict[str, str] = {}
    cards = PersonCard.objects.filter(site=site, person__company__isnull=False)
    passes = PersonPass.objects.filter(person__site=site, person__company__isnull=False)
    rows: Iterable[tuple[Any, ...]] = chain(
        cards.values_list("person__company__name", "key"),
        passes.values_list("person__company__name", "one__person", "one__beneath"),
    )
    for company, *keys in rows:
        line = told.get(company)
        if line is None:
            line = told[company] = line_of(company)
        found.update((bytes(key), line) for key in keys)
    return found


def line_of(text: str) -> str:
    """Return a text if a gate can be told it; else none, which stops no presence."""
    return text if len(text) <= MAX_TEXT_CHARS and text.isprintable() else ""

"""Which area somebody passed into, and whose company they are of: what the record doesn't hold.

A unit tells with its heartbeat where its access points lead, which is what it judges by. For a unit
that has never told, what a manager wrote down of the site's access points counts. Where neither is
known the area is empty: not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from gate.hub.areas.models import AccessPoint
from gate.hub.ingest.models import Heartbeat, Journal
from gate.hub.sites.models import Site
from gate.trust.site_presence import MAX_TEXT_CHARS

_COMPANIES: Final = """
    SELECT company.name, card.key, NULL
    FROM people_personcard card
    JOIN people_person person ON person.id = card.person_id
    JOIN people_company company ON company.id = person.company_id
    WHERE card.site_id = %s
    UNION ALL
    SELECT company.name, pass.person, pass.beneath
    FROM people_personpass held
    JOIN people_person person ON person.id = held.person_id
    JOIN people_company company ON company.id = person.company_id
    JOIN passes_pass pass ON pass.id = held.one_id
    WHERE person.site_id = %s
"""


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
    with connection.cursor() as cursor:
        cursor.execute(_COMPANIES, (site.pk, site.pk))
        rows = cursor.fetchall()
    told = {company: line_of(company) for company in {row[0] for row in rows}}
    found: dict[bytes, str] = {}
    for company, key, beneath in rows:
        if beneath is None:
            found.setdefault(bytes(key), told[company])
        else:
            found[bytes(key)] = found[bytes(beneath)] = told[company]
    return found


def line_of(text: str) -> str:
    """Return a text if a gate can be told it; else none, which stops no presence."""
    return text if len(text) <= MAX_TEXT_CHARS and text.isprintable() else ""

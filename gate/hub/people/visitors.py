"""The visitors' book: who came to whom, with whom they go, and when they left.

A visitor gets no pass: a guard lets them in, their escort stays with them. The escort is somebody
inducted, because they tell the visitor what to mind.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from gate.card.names import MAX_NAME_BYTES, is_name
from gate.errors import ConfigError
from gate.hub.manifest.authors import Author
from gate.hub.people.facts import COMPANY, tidy
from gate.hub.people.models import Person, Visit
from gate.hub.people.register import company_of, people_of, write_words
from gate.hub.people.standings import standing
from gate.hub.sites.models import Site

SHOWN: Final = 50
"""Of those who left, the latest."""


def on_site(site: Site) -> QuerySet[Visit]:
    """Return the visitors who are here, who came first first."""
    return _told(site).filter(left_at=None).order_by("came_at", "pk")


def left_lately(site: Site) -> QuerySet[Visit]:
    """Return the visitors who left last."""
    return _told(site).exclude(left_at=None).order_by("-left_at")[:SHOWN]


def hosts_of(site: Site) -> QuerySet[Person]:
    """Return who can have visitors."""
    return people_of(site).filter(is_visitor=False).select_related("company")


def sign_in(
    site: Site,
    *,
    name: str,
    company: str,
    host: Person | None,
    escort: Person | None,
    by: Author,
    now: datetime,
) -> Visit:
    """Write down that a visitor came; who came before is the same person.

    Raises:
        ConfigError: every fault in what was written.
    """
    name, company = tidy(name), tidy(company)
    _refuse(name, company, host, escort, now)
    assert host is not None  # noqa: S101 - _refuse has looked
    assert escort is not None  # noqa: S101 - as above
    with transaction.atomic():
        whose = company_of(site, company)
        visitor, is_new = Person.objects.get_or_create(
            site=site,
            name=name,
            company=whose,
            is_visitor=True,
            erased_at=None,
            defaults={"added_at": now},
        )
        if is_new:
            write_words(visitor)
        if on_site(site).filter(visitor=visitor).exists():
            raise ConfigError("visitor", [f"name: {name} of {company} is here already"])
        return Visit.objects.create(
            site=site, visitor=visitor, host=host, escort=escort, came_at=now, by_name=by.name
        )


def sign_out(visit: Visit, *, by: Author, now: datetime) -> None:
    """Write down that a visitor left; who has left stays so."""
    Visit.objects.filter(pk=visit.pk, left_at=None).update(left_at=now, left_by_name=by.name)


def _told(site: Site) -> QuerySet[Visit]:
    return Visit.objects.filter(site=site).select_related(
        "visitor__company", "host__company", "escort"
    )


def _refuse(
    name: str, company: str, host: Person | None, escort: Person | None, now: datetime
) -> None:
    faults = []
    if not is_name(name):
        what = f"letters, digits, spaces and hyphens, at most {MAX_NAME_BYTES} bytes"
        faults.append(f"name: {name[:40]!r}; allowed: {what}")
    if COMPANY.read(company) is None:
        faults.append(f"company: {company[:40]!r}; allowed: {COMPANY.allowed}")
    if host is None:
        faults.append("host: nobody; next: choose whom they come to")
    if escort is None:
        faults.append("escort: nobody; next: choose who stays with them")
    elif not standing(escort, now).is_inducted:
        step = "next: choose somebody inducted"
        faults.append(f"escort: {escort.name} is not inducted; {step}")
    if faults:
        raise ConfigError("visitor", faults)

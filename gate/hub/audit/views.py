"""The page of a site's audit record, for its managers."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.words import moment_words
from gate.hub.audit.models import Record
from gate.hub.audit.notes import Act
from gate.hub.audit.words import WORDS, people_words
from gate.hub.people.models import Person
from gate.hub.sites.access import managed_site

PAGE_RECORDS: Final = 100

ERASED: Final = "erased"
"""Who did it, once that is older than the site keeps it (gate.hub.retention)."""

_MAX_DIGITS: Final = 18

_OF_PLACES: Final = frozenset(
    {Act.OTHER, Act.JOINED, Act.IDENTIFIED, Act.CHANGED_AREAS, Act.CHANGED_RETENTION}
)
"""What was done to no person: told by its address, or by a unit's name."""


@require_safe
@gzip_page
@never_cache
@login_required
def audit_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who looked at whom and changed what; with `?person=` of one person alone."""
    site = managed_site(request.user, slug)
    records = Record.objects.filter(site=site).order_by("-id")
    subject = _number(request.GET.get("person", ""))
    if subject is not None:
        records = records.filter(subject=subject)
    page = Paginator(records, PAGE_RECORDS).get_page(request.GET.get("page"))
    named = {one.subject for one in page if one.subject is not None}
    people = Person.objects.filter(site=site, pk__in=named)
    names = dict(people.values_list("pk", "name"))
    zone = ZoneInfo(site.time_zone)
    context = {
        "site": site,
        "pages": pages_of(request.user, site, "audit"),
        "page": page,
        "rows": [_row(one, names, zone) for one in page],
        "subject": subject,
        "of": "" if subject is None else names.get(subject) or "somebody erased",
    }
    return render(request, "audit/audit.html", context)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
    return int(text) if is_number else None


def _row(one: Record, names: dict[int, str], zone: ZoneInfo) -> dict[str, Any]:
    known = one.act in set(Act)
    return {
        "at": moment_words(one.at, zone),
        "by": one.by_name or ERASED,
        "act": WORDS[Act(one.act)] if known else one.act,
        "whom": _whom(one, names),
        "subject": one.subject,
        "host": one.host,
        "place": one.place if one.act in _OF_PLACES else "",
    }


def _whom(one: Record, names: dict[int, str]) -> str:
    if one.subject is not None:
        return names.get(one.subject) or f"person {one.subject}, erased"
    return "" if one.act in _OF_PLACES else people_words(one.count)

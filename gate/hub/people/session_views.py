"""The page on which one induction is recorded for many people at once."""

from datetime import datetime
from typing import Final

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from gate.errors import ConfigError
from gate.hub.audit.notes import Act, note
from gate.hub.people.forms import SessionForm
from gate.hub.people.frames import author, frame, tell
from gate.hub.people.inducting import induct
from gate.hub.people.models import Checked, Company, Person
from gate.hub.people.person_page import session_given
from gate.hub.people.register import matches, people_of
from gate.hub.people.standings import Standing, Step, standings
from gate.hub.people.words import row_of
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site

PAGE_PEOPLE: Final = 100
"""A page of faces that can be ticked; an induction for more is recorded in two goes."""

_MAX_DIGITS: Final = 18


@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
@never_cache
@login_required
def induct_many(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who is to be inducted, with their cards; record it for those who are ticked."""
    site = managed_site(request.user, slug)
    now = timezone.now()
    if request.method != "POST":
        return _page(request, site, now)
    form = SessionForm(request.POST)
    ticked = _numbers(request.POST.getlist("person"))
    if form.is_valid():
        people = list(people_of(site).filter(pk__in=ticked).select_related("company"))
        try:
            induct(site, people, form.session(), by=author(request), now=now)
        except ConfigError as error:
            tell(form, error.faults)
        else:
            note(request, site, Act.INDUCTED, count=len(people))
            return redirect("people", slug=site.slug)
    return _page(request, site, now, form=form, ticked=ticked, status=400)


def _page(
    request: HttpRequest,
    site: Site,
    now: datetime,
    *,
    form: SessionForm | None = None,
    ticked: frozenset[int] = frozenset(),
    status: int = 200,
) -> HttpResponse:
    words = request.GET.get("q", "")[:100]
    company = _company(site, request.GET.get("company", ""))
    due = [one for one in _due(site, now) if _is_meant(one, words, company)]
    page = Paginator(due, PAGE_PEOPLE).get_page(request.GET.get("page"))
    note(request, site, Act.FOUND, count=len(page.object_list))
    context = {
        **frame(request, site),
        "words": words,
        "company": company,
        "companies": Company.objects.filter(site=site),
        "page": page,
        "rows": [row_of(one) for one in page],
        "faces": _faces(list(page)),
        "ticked": ticked,
        "session": form.data if form else session_given(site, request, now),
        "faults": form.errors if form else {},
        "others": form.non_field_errors() if form else (),
        "ways": Checked.choices,
    }
    return render(request, "people/induct.html", context, status=status)


def _due(site: Site, now: datetime) -> list[Standing]:
    people: list[Person] = list(people_of(site).select_related("company"))
    return [one for one in standings(site, people, now) if one.step is Step.INDUCT]


def _is_meant(one: Standing, words: str, company: Company | None) -> bool:
    return matches(one.person, words) and company in {None, one.person.company}


def _faces(some: list[Standing]) -> frozenset[int]:
    """Return who of them has a photograph."""
    numbers = [one.person.pk for one in some]
    return frozenset(
        Person.objects.filter(pk__in=numbers, photo__isnull=False).values_list("pk", flat=True)
    )


def _company(site: Site, number: str) -> Company | None:
    wanted = _numbers([number])
    return Company.objects.filter(site=site, pk__in=wanted).first()


def _numbers(texts: list[str]) -> frozenset[int]:
    """Return the numbers among some texts; others name nobody."""
    return frozenset(
        int(text)
        for text in texts
        if text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
    )

"""The list of a site's people, searched and narrowed; their companies."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from gate.hub.audit.notes import Act, note
from gate.hub.manifest.rules import exits_of
from gate.hub.people.frames import frame
from gate.hub.people.heads import heads_of
from gate.hub.people.models import Company
from gate.hub.people.printing import unprinted
from gate.hub.people.register import matches, people_of
from gate.hub.people.standings import Standing, Step, standings
from gate.hub.people.words import STEP_WORDS, row_of
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site

PAGE_PEOPLE: Final = 50

MAX_WORDS_CHARS: Final = 100
_MAX_DIGITS: Final = 18


@require_safe
@gzip_page
@never_cache
@login_required
def people_at_site(request: HttpRequest, slug: str) -> HttpResponse:
    """List people: with `?q=` those it finds, `?company=` of one, `?show=` by what is due."""
    site = managed_site(request.user, slug)
    now = timezone.now()
    words = request.GET.get("q", "")[:MAX_WORDS_CHARS]
    company = _company(site, request.GET.get("company", ""))
    show = _step(request.GET.get("show", ""))
    everybody = standings(site, list(people_of(site).select_related("company")), now)
    meant = [
        one
        for one in everybody
        if matches(one.person, words) and company in {None, one.person.company}
    ]
    chosen = [one for one in meant if show is None or one.step is show]
    page = Paginator(chosen, PAGE_PEOPLE).get_page(request.GET.get("page"))
    if words or company is not None or show is not None:
        note(request, site, Act.FOUND, count=len(page.object_list))
    given = {"q": words, "company": company.pk if company else "", "show": show or ""}
    context = {
        **frame(request, site),
        "words": words,
        "company": company,
        "show": show,
        "page": page,
        "rows": [row_of(one) for one in page],
        "steps": _steps(meant, given),
        "others": urlencode({name: value for name, value in given.items() if value}),
        "has_people": bool(everybody),
        "todo": _todo(site, everybody, now),
    }
    return render(request, "people/people.html", context)


@require_safe
@gzip_page
@never_cache
@login_required
def companies_at_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the head count of each company."""
    site = managed_site(request.user, slug)
    heads = heads_of(site, timezone.now())
    context = {
        **frame(request, site),
        "heads": heads,
        "people": sum(one.people for one in heads),
        "inside": sum(one.inside for one in heads),
        "exits": exits_of(site),
    }
    return render(request, "people/companies.html", context)


def _company(site: Site, number: str) -> Company | None:
    if not (number.isascii() and number.isdecimal() and len(number) <= _MAX_DIGITS):
        return None
    return Company.objects.filter(site=site, pk=int(number)).first()


def _step(text: str) -> Step | None:
    return Step(text) if text in set(Step) else None


def _steps(meant: list[Standing], given: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the list can be narrowed to, with how many each would show."""
    choices: list[tuple[Step | None, str]] = [(None, "All"), *STEP_WORDS.items()]
    steps = []
    for step, words in choices:
        count = sum(step is None or one.step is step for one in meant)
        asked = {**given, "show": step or ""}
        steps.append(
            {
                "words": words,
                "count": count,
                "is_here": given["show"] == (step or ""),
                "address": "?" + urlencode({name: one for name, one in asked.items() if one}),
            }
        )
    return [one for one in steps if one["count"] or one["is_here"] or one["words"] == "All"]


def _todo(site: Site, everybody: list[Standing], now: datetime) -> dict[str, int]:
    """Return how many wait for an induction, a pass, a sheet."""
    steps = [one.step for one in everybody]
    return {
        "induct": steps.count(Step.INDUCT),
        "give": steps.count(Step.PASS),
        "to_print": unprinted(site, now).count(),
    }

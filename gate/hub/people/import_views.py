"""The page that takes in a list of people; and the list to begin with."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gate.errors import ConfigError
from gate.hub.audit.notes import Act, note
from gate.hub.people.bundle import opened
from gate.hub.people.facts import FIELDS
from gate.hub.people.frames import frame, key_of, sentence
from gate.hub.people.importing import Judged, LineFault, import_people, judge_list
from gate.hub.people.table import example
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

SHOWN_LINES: Final = 200
"""Of the lines with faults: who has more has another list in hand than the one that was meant."""

SHOWN_PICTURES: Final = 20


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def import_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a list; take it in whole, or say what is wrong in which line."""
    site = managed_site(request.user, slug)
    if request.method != "POST":
        return _page(request, site)
    sent = request.FILES.get("list")
    if sent is None:
        return _page(request, site, faults=["Choose a file."], status=400)
    try:
        return _imported(request, site, sent, timezone.now())
    except ConfigError as error:
        told = [sentence(line) for line in str(error).splitlines()]
        return _page(request, site, faults=told, status=400)


@require_safe
@never_cache
@login_required
def example_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with a list to begin with."""
    managed_site(request.user, slug)
    answer = HttpResponse(example(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="people.csv"'
    return answer


def _imported(
    request: HttpRequest, site: Site, sent: "UploadedFile[Any]", now: datetime
) -> HttpResponse:
    with opened(sent, sent.name or "the file") as bundle:
        judged = judge_list(site, key_of(site), bundle)
    if judged.faults:
        return _page(request, site, judged=judged, status=400)
    people = import_people(site, key_of(site), judged, now)
    note(request, site, Act.IMPORTED, count=len(people))
    context = {
        **frame(request, site),
        "added": len(people),
        "pictured": sum(one.photo is not None for one in judged.newcomers),
        "known": judged.known,
        "spare": judged.spare[:SHOWN_PICTURES],
        "more_spare": max(0, len(judged.spare) - SHOWN_PICTURES),
    }
    return render(request, "people/imported.html", context)


def _page(
    request: HttpRequest,
    site: Site,
    *,
    faults: list[str] | None = None,
    judged: Judged | None = None,
    status: int = 200,
) -> HttpResponse:
    wrong = () if judged is None else judged.faults
    lines = list(dict.fromkeys(one.line for one in wrong))
    shown = set(lines[:SHOWN_LINES])
    context = {
        **frame(request, site),
        "fields": list(FIELDS.items()),
        "faults": faults or [],
        "bad_lines": len(lines),
        "rows": [_row(one) for one in wrong if one.line in shown],
        "more": max(0, len(lines) - SHOWN_LINES),
    }
    return render(request, "people/import.html", context, status=status)


def _row(one: LineFault) -> dict[str, Any]:
    return {
        "line": one.line,
        "field": one.fault.field or "too many cells",
        "value": one.fault.value,
        "step": sentence(one.fault.step),
    }

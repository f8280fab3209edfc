"""The log as a file: exactly what the page's address asks for, sent while it is made.

It takes names out of the hub, so it is for who manages the site, and who took whom is noted.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gate.hub.alarms.pages import pages_of
from gate.hub.audit.notes import Act, note
from gate.hub.export import csv_form, pdf_form, xlsx_form
from gate.hub.export.table import Table
from gate.hub.log.day import Day, day_of
from gate.hub.log.days import days_of
from gate.hub.log.entries import fitting
from gate.hub.log.exporting import people_in, table_of
from gate.hub.log.filters import Filter, read_filter
from gate.hub.sites.access import managed_site
from gate.paper.typeface import load_typefaces

_Made = Callable[[Table, datetime], Iterator[bytes]]

FORMS: Final[dict[str, tuple[str, int | None, _Made]]] = {
    "csv": (csv_form.CONTENT_TYPE, None, lambda table, _: csv_form.csv_file(table)),
    "xlsx": (
        xlsx_form.CONTENT_TYPE,
        xlsx_form.MAX_ROWS,
        lambda table, _: xlsx_form.xlsx_file(table),
    ),
    "pdf": (
        pdf_form.CONTENT_TYPE,
        pdf_form.MAX_ROWS,
        lambda table, now: pdf_form.pdf_file(table, load_typefaces(), now),
    ),
}
"""By the end of the address: its type, how many entries it takes at most, and what makes it."""

_ALL: Final = "not for a file: it has all that fits, whatever page was shown"


@require_safe
@never_cache
@login_required
def export_of_site(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """Send what the log shows as a file."""
    site = managed_site(request.user, slug)
    if form not in FORMS:
        raise Http404("no such form")
    content_type, most, make = FORMS[form]
    chosen, faults = read_filter(request.GET.dict())
    faults |= {name: _ALL for name in ("older", "newer") if name in request.GET}
    zone, now = ZoneInfo(site.time_zone), timezone.now()
    day = day_of(now, zone) if chosen.day is None else days_of(chosen.day, chosen.to, zone)
    if not faults and most is not None:
        faults |= _too_many(fitting(site, day, chosen).count(), most, form)
    if faults:
        context = {"site": site, "pages": pages_of(request.user, site, "log"), "day": day}
        return render(request, "log/no_file.html", context | {"faults": faults}, status=400)
    note(request, site, Act.EXPORTED, count=people_in(site, day, chosen))
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type)
    answer = StreamingHttpResponse(
        make(table_of(site, day, chosen, now), now), content_type=content_type
    )
    name = f"{site.slug}-log-{_days_name(day, chosen)}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _too_many(number: int, most: int, form: str) -> dict[str, str]:
    if number <= most:
        return {}
    words = f"{number:,} entries, and {form.upper()} takes {most:,}; choose fewer days, or take CSV"
    return {"to": words}


def _days_name(day: Day, chosen: Filter) -> str:
    return f"{day.on}" if chosen.to is None else f"{day.on}-to-{chosen.to}"

"""The page of alarms, for a site's managers; and taking notice of one."""

from datetime import datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from gate.hub.alarms.checked import last_check
from gate.hub.alarms.models import MAX_NOTE_CHARS
from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.services import acknowledge, closed_alarms, open_alarms
from gate.hub.alarms.words import moment_words, words_of
from gate.hub.ingest.models import Alarm
from gate.hub.retention.told import last_night
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site

PAGE_ALARMS: Final = 20
"""Each is a paragraph: more are another page."""

_LABEL: Final = "What you found, and what you did"


class NoteForm(forms.Form):
    """What somebody writes who takes notice of an alarm."""

    note = forms.CharField(
        max_length=MAX_NOTE_CHARS,
        error_messages={
            "required": "Write what you found and did; it is kept with your name.",
            "max_length": f"At most {MAX_NOTE_CHARS} characters; keep the rest elsewhere.",
        },
    )


@require_safe
@gzip_page
@never_cache
@login_required
def alarms_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a site's alarms to its managers: the open ones, then those that were dealt with."""
    site = managed_site(request.user, slug)
    return _page(request, site, timezone.now())


@require_POST
@never_cache
@login_required
def acknowledge_alarm(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Keep who took notice of an alarm, and go back to the page."""
    site = managed_site(request.user, slug)
    now = timezone.now()
    form = NoteForm(request.POST)
    if not open_alarms(site).filter(pk=number).exists():
        if not closed_alarms(site).filter(pk=number).exists():
            raise Http404("no such alarm")
        return _page(request, site, now, taken=number, status=409)
    if not form.is_valid():
        return _page(request, site, now, number=number, form=form, status=400)
    note = form.cleaned_data["note"]
    kept = acknowledge(site, number, by=cast("User", request.user), note=note, now=now)
    if kept.by != request.user:
        return _page(request, site, now, taken=number, status=409)
    return redirect("alarms", slug=site.slug)


def _page(
    request: HttpRequest,
    site: Site,
    now: datetime,
    *,
    number: int | None = None,
    form: NoteForm | None = None,
    taken: int | None = None,
    status: int = 200,
) -> HttpResponse:
    zone = ZoneInfo(site.time_zone)
    opened = Paginator(open_alarms(site), PAGE_ALARMS).get_page(request.GET.get("open"))
    closed = Paginator(closed_alarms(site), PAGE_ALARMS).get_page(request.GET.get("closed"))
    context = {
        "site": site,
        "pages": pages_of(request.user, site, "alarms"),
        "checked": (last_check(site, now), last_night(site, now)),
        "opened": opened,
        "closed": closed,
        "open_rows": [_row(alarm, zone, form if alarm.pk == number else None) for alarm in opened],
        "closed_rows": [_row(alarm, zone) | _closed(alarm, zone) for alarm in closed],
        "turns": _turns(opened, closed),
        "taken": taken,
        "label": _LABEL,
        "max_chars": MAX_NOTE_CHARS,
    }
    return render(request, "alarms/alarms.html", context, status=status)


def _row(alarm: Alarm, zone: ZoneInfo, form: NoteForm | None = None) -> dict[str, Any]:
    return {
        "number": alarm.pk,
        "words": words_of(alarm),
        "unit": alarm.unit.name,
        "first": moment_words(alarm.first_at, zone),
        "last": moment_words(alarm.last_at, zone),
        "times": alarm.times,
        "details": (
            ("Kind", alarm.kind),
            ("Unit", f"{alarm.unit.name}, {alarm.unit.uid}"),
            ("Record", bytes(alarm.journal_id).hex()),
            ("Entry", str(alarm.seq)),
            ("The hub says", alarm.detail),
        ),
        "note": form.data.get("note", "") if form else "",
        "faults": form.errors.get("note", []) if form else [],
    }


def _closed(alarm: Alarm, zone: ZoneInfo) -> dict[str, Any]:
    kept = alarm.acknowledgement
    return {
        "by": kept.by_name,
        "at": moment_words(kept.at, zone),
        "note": kept.note,
        "times_since": alarm.times - kept.times,
    }


def _turns(opened: Page[Alarm], closed: Page[Alarm]) -> dict[str, str]:
    """Return the addresses of the neighbouring pages, by what they are called."""
    turns = {}
    for name, page in (("open", opened), ("closed", closed)):
        if page.has_previous():
            turns[f"{name}_newer"] = f"?{name}={page.previous_page_number()}"
        if page.has_next():
            turns[f"{name}_older"] = f"?{name}={page.next_page_number()}"
    return turns

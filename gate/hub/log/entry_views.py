"""The page of one entry: its whole story, and what was corrected about it."""

from datetime import timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from gate.events.codec import holder_if_any
from gate.events.model import Holder
from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.words import moment_words
from gate.hub.audit.notes import Act, note, note_look
from gate.hub.corrections.correcting import correct, of_entry
from gate.hub.corrections.forms import CorrectionForm
from gate.hub.corrections.models import MAX_REASON_CHARS, What
from gate.hub.ingest.models import Entry
from gate.hub.log.day import FIRST, day_of
from gate.hub.log.days import MAX_DAYS
from gate.hub.log.filters import Filter
from gate.hub.log.rows import row_of
from gate.hub.log.story import story_of
from gate.hub.people.register import of_keys
from gate.hub.sites.access import managed_site, manages, visible_site
from gate.hub.sites.models import Site

_MAX_PLACE: Final = 2**63 - 1
"""The largest number that either database keeps."""


@require_safe
@gzip_page
@never_cache
@login_required
def entry_of_site(request: HttpRequest, slug: str, journal: int, seq: int) -> HttpResponse:
    """Show one entry's whole story to the site's members; that they looked is noted."""
    site = visible_site(request.user, slug)
    return _page(request, site, entry_of(site, journal, seq), CorrectionForm())


@require_POST
@never_cache
@login_required
def correct_entry(request: HttpRequest, slug: str, journal: int, seq: int) -> HttpResponse:
    """Write a correction beside an entry, which stays as it is."""
    site = managed_site(request.user, slug)
    entry = entry_of(site, journal, seq)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _page(request, site, entry, form)
    user = cast("User", request.user)
    what = What(form.cleaned_data["what"])
    correct(entry, what, form.cleaned_data["reason"], user, timezone.now())
    note(request, site, Act.CORRECTED, _subject(site, holder_if_any(entry.holder)))
    return redirect("log-entry", slug=site.slug, journal=journal, seq=seq)


def entry_of(site: Site, journal: int, seq: int) -> Entry:
    """Return an entry of a site; raises Http404 if it has none of that place."""
    if max(journal, seq) > _MAX_PLACE:
        raise Http404("no such entry")
    entries = Entry.objects.filter(site=site).select_related("journal__unit")
    return get_object_or_404(entries, journal_id=journal, seq=seq)


def _page(request: HttpRequest, site: Site, entry: Entry, form: CorrectionForm) -> HttpResponse:
    zone = ZoneInfo(site.time_zone)
    day = day_of(entry.at, zone)
    holder = holder_if_any(entry.holder)
    subject = _subject(site, holder)
    if holder is not None:
        note_look(request, site, Act.SAW, subject)
    may_manage = manages(request.user, site)
    context = {
        "site": site,
        "pages": pages_of(request.user, site, "log"),
        "day": day,
        "entry": entry,
        "row": row_of(entry, day),
        "parts": story_of(entry, day),
        "back": Filter(day=day.on).address(),
        "others": holder and _others(holder, entry, zone),
        "person": subject if may_manage else None,
        "corrections": [
            (one.get_what_display(), one.reason, moment_words(one.at, zone), one.by_name)
            for one in of_entry(entry)
        ],
        "may_manage": may_manage,
        **_form(form),
    }
    return render(request, "log/entry.html", context, status=400 if form.is_bound else 200)


def _form(form: CorrectionForm) -> dict[str, Any]:
    return {
        "whats": What.choices,
        "given": form.data,
        "faults": form.errors if form.is_bound else {},
        "most_reason": MAX_REASON_CHARS,
    }


def _subject(site: Site, holder: Holder | None) -> int | None:
    return None if holder is None else of_keys(site, [holder.person]).get(holder.person)


def _others(holder: Holder, entry: Entry, zone: ZoneInfo) -> str:
    """Return the address of whatever else the log has of somebody, up to this entry's day."""
    last = day_of(entry.at, zone).on
    first = max(FIRST, last - timedelta(days=MAX_DAYS - 1))
    return Filter(day=first, to=last, q=holder.person.hex()).address()

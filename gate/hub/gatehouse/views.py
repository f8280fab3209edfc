"""The gatehouse's pages: the scans, renewed twice a second; a face; letting in who was referred.

While a page is open the site's gates send each scan at once (`gate.hub.manifest.watched`).
"""

from typing import Any, Final, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from gate.errors import ConfigError
from gate.events.codec import holder_if_any
from gate.events.model import MAX_TEXT_CHARS
from gate.hub.alarms.pages import pages_of
from gate.hub.audit.notes import Act, note, note_look
from gate.hub.gatehouse.scans import access_points, gatehouse_of, version_of
from gate.hub.ingest.models import Entry
from gate.hub.log.entry_views import entry_of
from gate.hub.manifest.authors import author_of
from gate.hub.manifest.releasing import release
from gate.hub.manifest.watched import watch
from gate.hub.people.models import Person
from gate.hub.people.photos import photo_of
from gate.hub.people.register import of_keys
from gate.hub.sites.access import visible_site
from gate.hub.sites.models import Site
from gate.trust.commanded import MAX_WHY_CHARS

NOTHING_NEW: Final = 204


@require_safe
@gzip_page
@never_cache
@login_required
def gatehouse_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the last scans to the site's members; `?gate=` keeps to one gate."""
    site = visible_site(request.user, slug)
    watch(site, timezone.now())
    return _page(request, site, _gate(request.GET.get("gate", "")))


@require_safe
@gzip_page
@never_cache
@login_required
def gatehouse_live(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the scans anew, or 204 while they are what the browser has.

    `seen` says what it has, and `waits` whom it shows as waiting: what a guard writes there is
    never replaced unless somebody else waits, or it stands differently with them.
    """
    site = visible_site(request.user, slug)
    gate, now = _gate(request.GET.get("gate", "")), timezone.now()
    watch(site, now)
    if request.GET.get("seen") == version_of(site, gate, now):
        return HttpResponse(status=NOTHING_NEW)
    context = _content(site, gate)
    is_new = request.GET.get("waits") != context["house"].waits
    return render(request, "gatehouse/live.html", context | {"renews_waiting": is_new})


@require_safe
@never_cache
@login_required
def photo_of_scan(request: HttpRequest, slug: str, journal: int, seq: int) -> HttpResponse:
    """Send the photograph of whom a scan names; that they looked is noted."""
    site = visible_site(request.user, slug)
    number = _number(site, entry_of(site, journal, seq))
    person = None if number is None else Person.objects.filter(site=site, pk=number).first()
    jpeg = None if person is None else photo_of(person)
    if jpeg is None:
        raise Http404("no photograph")
    note_look(request, site, Act.SAW_PHOTO, number)
    return HttpResponse(jpeg, content_type="image/jpeg")


@require_POST
@never_cache
@login_required
def release_referred(request: HttpRequest, slug: str, journal: int, seq: int) -> HttpResponse:
    """Have the gate let in whom it referred, in the guard's name and with the reason."""
    site = visible_site(request.user, slug)
    entry = entry_of(site, journal, seq)
    gate = _gate(request.POST.get("gate", ""))
    reason = " ".join(request.POST.get("reason", "").split())
    try:
        by = author_of(cast("User", request.user))
        release(entry, reason=reason, by=by, now=timezone.now())
    except ConfigError as error:
        return _page(request, site, gate, fault=_words(error, reason), at=(journal, seq))
    note(request, site, Act.RELEASED, _number(site, entry))
    query = f"?{urlencode({'gate': gate})}" if gate else ""
    return redirect(reverse("gatehouse", args=[site.slug]) + query)


def _page(
    request: HttpRequest, site: Site, gate: str, fault: str = "", at: tuple[int, int] = (0, 0)
) -> HttpResponse:
    content = _content(site, gate)
    forms = {
        (one.scan.row.journal, one.scan.row.seq)
        for one in content["house"].waiting
        if not one.told and not one.hindrance
    }
    context = content | {
        "has_its_form": at in forms,
        "pages": pages_of(request.user, site, "gatehouse"),
        "gates": access_points(site, timezone.now()),
        "fault": fault,
        "fault_journal": at[0],
        "fault_seq": at[1],
        "given": request.POST.get("reason", ""),
    }
    return render(request, "gatehouse/gatehouse.html", context, status=400 if fault else 200)


def _content(site: Site, gate: str) -> dict[str, Any]:
    now = timezone.now()
    version = version_of(
        site, gate, now
    )  # before the scans, or what arrives between is never shown
    return {
        "site": site,
        "gate": gate,
        "version": version,
        "house": gatehouse_of(site, gate, now),
        "most_reason": MAX_WHY_CHARS,
    }


def _gate(text: str) -> str:
    """Return the name of a gate that was asked for; what can be none shows every gate."""
    fits = len(text) <= MAX_TEXT_CHARS and text.isprintable()
    return text.strip() if fits else ""


def _number(site: Site, entry: Entry) -> int | None:
    holder = holder_if_any(entry.holder)
    return None if holder is None else of_keys(site, [holder.person]).get(holder.person)


def _words(error: ConfigError, reason: str) -> str:
    if not reason:
        return "Write why; it is kept with your name."
    if len(reason) > MAX_WHY_CHARS:
        return f"At most {MAX_WHY_CHARS} characters."
    said = "; ".join(error.faults)
    return f"{said[:1].upper()}{said[1:]}."

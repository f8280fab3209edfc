"""The pages of checking a card: the page itself, what it takes along, and what it brings back."""

import logging
from typing import Any, Final

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from gate.errors import EventError, TrustError
from gate.hub.alarms.pages import pages_of
from gate.hub.audit.notes import Act, note
from gate.hub.check.book import book_of
from gate.hub.check.last import last_checks
from gate.hub.check.taking import read_checks, take
from gate.hub.people.frames import found
from gate.hub.people.photos import photo_of
from gate.hub.sites.access import visible_site

log: Final = logging.getLogger(__name__)

_WASM: Final = {"script-src": ["'wasm-unsafe-eval'"]}
"""The decoder is WebAssembly: this page may compile it, and evaluate no script (CSP 3, 6.7.2)."""

_UNAVAILABLE: Final = 503


@require_safe
@gzip_page
@never_cache
@login_required
@csp_update(_WASM)  # type: ignore[arg-type]  # its types know no arguments from the address
def check_card(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the page that checks a card by this device's camera, and the checks before."""
    site = visible_site(request.user, slug)
    now = timezone.now()
    context: dict[str, Any] = {
        "site": site,
        "pages": pages_of(request.user, site, "check"),
        "checks": last_checks(site, now),
    }
    return render(request, "check/check.html", context)


@require_safe
@gzip_page
@never_cache
@login_required
def send_book(request: HttpRequest, slug: str) -> HttpResponse:
    """Send what a device needs to check cards by itself; that it was taken is noted."""
    site = visible_site(request.user, slug)
    try:
        book = book_of(site, timezone.now())
    except TrustError as error:
        return _not_known(error)
    note(request, site, Act.TOOK_BOOK, count=len(book["people"]))
    return JsonResponse(book)


@require_safe
@never_cache
@login_required
def check_face(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Send the face of somebody in the book; taking the book was noted, and so is each check."""
    site = visible_site(request.user, slug)
    jpeg = photo_of(found(site, number))
    if jpeg is None:
        raise Http404("no photograph")
    return HttpResponse(jpeg, content_type="image/jpeg")


@require_POST
@never_cache
@login_required
def checks_taken(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what a device read, and answer what this hub says of it."""
    site = visible_site(request.user, slug)
    try:
        checks = read_checks(request.body)
        return JsonResponse({"checks": take(request, site, checks, timezone.now())})
    except EventError as error:
        return JsonResponse({"error": str(error)}, status=400)
    except TrustError as error:
        return _not_known(error)


def _not_known(error: TrustError) -> HttpResponse:
    log.error("cards can't be checked", extra={"error": str(error)})
    step = "next: the administrator looks at the hub's log"
    said = {"error": f"this hub can't tell whom to believe; {step}"}
    return JsonResponse(said, status=_UNAVAILABLE)

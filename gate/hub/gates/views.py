"""The page of a site's gates, for all its members, and having one of them blink and beep."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from gate.errors import ConfigError
from gate.hub.audit.notes import Act, note
from gate.hub.gates.page import gates_page
from gate.hub.manifest.identifying import identify
from gate.hub.people.frames import author, sentence
from gate.hub.sites.access import visible_site
from gate.hub.sites.models import Unit


@require_safe
@gzip_page
@never_cache
@login_required
def gates_at_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how each gate of a site is."""
    return gates_page(request, visible_site(request.user, slug))


@require_POST
@never_cache
@login_required
def identify_unit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Have a gate show which one it is."""
    site, now = visible_site(request.user, slug), timezone.now()
    unit = get_object_or_404(Unit, site=site, pk=number, retired_at=None)
    try:
        identify(unit, by=author(request), now=now)
    except ConfigError as error:
        return gates_page(request, site, fault=sentence("; ".join(error.faults)), status=409)
    note(request, site, Act.IDENTIFIED, place=unit.name)
    return redirect("gates", slug=site.slug)

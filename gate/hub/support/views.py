"""Asking a gate for a support bundle, and fetching the last that came."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gate.errors import ConfigError
from gate.hub.audit.notes import Act, note
from gate.hub.gates.page import gates_page
from gate.hub.people.frames import author, sentence
from gate.hub.sites.access import visible_site
from gate.hub.sites.models import Unit
from gate.hub.support.asking import ask
from gate.hub.support.words import kept


@require_POST
@never_cache
@login_required
def ask_support(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask a gate for a support bundle."""
    site = visible_site(request.user, slug)
    unit = get_object_or_404(Unit, site=site, pk=number, retired_at=None)
    try:
        ask(unit, by_name=author(request).name, now=timezone.now())
    except ConfigError as error:
        return gates_page(request, site, fault=sentence("; ".join(error.faults)), status=409)
    note(request, site, Act.ASKED_SUPPORT, place=unit.name)
    return redirect("gates", slug=site.slug)


@require_safe
@never_cache
@login_required
def support_bundle(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Hand out the last bundle of a gate."""
    site = visible_site(request.user, slug)
    unit = get_object_or_404(Unit, site=site, pk=number, retired_at=None)
    there = kept(unit, timezone.now())
    if there is None:
        raise Http404("no bundle of this gate is kept")
    note(request, site, Act.TOOK_SUPPORT, place=unit.name)
    name = f"{slugify(unit.name) or 'gate'}-support-{there.at:%Y%m%d-%H%M}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(bytes(there.data), content_type="application/zip", headers=headers)

"""The visitors' book, for managers and guards: who is here, signing in, signing out."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gate.errors import ConfigError
from gate.hub.alarms.words import moment_words
from gate.hub.audit.notes import Act, note
from gate.hub.people.forms import VisitorForm
from gate.hub.people.frames import author, frame, tell
from gate.hub.people.models import Person, Visit
from gate.hub.people.visitors import hosts_of, left_lately, on_site, sign_in, sign_out
from gate.hub.sites.access import visible_site
from gate.hub.sites.models import Site


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def visitors_at_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who is here; write down who came."""
    site = visible_site(request.user, slug)
    if request.method != "POST":
        return _page(request, site)
    form = VisitorForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            visit = sign_in(
                site,
                name=given["name"],
                company=given["company"],
                host=_host(site, given["host"]),
                escort=_host(site, given["escort"]),
                by=author(request),
                now=timezone.now(),
            )
        except ConfigError as error:
            tell(form, error.faults)
        else:
            note(request, site, Act.SIGNED_IN, visit.visitor_id)
            return redirect("visitors", slug=site.slug)
    return _page(request, site, form=form, status=400)


@require_POST
@never_cache
@login_required
def visitor_left(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Write down that a visitor left."""
    site = visible_site(request.user, slug)
    visit = Visit.objects.filter(site=site, pk=number).first()
    if visit is None:
        raise Http404("no such visit")
    sign_out(visit, by=author(request), now=timezone.now())
    note(request, site, Act.LEFT, visit.visitor_id)
    return redirect("visitors", slug=site.slug)


def _host(site: Site, number: int) -> Person | None:
    return hosts_of(site).filter(pk=number).first()


def _page(
    request: HttpRequest, site: Site, *, form: VisitorForm | None = None, status: int = 200
) -> HttpResponse:
    zone = ZoneInfo(site.time_zone)
    context = {
        **frame(request, site, "visitors"),
        "here": [_row(one, zone) for one in on_site(site)],
        "left": [_row(one, zone) for one in left_lately(site)],
        "hosts": [_choice(one) for one in hosts_of(site)],
        "given": form.data if form else {},
        "faults": form.errors if form else {},
        "others": form.non_field_errors() if form else (),
    }
    return render(request, "people/visitors.html", context, status=status)


def _choice(person: Person) -> tuple[str, str]:
    company = "" if person.company is None else f", {person.company.name}"
    return str(person.pk), f"{person.name}{company}"


def _row(one: Visit, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.visitor.name or "Erased",
        "company": "" if one.visitor.company is None else one.visitor.company.name,
        "host": one.host.name or "somebody erased",
        "escort": one.escort.name or "somebody erased",
        "came": f"{moment_words(one.came_at, zone)}, by {one.by_name}",
        "left": _left(one.left_at, one.left_by_name, zone),
    }


def _left(at: datetime | None, by: str, zone: ZoneInfo) -> str:
    return "" if at is None else f"{moment_words(at, zone)}, by {by}"

"""The first page: the sites and desks somebody may see. And whether the hub is well."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gate.hub.accounts.parts import may_open, part_at_site
from gate.hub.accounts.roles import Part
from gate.hub.desk.access import desks_of
from gate.hub.sites.access import Visitor, sites_of
from gate.hub.sites.models import Site


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the only site or desk there is for somebody, or let them choose."""
    sites = list(sites_of(request.user))
    desks = list(desks_of(request.user).filter(site=None))  # a site's own is one of its pages
    if len(sites) == 1 and not desks:
        return redirect(_first_page(request.user, sites[0]), slug=sites[0].slug)
    if len(desks) == 1 and not sites:
        return redirect("desk", slug=desks[0].slug)
    first = [(site, _first_page(request.user, site)) for site in sites]
    return render(request, "sites/home.html", {"sites": first, "desks": desks})


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 204 if the database does; for load balancers, who need not sign in."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(status=204)


def _first_page(user: Visitor, site: Site) -> str:
    """Name the page of a site that somebody is led to: a contractor learns nobody's name."""
    someone = cast("User", user)
    part = Part.ADMIN if someone.is_superuser else part_at_site(someone, site.slug)
    return "today" if may_open(part, "today") else "gates"

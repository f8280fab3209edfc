"""The first page: the sites and desks somebody may see. And whether the hub is well."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gate.hub.desk.access import desks_of
from gate.hub.sites.access import sites_of


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the only site or desk there is for somebody, or let them choose."""
    sites = list(sites_of(request.user))
    desks = list(desks_of(request.user).filter(site=None))  # a site's own is one of its pages
    if len(sites) == 1 and not desks:
        return redirect("today", slug=sites[0].slug)
    if len(desks) == 1 and not sites:
        return redirect("desk", slug=desks[0].slug)
    return render(request, "sites/home.html", {"sites": sites, "desks": desks})


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 204 if the database does; for load balancers, who need not sign in."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(status=204)

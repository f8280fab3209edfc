"""The first page: the sites somebody may see. And whether the hub is well."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gate.hub.sites.access import sites_of


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the only site there is for somebody, or let them choose."""
    sites = list(sites_of(request.user))
    if len(sites) == 1:
        return redirect("log", slug=sites[0].slug)
    return render(request, "sites/home.html", {"sites": sites})


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 204 if the database does; for load balancers, who need not sign in."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(status=204)

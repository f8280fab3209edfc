"""The page of today: whole, and the part of it that a browser asks for again and again."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from gate.hub.alarms.pages import pages_of
from gate.hub.log.filters import Filter
from gate.hub.sites.access import visible_site
from gate.hub.today.page import asked_of, live_of, still_of

NOTHING_NEW = 204
_MAX_SHOWN_CHARS = 9


@require_safe
@gzip_page
@never_cache
@login_required
def today_at_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a site's day to its members."""
    site = visible_site(request.user, slug)
    live = live_of(site, asked_of(site, timezone.now()))
    pages = pages_of(request.user, site, "today")
    context = {
        "site": site,
        "pages": pages,
        "shown": live["refusals"].total,
        "day_before": live["day"].before and Filter(day=live["day"].before).address(),
    }
    return render(request, "today/today.html", context | live | still_of(site, live))


@require_safe
@gzip_page
@never_cache
@login_required
def live_at_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the live part, or 204 while it is what the browser has; `seen` says what it has."""
    site = visible_site(request.user, slug)
    asked = asked_of(site, timezone.now())
    if request.GET.get("seen") == asked.version:
        return HttpResponse(status=NOTHING_NEW)
    live = live_of(site, asked)
    told = request.GET.get("shown", "")
    is_count = told.isascii() and told.isdigit() and len(told) <= _MAX_SHOWN_CHARS
    shown = int(told) if is_count else live["refusals"].total
    newer = max(0, live["refusals"].total - shown)
    context = {"site": site, "shown": shown, "newer": newer, "is_refresh": True}
    return render(request, "today/live.html", context | live)

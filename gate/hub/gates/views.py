"""The page of a site's gates, for all its members."""

from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.words import moment_words
from gate.hub.gates.state import states_of
from gate.hub.gates.words import words_of
from gate.hub.sites.access import visible_site


@require_safe
@gzip_page
@never_cache
@login_required
def gates_at_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how each gate of a site is."""
    site = visible_site(request.user, slug)
    now, zone = timezone.now(), ZoneInfo(site.time_zone)
    context = {
        "site": site,
        "pages": pages_of(request.user, site, "gates"),
        "gates": [words_of(state, now, zone) for state in states_of(site, now)],
        "now": moment_words(now, zone),
    }
    return render(request, "gates/gates.html", context)

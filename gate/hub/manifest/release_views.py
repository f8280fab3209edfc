"""The test release: asked for once more before every gate of a site opens once, and told after."""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gate.errors import ConfigError
from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.words import moment_words
from gate.hub.manifest import orders
from gate.hub.manifest.authors import author_of
from gate.hub.manifest.forms import ReasonForm
from gate.hub.manifest.handed import Gate, gates_of, reach
from gate.hub.manifest.models import MAX_REASON_CHARS
from gate.hub.manifest.words import reach_words, timeless_words
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def test_release_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what will happen and ask for the reason; do it when it was confirmed."""
    site = managed_site(request.user, slug)
    now = timezone.now()
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    if request.method == "POST" and form.is_valid():
        by = author_of(cast("User", request.user))
        try:
            orders.release_for_test(site, reason=form.cleaned_data["reason"], by=by, now=now)
            return redirect("blocked", slug=site.slug)
        except ConfigError as error:
            form.add_error("reason", f"{'; '.join(error.faults)}.")
    gates = gates_of(site)
    context = {
        "site": site,
        "pages": pages_of(request.user, site, "blocked"),
        "hindrance": orders.hindrance_to_test(site, now),
        "faults": [fault for faults in form.errors.values() for fault in faults],
        "reason": form.data.get("reason", ""),
        "most_reason": MAX_REASON_CHARS,
        "gates": gates,
        "timeless": timeless_words(gates),
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "manifest/test_release.html", context, status=status)


def told_of_test(
    site: Site, gates: tuple[Gate, ...], now: datetime, zone: ZoneInfo
) -> dict[str, Any] | None:
    """Return what the page says of the last test release; None if another order came after it.

    How far it has come is told only while it runs: a gate that asks later is handed a version that
    tells of it no more, and has not opened.
    """
    test = orders.last_test(site)
    if test is None:
        return None
    is_running = orders.is_running(test, now)
    told = f"{moment_words(test.at, zone)} by {test.by_name}: {test.reason}"
    return {
        "words": f"Every gate was told to open once on {told}",
        "reach": reach_words(reach(gates, test.version), now) if is_running else None,
        "timeless": timeless_words(gates) if is_running else [],
    }

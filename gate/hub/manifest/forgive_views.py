"""The page on which managers forgive forgotten exits: of one card, or a day's end in bulk."""

from datetime import datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gate.errors import ConfigError
from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.words import moment_words
from gate.hub.audit.notes import Act, note
from gate.hub.clock import hub_now
from gate.hub.keys import site_key
from gate.hub.manifest import known
from gate.hub.manifest.authors import author_of
from gate.hub.manifest.forgiving import Forgotten, forgive, forgive_all, lately
from gate.hub.manifest.forms import CloseExitsForm, ForgiveForm
from gate.hub.manifest.handed import Gate, gates_of, reach
from gate.hub.manifest.models import MAX_ISSUER_CHARS, MAX_NUMBER_CHARS, Forgiveness
from gate.hub.manifest.words import reach_words, timeless_words
from gate.hub.rollcall.left_inside import DaysEnd, left_inside
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site
from gate.trust.commanded import MAX_WHY_CHARS

MOST_TOLD: Final = 20
"""The last so many are shown; the entry log has them all."""

MOST_SHOWN: Final = 200
"""More than 120 can't be forgiven in a day."""

_NOBODY: Final = "Tick who has left, or choose everybody in since before today."

_UNSEEN: Final = "This site has not seen the card lately. Write who issued it, as well."
_SEVERAL: Final = "Cards of several issuers have this number. Write who issued this one."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def forgive_at_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what was forgiven lately; forgive somebody's forgotten exit, and go back to the page."""
    site, now = managed_site(request.user, slug), hub_now()
    form = ForgiveForm(request.POST) if request.method == "POST" else ForgiveForm()
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["issuer"]:
            _find_issuer(form, site, now)
        if form.is_valid() and _is_forgiven(request, form, site, now):
            note(request, site, Act.FORGAVE)
            return redirect("forgive", slug=site.slug)
    return forgive_page(request, site, now, form)


@require_POST
@never_cache
@login_required
def close_exits(request: HttpRequest, slug: str) -> HttpResponse:
    """Take all the exits for made that were chosen from the day's-end list, or none of them."""
    site, now = managed_site(request.user, slug), hub_now()
    form = CloseExitsForm(request.POST)
    end = left_inside(site, now)
    if form.is_valid():
        is_old = form.cleaned_data["which"] == CloseExitsForm.OLD
        who = [one.who for one in end.old] if is_old else end.chosen(form.cleaned_data["person"])
        if not who:
            form.add_error("which", _NOBODY)
        elif _are_closed(request, form, site, who, now):
            note(request, site, Act.FORGAVE, count=len(who))
            return redirect("forgive", slug=site.slug)
    return forgive_page(request, site, now, ForgiveForm(), form, end)


def forgive_page(
    request: HttpRequest,
    site: Site,
    now: datetime,
    form: ForgiveForm,
    closing: CloseExitsForm | None = None,
    end: DaysEnd | None = None,
) -> HttpResponse:
    """Show who is inside still, the form for one card, and what was forgiven lately."""
    gates, zone = gates_of(site), ZoneInfo(site.time_zone)
    end = left_inside(site, now) if end is None else end
    context = {
        "end": end,
        "shown": end.people[:MOST_SHOWN],
        "ticked": set() if closing is None else set(request.POST.getlist("person")),
        "why": "" if closing is None else closing.data.get("why", ""),
        "close_faults": {} if closing is None else closing.errors,
        "site": site,
        "pages": pages_of(request.user, site, "forgive"),
        "rows": [_row(one, gates, now, zone) for one in lately(site)[:MOST_TOLD]],
        "timeless": timeless_words(gates),
        "given": form.data,
        "faults": form.errors if form.is_bound else {},
        "most_number": MAX_NUMBER_CHARS,
        "most_issuer": MAX_ISSUER_CHARS,
        "most_reason": MAX_WHY_CHARS,
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "manifest/forgive.html", context, status=status)


def _is_forgiven(request: HttpRequest, form: ForgiveForm, site: Site, now: datetime) -> bool:
    secret = site_key(settings.HUB, site.slug)  # type: ignore[misc]  # gate.hub.settings puts it there
    by = author_of(cast("User", request.user))
    try:
        forgive(site, secret, **form.cleaned_data, by=by, now=now)
    except ConfigError as error:
        for fault in error.faults:
            form.add_error("number", f"{fault[:1].upper()}{fault[1:]}.")
        return False
    return True


def _are_closed(
    request: HttpRequest,
    form: CloseExitsForm,
    site: Site,
    who: list[Forgotten],
    now: datetime,
) -> bool:
    by = author_of(cast("User", request.user))
    try:
        forgive_all(site, who, reason=form.cleaned_data["why"], by=by, now=now)
    except ConfigError as error:
        for fault in error.faults:
            form.add_error("which", f"{fault[:1].upper()}{fault[1:]}.")
        return False
    return True


def _find_issuer(form: ForgiveForm, site: Site, now: datetime) -> None:
    found = known.of_number(site, form.cleaned_data["number"], now)
    if len(found) == 1:
        form.cleaned_data["issuer"] = found[0].issuer
    else:
        form.add_error("issuer", _SEVERAL if found else _UNSEEN)


def _row(
    one: Forgiveness, gates: tuple[Gate, ...], now: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    return {
        "who": f"Card {one.number}" if one.number else "Erased",
        "said": f"{moment_words(one.at, zone)} by {one.by_name}: {one.reason}",
        "reach": reach_words(reach(gates, one.version), now),
    }

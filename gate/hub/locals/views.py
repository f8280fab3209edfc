"""The page of who may sign in at a site's units, for its managers; a password is shown once."""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gate.errors import ConfigError
from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.words import moment_words
from gate.hub.locals.forms import ROLES, LoginForm, RoleForm
from gate.hub.locals.logins import Given, add_login, renew_login, withdraw_login
from gate.hub.locals.models import MAX_NAME_CHARS, Login
from gate.hub.locals.told import logins_of
from gate.hub.manifest.authors import author_of
from gate.hub.manifest.handed import Gate, gates_of, reach
from gate.hub.manifest.rules import rules_of
from gate.hub.manifest.words import reach_words
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site
from gate.trust.local_login import LocalRole


@require_safe
@never_cache
@login_required
def unit_logins(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who may sign in."""
    return _page(request, managed_site(request.user, slug), timezone.now())


@require_POST
@never_cache
@login_required
def add_unit_login(request: HttpRequest, slug: str) -> HttpResponse:
    """Give somebody a login, and show its password."""
    site, now = managed_site(request.user, slug), timezone.now()
    form = LoginForm(request.POST)
    if form.is_valid():
        role = LocalRole(form.cleaned_data["role"])
        by = author_of(cast("User", request.user))
        try:
            given = add_login(site, form.cleaned_data["name"], role, by=by, now=now)
            return _page(request, site, now, given=given)
        except ConfigError as error:
            form.add_error("name", f"{'; '.join(error.faults)}.")
    return _page(request, site, now, form=form, status=400)


@require_POST
@never_cache
@login_required
def renew_unit_login(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give a login another password and role, and show the password."""
    site, now = managed_site(request.user, slug), timezone.now()
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, site, now, fault="Nothing was changed: choose a role.", status=400)
    role = LocalRole(form.cleaned_data["role"])
    by = author_of(cast("User", request.user))
    try:
        given = renew_login(site, number, role, by=by, now=now)
    except ConfigError as error:
        return _page(request, site, now, fault=f"{'; '.join(error.faults)}.", status=409)
    return _page(request, site, now, given=given)


@require_POST
@never_cache
@login_required
def withdraw_unit_login(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """End a login, and go back to the page."""
    site, now = managed_site(request.user, slug), timezone.now()
    try:
        withdraw_login(site, number, by=author_of(cast("User", request.user)), now=now)
    except ConfigError as error:
        return _page(request, site, now, fault=f"{'; '.join(error.faults)}.", status=409)
    return redirect("unit-logins", slug=site.slug)


def _page(
    request: HttpRequest,
    site: Site,
    now: datetime,
    *,
    form: LoginForm | None = None,
    given: Given | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    gates = gates_of(site)
    context = {
        "site": site,
        "pages": pages_of(request.user, site, "unit-logins"),
        "has_rules": rules_of(site) is not None,
        "rows": [_row(one, gates, now, ZoneInfo(site.time_zone)) for one in logins_of(site)],
        "roles": ROLES,
        "given": given,
        "written": form.data if form else {},
        "faults": form.errors if form else {},
        "fault": f"{fault[:1].upper()}{fault[1:]}",
        "most_name": MAX_NAME_CHARS,
    }
    return render(request, "locals/logins.html", context, status=status)


def _row(one: Login, gates: tuple[Gate, ...], now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "role": one.role,
        "by": one.by_name,
        "at": moment_words(one.at, zone),
        "reach": reach_words(reach(gates, one.version), now),
    }

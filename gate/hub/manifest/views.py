"""The page of who is blocked, for a site's managers; blocking and unblocking; the lock-down."""

import re
from datetime import datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gate.errors import ConfigError
from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.words import moment_words
from gate.hub.keys import site_key
from gate.hub.manifest import known, orders
from gate.hub.manifest.authors import author_of
from gate.hub.manifest.blocks import block, blocks_of, ended_blocks, unblock
from gate.hub.manifest.forms import BlockForm, OrderForm, ReasonForm
from gate.hub.manifest.handed import Gate, gates_of, reach
from gate.hub.manifest.models import (
    MAX_ISSUER_CHARS,
    MAX_NUMBER_CHARS,
    MAX_REASON_CHARS,
    Block,
    Order,
    Unblock,
)
from gate.hub.manifest.release_views import told_of_test
from gate.hub.manifest.rules import rules_of
from gate.hub.manifest.words import reach_words, timeless_words
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site
from gate.trust.manifest import CommandKind

PAGE_BLOCKS: Final = 20
"""Each is a paragraph: more are another page."""

_ENTRY: Final = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})", re.ASCII)
_UNSEEN: Final = "This site has not seen the card lately. Write who issued it, as well."
_SEVERAL: Final = "Cards of several issuers have this number. Write who issued this one."


@require_safe
@gzip_page
@never_cache
@login_required
def blocked_at_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who is blocked; with `?entry=` whom an entry of the log names, ready to be blocked."""
    site = managed_site(request.user, slug)
    match = _ENTRY.fullmatch(request.GET.get("entry", ""))
    person = known.of_entry(site, int(match[1]), int(match[2])) if match else None
    return _page(request, site, timezone.now(), person=person)


@require_POST
@never_cache
@login_required
def add_block(request: HttpRequest, slug: str) -> HttpResponse:
    """Block somebody, and go back to the page."""
    site = managed_site(request.user, slug)
    now = timezone.now()
    form = BlockForm(request.POST)
    if form.is_valid() and not form.cleaned_data["issuer"]:
        _find_issuer(form, site, now)
    if form.is_valid():
        try:
            block(
                site,
                _site_key(site),
                issuer=form.cleaned_data["issuer"],
                number=form.cleaned_data["number"],
                reason=form.cleaned_data["reason"],
                by=author_of(cast("User", request.user)),
                now=now,
            )
            return redirect("blocked", slug=site.slug)
        except ConfigError as error:
            for fault in error.faults:
                form.add_error("number", f"{fault[:1].upper()}{fault[1:]}.")
    return _page(request, site, now, form=form, status=400)


@require_POST
@never_cache
@login_required
def end_block(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Unblock somebody, and go back to the page."""
    site = managed_site(request.user, slug)
    now = timezone.now()
    if not Block.objects.filter(site=site, pk=number).exists():
        raise Http404("no such block")
    if not blocks_of(site).filter(pk=number).exists():
        return _page(request, site, now, taken="That block was ended already.", status=409)
    form = ReasonForm(request.POST)
    if form.is_valid():
        by = author_of(cast("User", request.user))
        try:
            unblock(site, number, reason=form.cleaned_data["reason"], by=by, now=now)
            return redirect("blocked", slug=site.slug)
        except ConfigError as error:
            form.add_error("reason", "; ".join(error.faults))
    return _page(request, site, now, ending=(number, form), status=400)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def lockdown_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask whether to lock entry down, or to lift that; do it when it was confirmed."""
    site = managed_site(request.user, slug)
    form = OrderForm(request.POST) if request.method == "POST" else OrderForm()
    if request.method == "POST" and form.is_valid():
        give = (
            orders.lock_down if form.cleaned_data["order"] == CommandKind.LOCKDOWN else orders.lift
        )
        by = author_of(cast("User", request.user))
        try:
            give(site, reason=form.cleaned_data["reason"], by=by, now=timezone.now())
            return redirect("blocked", slug=site.slug)
        except ConfigError as error:
            form.add_error("reason", f"{'; '.join(error.faults)}.")
    context = {
        "site": site,
        "pages": pages_of(request.user, site, "blocked"),
        "is_locked": orders.locked_down_by(site) is not None,
        "faults": [fault for faults in form.errors.values() for fault in faults],
        "reason": form.data.get("reason", ""),
        "most_reason": MAX_REASON_CHARS,
        "gates": gates_of(site),
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "manifest/lockdown.html", context, status=status)


def _page(
    request: HttpRequest,
    site: Site,
    now: datetime,
    *,
    person: known.Person | None = None,
    form: BlockForm | None = None,
    ending: tuple[int, ReasonForm] | None = None,
    taken: str = "",
    status: int = 200,
) -> HttpResponse:
    zone = ZoneInfo(site.time_zone)
    page = Paginator(blocks_of(site), PAGE_BLOCKS).get_page(request.GET.get("page"))
    names = known.names_of(site, list(page))
    gates = gates_of(site)
    context = {
        "site": site,
        "pages": pages_of(request.user, site, "blocked"),
        "has_rules": rules_of(site) is not None,
        "other_keys": known.units_of_another_key(site, _site_key(site)),
        "order": _order(orders.standing_order(site), gates, now, zone),
        "test": told_of_test(site, gates, now, zone),
        "page": page,
        "rows": [_row(one, names, gates, now, zone, ending) for one in page],
        "ended": [_ended(one, zone) for one in ended_blocks(site)[:PAGE_BLOCKS]],
        "person": person,
        "given": form.data if form else {},
        "faults": form.errors if form else {},
        "taken": taken,
        "most_number": MAX_NUMBER_CHARS,
        "most_issuer": MAX_ISSUER_CHARS,
        "most_reason": MAX_REASON_CHARS,
    }
    return render(request, "manifest/blocked.html", context, status=status)


def _row(
    one: Block,
    names: dict[bytes, str],
    gates: tuple[Gate, ...],
    now: datetime,
    zone: ZoneInfo,
    ending: tuple[int, ReasonForm] | None,
) -> dict[str, Any]:
    form = ending[1] if ending is not None and ending[0] == one.pk else None
    return {
        "id": one.pk,
        "who": names.get(bytes(one.person)) or (f"Card {one.number}" if one.number else "Erased"),
        "card": f"{one.number}, issued by {one.issuer}" if one.number else "",
        "reason": one.reason,
        "by": one.by_name,
        "at": moment_words(one.at, zone),
        "reach": reach_words(reach(gates, one.version), now),
        "given": form.data.get("reason", "") if form else "",
        "faults": form.errors.get("reason", []) if form else [],
    }


def _ended(one: Unblock, zone: ZoneInfo) -> dict[str, str]:
    card = f"Card {one.block.number}" if one.block.number else "Erased"
    return {
        "who": card,
        "blocked": f"{moment_words(one.block.at, zone)} by {one.block.by_name}: {one.block.reason}",
        "ended": f"{moment_words(one.at, zone)} by {one.by_name}: {one.reason}",
    }


def _order(
    order: Order | None, gates: tuple[Gate, ...], now: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    if order is None:
        return {"is_locked": False, "words": "", "reach": None}
    locked = order.kind == CommandKind.LOCKDOWN
    did = "Locked down" if locked else "The last lock-down was lifted"
    told = reach_words(reach(gates, order.version), now)
    return {
        "is_locked": locked,
        "words": f"{did} on {moment_words(order.at, zone)} by {order.by_name}: {order.reason}",
        "reach": told if locked or told.missing else None,
        "timeless": timeless_words(gates),
    }


def _find_issuer(form: BlockForm, site: Site, now: datetime) -> None:
    found = known.of_number(site, form.cleaned_data["number"], now)
    if len(found) == 1:
        form.cleaned_data["issuer"] = found[0].issuer
    else:
        form.add_error("issuer", _SEVERAL if found else _UNSEEN)


def _site_key(site: Site) -> bytes:
    return site_key(settings.HUB, site.slug)  # type: ignore[misc]  # gate.hub.settings puts it there

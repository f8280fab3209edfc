"""A site's passes: who has one, issuing one, printing it, cancelling it. For managers."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gate.card.model import Competence
from gate.errors import ConfigError, TrustError
from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.words import moment_words
from gate.hub.audit.notes import Act, note_look
from gate.hub.desk.models import MAX_REASON_CHARS
from gate.hub.desk.selection import Selection
from gate.hub.desk.statuses import set_status
from gate.hub.keys import site_key
from gate.hub.manifest.authors import author_of
from gate.hub.manifest.handed import gates_of, reach
from gate.hub.manifest.rules import policy_in, rules_of
from gate.hub.manifest.words import reach_words
from gate.hub.passes.drawing import TYPES, Form, draw, last_day, portrait, type_words
from gate.hub.passes.forms import LANGUAGES, CancelForm, PassForm
from gate.hub.passes.found import passes_of, search, state_of
from gate.hub.passes.issuer import scheme_of
from gate.hub.passes.issuing import Wish, issue_pass, language_of
from gate.hub.passes.models import Pass
from gate.hub.passes.scheme_card import SchemeCard, code_of, looked_at, read_card
from gate.hub.people.adopting import adopt, holder_of
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site
from gate.trust.status_list import Status

PAGE_PASSES: Final = 50


@require_safe
@gzip_page
@never_cache
@login_required
def passes_at_site(request: HttpRequest, slug: str) -> HttpResponse:
    """List a site's passes; with `?q=` those that it finds."""
    site = managed_site(request.user, slug)
    now, words = timezone.now(), request.GET.get("q", "")[:200]
    page = Paginator(search(site, words), PAGE_PASSES).get_page(request.GET.get("page"))
    context = {
        **_frame(request, site),
        "words": words,
        "page": page,
        "rows": [_row(one, now) for one in page],
    }
    return render(request, "passes/passes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def new_pass(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask what a pass is to say; issue it, and lead to it."""
    site = managed_site(request.user, slug)
    user = cast("User", request.user)
    now = timezone.now()
    if request.method != "POST":
        form = PassForm(initial={"checked_by": author_of(user).name})
        return _form_page(request, site, form, {"checked_by": author_of(user).name})
    form = PassForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            made = _issued(site, form.cleaned_data, user, now)
        except ConfigError as error:
            _tell(form, error.faults)
        except TrustError as error:
            form.add_error(None, f"{error}")
        else:
            return redirect("pass", slug=site.slug, number=made.pk)
    return _form_page(request, site, form, form.data, status=400)


@require_safe
@never_cache
@login_required
def one_pass(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a pass, ready to be printed or cancelled."""
    site = managed_site(request.user, slug)
    one = _found(site, number)
    note_look(request, site, Act.SAW, holder_of(one))
    return _pass_page(request, site, one)


@require_POST
@never_cache
@login_required
def cancel_pass(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Cancel a pass for good."""
    site = managed_site(request.user, slug)
    one = _found(site, number)
    form = CancelForm(request.POST)
    if form.is_valid():
        try:
            set_status(
                one.card.desk,
                Selection(cards=(one.card_id,)),
                Status.INVALID,
                reason=form.cleaned_data["reason"],
                by=author_of(cast("User", request.user)),
                now=timezone.now(),
            )
            return redirect("pass", slug=site.slug, number=one.pk)
        except ConfigError as error:
            form.add_error("reason", "; ".join(error.faults))
        except TrustError as error:
            form.add_error("reason", f"{error}")
    return _pass_page(request, site, _found(site, number), cancelling=form, status=400)


@require_safe
@never_cache
@login_required
def drawing_of_pass(request: HttpRequest, slug: str, number: str, form: str) -> HttpResponse:
    """Answer with a pass as PNG, SVG or PDF."""
    site = managed_site(request.user, slug)
    one = _found(site, int(number))
    if not one.text:
        raise Http404("erased")
    wanted = Form(form)
    try:
        data = draw(one, wanted, timezone.now())
    except ConfigError as error:
        raise Http404(str(error)) from error
    note_look(request, site, Act.DREW_PASS, holder_of(one))
    answer = HttpResponse(data, content_type=TYPES[wanted])
    answer["Content-Disposition"] = f'inline; filename="{one.card.number}.{wanted}"'
    return answer


def _issued(site: Site, given: dict[str, Any], user: User, now: datetime) -> Pass:
    card = _scheme_card(site, given, now)
    upload = given["photo"]
    wish = Wish(
        name=card.name or given["name"],
        company=given["company"],
        until=given["until"],
        photo=_portrait(upload.read()) if upload else None,
        language=given["language"],
    )
    secret = site_key(settings.HUB, site.slug)  # type: ignore[misc]  # gate.hub.settings puts it there
    with transaction.atomic():
        made = issue_pass(site, secret, card, wish, by=author_of(user), now=now)
        adopt(made, language_of(card, wish))
    return made


def _scheme_card(site: Site, given: dict[str, Any], now: datetime) -> SchemeCard:
    code = given["code"].strip("\r\n")
    if code:
        return read_card(code, checked_by=given["checked_by"], now=now)
    return looked_at(
        scheme=code_of(given["scheme"]),
        number=given["number"],
        expires_on=given["expires_on"],
        proofs=Competence(scheme=code_of(given["scheme"]), card_type=code_of(given["card_type"])),
        checked_by=given["checked_by"],
        zone=ZoneInfo(site.time_zone),
    )


def _portrait(photo: bytes) -> bytes:
    try:
        return portrait(photo)
    except ConfigError as error:
        raise ConfigError("pass", [f"photo: it {fault}" for fault in error.faults]) from error


def _tell(form: PassForm, faults: Iterable[str]) -> None:
    """Put each fault beside the field whose name it begins with."""
    for fault in faults:
        field, _, words = fault.partition(": ")
        if field in form.fields:
            form.add_error(field, f"{words[:1].upper()}{words[1:]}.")
        else:
            form.add_error(None, f"{fault[:1].upper()}{fault[1:]}.")


def _found(site: Site, number: int) -> Pass:
    one = passes_of(site).filter(pk=number).first()
    if one is None:
        raise Http404("no such pass")
    return one


def _frame(request: HttpRequest, site: Site) -> dict[str, Any]:
    """Return what every page of passes shows."""
    rules = rules_of(site)
    policy = policy_in(rules)
    # Of rules that can't be read nobody says that they lack something.
    rows = None if policy is None else policy.accept
    accepts = rows is None or any(row.scheme == scheme_of(site) for row in rows)
    return {
        "site": site,
        "pages": pages_of(request.user, site, "passes"),
        "has_rules": rules is not None,
        "accepts": accepts,
        "scheme": scheme_of(site),
    }


def _form_page(
    request: HttpRequest,
    site: Site,
    form: PassForm,
    given: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    policy = policy_in(rules_of(site))
    rows = () if policy is None else policy.accept
    used = passes_of(site).values_list("scheme", "card__card_type").distinct()[:200]
    schemes = {str(row.scheme) for row in rows} | {scheme for scheme, _ in used}
    types = {str(one) for row in rows for one in row.types} | {one for _, one in used}
    context = {
        **_frame(request, site),
        "given": given,
        "faults": form.errors if form.is_bound else {},
        "others": form.non_field_errors() if form.is_bound else (),
        "schemes": sorted(schemes - {scheme_of(site)}),
        "types": sorted(types - {"any"}),
        "languages": LANGUAGES,
        "most": {
            name: field.max_length
            for name, field in form.fields.items()
            if hasattr(field, "max_length")
        },
    }
    return render(request, "passes/new.html", context, status=status)


def _pass_page(
    request: HttpRequest,
    site: Site,
    one: Pass,
    *,
    cancelling: CancelForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    zone = ZoneInfo(site.time_zone)
    change = one.card.change
    context = {
        **_frame(request, site),
        "one": one,
        "row": _row(one, now),
        "reach": reach_words(reach(gates_of(site), one.version), now),
        "at": moment_words(one.at, zone),
        "ended": ""
        if change is None
        else f"{moment_words(change.at, zone)} by {change.by_name}: {change.reason}",
        "can_cancel": one.card.status != Status.INVALID,
        "given": cancelling.data.get("reason", "") if cancelling else "",
        "faults": cancelling.errors.get("reason", []) if cancelling else [],
        "most_reason": MAX_REASON_CHARS,
        "forms": list(Form),
    }
    return render(request, "passes/pass.html", context, status=status)


def _row(one: Pass, now: datetime) -> dict[str, Any]:
    words, tone, mark = state_of(one, now)
    zone = ZoneInfo(one.site.time_zone)
    beneath_until = one.beneath_expires_at.astimezone(zone)
    return {
        "id": one.pk,
        "name": one.card.name or "Erased",
        "number": one.card.number,
        "type": type_words(one.card.card_type),
        "company": one.company,
        "until": last_day(one),
        "beneath": f"{one.scheme} {one.number}",
        "beneath_until": beneath_until,
        "state": words,
        "tone": tone,
        "mark": mark,
    }

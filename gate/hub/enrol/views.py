"""The pages of a site's units, for its managers and contractors; a code is shown once."""

from datetime import datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gate.errors import ConfigError
from gate.hub.alarms.words import moment_words
from gate.hub.enrol.authority import pin_of
from gate.hub.enrol.codes import Made, Wish, cancel_code, codes_open, make_codes, numbered
from gate.hub.enrol.drawing import draw_sheet, symbol_of
from gate.hub.enrol.forms import LINKS, USUAL_DAYS, AddUnitForm
from gate.hub.enrol.live import joining_of, step_row
from gate.hub.enrol.models import Directions, SetUpCode
from gate.hub.enrol.steps import progress_of
from gate.hub.ingest.apps import IngestConfig
from gate.hub.people.frames import author, frame, sentence, tell
from gate.hub.sites.access import managed_site, manages, sets_up_units, site_of_units, sites_of
from gate.hub.sites.models import Site, Unit
from gate.hub.sites.services import retire_unit
from gate.signing.keys import SigningKey
from gate.trust.fingerprint import fingerprint_words

JOINED_SHOWN: Final = 10


@require_safe
@never_cache
@login_required
def units_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the units in use, the codes that are open, and how far those that join have come."""
    return _units(request, site_of_units(request.user, slug))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def add_units(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask what codes to make; then show the one, or answer with the sheet."""
    site = site_of_units(request.user, slug)
    replaces = _replaced(request)
    if request.method != "POST":
        usual = {"name": replaces.name if replaces else "", "count": 1, "days": USUAL_DAYS}
        return _form(
            request, site, AddUnitForm(initial=usual | {"url": _address(request)}), replaces
        )
    form = AddUnitForm(request.POST)
    if form.is_valid():
        now = timezone.now()
        try:
            made = make_codes(site, _wish(form, replaces), _key(), by=author(request), now=now)
        except ConfigError as error:
            tell(form, error.faults)
        else:
            return _shown(request, site, made, now)
    return _form(request, site, form, replaces, status=400)


@require_POST
@never_cache
@login_required
def cancel(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Let nobody join by a code any more."""
    site = site_of_units(request.user, slug)
    try:
        cancel_code(site, number, timezone.now())
    except ConfigError as error:
        return _units(request, site, fault=sentence("; ".join(error.faults)), status=409)
    return redirect("units", slug=site.slug)


@require_POST
@never_cache
@login_required
def retire(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take nothing more from a unit."""
    site = managed_site(request.user, slug)
    unit = Unit.objects.filter(site=site, pk=number, retired_at=None).first()
    if unit is None:
        return _units(request, site, fault="That unit was retired meanwhile.", status=409)
    retire_unit(unit.uid, timezone.now())
    return redirect("units", slug=site.slug)


def _units(request: HttpRequest, site: Site, *, fault: str = "", status: int = 200) -> HttpResponse:
    now, zone = timezone.now(), ZoneInfo(site.time_zone)
    used = SetUpCode.objects.filter(site=site, unit__retired_at=None).exclude(unit=None)
    context = {
        **frame(request, site, "units"),
        "fault": fault,
        "units": list(Unit.objects.filter(site=site, retired_at=None)),
        "retired": [
            {"name": unit.name, "at": moment_words(unit.retired_at, zone)}
            for unit in Unit.objects.filter(site=site).exclude(retired_at=None)
            if unit.retired_at is not None
        ],
        "codes": [_open_row(code, now, zone) for code in codes_open(site)],
        "joined": [
            _joined_row(code, now, zone)
            for code in used.select_related("unit").order_by("-used_at")[:JOINED_SHOWN]
        ],
        "joining": joining_of(site, now),
        "others": _other_sites(request, site),
        "may_retire": manages(request.user, site),
        "words": fingerprint_words(_key().verifying_key),
    }
    return render(request, "enrol/units.html", context, status=status)


def _other_sites(request: HttpRequest, site: Site) -> list[Site]:
    """Return where a unit of this site may be moved to."""
    others = sites_of(request.user).exclude(pk=site.pk)
    return [other for other in others if sets_up_units(request.user, other)]


def _open_row(code: SetUpCode, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": code.pk,
        "name": code.name,
        "until": moment_words(code.until, zone),
        "is_over": code.until <= now,
        "by": code.by_name,
        "replaces": code.replaces,
    }


def _joined_row(code: SetUpCode, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return step_row(progress_of(code, now)) | {"at": moment_words(code.used_at or now, zone)}


def _form(
    request: HttpRequest,
    site: Site,
    form: AddUnitForm,
    replaces: Unit | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        **frame(request, site, "units"),
        "replaces": replaces,
        "moves": replaces is not None and replaces.site_id != site.pk,
        "given": form.data if form.is_bound else form.initial,
        "faults": form.errors,
        "others": form.non_field_errors(),
        "directions": Directions.choices,
        "links": LINKS,
    }
    return render(request, "enrol/add.html", context, status=status)


def _shown(request: HttpRequest, site: Site, made: list[Made], now: datetime) -> HttpResponse:
    words = fingerprint_words(_key().verifying_key)
    if len(made) > 1:
        pdf = draw_sheet(site, made, words, now)
        name = f"set-up-codes-{site.slug}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)
    (one,) = made
    context = {
        **frame(request, site, "units"),
        "name": one.code.name,
        "text": one.text,
        "symbol": symbol_of(one.text),
        "joining": joining_of(site, now, one.code.pk),
        "until": moment_words(one.code.until, ZoneInfo(site.time_zone)),
        "words": words,
    }
    return render(request, "enrol/code.html", context)


def _wish(form: AddUnitForm, replaces: Unit | None) -> Wish:
    found = form.cleaned_data
    config = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    return Wish(
        names=numbered(found["name"], found["count"]),
        directions=found["directions"],
        days=found["days"],
        url=found["url"],
        pin=pin_of(config),
        network=found["network"],
        replaces=replaces,
    )


def _replaced(request: HttpRequest) -> Unit | None:
    """Return the unit whose place is to be taken; whoever asks sets up units at its site as well.

    Raises:
        Http404: there is no such unit for them.
    """
    asked = request.POST if request.method == "POST" else request.GET
    text = asked.get("replaces", "")
    if not text:
        return None
    is_number = text.isascii() and text.isdecimal() and len(text) <= 18
    unit = Unit.objects.filter(pk=int(text), retired_at=None).first() if is_number else None
    if unit is None or not sets_up_units(request.user, unit.site):
        raise Http404("no such unit")
    return unit


def _address(request: HttpRequest) -> str:
    """Return the address by which whoever asks reached this hub: units usually reach it so too."""
    return request.build_absolute_uri("/").rstrip("/")


def _key() -> SigningKey:
    return cast("IngestConfig", apps.get_app_config("ingest")).hub_key

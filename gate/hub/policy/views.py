"""The page of a site's rules, for its managers: written, tried on a day's record, put in force."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from gate.access.policy import exit_warnings
from gate.access.site_policy import SitePolicy
from gate.errors import ConfigError
from gate.hub.alarms.pages import pages_of
from gate.hub.alarms.words import moment_words
from gate.hub.log.day import Day, day_of
from gate.hub.manifest.authors import author_of
from gate.hub.manifest.handed import gates_of, reach
from gate.hub.manifest.models import Rules
from gate.hub.manifest.rules import judged, rules_of, set_rules, unread, version_of
from gate.hub.manifest.words import reach_words
from gate.hub.passes.issuer import scheme_of
from gate.hub.policy.cover import standings_of
from gate.hub.policy.forms import RulesForm, digest
from gate.hub.policy.trials import DayTried, try_rules
from gate.hub.policy.words import changed_lines, ended_row, said_words, turns
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site

SOURCE: Final = "the rules"

_FIRST: Final = """\
version = 1
site = "{site}"
time_zone = "{zone}"

# Whose cards may come in: the passes that this site prints.
# A scheme's own cards need a table more, such as scheme = "ecs-jib".
[[accept]]
scheme = "{scheme}"
types = "any"
"""
_TRY_FIRST: Final = "The text was changed since it was tried. Below is what it does now."


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the page holds: a text, the rules it was made from, and what was found of it."""

    text: str
    on: int
    day: date
    faults: tuple[str, ...] = ()
    notice: str = ""
    meanwhile: Rules | None = None
    made_from: Rules | None = None
    tried: DayTried | None = None
    warnings: tuple[str, ...] = ()


@require_safe
@gzip_page
@never_cache
@login_required
def rules_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the rules in force, ready to be changed."""
    site = managed_site(request.user, slug)
    there = rules_of(site)
    text = _first(site) if there is None else there.text
    yesterday = _today(site).on - timedelta(days=1)
    return _page(request, site, Draft(text=text, on=_number(there), day=yesterday))


@require_POST
@gzip_page
@never_cache
@login_required
def try_rules_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the rules that were sent would have done on a day; nothing is stored."""
    site = managed_site(request.user, slug)
    draft, _ = _draft(site, request)
    return _page(request, site, draft)


@require_POST
@gzip_page
@never_cache
@login_required
def put_rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Put rules in force that were tried, and go back to the page."""
    site = managed_site(request.user, slug)
    draft, was_tried = _draft(site, request)
    if draft.faults or draft.meanwhile is not None:
        return _page(request, site, draft)
    if not was_tried:
        return _page(request, site, _with(draft, notice=_TRY_FIRST))
    by = author_of(cast("User", request.user))
    try:
        set_rules(site, draft.text, source=SOURCE, by=by, now=timezone.now(), on=draft.on)
    except ConfigError:  # somebody was quicker, between the look above and the lock
        return _page(request, site, _draft(site, request)[0])
    return redirect("rules", slug=site.slug)


def _draft(site: Site, request: HttpRequest) -> tuple[Draft, bool]:
    """Return what was sent and what was found of it; and whether this very text was tried."""
    today = _today(site)
    form = RulesForm(request.POST, today=today.on)
    there = rules_of(site)
    if not form.is_valid():
        faults = tuple(str(fault) for found in form.errors.values() for fault in found)
        day = form.cleaned_data.get("day") or today.on - timedelta(days=1)
        text = request.POST.get("text", "")
        return Draft(text=text, on=_number(there), day=day, faults=faults), False
    text, on, day = (form.cleaned_data[name] for name in ("text", "on", "day"))
    made_from = Rules.objects.filter(site=site, pk=on).first()
    meanwhile = there if _number(there) != on else None
    faults, policy = _judged(site, text, version_of(there))
    tried = None
    if policy is not None:
        tried = try_rules(site, Day(on=day, zone=today.zone), policy)
    draft = Draft(
        text=text,
        on=_number(there),
        day=day,
        faults=faults,
        meanwhile=meanwhile,
        made_from=made_from,
        tried=tried,
        warnings=() if policy is None else exit_warnings(policy),
    )
    return draft, form.cleaned_data["tried"] == digest(text)


def _first(site: Site) -> str:
    return _FIRST.format(site=site.slug, zone=site.time_zone, scheme=scheme_of(site))


def _judged(site: Site, text: str, last: int) -> tuple[tuple[str, ...], SitePolicy | None]:
    try:
        return (), judged(site, text, SOURCE, last)
    except ConfigError as error:
        return tuple(error.faults), None


def _page(request: HttpRequest, site: Site, draft: Draft) -> HttpResponse:
    zone = ZoneInfo(site.time_zone)
    now = timezone.now()
    there = rules_of(site)
    context = {
        "site": site,
        "pages": pages_of(request.user, site, "rules"),
        "draft": draft,
        "lines": max(18, min(40, draft.text.count("\n") + 2)),
        "today": _today(site).on.isoformat(),
        "in_force": there,
        "unread": unread(there),
        "version": version_of(there),
        "since": there and moment_words(there.at, zone),
        "reach": there and reach_words(reach(gates_of(site), there.version), now),
        "digest": digest(draft.text),
        "standings": standings_of(site, there, now),
    }
    if draft.meanwhile is not None:
        before = "" if draft.made_from is None else draft.made_from.text
        context["theirs"] = list(changed_lines(before, draft.meanwhile.text))
        context["theirs_at"] = moment_words(draft.meanwhile.at, zone)
    if draft.tried is not None:
        context |= _result(draft.tried, draft.day, _today(site))
    status = 400 if draft.faults else 409 if draft.meanwhile is not None else 200
    return render(request, "policy/rules.html", context, status=status)


def _result(found: DayTried, on: date, today: Day) -> dict[str, Any]:
    tried, day = found.tried, Day(on=on, zone=today.zone)
    if on == today.on:
        when = "today so far"
    else:
        when = "yesterday" if on == today.before else f"on {on.day} {on:%B %Y}"
    return {
        "said": said_words(tried, when),
        "turns": turns(tried),
        "rows": [ended_row(one, day) for one in tried.listed],
        "more": tried.changed - len(tried.listed),
        "unsaid": tried.unsaid,
        "for_want_of": [words for words, _ in tried.for_want_of.most_common() if words],
        "lost": found.lost,
        "cut_at": found.cut_at,
    }


def _with(draft: Draft, *, notice: str) -> Draft:
    return replace(draft, notice=notice)


def _number(rules: Rules | None) -> int:
    return 0 if rules is None else rules.pk


def _today(site: Site) -> Day:
    return day_of(timezone.now(), ZoneInfo(site.time_zone))

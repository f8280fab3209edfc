"""A roll call's pages: who is inside now, one that was opened, its marks, its sheet to print."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gate.errors import EventError
from gate.events.codec import to_ms
from gate.hub.alarms.pages import pages_of
from gate.hub.clock import hub_now
from gate.hub.log.day import day_of
from gate.hub.rollcall.calls import (
    begin,
    came_back,
    marks_of,
    safe,
    say,
    state_of,
    take,
)
from gate.hub.rollcall.gather import gather
from gate.hub.rollcall.models import MAX_WORDS_CHARS, Call, Kind, Mark, Said
from gate.hub.rollcall.pdf import Paper, draw
from gate.hub.rollcall.report import report_of
from gate.hub.rollcall.sending import read_taps
from gate.hub.rollcall.sheet import (
    by_company,
    counted,
    counted_words,
    lines_now,
    lines_of,
    written,
)
from gate.hub.sites.access import visible_site
from gate.hub.sites.models import Site

PAST_CALLS: Final = 20

_WORKER: Final = Path(__file__).parent.parent / "static" / "roll-call-worker.js"


@require_safe
@gzip_page
@never_cache
@login_required
def roll_call_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the roll call that is going on; else show who is inside, and those that were."""
    site = visible_site(request.user, slug)
    past = list(Call.objects.filter(site=site).order_by("-pk")[:PAST_CALLS])
    if past and not state_of(past[0]).is_over:
        return redirect("called", slug=slug, number=past[0].pk)
    now = hub_now()
    gathered = gather(site, now)
    day = day_of(now, ZoneInfo(site.time_zone))
    lines = lines_now(gathered.people, day)
    return render(
        request,
        "rollcall/now.html",
        {
            **_frame(request, site, now, gathered.as_of),
            "number": len(lines),
            "counted": counted(lines),
            "standing": counted_words(lines),
            "unheard": gathered.unheard,
            "doubts": gathered.doubts,
            "is_frozen": gathered.is_frozen,
            "sheet": written(by_company(lines), {}, is_open=False),
            "past": past,
        },
    )


@require_POST
@never_cache
@login_required
def open_roll_call(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a roll call, live unless a drill was asked for, or join the one that is going on."""
    site = visible_site(request.user, slug)
    kind = Kind.DRILL if request.POST.get("kind") == Kind.DRILL else Kind.LIVE
    call = begin(site, cast("User", request.user), kind, hub_now())
    return redirect("called", slug=slug, number=call.pk)


@require_safe
@gzip_page
@never_cache
@login_required
def called(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a roll call: while it goes on to be marked, then as its report."""
    site, call = _call(request, slug, number)
    now = hub_now()
    state, marks, lines = state_of(call), marks_of(call), lines_of(call)
    marked = safe(marks)
    report = report_of(call, state, lines, marks) if state.all_clear or state.is_over else None
    return render(
        request,
        "rollcall/called.html",
        {
            **_frame(request, site, now, call.as_of),
            "call": call,
            "state": state,
            "number": len(lines),
            "counted": counted(lines),
            "standing": counted_words(lines),
            "safe_number": len(marked),
            "unheard": call.unheard,
            "doubts": call.doubts,
            "is_frozen": call.is_frozen,
            "is_open": not state.is_over,
            "sheet": written(by_company(lines), marked, is_open=not state.is_over),
            "marks": [_told(mark) for mark in marks],
            "report": report,
            "back": came_back(call, state.all_clear.at) if state.all_clear else None,
        },
    )


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def roll_call_marks(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a phone's taps, and return every tap there is."""
    _, call = _call(request, slug, number)
    if request.method == "POST":
        if state_of(call).is_over:
            return JsonResponse({"error": "this roll call is closed"}, status=409)
        try:
            taps = read_taps(request.body)
        except EventError as error:
            return JsonResponse({"error": str(error)}, status=400)
        take(call, cast("User", request.user), taps, hub_now())
    state = state_of(call)
    return JsonResponse(
        {
            "marks": [_told(mark) for mark in marks_of(call)],
            "is_over": state.is_over,
            "steps": call.step_set.count(),
        }
    )


@require_POST
@never_cache
@login_required
def roll_call_step(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Write down that it is a drill, or real, that all is clear, or that it is over."""
    _, call = _call(request, slug, number)
    what = request.POST.get("what", "")
    words = " ".join(request.POST.get("words", "").split())
    if what not in Said.values:
        return HttpResponse("what: one of " + ", ".join(Said.values), status=400)
    if len(words) > MAX_WORDS_CHARS or not words.isprintable():
        return HttpResponse(f"words: at most {MAX_WORDS_CHARS} characters of text", status=400)
    if what == Said.ALL_CLEAR and not words:
        return HttpResponse("words: the name of whoever gives the all-clear", status=400)
    say(call, cast("User", request.user), Said(what), words, hub_now())
    return redirect("called", slug=slug, number=call.pk)


@require_safe
@never_cache
@login_required
def roll_call_pdf(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Draw a roll call for the printer."""
    site, call = _call(request, slug, number)
    state, lines, marked = state_of(call), lines_of(call), safe(marks_of(call))
    day = day_of(call.as_of, ZoneInfo(site.time_zone))
    kind = "Drill" if state.kind == Kind.DRILL else "Fire roll call"
    number = counted(lines)
    noun = "person" if number == 1 else "people"
    drawn = draw(
        Paper(
            title=f"{kind}: {number} {noun} {counted_words(lines)}",
            subtitle=f"{site.name} · {day.on.day} {day.on:%B %Y}, as of"
            f" {day.time_words(to_ms(call.as_of))}, {day.zone_words}"
            " · tick each at the assembly point",
            warnings=(*_sentences(call.unheard), *call.doubts),
        ),
        by_company(lines),
        set(marked),
        hub_now(),
    )
    answer = HttpResponse(drawn, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="roll-call-{call.pk}.pdf"'
    return answer


@require_safe
def roll_call_worker(request: HttpRequest) -> HttpResponseBase:
    """Give a browser what keeps the last roll call readable: from the root, for it serves all."""
    del request
    answer = HttpResponse(_WORKER.read_bytes(), content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


def _call(request: HttpRequest, slug: str, number: int) -> tuple[Site, Call]:
    site = visible_site(request.user, slug)
    return site, get_object_or_404(Call.objects.select_related("site"), site=site, pk=number)


def _frame(request: HttpRequest, site: Site, now: datetime, as_of: datetime) -> dict[str, Any]:
    day = day_of(as_of, ZoneInfo(site.time_zone))
    return {
        "site": site,
        "pages": pages_of(request.user, site, "roll-call"),
        "day": day,
        "as_of": day.time_words(to_ms(as_of)),
        "now_ms": to_ms(now),
    }


def _sentences(unheard: list[str]) -> list[str]:
    return [f"{'; '.join(unheard)}; the list may be wrong either way."] if unheard else []


def _told(mark: Mark) -> dict[str, Any]:
    undoes = None if mark.undoes is None else str(mark.undoes)
    return {
        "uid": str(mark.uid),
        "named": mark.named_id,
        "undoes": undoes,
        "at_ms": to_ms(mark.at),
        "by": mark.by_name,
    }

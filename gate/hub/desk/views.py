"""A desk's pages, for who works there: its cards, what to do with them, what was done."""

from typing import Any, Final, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from gate.errors import ConfigError, TrustError
from gate.hub.alarms.pages import Page
from gate.hub.desk.access import desks_of, visible_desk
from gate.hub.desk.counted import CountedPaginator
from gate.hub.desk.forms import Wish, expected_of, wish_of
from gate.hub.desk.lists import LOOK_AGAIN
from gate.hub.desk.models import (
    MAX_CODE_CHARS,
    MAX_PLACE_CHARS,
    MAX_REASON_CHARS,
    Desk,
    IssuedCard,
    StatusChange,
)
from gate.hub.desk.selection import Selection, cards_of, selection_of, unknown_numbers
from gate.hub.desk.state import counts_of, lists_of
from gate.hub.desk.statuses import preview, set_status
from gate.hub.desk.words import (
    PILLS,
    VERBS,
    at_words,
    card_row,
    change_words,
    effect,
    left_words,
    question,
    status_choices,
    zone_of,
)
from gate.hub.manifest.authors import author_of
from gate.trust.status_list import Status

PAGE_CARDS: Final = 50
PAGE_CHANGES: Final = 30

_FIELDS: Final = ("numbers", "source", "centre", "change", "type", "status", "from", "until")


@require_safe
@never_cache
@login_required
def all_desks(request: HttpRequest) -> HttpResponse:
    """Show the desks that somebody works at."""
    now = timezone.now()
    rows = [
        {
            "slug": desk.slug,
            "iss": desk.iss,
            "counts": [(PILLS[status], count) for status, count in counts_of(desk).items()],
            "is_well": all(held.is_well for held in lists_of(desk, now)),
        }
        for desk in desks_of(request.user)
    ]
    return render(request, "desk/desks.html", {"rows": rows})


@require_safe
@gzip_page
@never_cache
@login_required
def cards_at_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a desk's cards, those that the address asks for."""
    return _cards(request, visible_desk(request.user, slug))


@require_POST
@never_cache
@login_required
def confirm_change(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a change would do, and ask for the reason."""
    desk = visible_desk(request.user, slug)
    try:
        return _confirm(request, desk, wish_of(request.POST))
    except ConfigError as error:
        return _cards(request, desk, taken=error.faults)


@require_POST
@never_cache
@login_required
def do_change(request: HttpRequest, slug: str) -> HttpResponse:
    """Do what was confirmed, and show what was done."""
    desk = visible_desk(request.user, slug)
    try:
        return _change(request, desk, wish_of(request.POST), expected_of(request.POST))
    except ConfigError as error:
        return _cards(request, desk, taken=error.faults)


@require_safe
@gzip_page
@never_cache
@login_required
def changes_at_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what was done, the latest first."""
    desk = visible_desk(request.user, slug)
    zone = zone_of(desk)
    done = StatusChange.objects.filter(desk=desk).order_by("-pk")
    page = Paginator(done, PAGE_CHANGES).get_page(request.GET.get("page"))
    rows = [
        {
            "id": one.pk,
            "words": change_words(one),
            "pill": PILLS[Status(one.status)],
            "story": f"{at_words(one.at, zone)} by {one.by_name}: {one.reason}",
            "selection": one.selection,
        }
        for one in page
    ]
    context = {"page": page, "rows": rows, **_around(desk, "desk-changes")}
    return render(request, "desk/changes.html", context)


@require_safe
@gzip_page
@never_cache
@login_required
def one_change(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one change: its cards, and whether units can fetch it."""
    desk = visible_desk(request.user, slug)
    change = StatusChange.objects.filter(desk=desk, pk=number).first()
    if change is None:
        raise Http404("no such change")
    zone = zone_of(desk)
    touched = IssuedCard.objects.filter(changedcard__change=change).select_related("change")
    page = Paginator(touched.order_by("number", "pk"), PAGE_CARDS).get_page(request.GET.get("page"))
    to_undo = 0
    if change.status != Status.VALID:
        to_undo = cards_of(desk, Selection(change=change.pk)).count()
    context = {
        "change": change,
        "words": change_words(change),
        "story": f"{at_words(change.at, zone)} by {change.by_name}",
        "page": page,
        "rows": [card_row(one, zone) for one in page],
        "to_undo": to_undo,
        "minutes": _minutes(),
        **_around(desk, "desk-changes"),
    }
    return render(request, "desk/change.html", context)


def _cards(request: HttpRequest, desk: Desk, taken: tuple[str, ...] = ()) -> HttpResponse:
    """Show the cards that were asked for; `taken` is why something was not done."""
    given = request.POST if request.method == "POST" else request.GET
    fields = {name: given.get(name, "") for name in _FIELDS}
    faults = taken
    try:
        chosen = selection_of(fields)
    except ConfigError as error:
        chosen, faults = Selection(), (*taken, *error.faults)
    zone = zone_of(desk)
    found = cards_of(desk, chosen).select_related("change").order_by("-pk")
    counts = counts_of(desk)
    known = None if chosen != Selection() else sum(counts.values())
    page = CountedPaginator(found, PAGE_CARDS, known).get_page(given.get("page"))
    context = {
        "fields": fields,
        "faults": faults,
        "unknown": unknown_numbers(desk, chosen.numbers)[:20],
        "page": page,
        "rows": [card_row(one, zone) for one in page],
        "query": chosen.query(),
        "narrows": chosen != Selection(),
        "may_take_all": chosen.names_cards,
        "statuses": status_choices(),
        "counts": [(PILLS[status], count) for status, count in counts.items()],
        "most_place": MAX_PLACE_CHARS,
        "most_code": MAX_CODE_CHARS,
        **_around(desk, "desk"),
    }
    return render(request, "desk/cards.html", context, status=400 if faults else 200)


def _change(request: HttpRequest, desk: Desk, wish: Wish, expected: int) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        faults = ("Write why; it is kept with your name.",)
        return _confirm(request, desk, wish, faults=faults, status=400)
    try:
        change = set_status(
            desk,
            wish.chosen,
            wish.status,
            reason=reason,
            by=author_of(cast("User", request.user)),
            now=timezone.now(),
            expected=expected,
        )
    except ConfigError as error:
        return _confirm(request, desk, wish, faults=error.faults, status=409)
    except TrustError as error:
        return _confirm(request, desk, wish, faults=(str(error),), status=503)
    return redirect("desk-changed", slug=desk.slug, number=change.pk)


def _confirm(
    request: HttpRequest,
    desk: Desk,
    wish: Wish,
    *,
    faults: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    shown = preview(desk, wish.chosen, wish.status)
    zone = zone_of(desk)
    context = {
        "question": question(wish.status, shown.count),
        "effect": effect(wish.status, shown.count),
        "left": left_words(wish.status, shown.unchanged),
        "verb": VERBS[wish.status],
        "is_softer": wish.status is Status.VALID,
        "meant": "" if wish.chosen.cards else wish.chosen.words,
        "count": shown.count,
        "more": shown.count - len(shown.first),
        "rows": [card_row(one, zone) for one in shown.first],
        "hidden": wish.hidden,
        "reason": request.POST.get("reason", ""),
        "most_reason": MAX_REASON_CHARS,
        "minutes": _minutes(),
        "faults": faults,
        "back": f"{reverse('desk', args=[desk.slug])}?{wish.chosen.query()}",
        **_around(desk, "desk"),
    }
    return render(request, "desk/confirm.html", context, status=status)


def _around(desk: Desk, here: str) -> dict[str, Any]:
    """Return what each page of a desk has."""
    pages = [
        Page(words=words, address=reverse(name, args=[desk.slug]), is_here=name == here)
        for name, words in (("desk", "Cards"), ("desk-changes", "Changes"))
    ]
    lists = lists_of(desk, timezone.now())
    return {"desk": desk, "pages": pages, "lists": lists}


def _minutes() -> int:
    return int(LOOK_AGAIN.total_seconds()) // 60

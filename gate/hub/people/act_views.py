"""What managers do for one person: induction, pass, lost pass, block and its end, undo, erasing."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gate.errors import ConfigError, TrustError
from gate.hub.audit.notes import Act, note
from gate.hub.people.blocking import block_person, unblock_person, undo
from gate.hub.people.erasing import erase
from gate.hub.people.forms import ReasonForm, SessionForm
from gate.hub.people.frames import author, found, frame, key_of, said, sentence, tell
from gate.hub.people.giving import give_passes, replace_lost
from gate.hub.people.inducting import induct
from gate.hub.people.models import Person
from gate.hub.people.person_page import page_of
from gate.hub.sites.access import managed_site


@require_POST
@never_cache
@login_required
def induct_person(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Record somebody's induction."""
    form = SessionForm(request.POST)

    def do(person: Person) -> None:
        induct(person.site, [person], form.session(), by=author(request), now=timezone.now())

    return _done(request, slug, number, ("induct", Act.INDUCTED), form, do)


@require_POST
@never_cache
@login_required
def give_person(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Issue somebody a pass."""

    def do(person: Person) -> None:
        give_passes(
            person.site, key_of(person.site), [person], by=author(request), now=timezone.now()
        )

    return _done(request, slug, number, ("give", Act.ISSUED), Form(request.POST), do)


@require_POST
@never_cache
@login_required
def replace_pass(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Issue another pass for a lost one, which opens no gate any more."""
    form = ReasonForm(request.POST)

    def do(person: Person) -> None:
        reason = form.cleaned_data["reason"]
        now = timezone.now()
        replace_lost(person, key_of(person.site), reason=reason, by=author(request), now=now)

    return _done(request, slug, number, ("lost", Act.REISSUED), form, do)


@require_POST
@never_cache
@login_required
def block_one(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Keep somebody out."""
    form = ReasonForm(request.POST)

    def do(person: Person) -> None:
        reason = form.cleaned_data["reason"]
        now = timezone.now()
        block_person(person, key_of(person.site), reason=reason, by=author(request), now=now)

    return _done(request, slug, number, ("block", Act.BLOCKED), form, do)


@require_POST
@never_cache
@login_required
def unblock_one(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Let somebody in again."""
    form = ReasonForm(request.POST)

    def do(person: Person) -> None:
        reason = form.cleaned_data["reason"]
        unblock_person(person, reason=reason, by=author(request), now=timezone.now())

    return _done(request, slug, number, ("block", Act.UNBLOCKED), form, do)


@require_POST
@never_cache
@login_required
def undo_one(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Undo a block, or its end, within ten seconds."""

    def do(person: Person) -> None:
        undo(person, key_of(person.site), by=author(request), now=timezone.now())

    return _done(request, slug, number, ("block", Act.UNDID), Form(request.POST), do)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def erase_person(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask whether to erase somebody; do it when it was confirmed."""
    site = managed_site(request.user, slug)
    person = found(site, number)
    context: dict[str, Any] = {**frame(request, site), "person": person}
    if request.method != "POST":
        note(request, site, Act.SAW, person.pk)
        return render(request, "people/erase.html", context)
    try:
        context["erased"] = erase(person, timezone.now())
    except ConfigError as error:
        context["faults"] = [sentence(fault) for fault in error.faults]
        return render(request, "people/erase.html", context, status=400)
    note(request, site, Act.ERASED, number)
    return render(request, "people/erased.html", context)


def _done(
    request: HttpRequest,
    slug: str,
    number: int,
    what: tuple[str, Act],
    form: Form,
    do: Callable[[Person], None],
) -> HttpResponse:
    """Do something for a person, and go back to their page; or say there why it was not done."""
    site = managed_site(request.user, slug)
    person = found(site, number)
    named, act = what
    if form.is_valid():
        try:
            do(person)
        except ConfigError as error:
            tell(form, error.faults)
        except TrustError as error:
            form.add_error(None, sentence(f"{error}"))
        else:
            note(request, site, act, person.pk)
            return redirect("person", slug=site.slug, number=person.pk)
    given, now = form.data, timezone.now()
    context = page_of(request, person, now, faults={named: said(form)}, given=given)
    return render(request, "people/person.html", context, status=400)

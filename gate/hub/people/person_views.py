"""One person's page: cards, inductions, passes, entries, refusals, notes; putting them right."""

from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gate.errors import ConfigError
from gate.hub.audit.notes import Act, note, note_look
from gate.hub.passes.forms import LANGUAGES
from gate.hub.people.facts import Facts, Fault, judge
from gate.hub.people.forms import NoteForm, PersonForm
from gate.hub.people.frames import author, found, frame, key_of, said, tell
from gate.hub.people.models import Person
from gate.hub.people.notes import write_note
from gate.hub.people.person_page import page_of
from gate.hub.people.photos import photo_of, portrait
from gate.hub.people.printing import draw_phone
from gate.hub.people.register import Newcomer, add_people, card_of, change_person, issuers_of
from gate.hub.people.standings import standing
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site

_FIELDS: Final = (
    *("name", "company", "scheme", "card_number", "card_type", "card_expires", "language"),
)


@require_safe
@gzip_page
@never_cache
@login_required
def one_person(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show all that the site knows of somebody."""
    site = managed_site(request.user, slug)
    person = found(site, number)
    note(request, site, Act.SAW, person.pk)
    return render(request, "people/person.html", page_of(request, person, timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def new_person(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for somebody with their card; add them, and lead to them."""
    site = managed_site(request.user, slug)
    if request.method != "POST":
        return _form_page(request, site, None, PersonForm(), {})
    form = PersonForm(request.POST, request.FILES)
    told = _told(form)
    if told is not None:
        facts, photo = told
        try:
            issuer = issuers_of([facts.scheme])[facts.scheme]
            newcomer = Newcomer(facts=facts, issuer=issuer, photo=photo)
            (person,) = add_people(site, key_of(site), [newcomer], timezone.now())
        except ConfigError as error:
            tell(form, error.faults)
        else:
            note(request, site, Act.ADDED, person.pk)
            return redirect("person", slug=site.slug, number=person.pk)
    return _form_page(request, site, None, form, form.data, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def edit_person(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Put somebody's name, company, card or picture right."""
    site = managed_site(request.user, slug)
    person = found(site, number)
    if person.is_visitor:
        raise Http404("a visitor has no card")
    if request.method != "POST":
        note(request, site, Act.SAW, person.pk)
        return _form_page(request, site, person, PersonForm(), _known(person))
    form = PersonForm(request.POST, request.FILES)
    told = _told(form)
    if told is not None:
        facts, photo = told
        try:
            issuer = issuers_of([facts.scheme])[facts.scheme]
            change_person(person, key_of(site), facts, issuer, photo)
        except ConfigError as error:
            tell(form, error.faults)
        else:
            note(request, site, Act.CHANGED, person.pk)
            return redirect("person", slug=site.slug, number=person.pk)
    return _form_page(request, site, person, form, form.data, status=400)


@require_safe
@never_cache
@login_required
def photo_of_person(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Answer with somebody's portrait."""
    site = managed_site(request.user, slug)
    person = found(site, number)
    jpeg = photo_of(person)
    if jpeg is None:
        raise Http404("no photograph")
    note_look(request, site, Act.SAW_PHOTO, person.pk)
    return HttpResponse(jpeg, content_type="image/jpeg")


@require_safe
@never_cache
@login_required
def phone_of_person(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Answer with somebody's good pass as a picture for a phone."""
    site = managed_site(request.user, slug)
    person = found(site, number)
    good = standing(person, timezone.now()).good
    if good is None:
        raise Http404("no good pass")
    try:
        png = draw_phone(good)
    except ConfigError as error:
        raise Http404(str(error)) from error
    note(request, site, Act.DREW_PASS, person.pk)
    answer = HttpResponse(png, content_type="image/png")
    answer["Content-Disposition"] = f'inline; filename="{good.one.card.number}-phone.png"'
    return answer


@require_POST
@never_cache
@login_required
def note_on_person(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Keep a note on somebody."""
    site = managed_site(request.user, slug)
    person = found(site, number)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            write_note(person, form.cleaned_data["text"], by=author(request), now=timezone.now())
        except ConfigError as error:
            tell(form, error.faults)
        else:
            note(request, site, Act.NOTED, person.pk)
            return redirect("person", slug=site.slug, number=person.pk)
    context = page_of(request, person, timezone.now(), faults={"note": said(form)})
    return render(request, "people/person.html", context, status=400)


def _told(form: PersonForm) -> tuple[Facts, bytes | None] | None:
    """Return what a form says of somebody; None after its faults were put beside its fields."""
    if not form.is_valid():
        return None
    given = {field: form.cleaned_data[field] for field in _FIELDS}
    facts, faults = judge(given)
    form.tell(faults)
    upload = form.cleaned_data["picture"]
    photo = None
    if upload:
        try:
            photo = portrait(upload.read())
        except ConfigError as error:
            steps = "; ".join(error.faults)
            form.tell([Fault(field="", value="", step=f"the picture {steps}")])
            return None
    return None if facts is None else (facts, photo)


def _known(person: Person) -> dict[str, Any]:
    card = card_of(person)
    given = {
        "name": person.name,
        "company": "" if person.company is None else person.company.name,
        "language": person.language,
    }
    if card is None:
        return given
    return given | {
        "scheme": card.scheme,
        "card_number": card.number,
        "card_type": card.card_type,
        "card_expires": card.last_day.isoformat(),
    }


def _form_page(
    request: HttpRequest,
    site: Site,
    person: Person | None,
    form: PersonForm,
    given: Any,  # noqa: ANN401 - a form's data, or the same as a dictionary
    status: int = 200,
) -> HttpResponse:
    context = {
        **frame(request, site),
        "person": person,
        "given": given,
        "faults": form.errors if form.is_bound else {},
        "others": form.non_field_errors() if form.is_bound else (),
        "languages": LANGUAGES,
        "companies": site.company_set.values_list("name", flat=True)[:500],
    }
    return render(request, "people/form.html", context, status=status)

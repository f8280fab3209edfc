"""What a holder asked to be spoken to in: from the hub's pages to the screen at a gate."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.utils import timezone

from gate.access.languages import Language
from gate.card.model import Competence
from gate.card.verify import authenticate
from gate.errors import Reason
from gate.hub.desk.issuing import issue
from gate.hub.desk.making import create_desk
from gate.hub.passes.models import Pass
from gate.hub.people.frames import key_of
from gate.hub.people.giving import replace_lost
from gate.hub.people.inducting import induct
from gate.hub.people.models import Person
from gate.screen.catalogues import speaker
from gate.screen.window import Viewer
from tests.hub.desk.conftest import card as scheme_card
from tests.hub.gates import manager, site
from tests.hub.passes.conftest import ANN, believed, issued
from tests.hub.passes.test_passes_page import FORM, posts
from tests.hub.people import given, inducted, session, table
from tests.unit.conftest import NOW, Desk
from tests.unit.test_lane_teller import LANGUAGE, Watched

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from gate.card.model import Card
    from gate.hub.sites.models import Site

__all__ = ["manager", "site"]

pytestmark = pytest.mark.django_db

PEOPLE: Final = "/sites/kings-wharf/people/"


def on(made: Pass) -> Card:
    """Return what stands on a pass."""
    return authenticate(made.text, believed(made.site))


def code(**competence: Any) -> str:  # noqa: ANN401 - a competence's own fields
    """Return the code of a scheme card that this hub believes."""
    now = timezone.now().replace(microsecond=0)
    schemes = frozenset({"ecs-jib"})
    desk = create_desk(slug="ecs", iss="ecs.example", schemes=schemes, capacity=1000, now=now)
    text, _ = issue(
        desk,
        lambda ref: scheme_card(
            *(desk, "77", ref),
            not_before=now,
            issued_at=now,
            expires_at=now + timedelta(days=400),
            competence=Competence(scheme="ecs-jib", card_type="labourer", **competence),
        ),
        (),
        now,
    )
    return text


@pytest.mark.parametrize(
    ("card", "asked", "says"),
    [(None, "", None), (None, "ro", "ro"), ("pl", "", "pl"), ("pl", "ro", "ro")],
    ids=["nobody asked", "asked at the induction", "the card says it", "asked for another"],
)
def test_a_pass_says_what_was_asked_at_the_induction_else_what_the_card_says(
    manager: Client, card: str | None, asked: str, says: str | None
) -> None:
    form = {"code": code(language=card), "checked_by": "Ann", "language": asked}
    assert posts(manager, **form)[0] == 302
    assert on(Pass.objects.get()).competence.language == says
    assert Person.objects.get().language == (says or "")


def test_a_language_that_no_gate_speaks_is_told_beside_its_field(manager: Client) -> None:
    status, told = posts(manager, **FORM | {"language": "xx"})
    assert (status, Pass.objects.count()) == (400, 0)
    assert "Choose one of the list." in told


def test_the_form_keeps_what_was_chosen(manager: Client) -> None:
    _, told = posts(manager, **FORM | {"language": "lt", "number": ""})
    assert '<option value="lt" selected>Lithuanian</option>' in told


def test_a_list_of_people_may_say_it_and_their_passes_do(manager: Client, site: Site) -> None:
    now = timezone.now()
    told = ({"language": "Polish"}, {"language": "pa"}, {"language": ""})
    sent = BytesIO(table(*(one | {"card_number": str(n)} for n, one in enumerate(told, 1))))
    sent.name = "people.csv"
    assert manager.post(f"{PEOPLE}import/", {"list": sent}).status_code == 200
    people = list(Person.objects.order_by("pk"))
    induct(site, people, session(now), by=ANN, now=now)

    spoken = [on(given(person, now).one).competence.language for person in people]

    assert spoken == ["pl", "pa", None]


def test_a_list_without_the_column_is_taken_as_before(manager: Client) -> None:
    head = ("name", "company", "scheme", "card_number", "card_type", "card_expires")
    sent = BytesIO(b"\n".join((",".join(head).encode(), b"Jane,A,cscs,1,labourer,2099-05-31")))
    sent.name = "people.csv"
    assert manager.post(f"{PEOPLE}import/", {"list": sent}).status_code == 200
    assert Person.objects.get().language == ""


def test_a_person_s_page_changes_it_and_the_next_pass_says_it(manager: Client, site: Site) -> None:
    now = timezone.now()
    person = inducted(site, now, language=Language.POLISH)
    first = given(person, now)
    page = manager.get(f"{PEOPLE}{person.pk}/edit/").content.decode()
    assert '<option value="pl" selected>Polish</option>' in page
    usual = {"name": "Jane Example", "company": "A", "scheme": "cscs", "card_type": "labourer"}
    card = {"card_number": "12345678", "card_expires": "2099-05-31", "language": "cy"}
    assert manager.post(f"{PEOPLE}{person.pk}/edit/", usual | card).status_code == 302

    person.refresh_from_db()
    second = replace_lost(person, key_of(site), reason="Lost", by=ANN, now=now)

    assert on(first.one).competence.language == "pl"
    assert on(second.one).competence.language == "cy"


def test_a_reissued_pass_says_no_less_than_the_lost_one(manager: Client, site: Site) -> None:
    form = {"code": code(language="pl", limits=("supervised",)), "checked_by": "Ann"}
    assert posts(manager, **form)[0] == 302
    person, now = Person.objects.get(), timezone.now()
    induct(site, [person], session(now), by=ANN, now=now)
    lost = on(Pass.objects.get())

    new = on(replace_lost(person, key_of(site), reason="Lost", by=ANN, now=now).one)

    assert new.number != lost.number
    assert new.competence == lost.competence
    assert new.competence.stands_on is not None
    assert new.competence.stands_on.status is not None


def test_a_pass_on_a_renewed_card_says_nothing_of_the_one_before(
    manager: Client, site: Site
) -> None:
    form = {"code": code(limits=("supervised",)), "checked_by": "Ann"}
    assert posts(manager, **form)[0] == 302
    person, now = Person.objects.get(), timezone.now()
    person.personcard_set.update(last_day="2099-05-31")
    induct(site, [person], session(now), by=ANN, now=now)

    new = on(replace_lost(person, key_of(site), reason="Lost", by=ANN, now=now).one)

    assert new.competence.limits == ()
    assert new.competence.stands_on is not None
    assert new.competence.stands_on.expires_at.year == 2099


def test_a_screen_answers_a_pass_in_its_holder_s_language(site: Site, tmp_path: Path) -> None:
    made = issued(site, now=NOW, language="ro")
    desk = Desk()
    desk.trust = believed(site)
    watched = Watched(desk, tmp_path, LANGUAGE)

    state = watched.present(made.text)

    assert (state.reason, state.language) == (Reason.CARD_TYPE, Language.ROMANIAN)
    headline = Viewer(watched.path, watched.lane.clock).scene().headline
    assert headline == speaker(Language.ROMANIAN)("Card not for this area")

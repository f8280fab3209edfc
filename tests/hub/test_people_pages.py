"""The pages of people, as a manager and a guard use them; and what of it is audited."""

from __future__ import annotations

from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from gate.hub.audit.models import Record
from gate.hub.people.frames import key_of
from gate.hub.people.models import InductionRecord, Note, Person, PersonPass, Photo, Visit
from gate.hub.sites.models import Role
from gate.hub.sites.services import add_user
from tests.hub.gates import PASSWORD, manager, site
from tests.hub.people import given, inducted, own_files, picture, worker

if TYPE_CHECKING:
    from gate.hub.sites.models import Site

__all__ = ["manager", "own_files", "site"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]

SITE = "/sites/kings-wharf/"
PEOPLE = f"{SITE}people/"
SESSION = {"edition": "3", "last_day": "2027-01-31", "checked": "number", "checked_by": "Ann"}
PERSON = {
    "name": "Jane Example",
    "company": "Scaffold Ltd",
    "scheme": "cscs",
    "card_number": "12345678",
    "card_type": "labourer",
    "card_expires": "2099-05-31",
}


@pytest.fixture
def guard(site: Site) -> Client:
    client = Client()
    client.force_login(add_user(name="gus", password=PASSWORD, roles={site.slug: Role.GUARD}))
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def posts(client: Client, address: str, **values: Any) -> tuple[int, str]:  # noqa: ANN401 - files as well
    answer = client.post(address, values)
    text = "" if answer.streaming else unescape(answer.content.decode(errors="replace"))
    return answer.status_code, text


def acts() -> list[tuple[str, int | None, int]]:
    return list(Record.objects.order_by("id").values_list("act", "subject", "count"))


def test_an_empty_register_says_what_to_do_first(manager: Client) -> None:
    assert "Nobody is here yet" in page(manager, PEOPLE)
    assert "Nobody waits for an induction" in page(manager, f"{PEOPLE}induct/")
    assert "No company has people here yet" in page(manager, f"{SITE}companies/")
    assert "No visitor is here" in page(manager, f"{SITE}visitors/")
    assert b"Jane Example" in manager.get(f"{PEOPLE}import/people.csv").content


def test_a_person_is_added_put_right_and_shown(manager: Client) -> None:
    assert posts(manager, f"{PEOPLE}add/", **PERSON, picture=BytesIO(picture()))[0] == 302
    person = Person.objects.get()
    one = f"{PEOPLE}{person.pk}/"
    renewed = PERSON | {"name": "Jane Roe", "card_expires": "2098-01-31", "company": "Other"}
    assert posts(manager, f"{one}edit/", **renewed)[0] == 302
    shown = page(manager, one)
    assert "CSCS 12345678, Labourer, until 31 Jan 2098" in shown
    assert "Jane Roe" in shown
    assert 'value="Jane Roe"' in page(manager, f"{one}edit/")
    photo = manager.get(f"{one}photo.jpg")
    assert Image.open(BytesIO(photo.content)).size == (420, 540)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "=cmd()"}, "Letters, digits, spaces and hyphens"),
        ({"card_expires": "soon"}, "Write a day as 2027-05-31"),
        ({"picture": BytesIO(b"no picture")}, "is no JPEG or PNG"),
        ({"card_number": "2"}, "It is the card of Sam Roe"),
    ],
    ids=["name", "day", "picture", "another's card"],
)
def test_what_can_not_be_is_told_beside_its_field_and_nobody_is_added(
    manager: Client, site: Site, change: dict[str, Any], words: str
) -> None:
    worker(site, timezone.now(), "2", name="Sam Roe")
    status, told = posts(manager, f"{PEOPLE}add/", **PERSON | change)
    assert status == 400
    assert words in told
    assert Person.objects.count() == 1


def test_an_induction_is_recorded_for_those_who_are_ticked(manager: Client, site: Site) -> None:
    now = timezone.now()
    people = [worker(site, now, f"{n}", name=f"Jane {n}") for n in range(3)]
    address = f"{PEOPLE}induct/"
    assert page(manager, address).count('name="person"') == 3
    status, told = posts(manager, address, **SESSION)
    assert (status, "Nobody is chosen" in told) == (400, True)
    ticked = [people[0].pk, people[2].pk]
    status, told = posts(manager, address, **SESSION | {"edition": "0"}, person=ticked)
    kept = [f'value="{person.pk}" checked' in told for person in people]
    assert (status, kept) == (400, [True, False, True])
    assert posts(manager, address, **SESSION, person=ticked)[0] == 302
    assert list(InductionRecord.objects.values_list("person_id", flat=True)) == ticked
    assert ("inducted", None, 2) in acts()


def test_passes_are_issued_to_all_who_wait_and_put_on_sheets_once(
    manager: Client, site: Site
) -> None:
    now = timezone.now()
    for n in range(11):
        inducted(site, now, f"{n}", name=f"Jane {n}")
    address = f"{PEOPLE}passes/"
    assert "Issue 11 passes" in page(manager, address)
    assert posts(manager, f"{address}give/")[0] == 302
    assert "Make the PDF: 2 sheets" in page(manager, address)
    pdf = manager.post(f"{address}print/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.count(b"/Type /Page\n") == 2
    told = page(manager, address)
    assert "Every good pass was printed" in told
    assert "11 passes" in told
    assert posts(manager, f"{address}print/")[0] == 400
    mark = told.partition('name="run" value="')[2].partition('"')[0]
    assert manager.post(f"{address}print/", {"run": mark}).content.startswith(b"%PDF")
    assert posts(manager, f"{address}print/", run="1")[0] == 400


def test_a_person_s_pass_is_issued_lost_and_drawn_for_a_phone(manager: Client, site: Site) -> None:
    person = inducted(site, timezone.now(), photo=picture((420, 540)))
    one = f"{PEOPLE}{person.pk}/"
    assert manager.get(f"{one}phone.png").status_code == 404
    assert posts(manager, f"{one}pass/")[0] == 302
    assert posts(manager, f"{one}lost/")[0] == 400
    assert posts(manager, f"{one}lost/", reason="Left on a bus")[0] == 302
    shown = page(manager, one)
    assert "P00002" in shown
    assert "Left on a bus" in shown
    drawn = Image.open(BytesIO(manager.get(f"{one}phone.png").content))
    assert drawn.size[0] == 1080
    done = [act for act, subject, _ in acts() if subject == person.pk]
    assert done == ["issued", "reissued", "saw", "drew_pass"]


def test_a_block_can_be_undone_on_the_page_it_leads_to(manager: Client, site: Site) -> None:
    one = f"{PEOPLE}{worker(site, timezone.now()).pk}/"
    assert posts(manager, f"{one}block/")[0] == 400
    assert posts(manager, f"{one}block/", reason="harness")[0] == 302
    shown = page(manager, one)
    assert "Jane Example was blocked." in shown
    assert "sent to 0 of 0 gates" in shown
    assert posts(manager, f"{one}undo/")[0] == 302
    assert "Undone: harness" in page(manager, one)
    status, told = posts(manager, f"{one}undo/")
    assert (status, "The ten seconds are over" in told) == (400, True)
    assert posts(manager, f"{one}unblock/", reason="talked")[0] == 400


def test_a_visitor_is_signed_in_and_out_by_a_guard_who_sees_no_more(
    guard: Client, site: Site
) -> None:
    host = inducted(site, timezone.now())
    address = f"{SITE}visitors/"
    came = {"name": "Vi Sitor", "company": "Council", "host": host.pk, "escort": host.pk}
    assert posts(guard, address, **came | {"escort": 99})[0] == 400
    assert posts(guard, address, **came)[0] == 302
    visit = Visit.objects.get()
    assert "Vi Sitor" in page(guard, address)
    assert posts(guard, f"{address}{visit.pk}/left/")[0] == 302
    assert posts(guard, f"{address}{visit.pk + 1}/left/")[0] == 404
    assert "No visitor is here" in page(guard, address)
    page(guard, PEOPLE, 403)
    page(guard, f"{PEOPLE}{visit.visitor_id}/", 403)
    assert ("left", visit.visitor_id, 1) in acts()


def test_people_are_searched_and_narrowed_by_the_address(manager: Client, site: Site) -> None:
    now = timezone.now()
    sam = worker(site, now, "2", name="Łukasz Nowak", company="Bright")
    inducted(site, now)
    found = page(manager, f"{PEOPLE}?q=LUKASZ+bri")
    assert "Łukasz Nowak" in found
    assert "Jane Example" not in found
    assert "Jane Example" in page(manager, f"{PEOPLE}?show=pass")
    assert "Jane Example" not in page(manager, f"{PEOPLE}?company={sam.company_id}")
    assert "Nobody was found" in page(manager, f"{PEOPLE}?q=zzz")
    for odd in ("?show=all&page=x", "?company=1e9", f"?q={'x' * 999}", "?company=²"):
        page(manager, PEOPLE + odd)


def test_a_note_is_kept_and_shown_with_its_writer(manager: Client, site: Site) -> None:
    one = f"{PEOPLE}{worker(site, timezone.now()).pk}/"
    assert posts(manager, f"{one}note/", text="Speaks Polish")[0] == 302
    assert "Speaks Polish" in page(manager, one)
    assert posts(manager, f"{one}note/", text="x" * 501)[0] == 400
    assert Note.objects.get().by_name == "manager"


def test_erasing_is_asked_first_and_leaves_a_page_for_nobody(manager: Client, site: Site) -> None:
    now = timezone.now()
    person = inducted(site, now)
    one = f"{PEOPLE}{person.pk}/"
    given(person, now)
    status, told = posts(manager, f"{one}erase/")
    assert (status, "There is a good pass" in told) == (400, True)
    Photo.objects.all().delete()
    other = worker(site, now, "2", name="Sam Roe")
    assert "Erase Sam Roe?" in page(manager, f"{PEOPLE}{other.pk}/erase/")
    assert posts(manager, f"{PEOPLE}{other.pk}/erase/")[0] == 200
    page(manager, f"{PEOPLE}{other.pk}/", 404)
    assert "erased" in page(manager, f"{SITE}audit/?person={other.pk}")
    assert ("erased", other.pk, 1) in acts()


def test_every_look_at_a_person_is_audited_and_a_page_is_one_look(
    manager: Client, site: Site
) -> None:
    person = worker(site, timezone.now(), photo=picture())
    one = f"{PEOPLE}{person.pk}/"
    page(manager, one)
    manager.get(f"{one}photo.jpg")
    assert acts() == [("saw", person.pk, 1)]
    record = Record.objects.get()
    assert (record.by_name, record.place, record.host) == ("manager", f"GET {one}", "127.0.0.1")
    other = Client()
    other.force_login(add_user(name="bo", password=PASSWORD, roles={site.slug: Role.MANAGER}))
    other.get(f"{one}photo.jpg")
    assert acts()[1:] == [("saw_photo", person.pk, 1)]
    assert "looked at the photograph of" in page(manager, f"{SITE}audit/")


def test_a_look_at_somebody_s_pass_is_a_look_at_them(manager: Client, site: Site) -> None:
    now = timezone.now()
    person = inducted(site, now)
    one = f"{SITE}passes/{given(person, now).one_id}/"
    assert manager.get(f"{one}card.svg").status_code == 200
    page(manager, one)
    assert acts() == [("drew_pass", person.pk, 1)]


def test_a_change_by_any_other_page_is_audited_and_a_refused_one_is_not(
    manager: Client, site: Site
) -> None:
    posts(manager, f"{SITE}blocked/add/", number="1", issuer="", reason="")
    assert acts() == []
    posts(manager, f"{SITE}blocked/add/", number="1", issuer="cscs", reason="harness")
    record = Record.objects.get()
    assert (record.act, record.site, record.place) == ("other", site, f"POST {SITE}blocked/add/")
    assert f"POST {SITE}blocked/add/" in page(manager, f"{SITE}audit/")


def test_what_a_unit_sends_is_no_change_of_anybody_s_and_hangs_on_no_cookie(db: None) -> None:  # noqa: ARG001 - opens the database
    answer = Client().post("/api/units/0123456789abcdef/batches", b"x", content_type="x/y")
    assert answer.status_code == 404
    assert "Cookie" not in answer.get("Vary", "")
    assert acts() == []


def test_another_site_s_people_are_nobody_here(manager: Client, site: Site) -> None:
    elsewhere = type(site).objects.create(
        organisation=site.organisation, slug="riverside", name="R", time_zone="UTC"
    )
    person = worker(elsewhere, timezone.now())
    for end in ("", "edit/", "photo.jpg", "phone.png", "erase/"):
        page(manager, f"{PEOPLE}{person.pk}/{end}", 404)
    for end in ("block/", "unblock/", "undo/", "pass/", "lost/", "note/", "induct/", "erase/"):
        assert posts(manager, f"{PEOPLE}{person.pk}/{end}", reason="x", text="x")[0] == 404
    assert not PersonPass.objects.exists()
    assert key_of(elsewhere) != key_of(site)


def test_whoever_gets_a_pass_by_itself_is_in_the_register_from_then_on(
    manager: Client, site: Site
) -> None:
    asked = {
        "scheme": "cscs",
        "number": "12345678",
        "name": "Jane Example",
        "card_type": "labourer",
        "expires_on": "2099-05-31",
        "checked_by": "Ann",
    }
    address = f"{SITE}passes/new/"
    assert posts(manager, address, **asked, photo=BytesIO(picture()))[0] == 302
    known = worker(site, timezone.now(), "2", name="Sam Roe")
    assert posts(manager, address, **asked | {"number": "2", "name": "Sam Roe"})[0] == 302
    jane = Person.objects.exclude(pk=known.pk).get()
    assert (jane.name, jane.company, jane.personcard_set.get().number) == (
        *("Jane Example", None),
        "12345678",
    )
    assert Photo.objects.get().person == jane
    assert PersonPass.objects.get(person=known).one.number == "2"
    assert "Jane Example" in page(manager, f"{PEOPLE}?show=induct")

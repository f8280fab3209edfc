"""Taking in a list of people: whole, or not at all."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from PIL import Image

from gate.hub.people.frames import key_of
from gate.hub.people.importing import import_people
from gate.hub.people.models import Company, Person, Photo
from tests.hub.gates import manager, site
from tests.hub.people import judged, own_files, picture, table, worker, zipped

if TYPE_CHECKING:
    from django.test import Client

    from gate.hub.sites.models import Site

__all__ = ["manager", "own_files", "site"]

pytestmark = pytest.mark.django_db

PAGE = "/sites/kings-wharf/people/import/"
BAD = (
    {"name": "=cmd()"},
    {"card_expires": "31/02/2028"},
    {"card_number": ""},
    {"photo": "gone.jpg"},
    {"scheme": "CSCS é"},
)


def numbered(count: int, bad: int) -> list[dict[str, str]]:
    """Return lines of which every so manyth is bad, `bad` in all."""
    lines = [{"name": f"Jane {n}", "card_number": f"{n:08}"} for n in range(count)]
    for n in range(bad):
        lines[n * (count // bad)] |= BAD[n % len(BAD)]
    return lines


def test_a_list_of_400_with_30_bad_lines_imports_nothing_and_lists_the_30(
    manager: Client,
) -> None:
    sent = BytesIO(table(*numbered(400, 30)))
    sent.name = "people.csv"
    answer = manager.post(PAGE, {"list": sent})
    page = answer.content.decode()

    assert answer.status_code == 400
    assert Person.objects.count() == Company.objects.count() == 0
    assert "Nobody was imported" in page
    assert "30 lines need to be put right" in page
    assert page.count('<th scope="row">') == 30
    for n in range(30):
        assert f'<th scope="row">{n * 13 + 2}</th>' in page


def test_each_fault_is_told_with_line_field_value_and_what_to_do(site: Site) -> None:
    found = judged(site, BytesIO(table({}, BAD[1], BAD[3] | {"card_number": "2"})), "people.csv")
    told = [(one.line, one.fault.field, one.fault.value) for one in found.faults]
    assert told == [(3, "card_expires", "31/02/2028"), (4, "photo", "gone.jpg")]
    assert "put it in the zip" in found.faults[1].fault.step


def test_people_come_in_with_their_companies_cards_and_photographs(manager: Client) -> None:
    lines = table({"photo": "jane.jpg"}, {"name": "Sam Roe", "card_number": "2", "company": "B"})
    sent = zipped({"a.csv": lines, "Jane.JPG": picture(), "2.png": picture(form="PNG")})
    sent.name = "people.zip"
    page = manager.post(PAGE, {"list": sent}).content.decode()

    assert "2 people were imported" in page
    assert "2 with a photograph" in page
    jane = Person.objects.get(name="Jane Example")
    assert jane.company is not None
    assert (jane.company.name, jane.personcard_set.get().number) == ("Scaffold Ltd", "12345678")
    assert Photo.objects.filter(person__name="Sam Roe").exists()


def test_a_photograph_is_made_anew_without_what_the_camera_wrote(site: Site) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Phone of Jane"
    sent = {"a.csv": table({"photo": "a.jpg"}), "a.jpg": picture((900, 700), exif=exif)}
    found = judged(site, zipped(sent))
    kept = found.newcomers[0].photo

    assert kept is not None
    assert b"Phone of Jane" in sent["a.jpg"]
    assert b"Phone of Jane" not in kept
    with Image.open(BytesIO(kept)) as portrait:
        assert (portrait.size, dict(portrait.getexif())) == ((420, 540), {})


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        (b"no picture", "is no JPEG or PNG"),
        (picture((99, 400)), "each side needs at least 100"),
        (picture((5000, 4000), "PNG"), "at most 16000000"),
    ],
    ids=["no picture", "too small", "too many pixels"],
)
def test_a_picture_that_can_not_be_is_a_fault_of_its_line(
    site: Site, photo: bytes, words: str
) -> None:
    found = judged(site, zipped({"a.csv": table({"photo": "a.jpg"}), "a.jpg": photo}))
    (fault,) = found.faults
    assert (fault.line, fault.fault.field, fault.fault.value) == (2, "photo", "a.jpg")
    assert words in fault.fault.step


def test_a_card_that_stands_twice_or_is_somebody_else_s_is_a_fault(site: Site) -> None:
    worker(site, timezone.now(), "1", name="Sam Roe")
    found = judged(site, BytesIO(table({"card_number": "1"}, {}, {"name": "Other"})), "a.csv")
    steps = {one.line: one.fault.step for one in found.faults}
    assert "is the card of Sam Roe here" in steps[2]
    assert "stands in line 3 already" in steps[4]


def test_a_longer_list_is_sent_again_and_who_is_here_stays_as_they_are(site: Site) -> None:
    there = worker(site, timezone.now(), company="Old Ltd")
    found = judged(site, BytesIO(table({}, {"card_number": "2"})), "a.csv")
    import_people(site, key_of(site), found, timezone.now())

    assert (found.known, found.faults) == (1, ())
    there.refresh_from_db()
    assert there.company is not None
    assert there.company.name == "Old Ltd"
    assert Person.objects.count() == 2


def test_pictures_that_no_line_names_are_told(site: Site) -> None:
    sent = {"a.csv": table({"photo": "a.jpg"}), "a.jpg": picture(), "jaen.jpg": picture()}
    assert judged(site, zipped(sent)).spare == ("jaen.jpg",)


def test_a_cell_too_many_is_a_fault_and_not_dropped(site: Site) -> None:
    found = judged(site, BytesIO(table({}).rstrip() + b",extra\n"), "a.csv")
    assert [(one.line, one.fault.value) for one in found.faults] == [(2, "extra")]


@pytest.mark.parametrize("sent", [None, b"PK\x05\x06" + bytes(18), b"\xff\xfe"])
def test_what_is_no_list_is_refused_in_words(manager: Client, sent: bytes | None) -> None:
    file = BytesIO(sent or b"")
    file.name = "people.zip"
    answer = manager.post(PAGE, {} if sent is None else {"list": file})
    assert answer.status_code == 400
    assert "Nobody was imported" in answer.content.decode()


def test_more_than_may_be_sent_is_refused_before_it_is_kept(manager: Client) -> None:
    answer = manager.generic(
        "POST",
        PAGE,
        b"--x\r\n",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(1024 * 1024 * 1024 + 1),
    )
    assert answer.status_code == 400

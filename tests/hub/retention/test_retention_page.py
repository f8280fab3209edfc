"""The page of retention: what is kept, what another number of days would take, and setting it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.utils import timezone

from gate.hub.audit.models import Record
from gate.hub.people.notes import write_note
from gate.hub.retention.models import Period, Run
from gate.hub.retention.purposes import PURPOSES
from tests.hub.passes.conftest import ANN
from tests.hub.people import worker

if TYPE_CHECKING:
    from django.test import Client

    from gate.hub.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]

PAGE: Final = "/sites/kings-wharf/retention/"
DAY: Final = timedelta(days=1)


def words(answer: Any) -> str:  # noqa: ANN401 - Django's test response
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(answer.content.decode())).split())


@pytest.fixture
def noted(site: Site) -> Site:
    """A site with somebody who is there, and notes of 10, 100 and 400 days ago."""
    now = timezone.now()
    person = worker(site, now)
    for age in (10, 100, 400):
        write_note(person, "x", by=ANN, now=now - age * DAY)
    return site


@pytest.mark.usefixtures("noted")
def test_each_purpose_tells_how_long_why_how_much_and_what_goes_tonight(manager: Client) -> None:
    said = words(manager.get(PAGE))
    for purpose in PURPOSES:
        assert f"{purpose.title} Kept for" in said
        assert f"{purpose.what} Why so long {purpose.why}" in said
    assert "Kept for 366 days (1 year) after it was written" in said
    assert "There now 3 notes; the oldest of" in said
    assert "Goes tonight 1 Change" in said


def test_what_went_the_last_time_is_told(noted: Site, manager: Client) -> None:
    Run.objects.create(site=noted, at=timezone.now(), gone={"notes": 4321}, fault="")
    assert "Goes tonight 1; last time 4,321 went" in words(manager.get(PAGE))


@pytest.mark.usefixtures("noted")
def test_another_number_of_days_is_looked_at_before_it_is_set(manager: Client) -> None:
    answer = manager.get(PAGE, {"purpose": "notes", "days": "90"})
    said = words(answer)
    assert answer.status_code == 200
    assert "90 days (3 months) would count from" in said
    assert "By it 2 of today's 3 notes would go; 1 go tonight by what is in force." in said
    assert "Keep for 90 days" in said
    assert not Period.objects.exists()


@pytest.mark.usefixtures("noted")
def test_a_longer_period_would_count_at_once(manager: Client) -> None:
    said = words(manager.get(PAGE, {"purpose": "notes", "days": "500"}))
    assert "would count at once. 0 notes would go tonight instead of 1." in said


def test_what_is_set_stands_on_the_page_with_its_author_and_in_the_audit_record(
    noted: Site, manager: Client
) -> None:
    answer = manager.post(f"{PAGE}put/", {"purpose": "notes", "days": "90"})
    assert answer["Location"] == f"{PAGE}#notes"
    said = words(manager.get(PAGE))
    assert "Kept for 366 days (1 year) after it was written; 90 days (3 months) from" in said
    assert "Set by manager, " in said
    kept = Record.objects.get(act="changed_retention")
    assert (kept.site, kept.place) == (noted, "Notes on people: 90 days")
    audit = words(manager.get("/sites/kings-wharf/audit/"))
    assert "changed for how long it is kept: Notes on people: 90 days" in audit


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"days": ""}, "Write a whole number of days, such as 365."),
        ({"days": "a year"}, "Write a whole number of days, such as 365."),
        ({"days": "1.5"}, "Write a whole number of days, such as 365."),
        ({"days": "9" * 5000}, "Write a whole number of days, such as 365."),
        ({"days": "29"}, "29 is too few; allowed: 30 or more, for who was away for a month"),
        ({"days": "1221"}, "1,221 is too many; allowed: 1,220 or fewer."),
        ({"days": "366"}, "It is 366 already."),
        ({"days": "90", "purpose": "cats"}, "Nothing was changed."),
    ],
)
@pytest.mark.parametrize("is_put", [False, True])
@pytest.mark.usefixtures("site")
def test_a_number_that_can_not_be_is_answered_beside_its_field(
    manager: Client, given: dict[str, str], fault: str, *, is_put: bool
) -> None:
    told = {"purpose": "notes"} | given
    answer = manager.post(f"{PAGE}put/", told) if is_put else manager.get(PAGE, told)
    assert answer.status_code == 400
    assert fault in words(answer)
    assert not Period.objects.exists()
    if "purpose" not in given:
        field = r'<input id="days-notes"[^>]* aria-invalid="true" aria-describedby="fault-notes"'
        assert re.search(field, answer.content.decode())

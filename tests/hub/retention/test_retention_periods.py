"""For how long a purpose is kept: the usual, what somebody set, and from when that counts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import Error, connection, transaction

from gate.errors import ConfigError
from gate.hub.retention.models import Period
from gate.hub.retention.periods import kept, set_days
from gate.hub.retention.purposes import PURPOSES, Purpose
from tests.hub.passes.conftest import ANN
from tests.hub.retention.conftest import LONG_AGO

if TYPE_CHECKING:
    from gate.hub.sites.models import Site

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def sets(site: Site, name: str, days: int, after: int = 0) -> Period:
    return set_days(site, name, days, by=ANN, now=LONG_AGO + after * DAY)


def days(site: Site, name: str, after: int) -> int:
    return kept(site, LONG_AGO + after * DAY)[name].days


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda one: one.name)
def test_the_usual_number_of_days_lies_within_the_limits(site: Site, purpose: Purpose) -> None:
    assert purpose.least <= purpose.days <= purpose.most
    assert kept(site, LONG_AGO)[purpose.name].days == purpose.days


def test_a_longer_period_counts_at_once(site: Site) -> None:
    sets(site, "notes", 400)
    assert days(site, "notes", 0) == 400


def test_a_shorter_period_counts_a_week_after_it_was_set(site: Site) -> None:
    sets(site, "notes", 100)
    told = kept(site, LONG_AGO)["notes"]
    assert (told.days, told.asked, told.begins) == (366, 100, LONG_AGO + 7 * DAY)
    assert days(site, "notes", 6) == 366
    assert days(site, "notes", 7) == 100
    assert kept(site, LONG_AGO + 7 * DAY)["notes"].begins is None


def test_a_shorter_period_is_taken_back_within_the_week(site: Site) -> None:
    sets(site, "notes", 100)
    sets(site, "notes", 366, after=5)
    assert {days(site, "notes", after) for after in range(5, 40)} == {366}


def test_a_longer_period_for_some_days_brings_no_shorter_one_forward(site: Site) -> None:
    sets(site, "notes", 100)
    sets(site, "notes", 500, after=10)
    sets(site, "notes", 100, after=11)
    assert [days(site, "notes", after) for after in (10, 17, 18)] == [500, 500, 100]


@pytest.mark.parametrize(
    ("name", "number", "fault"),
    [
        ("record", 730, r"days: 730 is too few; allowed: 731 or more, for hours must be shown"),
        ("record", 2558, r"days: 2,558 is too many; allowed: 2,557 or fewer"),
        ("record", 1221, r"longer than people are kept, 1,220; next: keep people as long"),
        ("people", 1219, r"shorter than the record names them, 1,220; next: shorten that"),
        ("notes", 366, r"days: it is 366 already"),
        ("notes", 0, r"days: 0 is too few"),
        ("notes", -(2**70), r"too few"),
        ("notes", 2**70, r"too many"),
        ("nothing", 100, r"purpose: 'nothing'; allowed: record, people"),
    ],
)
def test_a_number_that_can_not_be_is_refused_with_its_limit(
    site: Site, name: str, number: int, fault: str
) -> None:
    with pytest.raises(ConfigError, match=fault):
        sets(site, name, number)
    assert not Period.objects.exists()


def test_people_are_never_kept_for_less_than_the_record_that_names_them(site: Site) -> None:
    sets(site, "people", 1300)
    sets(site, "record", 1300, after=1)
    sets(site, "record", 800, after=2)
    sets(site, "people", 800, after=3)
    for after in range(30):
        assert days(site, "people", after) >= days(site, "record", after)


def test_another_site_keeps_its_own(site: Site) -> None:
    other = type(site).objects.create(
        organisation=site.organisation, slug="other", name="Other", time_zone="Europe/London"
    )
    sets(site, "notes", 400)
    assert days(other, "notes", 0) == 366


@pytest.mark.parametrize("statement", ["UPDATE {} SET days = 1", "DELETE FROM {}"])
def test_what_was_set_is_never_changed_or_removed(site: Site, statement: str) -> None:
    sets(site, "notes", 400)
    with (
        pytest.raises(Error, match="for how long something is kept is never"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format("retention_period"))

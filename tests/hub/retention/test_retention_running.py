"""The nightly work: what it leaves behind, and what becomes of it when the database refuses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from gate.hub.accounts.models import Counted
from gate.hub.audit.models import Record
from gate.hub.ingest.models import Entry
from gate.hub.mails.models import Letter, Topic
from gate.hub.mails.watching import look
from gate.hub.mails.wishes import wish
from gate.hub.people.models import Note, Person
from gate.hub.people.notes import write_note
from gate.hub.retention.models import Run
from gate.hub.retention.periods import set_days
from gate.hub.retention.purposes import BY_NAME
from gate.hub.retention.running import due, run
from gate.hub.sites.models import Role
from gate.hub.sites.services import add_site, add_user
from tests.hub.gates import PASSWORD
from tests.hub.passes.conftest import ANN
from tests.hub.people import worker
from tests.hub.retention.conftest import LONG_AGO

if TYPE_CHECKING:
    from django.test import Client

    from gate.hub.sites.models import Site
    from tests.hub.gates import Gate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]

DAY = timedelta(days=1)
NOW: Final = LONG_AGO + 1300 * DAY


def at(moment: datetime = NOW) -> list[tuple[str, str, int]]:
    return [(one.site, one.purpose, one.gone) for one in run(lambda: moment) if one.gone]


@pytest.fixture
def grown_old(site: Site, gate_a: Gate) -> Site:
    """A site with an old entry, somebody who left, and an old note on somebody who is there."""
    gate_a.records(at=LONG_AGO)
    worker(site, LONG_AGO, "2", name="Gone Roe")
    write_note(worker(site, NOW), "x", by=ANN, now=LONG_AGO)
    return site


def refuse_notes() -> None:
    """Have the database refuse to remove a note."""
    said = "notes are never removed"
    does = (
        f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
        if connection.vendor == "sqlite"
        else f"FOR EACH ROW EXECUTE FUNCTION ingest_refuse('{said}')"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TRIGGER refused BEFORE DELETE ON people_note {does}")


def test_what_is_old_goes_and_a_record_of_the_night_says_how_much(grown_old: Site) -> None:
    went = [("kings-wharf", name, 1) for name in ("record", "people", "notes")]
    assert at() == went
    night = Run.objects.get()
    assert (night.site, night.at, night.fault) == (grown_old, NOW, "")
    assert night.gone == dict.fromkeys(BY_NAME, 0) | {"record": 1, "people": 1, "notes": 1}
    assert at() == []
    assert Run.objects.count() == 2


@pytest.mark.usefixtures("grown_old")
def test_what_would_go_is_told_and_nothing_goes() -> None:
    told = [(one.site, one.purpose, one.gone) for one in due(NOW) if one.gone]
    assert [held(NOW) for _ in told] == [(1, 2, 1)] * 3
    assert not Run.objects.exists()
    assert told == at()
    assert held(NOW) == (0, 1, 0)


def held(_now: datetime) -> tuple[int, int, int]:
    there = Person.objects.filter(erased_at=None)
    named = Entry.objects.filter(holder__isnull=False)
    return named.count(), there.count(), Note.objects.count()


def test_a_shorter_period_takes_nothing_before_its_week_is_over(grown_old: Site) -> None:
    young = NOW - 100 * DAY
    write_note(Person.objects.get(name="Jane Example"), "y", by=ANN, now=young)
    set_days(grown_old, "notes", 30, by=ANN, now=NOW)
    at(NOW + 6 * DAY)
    assert Note.objects.get().text == "y"
    at(NOW + 7 * DAY)
    assert not Note.objects.exists()


@pytest.mark.usefixtures("grown_old")
def test_one_purpose_that_fails_keeps_no_other_and_is_an_alarm(manager: Client) -> None:
    refuse_notes()
    done = {one.purpose: (one.gone, one.fault) for one in run(lambda: NOW) if one.site}
    assert done["notes"] == (0, "notes are never removed")
    assert (done["record"], done["people"], done["letters"]) == ((1, ""), (1, ""), (0, ""))
    assert Run.objects.get().fault == "notes: notes are never removed"
    page = alarms(manager)
    assert "not all of it went: notes: notes are never removed." in page
    assert '<b class="count">1' in page
    with connection.cursor() as cursor:
        of_table = "" if connection.vendor == "sqlite" else " ON people_note"
        cursor.execute(f"DROP TRIGGER refused{of_table}")
    assert at() == [("kings-wharf", "notes", 1)]
    assert '<b class="count">1' not in alarms(manager)


def alarms(manager: Client) -> str:
    """Return the page of alarms, signed in anew: the night ended the session of years ago."""
    manager.force_login(User.objects.get(username="manager"))
    return manager.get("/sites/kings-wharf/alarms/").content.decode()


def test_a_night_that_failed_is_written_of_once_to_who_wants_alarms(site: Site) -> None:
    user = add_user(name="sam", password=PASSWORD, roles={site.slug: Role.MANAGER})
    User.objects.update(email="sam@example.org")
    wish(user, site, [Topic.ALARM])
    Run.objects.create(site=site, at=NOW, gone={}, fault="")
    assert look(NOW) == 0
    Run.objects.create(site=site, at=NOW, gone={}, fault="notes: disk full")
    assert [look(NOW), look(NOW + DAY)] == [1, 0]
    letter = Letter.objects.get()
    assert letter.subject == "Kings Wharf keeps something for longer than it may"
    assert "The hub says: notes: disk full" in letter.body


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (None, "Nothing old was ever let go of here. Ask whoever looks after the hub"),
        (30, "What had grown old was let go of on"),
        (40, "It was not done since. Ask whoever looks after the hub"),
    ],
)
def test_the_page_of_alarms_says_when_it_was_done_and_if_it_was_not(
    site: Site, manager: Client, hours: int | None, words: str
) -> None:
    if hours is not None:
        when = timezone.now() - timedelta(hours=hours)
        Run.objects.create(site=site, at=when, gone={"notes": 3}, fault="")
    assert words in manager.get("/sites/kings-wharf/alarms/").content.decode()


def test_sign_ins_are_kept_as_long_as_the_site_that_keeps_them_longest(site: Site) -> None:
    Record.objects.create(site=None, at=LONG_AGO, by_name="Ann", act="hub_sign_in", host="::1")
    set_days(site, "audit", 1400, by=ANN, now=LONG_AGO)
    add_site(slug="yard", name="Yard", time_zone="Europe/London", organisation="Hartwell")
    at(NOW)
    assert Record.objects.get().host == "::1"
    assert at(LONG_AGO + 1401 * DAY) == [("", "audit", 1)]
    assert (Record.objects.get().host, Record.objects.get().by_name) == ("", "")


@pytest.mark.usefixtures("site")
def test_sessions_and_counts_of_attempts_go_when_they_end() -> None:
    for k, ends in enumerate((NOW - DAY, NOW + DAY)):
        Session.objects.create(session_key=str(k), session_data="", expire_date=ends)
        Counted.objects.create(cache_key=str(k), value="", expires=ends)
    at()
    assert Session.objects.get().session_key == "1"
    assert Counted.objects.get().cache_key == "1"


def test_a_hub_without_sites_has_nothing_to_let_go_of(db: None) -> None:  # noqa: ARG001 - opens the database
    assert at() == []

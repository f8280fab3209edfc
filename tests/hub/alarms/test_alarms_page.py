"""Alarms as a site's managers see them, and who took notice of one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from gate.hub.alarms.models import MAX_NOTE_CHARS, Acknowledgement
from gate.hub.alarms.services import acknowledge
from gate.hub.alarms.words import words_of
from gate.hub.ingest.alarms import raise_alarm
from gate.hub.ingest.models import Alarm, AlarmKind, Check
from gate.hub.sites.models import Role, Site, Unit
from gate.hub.sites.services import add_site, add_user
from tests.hub.gates import PASSWORD, Gate

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 7, 15, tzinfo=UTC)
PAGE = "/sites/kings-wharf/alarms/"
NOTE = "Disk was swapped on Friday; asked Dee to compare."


def raised(gate: Gate, seq: int = 41, kind: AlarmKind = AlarmKind.CONFLICT) -> Alarm:
    unit = gate.journal.unit_id
    raise_alarm(kind, unit, bytes(16), seq, detail=f"another entry {seq}", now=AT)
    return Alarm.objects.get(unit_id=unit, seq=seq, kind=kind)


def shown(client: Client, address: str = PAGE, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def write(client: Client, alarm: Alarm, note: str = NOTE) -> tuple[int, str]:
    answer = client.post(f"{PAGE}{alarm.pk}/acknowledge/", {"note": note})
    return answer.status_code, unescape(answer.content.decode())


def other_manager(site: Site) -> Client:
    client = Client()
    roles = {site.slug: Role.MANAGER}
    client.force_login(add_user(name="dee", password=PASSWORD, roles=roles))
    return client


@pytest.mark.parametrize("kind", AlarmKind)
def test_an_alarm_says_what_happened_where_when_and_what_to_do(
    manager: Client, gate_a: Gate, kind: AlarmKind
) -> None:
    alarm = raised(gate_a, kind=kind)
    page = shown(manager)
    words = words_of(alarm)
    assert words.headline in page
    assert words.happened in page
    assert f"<strong>Next:</strong> {words.next_step}" in page
    assert "Gate A" in words.happened
    assert "{" not in words.happened + words.next_step
    assert "Seen on 20 November 2026, 07:15:00 GMT" in page
    assert "<dd>another entry 41</dd>" in page


def test_an_alarm_of_a_kind_that_is_new_is_shown_all_the_same(gate_a: Gate) -> None:
    alarm = raised(gate_a)
    alarm.kind = "meteorite"
    assert "Show the details" in words_of(alarm).next_step


def test_what_was_seen_often_is_one_alarm(manager: Client, gate_a: Gate) -> None:
    for _ in range(3):
        raised(gate_a)
    page = shown(manager)
    assert "First seen on 20 November 2026, 07:15:00 GMT, 3 times until" in page
    assert page.count("<article") == 1


def test_the_open_ones_are_counted_at_the_top_of_every_page_of_the_site(
    manager: Client, gate_a: Gate
) -> None:
    first, _ = raised(gate_a, 41), raised(gate_a, 42)
    places = ("log", "report", "alarms")
    for place in places:
        assert 'class="count">2<' in shown(manager, f"/sites/kings-wharf/{place}/")
    write(manager, first)
    assert 'class="count">1<' in shown(manager)


def test_a_guard_is_shown_neither_the_count_nor_the_page(gate_a: Gate, site: Site) -> None:
    alarm = raised(gate_a)
    guard = Client()
    guard.force_login(add_user(name="kim", password=PASSWORD, roles={site.slug: Role.GUARD}))
    page = shown(guard, "/sites/kings-wharf/log/")
    assert ("Daily report" in page, "Alarms" in page) == (True, False)
    assert "Not for your role" in shown(guard, PAGE, 403)
    assert write(guard, alarm)[0] == 403
    assert not Acknowledgement.objects.exists()


def test_taking_notice_is_kept_with_name_time_and_note(manager: Client, gate_a: Gate) -> None:
    alarm = raised(gate_a)
    before = timezone.now()
    assert write(manager, alarm, f"  {NOTE}\n<b>!</b>  ")[0] == 302
    kept = Acknowledgement.objects.get()
    assert (kept.alarm, kept.by_name, kept.times) == (alarm, "manager", 1)
    assert kept.note == f"{NOTE}\n<b>!</b>"
    assert kept.at >= before
    answer = manager.get(PAGE).content.decode()
    assert "No alarm is open." in answer
    assert "&lt;b&gt;!&lt;/b&gt;<footer><strong>manager</strong>" in answer


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("", "Write what you found"),
        (" \n ", "Write what you found"),
        ("x" * (MAX_NOTE_CHARS + 1), f"At most {MAX_NOTE_CHARS} characters"),
        ("a\0b", "Null characters"),
    ],
)
def test_a_note_that_can_not_be_is_said_so_beside_its_field_and_stays_there(
    manager: Client, gate_a: Gate, note: str, told: str
) -> None:
    alarm = raised(gate_a)
    status, page = write(manager, alarm, note)
    assert status == 400
    assert told in page
    assert f'aria-describedby="fault-{alarm.pk}"' in page
    assert note[:20] in page
    assert not Acknowledgement.objects.exists()


def test_the_first_note_stays_and_who_comes_second_is_told(
    manager: Client, gate_a: Gate, site: Site
) -> None:
    alarm = raised(gate_a)
    write(manager, alarm)
    status, page = write(other_manager(site), alarm, "me too")
    assert (status, "acknowledged already" in page, NOTE in page) == (409, True, True)
    kept = acknowledge(site, alarm.pk, by=User.objects.get(username="dee"), note="!", now=AT)
    assert (kept.by_name, Acknowledgement.objects.count()) == ("manager", 1)


def test_what_is_seen_again_stays_closed_and_says_so(manager: Client, gate_a: Gate) -> None:
    alarm = raised(gate_a)
    write(manager, alarm)
    raised(gate_a)
    raised(gate_a)
    page = shown(manager)
    assert "No alarm is open." in page
    assert "2 times since, last on 20 November 2026" in page


@pytest.mark.parametrize("number", ["0", "99999999999999999999999999"])
def test_an_alarm_that_is_not_there_is_not_found(manager: Client, number: str) -> None:
    assert manager.post(f"{PAGE}{number}/acknowledge/", {"note": NOTE}).status_code == 404


def test_another_sites_alarm_is_not_found(manager: Client) -> None:
    add_site(slug="quay", name="Quay", time_zone="Europe/London", organisation="Hartwell")
    other = Unit.objects.create(
        uid="q" * 16, site=Site.objects.get(slug="quay"), name="Gate Q", public_key=bytes(32)
    )
    raise_alarm(AlarmKind.CONFLICT, other.pk, bytes(16), 1, detail="", now=AT)
    assert write(manager, Alarm.objects.get())[0] == 404
    assert "Gate Q" not in shown(manager)


def test_many_alarms_are_turned_over_page_by_page(manager: Client, gate_a: Gate) -> None:
    alarms = [raised(gate_a, seq) for seq in range(1, 48)]
    for alarm in alarms[:22]:
        write(manager, alarm)
    seen = []
    for address in ("?open=1", "?open=2", "?closed=2"):
        seen += re.findall(r"<dd>another entry (\d+)</dd>", shown(manager, PAGE + address))
    assert sorted(set(map(int, seen))) == list(range(1, 48))
    assert "Older open ones" in shown(manager)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ingest_alarm",
        "DELETE FROM alarms_acknowledgement",
        "UPDATE alarms_acknowledgement SET note = ''",
    ],
)
def test_the_database_keeps_alarms_and_who_took_notice(
    manager: Client, gate_a: Gate, statement: str
) -> None:
    write(manager, raised(gate_a))
    with pytest.raises(DatabaseError, match="never"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    ("hours_ago", "bad", "words", "is_notable"),
    [
        (None, 0, "was never checked. Ask whoever looks after the hub", True),
        (3, 0, "all 500 entries held.", False),
        (3, 1, "1 of 2 gates' records did not hold.", True),
        (40, 0, "It was not checked since. Ask whoever looks after the hub", True),
    ],
)
def test_the_page_says_when_the_stored_record_was_checked_and_what_was_found(
    manager: Client,
    site: Site,
    new_gate: Callable[[str], Gate],
    hours_ago: int | None,
    bad: int,
    words: str,
    is_notable: bool,  # noqa: FBT001 - a column of the table
) -> None:
    new_gate("Gate A")
    if hours_ago is not None:
        at = timezone.now() - timedelta(hours=hours_ago)
        Check.objects.create(site=site, at=at, journals=2, entries=500, bad_journals=bad)
    for page in (shown(manager), shown(manager, "/sites/kings-wharf/report/")):
        assert words in page
        line = next(line for line in page.splitlines() if words in line)
        assert ("<li>" in line) is is_notable

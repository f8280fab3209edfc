"""E-mail of silent gates, alarms and reports: once each, to who may know, and never lost."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any, Final

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from gate.hub.ingest.models import Alarm, Heartbeat
from gate.hub.mails.models import Letter, Topic
from gate.hub.mails.sending import GIVEN_UP_AFTER, HELD_FOR, send_due, taken
from gate.hub.mails.watching import look
from gate.hub.mails.wishes import topics_for, wish
from gate.hub.sites.models import Membership, Role, Site
from gate.hub.sites.services import add_user
from tests.hub.gates import PASSWORD, Gate, gate_a, new_gate, site
from tests.hub.mails.smtp_server import NOBODY, Mailbox, mail_server

__all__ = ["gate_a", "new_gate", "site"]

pytestmark = pytest.mark.django_db

NOON: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
PAGE: Final = "/sites/kings-wharf/e-mail/"
SILENT: Final = "Gate A is silent; it still checks cards by itself"


@pytest.fixture
def box(settings: Settings) -> Iterator[Mailbox]:
    with mail_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.EMAIL_TIMEOUT = 10
        settings.HUB = replace(
            settings.HUB,
            mail=f"smtp://127.0.0.1:{box.port}",
            mail_from="gates@example.org",
            hosts=("localhost", "hub.example.org"),
            https=True,
        )
        yield box


@pytest.fixture
def sam(site: Site) -> User:
    return reader(site, "sam")


def reader(
    site: Site, name: str, role: Role = Role.MANAGER, *topics: Topic, email: str | None = None
) -> User:
    """Return somebody with a role who wants to be told: of everything, unless topics are named."""
    mine = f"{name}@example.org" if email is None else email
    user = add_user(name=name, password=PASSWORD, roles={site.slug: role}, email=mine)
    wish(user, site, topics or Topic)
    return user


def beats(gate: Gate, at: datetime) -> None:
    told: dict[str, Any] = {"received_at": at, "sent_at": at, "clock_trusted": True, "backlog": 0}
    told |= {"list_ages_s": {"x": 3600}, "tier": "green", "tier_left_s": 82800, "faults": []}
    Heartbeat.objects.update_or_create(unit=gate.journal.unit, defaults=told)


def watch(start: datetime, minutes: int) -> datetime:
    """Look each minute for so long; return the last moment."""
    for minute in range(minutes + 1):
        look(start + minute * MINUTE)
    return start + minutes * MINUTE


def only_silence() -> None:
    wish(User.objects.get(), Site.objects.get(), [Topic.SILENCE])


def test_who_wants_it_is_told_of_a_silent_gate_once_after_five_minutes(
    gate_a: Gate, sam: User, box: Mailbox
) -> None:
    only_silence()
    beats(gate_a, NOON)
    watch(NOON, 5)
    assert not Letter.objects.exists()

    now = watch(NOON + 6 * MINUTE, 4)
    assert send_due(now).sent == 1
    assert send_due(now).sent == 0
    (letter,) = box.taken
    assert letter["Subject"] == SILENT
    assert (letter["To"], letter["From"]) == (sam.email, "gates@example.org")
    said = " ".join(letter.get_content().split())
    assert "has not heard Gate A of Kings Wharf since 20 November 2026, 12:00:00 GMT" in said
    assert "Amber in 22 h" in said
    assert "https://hub.example.org/sites/kings-wharf/gates/" in said


@pytest.mark.usefixtures("sam")
def test_a_gate_that_is_heard_again_is_told_and_its_next_silence_is_another(
    gate_a: Gate, box: Mailbox
) -> None:
    only_silence()
    beats(gate_a, NOON)
    back = watch(NOON, 10) + MINUTE
    beats(gate_a, back)
    send_due(watch(back, 8))
    assert box.subjects == [SILENT, "Gate A is heard again", SILENT]
    assert "It was silent for 11 min" in box.taken[1].get_content().replace("\n", " ")


@pytest.mark.usefixtures("sam")
def test_a_silence_of_a_day_and_of_two_is_told_again(gate_a: Gate, box: Mailbox) -> None:
    only_silence()
    beats(gate_a, NOON)
    watch(NOON, 6)
    for hours in (24, 48):
        watch(NOON + timedelta(hours=hours, minutes=-7), 12)
    send_due(NOON + timedelta(hours=50))
    assert box.subjects == [
        SILENT,
        "Gate A has been silent for 24 h 1 min",
        "Gate A has been silent for 2 days 0 h",
    ]


@pytest.mark.usefixtures("sam")
def test_a_hub_that_was_switched_off_blames_no_gate(gate_a: Gate) -> None:
    only_silence()
    beats(gate_a, NOON)
    look(NOON)
    watch(NOON + timedelta(hours=5), 5)
    assert not Letter.objects.exists()
    look(NOON + timedelta(hours=5, minutes=6))
    assert Letter.objects.count() == 1


@pytest.mark.usefixtures("sam")
def test_an_alarm_is_told_once(gate_a: Gate, box: Mailbox) -> None:
    wish(User.objects.get(), Site.objects.get(), [Topic.ALARM])
    Alarm.objects.create(
        unit=gate_a.journal.unit,
        kind="conflict",
        journal_id=bytes(16),
        seq=1,
        first_at=NOON,
        last_at=NOON,
    )
    send_due(watch(NOON, 3))
    assert box.subjects == ["Alarm at Kings Wharf: Two different entries under one number"]


@pytest.mark.usefixtures("sam")
def test_the_report_comes_after_six_in_the_site_s_own_morning(gate_a: Gate, box: Mailbox) -> None:
    gate_a.records()
    gate_a.records("expired")
    morning = datetime(2026, 11, 21, 5, 58, tzinfo=UTC)
    watch(morning, 1)
    assert not Letter.objects.exists()
    send_due(watch(morning, 6))
    (letter,) = box.taken
    assert letter["Subject"] == "Kings Wharf, Friday 20 November 2026: 1 in"
    said = letter.get_content().replace("\r", "")
    assert "Refused: 1" in said
    assert "Gate A in: 1 in, 0 out, 0 referred, 1 refused, 0 not turned" in said
    assert "Card expired: 1" in said
    assert re.search(r"^[0-9a-f]{64}$", said, re.MULTILINE)
    assert "Sam Roe" not in said
    assert "/report/?day=2026-11-20" in said


def test_nobody_is_told_what_their_role_does_not_show(site: Site, gate_a: Gate) -> None:
    fitter = reader(site, "fitter", Role.CONTRACTOR)
    guard = reader(site, "guard", Role.GUARD)
    assert topics_for(fitter, site) == [Topic.SILENCE]
    assert topics_for(guard, site) == [Topic.SILENCE, Topic.REPORT]
    beats(gate_a, NOON)
    Membership.objects.filter(user=guard).delete()
    User.objects.filter(pk=reader(site, "gone").pk).update(is_active=False)
    reader(site, "without", Role.MANAGER, email="")
    watch(NOON, 7)
    assert [letter.user.username for letter in Letter.objects.all()] == ["fitter"]


@pytest.mark.usefixtures("sam")
def test_a_mail_server_that_is_away_loses_nothing(
    gate_a: Gate, box: Mailbox, settings: Settings
) -> None:
    only_silence()
    beats(gate_a, NOON)
    now = watch(NOON, 6)
    settings.EMAIL_PORT = 1  # nobody listens there
    failed = send_due(now)
    assert (failed.sent, failed.waiting) == (0, 1)
    assert "ConnectionRefusedError" in failed.error
    assert not send_due(now + MINUTE / 2).error  # not asked again before its time
    settings.EMAIL_PORT = box.port
    assert send_due(now + MINUTE).sent == 1
    assert len(box.taken) == 1


def test_a_mailbox_that_is_refused_for_good_holds_nobody_up(
    site: Site, gate_a: Gate, box: Mailbox
) -> None:
    reader(site, "aa", Role.GUARD, Topic.SILENCE, email=NOBODY)
    reader(site, "kim", Role.GUARD, Topic.SILENCE)
    beats(gate_a, NOON)
    now = watch(NOON, 6)
    done = send_due(now)
    assert (done.sent, done.waiting) == (1, 0)
    assert [one["To"] for one in box.taken] == ["kim@example.org"]
    assert Letter.objects.get(address=NOBODY).given_up_at == now


@pytest.mark.usefixtures("sam")
def test_a_letter_that_another_process_holds_is_left_to_it(gate_a: Gate, box: Mailbox) -> None:
    only_silence()
    beats(gate_a, NOON)
    now = watch(NOON, 6)
    Letter.objects.update(held_until=now + HELD_FOR)
    assert send_due(now + MINUTE).sent == 0
    assert send_due(now + HELD_FOR).sent == 1
    assert len(box.taken) == 1


@pytest.mark.usefixtures("sam")
def test_a_letter_of_last_week_is_given_up(gate_a: Gate, box: Mailbox, settings: Settings) -> None:
    only_silence()
    beats(gate_a, NOON)
    now = watch(NOON, 6)
    settings.EMAIL_PORT = 1
    send_due(now)
    settings.EMAIL_PORT = box.port
    assert send_due(now + GIVEN_UP_AFTER + MINUTE).waiting == 0
    assert box.taken == []


def _words(answer: Any) -> str:  # noqa: ANN401 - Django's test response
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(answer.content.decode())).split())


def test_the_page_takes_a_choice_and_shows_what_was_sent(
    gate_a: Gate, sam: User, box: Mailbox
) -> None:
    client = Client()
    client.force_login(sam)
    assert "Nothing yet." in _words(client.get(PAGE))
    assert client.post(PAGE, {"topic": ["silence"]}).status_code == 302
    assert client.get(PAGE).content.decode().count(" checked") == 1
    beats(gate_a, NOON)
    send_due(watch(NOON, 6))
    assert len(box.taken) == 1
    assert f"{SILENT} sent 20 November 2026, 12:06:00 GMT" in _words(client.get(PAGE))


@pytest.mark.usefixtures("gate_a")
def test_the_page_offers_a_contractor_what_they_may_know_and_takes_nothing_else(
    site: Site,
) -> None:
    fitter = reader(site, "fitter", Role.CONTRACTOR, email="")
    client = Client()
    client.force_login(fitter)
    page = _words(client.get(PAGE))
    assert "daily report" not in page
    assert "This hub sends no e-mail" in page
    wrong = client.post(PAGE, {"topic": ["report"]})
    assert wrong.status_code == 400
    assert "Nothing was changed." in _words(wrong)


@pytest.mark.usefixtures("sam")
def test_of_two_processes_that_found_a_letter_due_one_takes_it(gate_a: Gate) -> None:
    only_silence()
    beats(gate_a, NOON)
    now = watch(NOON, 6)
    number = Letter.objects.get().pk
    assert taken(number, now) is not None
    assert taken(number, now) is None

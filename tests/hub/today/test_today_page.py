"""The page of today: what it says is true, when it was, and what it never says."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.test import Client
from django.utils import timezone

from gate.hub.ingest.models import Heartbeat, Journal
from gate.hub.people.models import Company, Person, PersonCard
from gate.hub.sites.models import Site, Unit
from tests.hub.gates import Gate

PAGE = "/sites/kings-wharf/"
LIVE = "/sites/kings-wharf/live/"


def _now() -> datetime:
    return timezone.now().astimezone(UTC)


def _heard(gate: Gate, ago: timedelta = timedelta(0), backlog: int = 0) -> None:
    at = _now() - ago
    said = {"received_at": at, "sent_at": at, "backlog": backlog, "oldest_at": None}
    rest = {"clock_trusted": True, "list_ages_s": {}, "faults": [], "version": "1.4.0"}
    Heartbeat.objects.update_or_create(
        unit=gate.journal.unit, defaults={**said, **rest, "boot_reason": "power"}
    )


def _stored(gate: Gate) -> None:
    Journal.objects.filter(pk=gate.journal.pk).update(stored_through=gate.seq)


def _people(site: Site, number: int, company: str) -> None:
    of = Company.objects.get_or_create(site=site, name=company)[0]
    person = Person.objects.create(site=site, company=of, name="One", added_at=_now())
    PersonCard.objects.create(
        site=site,
        person=person,
        scheme="ecs",
        card_type="gold",
        issuer="iss",
        number=str(number),
        last_day="2030-01-01",
        key=number.to_bytes(16, "big"),
    )


def _text(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def test_with_every_gate_heard_it_is_live_and_says_when(manager: Client, gate_a: Gate) -> None:
    _heard(gate_a)
    gate_a.records(at=_now())
    _stored(gate_a)
    text = _text(manager.get(PAGE).content)
    assert "On site now 1 Live at" in text
    assert "1 in · 0 out" in text


def test_with_a_gate_silent_nothing_is_called_live(manager: Client, gate_a: Gate) -> None:
    _heard(gate_a, ago=timedelta(minutes=41))
    gate_a.records(at=_now() - timedelta(hours=1))
    _stored(gate_a)
    for address in (PAGE, LIVE):
        page = manager.get(address).content
        assert "Live" not in _text(page)
        assert re.search(r"1 known inside at \d\d:\d\d; Gate A unheard since", _text(page))
        assert "the list may be wrong either way" in _text(page)
        assert "0 of 1 reporting now" in _text(page)


def test_a_gate_in_use_that_was_never_heard_is_silent(
    manager: Client, gate_a: Gate, new_gate: Callable[[str], Gate]
) -> None:
    _heard(gate_a)
    new_gate("Gate C")
    for address in (PAGE, LIVE):
        text = _text(manager.get(address).content)
        assert "Live" not in text
        assert re.search(r"0 known inside at \d\d:\d\d; Gate C never heard; the list may be", text)


def test_a_gate_that_was_taken_down_is_silent_for_nobody(
    manager: Client, gate_a: Gate, new_gate: Callable[[str], Gate]
) -> None:
    _heard(gate_a)
    retired = (new_gate("Gate C"), new_gate("Gate D"))
    _heard(retired[1], ago=timedelta(days=3))
    of = [gate.journal.unit_id for gate in retired]
    Unit.objects.filter(pk__in=of).update(retired_at=_now())
    assert "Live at" in _text(manager.get(PAGE).content)


def test_a_gate_that_owes_entries_is_not_live_either(manager: Client, gate_a: Gate) -> None:
    _heard(gate_a, backlog=3)
    text = _text(manager.get(PAGE).content)
    assert "Live" not in text
    assert "3 entries waiting" in text


def test_nothing_new_is_answered_with_nothing(manager: Client, gate_a: Gate) -> None:
    _heard(gate_a)
    page = manager.get(PAGE).content.decode()
    seen = re.search(r"seen=([0-9a-f]+)", page)
    assert seen is not None
    first = manager.get(LIVE, {"seen": seen[1], "shown": 0})
    gate_a.records("expired", at=_now())
    _stored(gate_a)
    second = manager.get(LIVE, {"seen": seen[1], "shown": 0})
    assert first.status_code in {200, 204}  # 200 if a minute has just begun
    assert second.status_code == 200
    assert "1 newer: show" in _text(second.content)


def test_unchanged_within_a_minute_is_204(manager: Client, gate_a: Gate) -> None:
    _heard(gate_a)
    answers = []
    for _ in range(2):  # a minute may begin between two, not between three of them
        seen = re.search(r"seen=([0-9a-f]+)", manager.get(PAGE).content.decode())
        assert seen is not None
        answers.append(manager.get(LIVE, {"seen": seen[1]}))
    empty = [answer for answer in answers if answer.status_code == 204]
    assert empty
    assert all(not answer.content for answer in empty)


def test_the_refused_are_told_with_what_to_do(manager: Client, gate_a: Gate) -> None:
    gate_a.records("expired", at=_now(), name="Sophie Davies")
    gate_a.records("not_inducted", at=_now(), outcome="refer", name="Sam Mitchell")
    _stored(gate_a)
    text = _text(manager.get(PAGE).content)
    assert "Not admitted 2 1 refused · 1 referred" in text
    assert "Sophie Davies" in text
    assert "Ask the worker to renew it with their scheme." in text


def test_who_is_on_site_is_counted_by_company(site: Site, manager: Client, gate_a: Gate) -> None:
    gate_a.records(at=_now())
    _stored(gate_a)
    before = _text(manager.get(PAGE).content)
    _people(site, 0, "Hartwell Construction")
    assert "By company on site now Company not known 1" in before
    assert "on site now Hartwell Construction 1" in _text(manager.get(PAGE).content)


def test_a_count_that_is_none_is_taken_for_the_page_s_own(manager: Client, gate_a: Gate) -> None:
    gate_a.records("expired", at=_now())
    for shown in ("", "-1", "x", "9" * 40, "\N{ARABIC-INDIC DIGIT ONE}"):
        answer = manager.get(LIVE, {"shown": shown})
        assert answer.status_code == 200
        assert "none newer at" in _text(answer.content)


def test_a_site_without_gates_says_so(manager: Client) -> None:
    text = _text(manager.get(PAGE).content)
    assert "No gate has been added yet." in text
    assert "Live at" not in text

"""The page of today while a gate that was cut off sends hours at once."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from gate.events.codec import encode_holder
from gate.events.model import Holder
from gate.hub.ingest.models import Heartbeat, Journal
from gate.hub.manifest.bulk import BULK_ENTRIES, look
from gate.hub.manifest.looks import LOOK_AGAIN, BulkLooks
from gate.hub.manifest.models import Folded
from tests.hub.gates import Gate

PAGE = "/sites/kings-wharf/"
LIVE = "/sites/kings-wharf/live/"
NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_process_of_its_own() -> Iterator[None]:
    vars(apps.get_app_config("today")).pop("looks", None)
    yield
    vars(apps.get_app_config("today")).pop("looks", None)


def _sends(gate: Gate, entries: int, person: int = 0) -> None:
    """Store that somebody came in, as the last of so many entries."""
    gate.seq += entries - 1
    holder = Holder(
        person=person.to_bytes(16, "big"), issuer="iss", number="1", name="Sam", card_type="gold"
    )
    gate.records(at=timezone.now().astimezone(UTC), holder=encode_holder(holder))
    Journal.objects.filter(pk=gate.journal.pk).update(stored_through=gate.seq)
    Heartbeat.objects.update_or_create(
        unit=gate.journal.unit,
        defaults={
            "received_at": timezone.now(),
            "sent_at": timezone.now(),
            "clock_trusted": True,
            "backlog": 0,
            "list_ages_s": {},
            "version": "1",
            "boot_reason": "power",
            "faults": [],
        },
    )


def _text(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def test_what_was_not_counted_is_told_and_the_page_is_not_called_live(
    manager: Client, gate_a: Gate
) -> None:
    _sends(gate_a, BULK_ENTRIES + 1)
    assert "On site now 1 Live at" in _text(manager.get(PAGE).content)
    _sends(gate_a, BULK_ENTRIES + 1, person=1)
    page = manager.get(PAGE).content
    text = _text(page)
    assert "Live at" not in text
    assert "201 entries that gates sent just now are not counted yet" in text
    assert "the list may be wrong either way" in text
    assert b"seen=&amp;" in page
    assert manager.get(LIVE, {"seen": ""}).status_code == 200


def test_few_entries_are_counted_at_each_visit(manager: Client, gate_a: Gate) -> None:
    for person in range(3):
        _sends(gate_a, BULK_ENTRIES, person)
        assert f"On site now {person + 1} Live at" in _text(manager.get(PAGE).content)


def test_another_process_looks_though_this_one_did(manager: Client, gate_a: Gate) -> None:
    _sends(gate_a, BULK_ENTRIES + 1)
    manager.get(PAGE)
    _sends(gate_a, BULK_ENTRIES + 1, person=1)
    vars(apps.get_app_config("today")).pop("looks")
    assert "On site now 2 Live at" in _text(manager.get(PAGE).content)


def test_bulk_is_looked_at_once_a_second_and_at_so_much(gate_a: Gate) -> None:
    site, looks = gate_a.journal.unit.site, BulkLooks()
    _sends(gate_a, 1000)
    assert look(site, NOW, looks, page=400) == 600
    assert Folded.objects.get().through == 400
    assert look(site, NOW + LOOK_AGAIN - timedelta(milliseconds=1), looks, page=400) == 600
    assert look(site, NOW + LOOK_AGAIN, looks, page=400) == 200
    assert look(site, NOW + LOOK_AGAIN, looks, page=400) == 0  # so few are looked at each time
    assert Folded.objects.get().through == 1000


def test_a_clock_that_was_set_back_keeps_nobody_from_looking(gate_a: Gate) -> None:
    site, looks = gate_a.journal.unit.site, BulkLooks()
    _sends(gate_a, 1000)
    assert look(site, NOW, looks, page=100) == 900
    assert look(site, NOW - timedelta(hours=1), looks, page=100) == 800

"""The rules' page tells how the site stands against what its rules ask of who is there."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from django.test import Client
from django.utils import timezone

from gate.events.codec import encode_holder
from gate.events.model import Holder
from gate.hub.ingest.models import Heartbeat, Journal
from gate.hub.manifest.authors import Author
from gate.hub.manifest.rules import set_rules
from gate.hub.people.frames import key_of
from gate.hub.sites.models import Site
from gate.trust.person import person_key
from tests.hub.gates import Gate
from tests.hub.policy.policies import text

PAGE: Final = "/sites/kings-wharf/rules/"
ASKED: Final = """
[site_supervisor]
mode = "note"
[first_aid]
mode = "note"
[[occupancy]]
most = 2
[[person]]
issuer = "iss"
card = "1"
roles = ["site-supervisor", "first-aider"]
"""


def _rules(site: Site, more: str) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    set_rules(site, text(more), source="rules", by=Author(name="Priya"), now=now)


def _come_in(gate: Gate, *numbers: int, heard_ago: timedelta = timedelta(0)) -> None:
    now = timezone.now().astimezone(UTC)
    key = key_of(gate.journal.unit.site)
    for number in numbers:
        person = person_key(key, "iss", str(number))
        holder = Holder(
            person=person, issuer="iss", number=str(number), name="One", card_type="gold"
        )
        gate.records(at=now, holder=encode_holder(holder))
    Journal.objects.filter(pk=gate.journal.pk).update(stored_through=gate.seq)
    said = {"sent_at": now, "clock_trusted": True, "backlog": 0, "list_ages_s": {}, "faults": []}
    said |= {"received_at": now - heard_ago, "version": "1", "boot_reason": "power"}
    Heartbeat.objects.update_or_create(unit=gate.journal.unit, defaults=said)


def _rows(manager: Client) -> list[list[str]]:
    page = manager.get(PAGE).content.decode()
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [
        [
            " ".join(re.sub("<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row)
        ]
        for row in rows
    ]


def test_rules_that_ask_for_nobody_say_nothing(site: Site, manager: Client, gate_a: Gate) -> None:
    _rules(site, "")
    _come_in(gate_a, 2)
    assert "Who is there" not in manager.get(PAGE).content.decode()


def test_who_is_missing_is_red(site: Site, manager: Client, gate_a: Gate) -> None:
    _rules(site, ASKED)
    _come_in(gate_a, 2, 3, 4)
    assert _rows(manager) == [
        ["Site supervisors", "0", "at least 1", "✗ Short"],
        ["First aiders", "0", "at least 1", "✗ Short"],
        ["People on site", "3", "at most 2", "✗ Too many"],
    ]
    assert '<span class="pill refuse">' in manager.get(PAGE).content.decode()


def test_who_is_there_is_enough(site: Site, manager: Client, gate_a: Gate) -> None:
    _rules(site, ASKED)
    _come_in(gate_a, 1, 2)
    assert _rows(manager) == [
        ["Site supervisors", "1", "at least 1", "✓ Enough"],
        ["First aiders", "1", "at least 1", "✓ Enough"],
        ["People on site", "2", "at most 2", "! Full"],
    ]
    assert "may be wrong" not in manager.get(PAGE).content.decode()


def test_a_gate_that_is_not_heard_makes_it_uncertain(
    site: Site, manager: Client, gate_a: Gate
) -> None:
    _rules(site, ASKED)
    _come_in(gate_a, 1, heard_ago=timedelta(minutes=20))
    page = " ".join(manager.get(PAGE).content.decode().split())
    assert re.search(r"Gate A unheard since [^;]+; the numbers may be wrong either way", page)

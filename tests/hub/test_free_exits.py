"""A site whose rules say that exits are free: what every page of it says of who came in."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from gate.access.exits import SEEN, Exits
from gate.events.codec import encode_holder
from gate.events.model import Holder
from gate.hub.ingest.models import Heartbeat, Journal
from gate.hub.manifest.authors import Author
from gate.hub.manifest.models import Rules
from gate.hub.manifest.rules import exits_of, rules_of, set_rules
from gate.hub.policy.forms import digest
from gate.hub.rollcall.models import Call, Named
from gate.hub.sites.models import Site
from tests.hub.gates import Gate, gate_a, manager, new_gate, site
from tests.hub.pdf_words import pdf_text
from tests.hub.policy.policies import text

__all__ = ["gate_a", "manager", "new_gate", "site"]

SITE = "/sites/kings-wharf/"
FREE = "[exit]\nfree = true\nstay_h = 12\n"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def free(site: Site) -> Rules:
    now = timezone.now()
    return set_rules(site, text(FREE), source="rules", by=Author(name="Priya"), now=now)


def passes(gate: Gate, number: int, name: str, ago: timedelta, **more: Any) -> None:  # noqa: ANN401 - any column of an entry
    person = number.to_bytes(16, "big")
    holder = Holder(person=person, issuer="iss", number=str(number), name=name, card_type="gold")
    at = timezone.now().astimezone(UTC) - ago
    gate.records(holder=encode_holder(holder), at=at, **more)
    Journal.objects.filter(pk=gate.journal.pk).update(stored_through=gate.seq)


def heard(gate: Gate, at: datetime) -> None:
    said = {"received_at": at, "sent_at": at, "backlog": 0, "boot_reason": "power"}
    rest = {"clock_trusted": True, "list_ages_s": {}, "faults": [], "version": "1.4.0"}
    Heartbeat.objects.update_or_create(unit=gate.journal.unit, defaults=said | rest)


def shown(client: Client, page: str) -> str:
    answer = client.get(SITE + page)
    assert answer.status_code == 200
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


@pytest.mark.usefixtures("free")
def test_today_tells_the_most_there_can_be_and_is_never_live(manager: Client, gate_a: Gate) -> None:
    heard(gate_a, timezone.now())
    passes(gate_a, 1, "Ann Lee", 11 * HOUR)
    passes(gate_a, 2, "Bob Roe", 13 * HOUR)
    passes(gate_a, 3, "Cy Poe", MINUTE)
    passes(gate_a, 3, "Cy Poe", MINUTE / 2, direction="out")

    page = shown(manager, "")

    assert "Came in, may have left 1 !" in page
    assert "who came in within 12 hours: exits are not seen here" in page
    assert "Live at" not in page
    assert "not known: exits not seen" in page
    assert "hours are known" in page
    assert "Came in today" in page
    assert "On site now" not in page


@pytest.mark.usefixtures("free")
def test_the_roll_call_is_of_who_came_in_on_the_page_and_on_paper(
    manager: Client, gate_a: Gate
) -> None:
    heard(gate_a, timezone.now())
    passes(gate_a, 1, "Ann Lee", 11 * HOUR)
    passes(gate_a, 2, "Bob Roe", 13 * HOUR)

    page = shown(manager, "roll-call/")
    manager.post(f"{SITE}roll-call/open/", {"kind": "live"})
    call = Call.objects.get()
    opened = shown(manager, f"roll-call/{call.pk}/")
    paper = pdf_text(manager.get(f"{SITE}roll-call/{call.pk}/roll-call.pdf").content)

    assert "1 person came in and may have left" in page
    assert [one.how for one in Named.objects.all()] == ["let_in"]
    for told in (page, opened, paper):
        assert "is taken to have left" in told
        assert "let in; may have left" in told
        assert "known inside" not in told
        assert "Bob Roe" not in told
    assert "Fire roll call: 1 person came in and may have left" in paper


@pytest.mark.usefixtures("free")
def test_a_turn_that_was_seen_is_told_and_so_is_that_they_may_have_left(
    manager: Client, gate_a: Gate
) -> None:
    passes(gate_a, 1, "Ann Lee", MINUTE)
    gate_a.records(kind="turned", detail=f"grant {gate_a.seq}", at=timezone.now())
    Journal.objects.filter(pk=gate_a.journal.pk).update(stored_through=gate_a.seq)
    assert "turned in; may have left" in shown(manager, "roll-call/")


@pytest.mark.usefixtures("free")
def test_in_the_evening_nobodys_exit_is_missed(manager: Client, gate_a: Gate) -> None:
    passes(gate_a, 1, "Ann Lee", 11 * HOUR)
    page = shown(manager, "forgive/")
    assert "exit is missed here" in page
    assert "Ann Lee" not in page


@pytest.mark.usefixtures("free")
def test_head_counts_of_companies_say_what_they_are(manager: Client, gate_a: Gate) -> None:
    passes(gate_a, 1, "Ann Lee", HOUR)
    assert "every number is the most there can be" in shown(manager, "companies/")


def test_the_rules_page_names_each_rule_that_comes_to_less(
    manager: Client, free: Rules, gate_a: Gate
) -> None:
    passes(gate_a, 1, "Ann Lee", HOUR)
    refuse = text(f'{FREE}[passback]\nmode = "refuse"\n', 2)
    form = {"text": refuse, "on": str(free.pk), "day": "2026-11-20", "tried": digest(refuse)}

    page = unescape(manager.post(f"{SITE}rules/try/", form).content.decode())

    assert "What free exits mean for these rules" in page
    assert "a second entry is noted, never refused" in page
    assert rules_of(free.site) == free


def test_how_people_leave_is_kept_with_the_rules_and_never_changed(site: Site, free: Rules) -> None:
    assert exits_of(site) == Exits(stay=12 * HOUR)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Rules.objects.filter(pk=free.pk).update(stay_h=13)
    by, now = Author(name="Priya"), timezone.now()
    set_rules(site, text(version=2), source="rules", by=by, now=now)
    assert exits_of(site) == SEEN

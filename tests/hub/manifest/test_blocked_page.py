"""Who is blocked, and the lock-down, as a site's managers see and change them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from gate.events.codec import encode_holder
from gate.events.model import Holder
from gate.hub.ingest.models import Heartbeat, Journal
from gate.hub.manifest.authors import Author
from gate.hub.manifest.handed import note
from gate.hub.manifest.models import Block, Handed, Order
from gate.hub.manifest.rules import set_rules
from gate.hub.manifest.words import age_words
from gate.hub.sites.models import Role, Site, Unit
from gate.hub.sites.services import add_site, add_user
from gate.trust.person import person_key
from tests.hub.gates import PASSWORD, gate_a, manager, new_gate, site
from tests.hub.manifest.conftest import rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from gate.hub.ingest.models import Entry
    from tests.hub.gates import Gate

__all__ = ["gate_a", "manager", "new_gate", "site"]

pytestmark = pytest.mark.django_db

PAGE: Final = "/sites/kings-wharf/blocked/"
LOCKDOWN: Final = "/sites/kings-wharf/lockdown/"
FORM: Final = {"number": "9637511", "issuer": "iss", "reason": "Fighting on the scaffold"}


def shown(client: Client, address: str = PAGE, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def posts(client: Client, address: str, **values: str) -> tuple[int, str]:
    answer = client.post(address, values)
    return answer.status_code, unescape(answer.content.decode())


def passage(gate: Gate, secret: bytes, name: str, number: str, issuer: str = "iss") -> Entry:
    person = person_key(secret, issuer, number)
    holder = Holder(person=person, issuer=issuer, number=number, name=name, card_type="gold")
    at = timezone.now() - timedelta(minutes=5)
    entry = gate.records(holder=encode_holder(holder), at=at)
    Journal.objects.filter(pk=gate.journal.pk).update(stored_through=gate.seq)
    return entry


def day_of(entry: Entry) -> date:
    """Five minutes ago may be yesterday."""
    return datetime.fromtimestamp(entry.at_ms / 1000, ZoneInfo("Europe/London")).date()


def test_a_block_is_listed_with_its_reason_and_who_made_it(manager: Client) -> None:
    assert posts(manager, f"{PAGE}add/", **FORM)[0] == 302
    page = shown(manager)
    assert "<h3" in page
    for words in ("Card 9637511", "Fighting on the scaffold", "by manager"):
        assert words in page
    kept = Block.objects.get()
    assert (kept.by_name, kept.issuer, kept.number) == ("manager", "iss", "9637511")


def test_who_was_blocked_by_issuer_and_number_is_named_if_the_record_can(
    manager: Client, gate_a: Gate, secret: bytes
) -> None:
    posts(manager, f"{PAGE}add/", **FORM)
    passage(gate_a, secret, "Sam Roe", "9637511")
    assert "Sam Roe</h3>" in shown(manager)


def test_a_card_that_the_site_has_seen_is_blocked_by_its_number(
    manager: Client, gate_a: Gate, secret: bytes
) -> None:
    passage(gate_a, secret, "Sam Roe", "9637511")
    assert posts(manager, f"{PAGE}add/", number="9637511", reason="Fighting")[0] == 302
    assert bytes(Block.objects.get().person) == person_key(secret, "iss", "9637511")
    assert "Sam Roe</h3>" in shown(manager)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"number": ""}, "Write the number on the card."),
        ({"number": "9" * 33}, "At most 32 characters."),
        ({"reason": " "}, "Write why; it is kept with your name."),
        ({"reason": "x" * 201}, "At most 200 characters."),
        ({"reason": "a\u200bb"}, "allowed: text of 1 to 200"),
        ({"issuer": ""}, "This site has not seen the card lately."),
    ],
)
def test_what_can_not_be_is_said_beside_its_field_and_stays_there(
    manager: Client, changes: dict[str, str], told: str
) -> None:
    status, page = posts(manager, f"{PAGE}add/", **FORM | changes)
    assert status == 400
    assert told in page
    assert 'aria-invalid="true"' in page
    assert not Block.objects.exists()


def test_a_number_of_two_issuers_asks_which(manager: Client, gate_a: Gate, secret: bytes) -> None:
    passage(gate_a, secret, "Sam Roe", "1", issuer="one")
    passage(gate_a, secret, "Dee Kay", "1", issuer="two")
    _, page = posts(manager, f"{PAGE}add/", number="1", reason="Fighting")
    assert "Cards of several issuers have this number." in page


def test_who_is_blocked_already_is_said_so(manager: Client) -> None:
    posts(manager, f"{PAGE}add/", **FORM)
    status, page = posts(manager, f"{PAGE}add/", **FORM)
    assert (status, "blocked already since" in page) == (400, True)
    assert Block.objects.count() == 1


def test_an_entry_of_the_log_fills_the_form(manager: Client, gate_a: Gate, secret: bytes) -> None:
    entry = passage(gate_a, secret, "Sam Roe", "9637511")
    page = shown(manager, f"{PAGE}?entry={entry.journal_id}.{entry.seq}")
    assert "<strong>Sam Roe</strong>, card 9637511" in page
    assert 'value="9637511"' in page
    assert 'value="iss"' in page


def test_the_log_leads_a_manager_there_and_nobody_else(
    manager: Client, site: Site, gate_a: Gate, secret: bytes
) -> None:
    entry = passage(gate_a, secret, "Sam Roe", "9637511")
    link = f'href="{PAGE}?entry={entry.journal_id}.{entry.seq}">Block Sam Roe</a>'
    log = f"/sites/kings-wharf/log/?day={day_of(entry)}"
    assert link in shown(manager, log)
    guard = Client()
    guard.force_login(add_user(name="kim", password=PASSWORD, roles={site.slug: Role.GUARD}))
    assert "Block Sam Roe" not in shown(guard, log)


@pytest.mark.parametrize("entry", ["1.99", "x", "9" * 18 + "." + "9" * 18, ""])
def test_an_entry_that_is_not_there_fills_nothing(manager: Client, entry: str) -> None:
    assert 'name="number" value=""' in shown(manager, f"{PAGE}?entry={entry}")


def test_another_sites_entry_fills_nothing(gate_a: Gate, secret: bytes) -> None:
    entry = passage(gate_a, secret, "Sam Roe", "9637511")
    other = add_site(slug="quay", name="Quay", time_zone="Europe/London", organisation="Hartwell")
    add_user(name="dee", password=PASSWORD, roles={other.slug: Role.MANAGER})
    client = Client()
    client.login(username="dee", password=PASSWORD)
    page = shown(client, f"/sites/quay/blocked/?entry={entry.journal_id}.{entry.seq}")
    assert "Sam Roe" not in page


def test_unblocking_takes_a_reason_and_is_kept_beside_the_block(manager: Client) -> None:
    posts(manager, f"{PAGE}add/", **FORM)
    end = f"{PAGE}{Block.objects.get().pk}/end/"
    status, page = posts(manager, end, reason="")
    assert (status, "Write why; it is kept with your name." in page) == (400, True)
    assert posts(manager, end, reason="Spoken to")[0] == 302
    page = shown(manager)
    assert "Nobody is blocked." in page
    assert "by manager: Spoken to" in page
    status, page = posts(manager, end, reason="again")
    assert (status, "was ended already" in page) == (409, True)


@pytest.mark.parametrize("number", ["0", "99999999999999999999999999"])
def test_a_block_that_is_not_there_is_not_found(manager: Client, number: str) -> None:
    assert posts(manager, f"{PAGE}{number}/end/", reason="x")[0] == 404


def test_the_page_names_the_gates_that_have_not_got_it_and_since_when(
    manager: Client, new_gate: Callable[[str], Gate], site: Site
) -> None:
    set_rules(site, rules(), source="rules", by=Author(name="Sam"), now=timezone.now())
    units = [
        Unit.objects.create(uid=f"u{name}", site=site, name=f"Gate {name}", public_key=bytes(32))
        for name in "ABC"
    ]
    del new_gate
    posts(manager, f"{PAGE}add/", **FORM)
    version = Block.objects.get().version
    page = shown(manager)
    assert "sent to 0 of 3 gates" in page
    note(units[0], version, timezone.now())
    note(units[1], 1, timezone.now() - timedelta(hours=3, minutes=12, seconds=30))
    page = shown(manager)
    assert "sent to 1 of 3 gates" in page
    assert "Gate B has not got it: it last asked 3 h 12 min ago." in page
    assert "Gate C has not got it: it has never asked." in page
    for unit in units:
        note(unit, version, timezone.now())
    assert "has not got it" not in shown(manager)
    assert Handed.objects.count() == 3


def test_a_site_without_rules_at_the_hub_is_told_that_nothing_is_sent(manager: Client) -> None:
    assert "Nothing here is sent to the gates yet" in shown(manager)


def test_a_gate_with_another_site_key_is_named(
    manager: Client, gate_a: Gate, secret: bytes
) -> None:
    passage(gate_a, secret, "Sam Roe", "9637511")
    assert "obeys no block" not in shown(manager)
    passage(gate_a, b"another key, not the hub's own  ", "Sam Roe", "9637511")
    assert "Gate A obeys no block" in shown(manager)


def test_locking_down_asks_first_and_takes_a_reason(manager: Client, site: Site) -> None:
    assert "Lock down entry?" in shown(manager, LOCKDOWN)
    assert not Order.objects.exists()
    status, page = posts(manager, LOCKDOWN, order="lockdown", reason="")
    assert (status, "Write why" in page) == (400, True)
    assert posts(manager, LOCKDOWN, order="lockdown", reason="Gas smell")[0] == 302
    assert "Entry is locked down" in shown(manager)
    assert "by manager: Gas smell" in shown(manager)
    assert "Lift the lock-down?" in shown(manager, LOCKDOWN)
    status, page = posts(manager, LOCKDOWN, order="lockdown", reason="again")
    assert (status, f"{site.slug} is locked down already" in page) == (400, True)
    assert posts(manager, LOCKDOWN, order="lift", reason="All clear")[0] == 302
    assert "Entry is not locked down" in shown(manager)
    assert Order.objects.count() == 2


def test_a_gate_without_the_time_is_named_while_the_site_is_locked_down(
    manager: Client, gate_a: Gate
) -> None:
    words = "Gate A does not know what time it is, and obeys no order"
    now = timezone.now()
    Heartbeat.objects.create(
        unit=gate_a.journal.unit,
        received_at=now,
        sent_at=now,
        clock_trusted=False,
        backlog=0,
        list_ages_s={},
        faults=[],
    )
    assert words not in shown(manager)
    posts(manager, LOCKDOWN, order="lockdown", reason="Gas smell")
    assert words in shown(manager)
    Heartbeat.objects.update(clock_trusted=True)
    assert words not in shown(manager)


@pytest.mark.parametrize("order", ["test_release", "", "open"])
def test_no_other_order_is_given(manager: Client, order: str) -> None:
    assert posts(manager, LOCKDOWN, order=order, reason="x")[0] == 400
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=47, minutes=59), "47 h 59 min"),
        (timedelta(days=3, hours=5), "3 days 5 h"),
    ],
)
def test_how_long_ago_is_told_in_two_units(age: timedelta, words: str) -> None:
    assert age_words(age) == words


def test_what_is_written_is_text_and_never_a_script(manager: Client) -> None:
    posts(manager, f"{PAGE}add/", **FORM | {"reason": "<script>alert(1)</script>"})
    page = manager.get(PAGE).content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "no-store" in manager.get(PAGE)["Cache-Control"]

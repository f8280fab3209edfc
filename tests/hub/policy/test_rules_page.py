"""The rules as a site's managers write, try and put them in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from gate.access.policy import parse_policy
from gate.events.codec import encode_holder
from gate.events.model import EventKind, Holder
from gate.hub.log.day import Day
from gate.hub.manifest.authors import Author
from gate.hub.manifest.models import Rules
from gate.hub.manifest.rules import rules_of, set_rules
from gate.hub.policy.forms import digest
from gate.hub.policy.trials import try_rules
from tests.hub.gates import MORNING
from tests.hub.policy.policies import policy, text

if TYPE_CHECKING:
    from gate.hub.sites.models import Site
    from tests.hub.gates import Gate

pytestmark = pytest.mark.django_db

PAGE: Final = "/sites/kings-wharf/rules/"
DAY: Final = "2026-11-20"
SET_AT: Final = datetime(2026, 11, 1, tzinfo=UTC)
CLOSED: Final = '\n[hours]\nsat = "06:00-18:00"\n'
OF_THE_DAY: Final = Day(on=MORNING.date(), zone=ZoneInfo("Europe/London"))


@pytest.fixture
def in_force(site: Site) -> Rules:
    return set_rules(site, text(), source="rules", by=Author(name="Priya"), now=SET_AT)


def sent(client: Client, what: str, **values: Any) -> tuple[int, str]:  # noqa: ANN401 - what a form holds
    usual = {"text": text(CLOSED, 2), "on": str(Rules.objects.last().pk), "day": DAY}  # type: ignore[union-attr]  # the fixture made it
    answer = client.post(f"{PAGE}{what}/", usual | values)
    return answer.status_code, unescape(answer.content.decode())


def tries(client: Client, **values: Any) -> tuple[int, str]:  # noqa: ANN401 - as above
    return sent(client, "try", **values)


def puts(client: Client, **values: Any) -> tuple[int, str]:  # noqa: ANN401 - as above
    values.setdefault("tried", digest(values.get("text", text(CLOSED, 2))))
    return sent(client, "put", **values)


def test_trying_lists_who_would_have_ended_otherwise_and_stores_nothing(
    manager: Client, gate_a: Gate, in_force: Rules
) -> None:
    first = gate_a.records(name="Sam Roe")
    gate_a.records("revoked", name="Nia Bell")
    gate_a.records(name="Joe Fry", direction="out", access_point="Gate A out")
    status, page = tries(manager)
    assert status == 200
    assert "With these rules, 1 of the 3 scans on 20 November 2026 would have ended" in page
    assert "Sam Roe" in page
    assert "Nia Bell" not in page
    assert "Joe Fry" not in page
    assert "Referred to a guard" in page
    assert "can't be" not in page
    assert f"log/?day=2026-11-20&older={first.at_ms}.{gate_a.journal.pk}.2" in page
    assert "Put in force" in page
    assert rules_of(in_force.site) == in_force


def test_the_link_of_a_scan_leads_to_its_entry_first(
    manager: Client, gate_a: Gate, in_force: Rules
) -> None:
    gate_a.records(name="Ann Other", at=MORNING)
    gate_a.records(name="Sam Roe", at=MORNING)
    gate_a.records(name="Bo Late")
    page = tries(manager)[1]
    at = page.index('href="', page.index('class="ended"', page.index("Ann Other") + 1)) + 6
    log = unescape(manager.get(page[at : page.index('"', at)]).content.decode())
    assert "Bo Late" not in log
    assert log.index("Sam Roe") < log.index("Ann Other")
    assert in_force


def test_what_the_record_does_not_hold_is_named_and_not_called_unchanged(
    manager: Client, gate_a: Gate, in_force: Rules
) -> None:
    gate_a.records()
    area = '\n[[endorsement]]\narea = "roof"\nany_of = ["high"]\n'
    page = tries(manager, text=text(area, 2))[1]
    assert "0 of the 1 scan on 20 November 2026" in page
    assert "otherwise; of 1 it can't be said." in page
    assert "can't be tried on the past: areas and endorsements" in page
    assert "Of 1 scan it can't be said how it would have ended" in page
    assert in_force


def test_every_fault_is_named_and_nothing_stored(manager: Client, in_force: Rules) -> None:
    wrong = text('\n[passback]\nmode = "perhaps"\n[expiry]\nwarn_days = 900\n', 2)
    for send in (tries, puts):
        status, page = send(manager, text=wrong)
        assert status == 400
        assert "2 things to put right" in page
        assert "passback.mode =" in page
        assert "expiry.warn_days =" in page
        assert 'mode = "perhaps"' in page
        assert "rules/put/" not in page
    assert rules_of(in_force.site) == in_force


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"text": ""}, "Write the rules"),
        ({"text": text(version=1)}, "allowed: more than 1"),
        ({"text": text(version=2).replace("kings-wharf", "riverside")}, "allowed: 'kings-wharf'"),
        ({"text": "version = \x00"}, "to put right"),
        ({"text": "#" * 200_000}, "which is the most"),
        ({"on": "x"}, "not sent whole"),
        ({"on": "9" * 30}, "not sent whole"),
        ({"day": "2026-13-01"}, "Choose a day"),
        ({"day": "2999-01-01"}, "Choose a day"),
    ],
)
def test_what_cannot_be_tried_is_told(
    values: dict[str, str], words: str, manager: Client, in_force: Rules
) -> None:
    status, page = tries(manager, **values)
    assert status == 400
    assert words in page
    assert in_force


def test_rules_that_were_tried_are_put_in_force_with_who_did_it(
    manager: Client, in_force: Rules
) -> None:
    assert puts(manager, text=text(CLOSED, 2))[0] == 302
    kept = rules_of(in_force.site)
    assert kept is not None
    assert (kept.text, kept.by_name) == (text(CLOSED, 2), "manager")
    page = unescape(manager.get(PAGE).content.decode())
    assert "Version 2 is in force" in page
    assert "by manager" in page
    assert 'sat = "06:00-18:00"' in page


def test_line_ends_of_a_browser_are_not_kept(manager: Client, in_force: Rules) -> None:
    sent_text = text(CLOSED, 2).replace("\n", "\r\n")
    assert puts(manager, text=sent_text, tried=digest(text(CLOSED, 2)))[0] == 302
    kept = rules_of(in_force.site)
    assert kept is not None
    assert "\r" not in kept.text


def test_a_text_that_was_not_tried_is_tried_first(manager: Client, in_force: Rules) -> None:
    status, page = puts(manager, tried=digest("another text"))
    assert status == 200
    assert "changed since it was tried" in page
    assert rules_of(in_force.site) == in_force


def test_a_colleagues_change_meanwhile_is_shown_and_not_overwritten(
    manager: Client, in_force: Rules, site: Site
) -> None:
    theirs = text("\n[expiry]\nwarn_days = 60\n", 2)
    set_rules(site, theirs, source="rules", by=Author(name="Lee"), now=timezone.now())
    mine = text(CLOSED, 3)
    status, page = puts(manager, text=mine, on=str(in_force.pk))
    assert status == 409
    assert "Lee changed the rules on" in page
    assert "+ warn_days = 60" in page
    assert 'sat = "06:00-18:00"' in page
    kept = rules_of(site)
    assert kept is not None
    assert kept.text == theirs
    assert puts(manager, text=mine, on=str(kept.pk))[0] == 302


def test_the_lock_holds_where_a_colleague_was_quicker_than_the_page(
    in_force: Rules, site: Site
) -> None:
    by = Author(name="Lee")
    set_rules(site, text("", 2), source="rules", by=by, now=SET_AT, on=in_force.pk)
    with pytest.raises(Exception, match="changed by somebody else meanwhile"):
        set_rules(site, text("", 3), source="rules", by=by, now=SET_AT, on=in_force.pk)


def test_a_site_without_rules_begins_with_rules_that_take_its_own_passes(manager: Client) -> None:
    answer = manager.get(PAGE)
    page = unescape(answer.content.decode())
    assert 'site = "kings-wharf"' in page
    assert "no rules of this site yet" in page
    first = answer.context["draft"].text
    assert parse_policy(first, "rules").accept[0].scheme == "site:kings-wharf"


def holder(person: bytes, name: str = "Sam Roe") -> str:
    return encode_holder(
        Holder(person=person, issuer="iss", number="1", name=name, card_type="gold")
    )


def test_second_entries_are_told_by_the_days_passages_and_the_evenings_before(
    site: Site, gate_a: Gate
) -> None:
    set_rules(
        site,
        text('\n[passback]\nmode = "off"\n'),
        source="rules",
        by=Author(name="Lee"),
        now=SET_AT,
    )
    early, stayed, annulled = (holder(bytes([one]) * 16) for one in (1, 2, 3))
    gate_a.records(holder=stayed, at=MORNING - timedelta(hours=12))
    gate_a.records(holder=early)
    gate_a.records(holder=annulled)
    gate_a.records(
        holder=annulled,
        kind=EventKind.NOT_TURNED.value,
        direction="in",
        access_point="Gate A in",
        salt=bytes(16),
    )
    for again in (early, stayed, annulled):
        gate_a.records(holder=again)
    found = try_rules(site, OF_THE_DAY, policy('\n[passback]\nmode = "refuse"\n', 2))
    assert (found.tried.scans, found.tried.changed, found.tried.unsaid) == (5, 2, 0)
    people = [one.scan.person for one in found.tried.listed]
    assert people == [bytes([1]) * 16, bytes([2]) * 16]


def test_a_scan_is_compared_with_the_rules_of_its_time(site: Site, gate_a: Gate) -> None:
    by = Author(name="Lee")
    induction = '\n[induction]\nmode = "note"\n'
    strict = induction.replace("note", "refer")
    set_rules(site, text(), source="rules", by=by, now=SET_AT)
    gate_a.records()
    set_rules(site, text(induction, 2), source="rules", by=by, now=MORNING + timedelta(hours=1))
    gate_a.records("not_inducted", outcome="note", at=MORNING + timedelta(hours=2))
    gate_a.records(at=MORNING + timedelta(hours=2))
    found = try_rules(site, OF_THE_DAY, policy(strict, 3))
    assert (found.tried.scans, found.tried.changed, found.tried.unsaid) == (3, 1, 1)
    assert "inductions" in found.lost


def test_a_busy_day_is_tried_in_part_and_says_so(site: Site, gate_a: Gate, in_force: Rules) -> None:
    for _ in range(4):
        gate_a.records()
    found = try_rules(site, OF_THE_DAY, policy(CLOSED, 2), most=3)
    assert (found.tried.scans, found.cut_at) == (3, 3)
    assert try_rules(site, OF_THE_DAY, policy(CLOSED, 2), most=4).cut_at is None
    assert in_force


def test_a_scan_by_a_gate_without_rules_is_compared_with_none(
    site: Site, gate_a: Gate, in_force: Rules
) -> None:
    gate_a.records("no_rules")
    found = try_rules(site, OF_THE_DAY, policy("", 2))
    assert (found.tried.changed, found.tried.unsaid) == (0, 1)
    assert in_force

"""The entry log as its manager sees it: what is on the page, in which order, in which words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from gate.errors import Outcome, Reason
from gate.events.codec import NO_HOLDER
from gate.events.model import EventKind
from gate.events.plain_words import explanation, headline, kind_words, outcome_words
from gate.hub.ingest.models import Heartbeat
from gate.hub.sites.services import add_site

if TYPE_CHECKING:
    from tests.hub.gates import Gate

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
DAY = "?day=2026-11-20"


def _page(manager: Client, query: str = DAY, status: int = 200) -> str:
    answer = manager.get(f"/sites/kings-wharf/log/{query}")
    assert answer.status_code == status
    return unescape(answer.content.decode())


def _names(page: str) -> list[str]:
    return re.findall(r"<strong(?: class=\"nobody\")?>([^<]*)</strong> <span class=\"about\"", page)


def _link(page: str, words: str) -> str:
    match = re.search(rf'<a class="button" href="([^"]*)"[^>]*>{words}</a>', page)
    assert match, words
    return match[1]


def test_a_day_is_shown_newest_first(manager: Client, gate_a: "Gate") -> None:
    for name in ("First", "Second", "Third"):
        gate_a.records(name=name)
    assert _names(_page(manager)) == ["Third", "Second", "First"]


def test_a_browser_that_asks_gets_the_page_compressed(manager: Client, gate_a: "Gate") -> None:
    for _ in range(50):
        gate_a.records("revoked")
    answer = manager.get(f"/sites/kings-wharf/log/{DAY}", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 10_000


def test_a_day_begins_at_the_site_s_own_midnight(manager: Client, gate_a: "Gate") -> None:
    for minute in (59, 60, 61):
        at = datetime(2026, 7, 19, 22, tzinfo=UTC) + timedelta(minutes=minute)
        gate_a.records(name=f"Minute {minute}", at=at)
    page = _page(manager, "?day=2026-07-20")
    assert _names(page) == ["Minute 61", "Minute 60"]
    assert _names(_page(manager, "?day=2026-07-19")) == ["Minute 59"]
    assert "00:01:00" in page
    assert "Europe/London (BST)" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("&gate=Gate+B+in", ["Bo"]),
        ("&direction=out", ["Cy"]),
        ("&show=admit", ["Cy", "Bo"]),
        ("&show=refuse", ["Al"]),
        ("&show=unit", ["Fault"]),
        ("&reason=expired", ["Al"]),
        ("&reason=revoked", ["Al"]),
        ("&reason=blocked", []),
        ("&show=refuse&direction=out", []),
        ("&q=bo", ["Bo"]),
    ],
)
def test_a_filter_in_the_address_leaves_out_the_rest(
    manager: Client,
    gate_a: "Gate",
    query: str,
    names: list[str],
) -> None:
    gate_a.records("revoked", "expired", name="Al")
    gate_a.records(name="Bo", access_point="Gate B in")
    gate_a.records(name="Cy", direction="out", access_point="Gate A out")
    gate_a.records(kind=EventKind.FAULT.value, detail="camera")
    page = _page(manager, DAY + query)
    assert _names(page) == names
    assert names or "Nothing on this day fits." in page


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("lukasz", True),
        ("ŁUKASZ", True),
        ("wojcik luk", True),
        ("375", True),
        ("wójcik 9637", True),
        ("lukas z", True),
        ("gold", False),
        ("name", False),
        ('","', False),
        ("%", False),
        ("_", False),
        ("\\", False),
        ("o'neill", True),
    ],
)
def test_people_are_found_by_parts_of_name_and_number(
    manager: Client,
    gate_a: "Gate",
    words: str,
    is_found: bool,  # noqa: FBT001 - a column of the table
) -> None:
    gate_a.records(name="Łukasz Wójcik-O'Neill", number="9637511")
    gate_a.records(name="Bo Reid", number="1112220")
    answer = manager.get("/sites/kings-wharf/log/", {"day": "2026-11-20", "q": words})
    assert _names(unescape(answer.content.decode())) == ["Łukasz Wójcik-O'Neill"] * is_found


def test_pages_show_every_entry_once_whatever_arrives_meanwhile(
    manager: Client, new_gate: Callable[[str], "Gate"]
) -> None:
    gates = [new_gate("Gate A"), new_gate("Gate B")]
    for place in range(120):  # in sevens at the same millisecond, of two journals
        at = MORNING + timedelta(seconds=place // 7)
        gates[place % 2].records(name=f"Person {place}", at=at)
    page = _page(manager)
    seen = _names(page)
    while "Older</a>" in page:
        gates[0].records(name="Newcomer", at=MORNING + timedelta(hours=1))
        page = _page(manager, _link(page, "Older"))
        seen += _names(page)
    assert sorted(seen) == sorted(f"Person {place}" for place in range(120))
    back = _names(page)
    while "Newer</a>" in page:
        page = _page(manager, _link(page, "Newer"))
        back = _names(page) + back
    assert [name for name in back if name != "Newcomer"] == seen
    assert _names(_page(manager, _link(page, "Newest")))[0] == "Newcomer"


def test_a_refusal_says_why_what_to_do_and_what_the_worker_read(
    manager: Client,
    gate_a: "Gate",
) -> None:
    gate_a.records("revoked", "expired")
    page = _page(manager)
    assert "Card cancelled" in page
    assert "The scheme cancelled this card. Keep its details and call the scheme." in page
    assert "<dt>The worker read</dt><dd>Card cancelled: see the site office</dd>" in page
    assert "<dd>Card expired (expired)</dd>" in page
    assert "<dd>Refused (refuse)</dd>" in page


def test_a_release_by_the_guards_key_says_whom_it_let_in_why_they_waited_and_how_long(
    manager: Client, gate_a: "Gate"
) -> None:
    detail = "the guard's key: referred in entry 41, 12 s before (not_inducted)"
    gate_a.records("override", "not_inducted", name="Ann Lee", outcome="note", detail=detail)
    page = _page(manager)
    assert _names(page) == ["Ann Lee"]
    assert "Let in by the guard" in page
    assert (
        "The guard's key let the worker in, whom the gate had sent to the guard."
        " Why: Induction needed."
    ) in page
    assert f"<dd>{detail}</dd>" in page
    assert "<dd>Induction needed (not_inducted)</dd>" in page


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"holder": None, "salt": None, "commitment": NO_HOLDER}, "Nobody known"),
        ({"holder": None, "salt": None}, "Person erased"),
        ({"holder": "{}"}, "Holder part unreadable"),
        ({"clock_trusted": False}, "The gate didn't know the time. The hub had this at 07:00:02."),
        ({"count": 7}, "Presented 7 times within a minute."),
        ({"outcome": "perhaps"}, "Outcome perhaps"),
        ({"reason": "new_one", "reasons": "new_one"}, "Reason new_one"),
        ({"kind": "new_kind"}, "Record new_kind"),
        ({"direction": "up"}, "up"),
    ],
)
def test_what_is_unusual_about_an_entry_is_said(
    manager: Client,
    gate_a: "Gate",
    columns: dict[str, Any],
    words: str,
) -> None:
    gate_a.records(**columns)
    assert words in _page(manager)


def test_what_a_card_says_is_text_and_never_a_page(manager: Client, gate_a: "Gate") -> None:
    gate_a.records(name="<script>alert(1)</script>", number='"><b>', access_point="<i>Gate")
    answer = manager.get(f"/sites/kings-wharf/log/{DAY}&q=<u>").content.decode()
    assert "<u>" not in answer
    page = manager.get(f"/sites/kings-wharf/log/{DAY}").content.decode()
    assert "<script>alert" not in page
    assert "<b>Gate" not in page
    assert "<i>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_address_that_makes_no_sense_is_answered_with_what_is_allowed(
    manager: Client,
    gate_a: "Gate",
) -> None:
    gate_a.records(name="Al")
    page = _page(manager, "?day=yesterday&sort=name", 400)
    assert "a date from 1970 on, such as 2026-11-22" in page
    assert "<code>sort</code>" in page
    assert _names(page) == []


def test_the_choice_of_outcomes_says_how_many_each_has(manager: Client, gate_a: "Gate") -> None:
    for reasons in ((), (), ("expired",)):
        gate_a.records(*reasons)
    gate_a.records(kind=EventKind.UNIT_STARTED.value)
    page = _page(manager, DAY + "&show=admit")
    shown = re.findall(r"class=\"(\w+)\"(?: aria-current=\"true\")?>[\w ]+ <b>(\d+)</b>", page)
    assert dict(shown) == {
        "all": "4",
        "admit": "2",
        "note": "0",
        "refer": "0",
        "refuse": "1",
        "unit": "1",
    }
    assert 'class="admit" aria-current="true"' in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (DAY, "No entries on this day."),
        ("", "No entries yet today."),
        ("?day=9999-01-01", "This day has not come yet."),
        (DAY + "&q=sam", "Nothing on this day fits."),
        (DAY + "&older=1.1.1", "Nothing further."),
    ],
)
@pytest.mark.usefixtures("gate_a")
def test_a_page_without_entries_says_why(manager: Client, query: str, words: str) -> None:
    assert words in _page(manager, query)


def _heartbeat(gate: "Gate", ago: timedelta, *, backlog: int = 0) -> None:
    now = timezone.now()
    Heartbeat.objects.create(
        unit=gate.journal.unit,
        received_at=now - ago,
        sent_at=now - ago,
        clock_trusted=True,
        backlog=backlog,
        list_ages_s={},
        faults=[],
    )


def test_a_silent_gate_is_named_with_the_time_it_was_heard(manager: Client, gate_a: "Gate") -> None:
    _heartbeat(gate_a, timedelta(minutes=6))
    page = _page(manager, "")
    assert re.search(r"Gate A unheard since \d\d:\d\d:\d\d", page)
    assert "checks cards by itself" in page


def test_a_gate_that_is_heard_is_not_spoken_of(manager: Client, gate_a: "Gate") -> None:
    _heartbeat(gate_a, timedelta(minutes=1))
    assert "Gate A" not in _page(manager, "")


def test_a_gate_that_was_never_heard_is_named(manager: Client, gate_a: "Gate") -> None:
    del gate_a
    assert "Gate A has never been heard." in _page(manager, "")


def test_a_gate_with_entries_still_to_send_is_named(manager: Client, gate_a: "Gate") -> None:
    _heartbeat(gate_a, timedelta(minutes=1), backlog=37)
    assert "Gate A has 37 entries still to send." in _page(manager, "")


def test_a_retired_unit_is_missed_by_nobody(manager: Client, gate_a: "Gate") -> None:
    unit = gate_a.journal.unit
    unit.retired_at = timezone.now()
    unit.save()
    assert "never been heard" not in _page(manager, "")


def test_entries_from_before_the_clock_was_set_can_be_found(
    manager: Client, gate_a: "Gate"
) -> None:
    gate_a.records(name="Early", clock_trusted=False, at=datetime(1970, 1, 3, tzinfo=UTC))
    page = _page(manager)
    assert '<a href="?day=1970-01-03">' in page
    early = _page(manager, "?day=1970-01-03")
    assert _names(early) == ["Early"]
    assert "before it knew the time" not in early


def test_another_site_s_entries_are_not_on_the_page(manager: Client, gate_a: "Gate") -> None:
    other = add_site(slug="other", name="Other", time_zone="Europe/London", organisation="Hartwell")
    gate_a.records(name="Al")
    gate_a.records(name="Bo", site_id=other.pk)
    assert _names(_page(manager)) == ["Al"]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_explained_to_the_manager(reason: Reason) -> None:
    assert explanation(reason.value).endswith(".")
    assert headline(reason.value)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_its_words(outcome: Outcome) -> None:
    assert not outcome_words(outcome.value).startswith("Outcome")


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_record_has_its_words(kind: EventKind) -> None:
    assert kind_words(kind.value)[1].endswith(".")

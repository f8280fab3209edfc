"""The daily report as a site's people see it: a day's figures, and its root."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import Outcome
from gate.events.model import EventKind
from gate.hub.ingest.day_root import day_root
from gate.hub.log.filters import Shown
from gate.hub.report.figures import Group, add_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from gate.hub.sites.models import Site
    from tests.hub.gates import Gate

PAGE = "/sites/kings-wharf/report/"
DAY = "?day=2026-11-20"

_groups = st.builds(
    Group,
    kind=st.sampled_from([*EventKind, "unheard_of"]).map(str),
    outcome=st.sampled_from([*Outcome, ""]).map(str),
    direction=st.sampled_from(["in", "out", ""]),
    access_point=st.sampled_from(["Gate A", "Gate B", ""]),
    reason=st.sampled_from(["", "revoked", "unheard_of"]),
    clock_trusted=st.booleans(),
    number=st.integers(1, 1000),
)


def shown(client: Client, query: str = DAY, status: int = 200) -> str:
    answer = client.get(PAGE + query)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def rows(page: str) -> list[list[str]]:
    """Return the cells of every table's rows, as text."""
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    ]


def figures(page: str) -> dict[str, int]:
    found = re.findall(r"<dt>([^<]+)</dt><dd><a [^>]*>(\d+)</a>", page)
    return {words: int(number) for words, number in found}


# Every entry is in exactly one figure by outcome, whatever a gate may have sent.
@given(groups=st.lists(_groups, max_size=12))
def test_every_entry_counts_once_under_its_outcome(groups: list[Group]) -> None:
    found = add_up(groups)
    assert sum(found.by_outcome.values()) == sum(group.number for group in groups)
    total = found.total
    assert total.referred == found.by_outcome[Shown.REFER]
    assert total.refused == found.by_outcome[Shown.REFUSE]
    admitted = found.by_outcome[Shown.ADMIT] + found.by_outcome[Shown.NOTE]
    through = total.through_in + total.through_out + total.through_unsaid
    assert admitted - total.not_turned <= through <= admitted
    assert min(total.through_in, total.through_out) >= 0


@pytest.mark.django_db
def test_a_day_is_told_in_figures_by_outcome_gate_and_reason(manager: Client, gate_a: Gate) -> None:
    for _ in range(3):
        gate_a.records()
    gate_a.records("expiring_soon", outcome="note")
    gate_a.records("revoked", "expired")
    gate_a.records("revoked")
    gate_a.records("not_inducted", outcome="refer", access_point="Gate B in")
    gate_a.records("passback", outcome="admit", direction="out", access_point="Gate A out")
    gate_a.records(kind=EventKind.FAULT.value, detail="camera")
    gate_a.records(at=datetime(2026, 11, 21, 7, tzinfo=UTC))
    page = shown(manager)
    assert figures(page) == {
        "Admitted": 4,
        "With a note": 1,
        "Referred": 1,
        "Refused": 2,
        "Gate records": 1,
    }
    told = rows(page)
    assert ["Gate A in", "4", "0", "0", "2"] in told
    assert ["Gate A out", "0", "1", "0", "0"] in told
    assert ["Gate B in", "0", "0", "1", "0"] in told
    assert ["All gates", "4", "1", "1", "2"] in told
    assert ["Card cancelled", "✗ Refused", "2"] in told
    assert ["Induction needed", "! Referred", "1"] in told
    assert "Already signed in" not in page
    assert "1 fault of their own" in page


@pytest.mark.django_db
def test_who_was_let_through_and_did_not_turn_neither_came_in_nor_went_out(
    manager: Client, gate_a: Gate
) -> None:
    for _ in range(3):
        gate_a.records()
    gate_a.records(direction="out", access_point="Gate A out")
    not_turned = EventKind.NOT_TURNED.value
    gate_a.records(kind=not_turned, access_point="Gate A in", direction="in")
    gate_a.records(kind=not_turned, access_point="Gate A out", direction="out")
    page = shown(manager)
    told = rows(page)
    assert figures(page)["Admitted"] == 4
    assert ["Gate A in", "2", "0", "0", "0"] in told
    assert ["Gate A out", "0", "0", "0", "0"] in told
    assert ["All gates", "2", "0", "0", "0"] in told
    assert "2 were let through and didn't pass" in page


@pytest.mark.django_db
def test_a_grant_that_was_annulled_after_midnight_takes_nobody_from_the_next_day(
    manager: Client, gate_a: Gate
) -> None:
    gate_a.records(kind=EventKind.NOT_TURNED.value, access_point="Gate A in", direction="in")
    page = shown(manager)
    assert ["Gate A in", "0", "0", "0", "0"] in rows(page)
    assert "1 was let through and didn't pass" in page


@pytest.mark.django_db
def test_a_figure_leads_to_its_entries_in_the_log(manager: Client, gate_a: Gate) -> None:
    gate_a.records("revoked")
    addresses = re.findall(r'href="(/sites/kings-wharf/log/\?[^"]+)"', shown(manager))
    assert "/sites/kings-wharf/log/?day=2026-11-20&show=refuse" in addresses
    assert "/sites/kings-wharf/log/?day=2026-11-20&reason=revoked" in addresses
    assert {manager.get(address).status_code for address in addresses} == {200}


@pytest.mark.django_db
def test_somebody_let_through_in_no_known_direction_is_not_left_out(
    manager: Client, gate_a: Gate
) -> None:
    gate_a.records(direction="")
    assert ["Gate A in", "0", "0", "1", "0", "0"] in rows(shown(manager))


@pytest.mark.django_db
def test_the_root_of_a_day_that_is_over_is_printed_with_what_it_was_made_of(
    manager: Client, gate_a: Gate, site: Site
) -> None:
    gate_a.records()
    page = shown(manager)
    root = day_root(site, date(2026, 11, 20))
    printed = re.sub(r"\s|</?code>", "", page)
    assert root.root.hex() in printed
    (head,) = root.heads
    assert f"unit {head.uid} · record {head.head.journal_id.hex()} · hash" in page
    assert head.head.hash.hex() in page
    assert "It never changes" in page
    assert "day is not over" not in page


@pytest.mark.django_db
def test_today_is_said_not_to_be_over(manager: Client, gate_a: Gate) -> None:
    gate_a.records(at=timezone.now())
    page = shown(manager, "")
    assert "The day is not over" in page
    assert "It changes until midnight" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"clock_trusted": False}, "1 entry recorded by a gate that didn't know the time"),
        ({}, "Gate A has never been heard."),
    ],
)
def test_a_report_that_may_not_be_whole_says_so(
    manager: Client, gate_a: Gate, columns: dict[str, Any], words: str
) -> None:
    gate_a.records(**columns)
    assert words in shown(manager)


@pytest.mark.django_db
def test_a_day_without_entries_and_a_day_to_come_are_told_apart(
    manager: Client, new_gate: Callable[[str], Gate]
) -> None:
    new_gate("Gate A")
    page = shown(manager, "?day=2026-11-19")
    assert "Nobody came or went" in page
    assert "had received nothing" in page
    tomorrow = (timezone.now() + timedelta(days=2)).date()
    page = shown(manager, f"?day={tomorrow}")
    assert "This day has not come yet." in page
    assert "Root of the day" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "wrong"),
    [("?day=2026-02-30", "day"), ("?show=refuse", "show"), ("?colour=blue", "colour")],
)
def test_what_a_report_can_not_be_asked_is_named(manager: Client, query: str, wrong: str) -> None:
    page = shown(manager, query, 400)
    assert f"<code>{wrong}</code>" in page
    assert "Root of the day" not in page

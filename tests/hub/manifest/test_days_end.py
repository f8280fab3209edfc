"""The day's end: who is inside by the record, with the evidence, closed together by a person."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gate.events.codec import encode_holder
from gate.events.model import Holder
from gate.hub.audit.models import Record
from gate.hub.ingest.models import Entry, Heartbeat, Journal
from gate.hub.manifest.forgiving import MAX_TOLD
from gate.hub.manifest.models import Forgiveness
from tests.hub.gates import Gate, gate_a, manager, new_gate, site

__all__ = ["gate_a", "manager", "new_gate", "site"]

PAGE = "/sites/kings-wharf/forgive/"
CLOSE = f"{PAGE}close/"
WHY = "Seen leaving by the vehicle gate"


def _now() -> datetime:
    return timezone.now().astimezone(UTC)


def _passes(gate: Gate, number: int, name: str, ago: timedelta, **more: Any) -> Entry:  # noqa: ANN401 - any column of an entry
    person = number.to_bytes(16, "big")
    holder = Holder(person=person, issuer="iss", number=str(number), name=name, card_type="gold")
    entry = gate.records(holder=encode_holder(holder), at=_now() - ago, **more)
    Journal.objects.filter(pk=gate.journal.pk).update(stored_through=gate.seq)
    return entry


def _text(page: bytes) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page.decode()).split()))


def _values(client: Client) -> list[str]:
    page = client.get(PAGE).content.decode()
    return re.findall(r'name="person" value="([^"]+)"', page)


def _closes(client: Client, **form: Any) -> tuple[int, str]:  # noqa: ANN401 - a text or several
    answer = client.post(CLOSE, {"which": "ticked", "why": WHY, **form})
    return answer.status_code, _text(answer.content)


def test_everybody_inside_is_listed_who_has_been_longest_first_with_the_evidence(
    manager: Client, gate_a: Gate
) -> None:
    _passes(gate_a, 2, "Ben Roe", timedelta(minutes=2))
    old = _passes(gate_a, 1, "Ann Roe", timedelta(hours=50))
    gate_a.records(
        kind="turned",
        detail=f"grant {old.seq}",
        access_point="Gate A in",
        direction="in",
        at=_now() - timedelta(hours=49),
    )
    _passes(gate_a, 3, "Cat Roe", timedelta(hours=60))
    _passes(gate_a, 3, "Cat Roe", timedelta(hours=52), direction="out")
    text = _text(manager.get(PAGE).content)
    assert text.index("Ann Roe") < text.index("Ben Roe")
    assert "Cat Roe" not in text
    assert re.search(r"Ann Roe .*? ! Since before today in .*? Gate A in · turned · no exit", text)
    assert re.search(r"Ben Roe .*?let through, turn not seen · no exit since", text)


def test_a_gate_that_is_not_whole_here_is_told_first(manager: Client, gate_a: Gate) -> None:
    _passes(gate_a, 1, "Ann Roe", timedelta(hours=50))
    text = _text(manager.get(PAGE).content)
    assert "Gate A never heard. Who left there is not known yet" in text


def test_who_is_ticked_is_closed_as_estimated_and_counts_as_inside_no_more(
    manager: Client, gate_a: Gate
) -> None:
    for number, name in enumerate(("Ann Roe", "Ben Roe", "Cat Roe"), 1):
        _passes(gate_a, number, name, timedelta(hours=50))
    wanted = [value for value in _values(manager) if not value.startswith("0" * 31 + "3")]
    assert _closes(manager, person=wanted)[0] == 302
    done = Forgiveness.objects.order_by("person")
    assert [(one.number, one.issuer, one.reason, one.by_name) for one in done] == [
        ("1", "iss", WHY, "manager"),
        ("2", "iss", WHY, "manager"),
    ]
    assert len({bytes(one.order_id) for one in done}) == 2
    text = _text(manager.get(PAGE).content)
    assert "Inside by the record: 1, 1 of them since before today" in text
    assert text.count("! Estimated") == 2
    today = _text(manager.get("/sites/kings-wharf/").content)
    assert "On site now 1" in today
    assert "Cat Roe" in today
    assert "Ann Roe" not in today
    (noted,) = Record.objects.filter(act="forgave")
    assert noted.count == 2


def test_everybody_in_since_before_today_is_closed_together(manager: Client, gate_a: Gate) -> None:
    _passes(gate_a, 1, "Ann Roe", timedelta(hours=50))
    _passes(gate_a, 2, "Ben Roe", timedelta(hours=30))
    _passes(gate_a, 3, "Cat Roe", timedelta(0))
    assert _closes(manager, which="old")[0] == 302
    assert [one.number for one in Forgiveness.objects.order_by("pk")] == ["1", "2"]


def test_who_has_passed_since_the_list_was_made_stops_all_of_it(
    manager: Client, gate_a: Gate
) -> None:
    _passes(gate_a, 1, "Ann Roe", timedelta(hours=50))
    _passes(gate_a, 2, "Ben Roe", timedelta(hours=50))
    values = _values(manager)
    _passes(gate_a, 2, "Ben Roe", timedelta(minutes=1))
    status, page = _closes(manager, person=values)
    assert status == 400
    assert "Card 2 has passed a gate since this list was made; look again." in page
    assert not Forgiveness.objects.exists()
    _passes(gate_a, 1, "Ann Roe", timedelta(seconds=30), direction="out")
    status, page = _closes(manager, person=[one for one in values if "01." in one])
    assert status == 400
    assert "is not inside, as far as the hub knows" in page


def test_somebody_erased_is_closed_without_a_card(manager: Client, gate_a: Gate) -> None:
    entry = _passes(gate_a, 1, "Ann Roe", timedelta(hours=50))
    manager.get(PAGE)
    Entry.objects.filter(pk=entry.pk).update(holder=None, salt=None)
    assert _closes(manager, which="old")[0] == 302
    assert (Forgiveness.objects.get().number, Forgiveness.objects.get().issuer) == ("", "")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Tick who has left"),
        ({"which": ""}, "Choose whose."),
        ({"which": "all"}, "One of: ticked, old."),
        ({"which": "old"}, "Tick who has left"),
        ({"person": ["zz.1"]}, "Not as the list has it"),
        ({"person": ["00.1"]}, "Not as the list has it"),
        ({"person": [f"{'0' * 32}.1"]}, "is not inside, as far as the hub knows"),
        ({"why": " "}, "Write why"),
        ({"why": "x" * 121}, "At most 120 characters."),
    ],
)
def test_what_can_t_be_closed_is_told_in_words(
    manager: Client, gate_a: Gate, form: dict[str, Any], said: str
) -> None:
    _passes(gate_a, 1, "Ann Roe", timedelta(0))
    status, page = _closes(manager, **form)
    assert status == 400
    assert said in page
    assert not Forgiveness.objects.exists()


def test_what_was_ticked_and_written_is_there_still_after_a_fault(
    manager: Client, gate_a: Gate
) -> None:
    _passes(gate_a, 1, "Ann Roe", timedelta(hours=50))
    (value,) = _values(manager)
    answer = manager.post(CLOSE, {"which": "ticked", "person": [value], "why": "x" * 121})
    page = answer.content.decode()
    assert f'value="{value}" checked' in page
    assert f'value="{"x" * 121}"' in page


def test_more_than_can_be_told_in_a_day_are_refused_whole(manager: Client, gate_a: Gate) -> None:
    for number in range(MAX_TOLD + 1):
        _passes(gate_a, number + 1, f"Worker {number}", timedelta(hours=50))
    status, page = _closes(manager, which="old")
    assert status == 400
    assert f"{MAX_TOLD} in a day, which is the most" in page
    assert not Forgiveness.objects.exists()


def test_a_gate_that_was_heard_leaves_no_doubt(
    manager: Client, gate_a: Gate, new_gate: Callable[[str], Gate]
) -> None:
    for gate in (gate_a, new_gate("Gate B")):
        at = _now()
        said = {"received_at": at, "sent_at": at, "backlog": 0, "boot_reason": "power"}
        rest = {"clock_trusted": True, "list_ages_s": {}, "faults": [], "version": "1"}
        Heartbeat.objects.create(unit=gate.journal.unit, **said, **rest)
    _passes(gate_a, 1, "Ann Roe", timedelta(hours=50))
    assert "not known yet" not in _text(manager.get(PAGE).content)

"""One entry's whole story, and what people write beside it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from gate.events.chain import genesis, link
from gate.events.codec import encode_holder
from gate.events.model import Event, EventKind, Holder
from gate.hub.audit.models import Record
from gate.hub.corrections.models import Correction
from gate.hub.ingest.models import Entry, Journal
from gate.hub.sites.models import Role, Site
from gate.hub.sites.services import add_user
from tests.hub.gates import PASSWORD

if TYPE_CHECKING:
    from tests.hub.gates import Gate

pytestmark = pytest.mark.django_db

LOG = "/sites/kings-wharf/log/"


def _text(page: bytes) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page.decode()).split()))


def _address(entry: Entry, what: str = "") -> str:
    return f"{LOG}{entry.journal_id}/{entry.seq}/{what}"


def _story(client: Client, entry: Entry) -> str:
    answer = client.get(_address(entry))
    assert answer.status_code == 200
    return _text(answer.content)


def _corrects(client: Client, entry: Entry, **form: str) -> tuple[int, str]:
    answer = client.post(_address(entry, "correct/"), form)
    return answer.status_code, _text(answer.content)


def test_it_tells_who_why_by_which_rules_and_how_old_the_list_was(
    manager: Client, gate_a: "Gate"
) -> None:
    gate_a.records(kind="manifest", detail="version 1795161600")
    entry = gate_a.records("revoked", "expired", name="Mark Smith", list_age_s=5400)
    text = _story(manager, entry)
    assert "Mark Smith" in text
    assert "Card 9637511, type gold, issued by iss" in text
    assert re.search(r"Decided by [^.]* \(revoked\)\. The scheme cancelled this card\.", text)
    assert re.search(r"Also found .* \(expired\)\. The card is past its expiry date", text)
    assert "List of cancelled cards 1 h 30 min old at the scan" in text
    assert "Rules in force version 1795161600 entry 1" in text
    assert "less than a minute after the scan" in text


PASSAGES = {
    "turned": ("turned", "Passed, 07:00:02 entry 2"),
    "not turned": ("not_turned", "Did not pass; the grant was taken back, 07:00:02 entry 2"),
    "power lost": ("turn_unknown", "Not known: the gate lost its power, 07:00:02 entry 2"),
}


@pytest.mark.parametrize(("kind", "said"), PASSAGES.values(), ids=PASSAGES)
def test_it_tells_the_passage_that_followed(
    manager: Client, gate_a: "Gate", kind: str, said: str
) -> None:
    entry = gate_a.records()
    turn = gate_a.records(kind=kind, detail=f"grant {entry.seq}", access_point="Gate A in")
    assert f"Passage {said}" in _story(manager, entry)
    assert f"grant {entry.seq} entry {entry.seq}" in _story(manager, turn)


def test_a_turn_of_another_grant_is_not_taken_for_its_own(manager: Client, gate_a: "Gate") -> None:
    entry = gate_a.records()
    gate_a.records(kind="turned", detail="grant 17", access_point="Gate A in")
    assert "Passage No turn is recorded" in _story(manager, entry)


def test_it_tells_which_guard_let_in_who_was_referred(manager: Client, gate_a: "Gate") -> None:
    entry = gate_a.records("not_inducted", outcome="refer")
    assert "No guard has let them in, as far as the gate has sent." in _story(manager, entry)
    other = Holder(person=b"x" * 16, issuer="iss", number="2", name="Ben", card_type="gold")
    gate_a.records("override", outcome="note", detail="Bo: x", holder=encode_holder(other))
    gate_a.records("override", "not_inducted", outcome="note", detail="Jo: Host is here")
    assert "Let in 07:00:03: Jo: Host is here entry 3" in _story(manager, entry)


def test_it_tells_the_batch_it_came_with(manager: Client, gate_a: "Gate") -> None:
    for received_ms in (1, 2, 2, 2, 3):
        entry = gate_a.records(received_ms=1_795_161_600_000 + received_ms)
    Journal.objects.update(stored_through=5)
    middle = Entry.objects.get(journal=entry.journal, seq=3)
    said = "receipt for entries 2 to 4 was signed then; this record is stored through 5 now."
    assert said in _story(manager, middle)


@pytest.fixture
def linked(gate_a: "Gate") -> list[Entry]:
    """Three entries whose chain holds."""
    journal = gate_a.journal
    head, rows = genesis(bytes(journal.journal_id)), []
    for number in range(3):
        event = Event(
            at=datetime(2026, 11, 20, 7, number, tzinfo=UTC),
            clock_trusted=True,
            kind=EventKind.ACCESS,
            access_point="Gate A in",
            direction="in",
            outcome="admit",
        )
        made = link(head, event, None, None)
        head = type(head)(journal_id=head.journal_id, seq=made.seq, hash=made.hash)
        made_of: dict[str, Any] = {"commitment": made.commitment, "hash": made.hash}
        nobody: dict[str, Any] = {"holder": None, "salt": None, "list_age_s": None}
        rows.append(gate_a.records(at=event.at, **made_of | nobody))
    return rows


def test_its_hash_is_worked_out_anew(manager: Client, linked: list[Entry]) -> None:
    assert "Chain ✓ It is the first." in _story(manager, linked[0])
    assert "Chain ✓ It follows from entry 1." in _story(manager, linked[1])
    assert " ".join(re.findall(".{8}", bytes(linked[1].hash).hex())) in _story(manager, linked[1])


def test_an_entry_that_is_not_what_it_was_is_told(manager: Client, gate_a: "Gate") -> None:
    entry = gate_a.records()
    assert "Chain ✗ It does not hold" in _story(manager, entry)
    gate_a.seq += 1
    later = gate_a.records()
    assert "Chain ✗ Entry 2, which it follows from, is missing." in _story(manager, later)


def test_a_look_at_somebody_is_noted_and_one_at_nobody_is_not(
    manager: Client, gate_a: "Gate", linked: list[Entry]
) -> None:
    _story(manager, linked[0])
    assert not Record.objects.exists()
    _story(manager, gate_a.records())
    assert [one.act for one in Record.objects.all()] == ["saw"]


def test_their_other_entries_are_found_without_the_name_in_the_address(
    manager: Client, gate_a: "Gate"
) -> None:
    gate_a.records(name="Earlier name", at=datetime(2026, 10, 1, 7, tzinfo=UTC))
    entry = gate_a.records(name="Sam Roe")
    other = Holder(person=b"x" * 16, issuer="iss", number="2", name="Ben", card_type="gold")
    gate_a.records(holder=encode_holder(other))
    page = manager.get(_address(entry)).content.decode()
    found = re.search(r'href="([^"]*)">Their other entries', page)
    assert found is not None
    assert "Roe" not in found[1]
    rows = _text(manager.get(unescape(found[1])).content)
    assert "Earlier name" in rows
    assert "Sam Roe" in rows
    assert "Ben" not in rows


def test_a_correction_stands_beside_the_entry_with_its_editor_and_changes_nothing(
    manager: Client, gate_a: "Gate"
) -> None:
    entry = gate_a.records()
    before = Entry.objects.values().get()
    assert _corrects(manager, entry, what="not_passed", reason="Went back for a helmet")[0] == 302
    assert _corrects(manager, entry, what="other", reason="And again")[0] == 302
    text = _story(manager, entry)
    assert "Corrected They did not pass : Went back for a helmet" in text
    assert "by manager" in text
    assert "Something else : And again" in text
    assert Entry.objects.values().get() == before
    assert [one.act for one in Record.objects.filter(act="corrected")] == ["corrected"] * 2


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"what": "", "reason": "x"}, "Choose what is wrong."),
        ({"what": "gone", "reason": "x"}, "One of: They did not pass"),
        ({"what": "other", "reason": " "}, "Write why"),
        ({"what": "other", "reason": "x" * 201}, "At most 200 characters."),
        ({"what": "other", "reason": "a\x1bb"}, "One line of text"),
    ],
)
def test_what_is_no_correction_is_told_at_its_field_and_kept_nowhere(
    manager: Client, gate_a: "Gate", form: dict[str, str], said: str
) -> None:
    status, page = _corrects(manager, gate_a.records(), **form)
    assert status == 400
    assert said in page
    assert not Correction.objects.exists()


def test_a_correction_is_never_changed_nor_removed(manager: Client, gate_a: "Gate") -> None:
    _corrects(manager, gate_a.records(), what="other", reason="x")
    for act in (
        "UPDATE corrections_correction SET reason = ''",
        "DELETE FROM corrections_correction",
    ):
        with (
            pytest.raises(DatabaseError, match="never"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act)


def test_a_guard_reads_the_story_and_corrects_nothing(
    gate_a: "Gate", site: Site, client: Client
) -> None:
    add_user(name="jo", password=PASSWORD, roles={site.slug: Role.GUARD})
    client.login(username="jo", password=PASSWORD)
    entry = gate_a.records()
    assert "Correct it" not in _story(client, entry)
    assert _corrects(client, entry, what="other", reason="x")[0] == 403


@pytest.mark.parametrize("place", ["1/99", "99/1", f"{2**63}/1", f"1/{10**30}"])
def test_an_entry_that_is_not_there_is_not_found(manager: Client, place: str) -> None:
    assert manager.get(f"{LOG}{place}/").status_code == 404


def test_several_days_are_one_list_and_each_time_has_its_day(
    manager: Client, gate_a: "Gate"
) -> None:
    for days in (0, 1, 9):
        at = datetime(2026, 11, 20, 7, tzinfo=UTC) + timedelta(days=days)
        gate_a.records(at=at, name=f"Day {days}")
    text = _text(manager.get(f"{LOG}?day=2026-11-20&to=2026-11-21").content)
    assert "Friday 20 November 2026 to Saturday 21 November 2026" in text
    assert text.index("Sat 21 Nov 07:00:00") < text.index("Fri 20 Nov 07:00:00")
    assert "Day 9" not in text


def test_days_around_a_change_of_the_clocks_say_which_hour_is_meant(
    manager: Client, new_gate: Callable[[str], "Gate"]
) -> None:
    gate = new_gate("Gate A")
    gate.records(at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    gate.records(at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    text = _text(manager.get(f"{LOG}?day=2026-10-24&to=2026-10-26").content)
    assert "01:30:00 BST" in text
    assert "01:30:00 GMT" in text
    assert "Europe/London (BST, then GMT)" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?day=2026-11-20&to=2026-11-19", "to : a date not before `day`"),
        ("?to=2026-11-20", "to : a date not before `day`, which must be there"),
        ("?day=2026-01-01&to=2026-04-03", "at most 92 days"),
        ("?day=2026-11-20&to=soon", "to : a date"),
    ],
)
def test_days_that_can_t_be_are_named(manager: Client, query: str, said: str) -> None:
    answer = manager.get(f"{LOG}{query}")
    assert answer.status_code == 400
    assert said in _text(answer.content)


def test_the_longest_range_is_shown(manager: Client) -> None:
    assert manager.get(f"{LOG}?day=2026-01-01&to=2026-04-02").status_code == 200
    assert manager.get(f"{LOG}?day=9999-12-01&to=9999-12-29").status_code == 200

"""Every answer of the units' API, by what was stored and what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from gate.events.chain import head_of
from gate.events.receipt import hash_of, open_receipt
from gate.hub.ingest.limits import MAX_BODY_BYTES, MAX_REQUESTS_A_WINDOW, WINDOW_S, Budget
from gate.hub.ingest.models import Alarm, AlarmKind, Entry, Heartbeat, Journal
from gate.hub.sites.models import Unit

if TYPE_CHECKING:
    from gate.hub.ingest.apps import IngestConfig
    from gate.signing.keys import VerifyingKey
    from tests.hub.ingest.conftest import Sender, SimulatedUnit

pytestmark = pytest.mark.django_db


def test_a_batch_is_stored_and_answered_with_a_signed_receipt(
    sender: Sender, unit: SimulatedUnit, hub_key: VerifyingKey
) -> None:
    unit.record(30)
    message = unit.batch(1, 30)
    answer = sender.send(unit.uid, message)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    receipt = open_receipt(answer.content, hub_key)
    assert (receipt.uid, receipt.head) == (unit.uid, unit.head)
    assert receipt.batch_hash == hash_of(message)
    stored = Entry.objects.order_by("seq")
    assert [bytes(entry.hash) for entry in stored] == [entry.hash for entry in unit.entries]


@pytest.mark.parametrize(
    ("stored", "first", "last", "through"),
    [
        pytest.param(10, 11, 11, 11, id="one more entry"),
        pytest.param(10, 11, 40, 40, id="many more entries"),
        pytest.param(10, 1, 10, 10, id="the same batch again"),
        pytest.param(30, 1, 10, 30, id="an old batch again"),
        pytest.param(30, 5, 5, 30, id="one old entry again"),
        pytest.param(10, 1, 40, 40, id="a batch that begins again"),
        pytest.param(10, 8, 12, 12, id="a batch that overlaps"),
    ],
)
def test_what_follows_or_repeats_what_is_stored_is_answered_with_a_receipt(
    sender: Sender,
    unit: SimulatedUnit,
    stored: int,
    first: int,
    last: int,
    through: int,
    hub_key: VerifyingKey,
) -> None:
    unit.record(40)
    sender.send(unit.uid, unit.batch(1, stored))
    answer = sender.send(unit.uid, unit.batch(first, last))
    receipt = open_receipt(answer.content, hub_key)
    assert receipt.head == head_of(unit.entries[through - 1])
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == list(
        range(1, through + 1)
    )


@pytest.mark.parametrize("stored", [0, 10])
def test_a_gap_is_answered_with_how_far_the_journal_is_stored(
    sender: Sender, unit: SimulatedUnit, stored: int
) -> None:
    unit.record(20)
    if stored:
        sender.send(unit.uid, unit.batch(1, stored))
    answer = sender.send(unit.uid, unit.batch(stored + 2, 20))
    mark = unit.entries[stored - 1].hash.hex() if stored else "00" * 32
    assert answer.status_code == HTTPStatus.CONFLICT
    told = answer.json()
    assert (told["code"], told["stored_through"], told["head_hash"]) == ("gap", stored, mark)
    assert told["journal_id"] == unit.journal_id.hex()
    assert Entry.objects.count() == stored


@pytest.mark.parametrize(
    ("stored", "changed", "first", "last"),
    [
        pytest.param(20, 20, 20, 20, id="the last entry is another"),
        pytest.param(20, 5, 1, 20, id="an entry in the middle is another"),
        pytest.param(20, 5, 5, 5, id="an old entry alone is another"),
        pytest.param(20, 20, 21, 25, id="what comes next follows another entry"),
        pytest.param(20, 15, 10, 25, id="an overlap is another"),
        pytest.param(20, 1, 1, 25, id="the first entry is another"),
    ],
)
def test_another_entry_under_a_stored_number_is_an_alarm_and_nothing_is_stored(
    sender: Sender, unit: SimulatedUnit, stored: int, changed: int, first: int, last: int
) -> None:
    unit.record(25)
    sender.send(unit.uid, unit.batch(1, stored))
    for times in (1, 2):
        answer = sender.send(unit.uid, unit.otherwise(changed).batch(first, last))
        assert (answer.status_code, answer.json()["code"]) == (422, "conflict")
        alarm = Alarm.objects.get(kind=AlarmKind.CONFLICT)
        assert (alarm.unit.uid, alarm.seq, alarm.times) == (unit.uid, changed, times)
    kept = [bytes(entry.hash) for entry in Entry.objects.order_by("seq")]
    assert kept == [entry.hash for entry in unit.entries[:stored]]


def test_a_journal_begun_after_a_quarantine_is_stored_beside_the_old_one(
    sender: Sender, unit: SimulatedUnit
) -> None:
    unit.record(3)
    sender.send(unit.uid, unit.batch(1, 3))
    named = f"predecessor={unit.journal_id.hex()} last_seq=3 kept_as=journal.db.damaged"
    unit.journal_id, unit.predecessor, unit.entries = b"n" * 16, named, []
    unit.record(2)
    assert sender.send(unit.uid, unit.batch(1, 2)).status_code == HTTPStatus.OK
    assert Journal.objects.get(journal_id=b"n" * 16).predecessor == named
    assert (Entry.objects.count(), Alarm.objects.count()) == (5, 0)


def test_a_journal_that_names_none_of_those_before_it_is_stored_with_an_alarm(
    sender: Sender, unit: SimulatedUnit
) -> None:
    unit.record(3)
    sender.send(unit.uid, unit.batch(1, 3))
    unit.journal_id, unit.entries = b"n" * 16, []
    unit.record(2)
    assert sender.send(unit.uid, unit.batch(1, 2)).status_code == HTTPStatus.OK
    assert Alarm.objects.get().kind == AlarmKind.UNNAMED_PREDECESSOR


def test_a_hub_restored_from_an_older_backup_has_the_unit_go_back(
    sender: Sender, unit: SimulatedUnit
) -> None:
    unit.record(30)
    sender.send(unit.uid, unit.batch(1, 10))  # all that the backup held; the unit was told of 20
    told = sender.send(unit.uid, unit.batch(21, 30)).json()
    sender.send(unit.uid, unit.batch(told["stored_through"] + 1, 30))
    assert Journal.objects.get().stored_through == 30


def test_the_time_of_the_scan_is_kept_and_the_hubs_own_beside_it(
    sender: Sender, unit: SimulatedUnit
) -> None:
    before = timezone.now()
    unit.record(2)
    sender.send(unit.uid, unit.batch(1, 2))
    entry = Entry.objects.get(seq=2)
    assert entry.at == unit.entries[1].event.at
    assert abs(entry.received_at - before).total_seconds() < 600


@pytest.mark.parametrize("entries", [1, 40])
def test_another_units_key_signs_nothing_for_this_one(
    sender: Sender, unit: SimulatedUnit, neighbour: SimulatedUnit, entries: int
) -> None:
    unit.record(entries)
    answer = sender.send(unit.uid, unit.batch(1, entries, key=neighbour.key))
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    answer = sender.send(neighbour.uid, unit.batch(1, entries))
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    answer = sender.send(neighbour.uid, unit.batch(1, entries, key=neighbour.key))
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("what", ["batches", "heartbeats"])
@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        pytest.param(b"", {"CONTENT_LENGTH": "0"}, 400, "malformed", id="nothing at all"),
        pytest.param(b"\xd2\x84", {}, 400, "malformed", id="the beginning of a message"),
        pytest.param(
            b"abc", {"HTTP_CONTENT_ENCODING": "deflate"}, 400, "malformed", id="no deflate"
        ),
        pytest.param(b"a", {"HTTP_CONTENT_ENCODING": "br"}, 415, "encoding", id="brotli"),
        pytest.param(b"ab", {"CONTENT_LENGTH": ""}, 411, "length", id="no length"),
        pytest.param(b"ab", {"CONTENT_LENGTH": "-1"}, 411, "length", id="a negative length"),
        pytest.param(
            b"ab",
            {"CONTENT_LENGTH": str(MAX_BODY_BYTES + 1)},
            413,
            "too_large",
            id="more announced than is taken",
        ),
    ],
)
def test_a_bad_body_is_refused_with_its_code(
    sender: Sender,
    unit: SimulatedUnit,
    what: str,
    body: bytes,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = sender.post(unit.uid, body, what, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]


@pytest.mark.parametrize("what", ["batches", "heartbeats"])
@pytest.mark.parametrize("uid", ["0123456789abcdef", "zzz", "%00", "A" * 400])
def test_a_unit_that_is_not_known_is_not_found(
    sender: Sender, unit: SimulatedUnit, what: str, uid: str
) -> None:
    unit.record()
    answer = sender.send(uid, unit.batch(1, 1), what)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_unit")


@pytest.mark.parametrize("what", ["batches", "heartbeats"])
def test_a_retired_unit_is_refused(sender: Sender, unit: SimulatedUnit, what: str) -> None:
    unit.record()
    Unit.objects.update(retired_at=timezone.now())
    answer = sender.send(unit.uid, unit.batch(1, 1), what)
    assert (answer.status_code, answer.json()["code"]) == (403, "retired")


@dataclass
class UsedUp(Budget):
    """One unit has nothing left; the clock does not matter."""

    uid: str = ""

    def wait_s(self, uid: str, now_s: float) -> int:
        return 7 if uid == self.uid else super().wait_s(uid, now_s)


def test_a_unit_that_asks_too_often_is_told_when_to_come_back(
    sender: Sender, unit: SimulatedUnit, neighbour: SimulatedUnit, ingest: IngestConfig
) -> None:
    unit.record()
    neighbour.record()
    ingest.budget = UsedUp(uid=unit.uid)
    answer = sender.send(unit.uid, unit.batch(1, 1))
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert answer["Retry-After"] == "7"
    assert sender.send(neighbour.uid, neighbour.batch(1, 1)).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("asked", "at_s", "wait_s"),
    [
        (MAX_REQUESTS_A_WINDOW - 1, 3, 0),
        (MAX_REQUESTS_A_WINDOW, 3, WINDOW_S - 3),
        (MAX_REQUESTS_A_WINDOW, WINDOW_S - 1, 1),
        (MAX_REQUESTS_A_WINDOW, WINDOW_S, 0),
    ],
)
def test_a_units_requests_are_counted_in_windows(asked: int, at_s: float, wait_s: int) -> None:
    budget = Budget()
    for _ in range(asked):
        budget.spend("unit", 1)
    assert budget.wait_s("unit", at_s) == wait_s
    assert budget.wait_s("neighbour", at_s) == 0


def test_nobody_else_can_use_up_a_units_requests(
    sender: Sender, unit: SimulatedUnit, neighbour: SimulatedUnit, ingest: IngestConfig
) -> None:
    unit.record()
    sender.send(unit.uid, unit.batch(1, 1, key=neighbour.key))
    assert not ingest.budget.used


def test_a_unit_retired_a_moment_ago_is_refused(sender: Sender, unit: SimulatedUnit) -> None:
    unit.record(2)
    sender.send(unit.uid, unit.batch(1, 1))
    Unit.objects.update(retired_at=timezone.now())
    for _ in range(2):
        assert sender.send(unit.uid, unit.batch(1, 2)).json()["code"] == "retired"
    assert Entry.objects.count() == 1


def test_the_last_heartbeat_is_kept(sender: Sender, unit: SimulatedUnit) -> None:
    for backlog in (7, 3):
        assert sender.send(unit.uid, unit.heartbeat(backlog), "heartbeats").status_code == 204
    kept = Heartbeat.objects.get(unit__uid=unit.uid)
    assert (kept.backlog, kept.temperature_c, kept.faults) == (3, 48, ["camera"])


def test_a_heartbeat_is_no_batch_and_a_batch_no_heartbeat(
    sender: Sender, unit: SimulatedUnit
) -> None:
    unit.record()
    assert sender.send(unit.uid, unit.heartbeat(1)).status_code == HTTPStatus.BAD_REQUEST
    answer = sender.send(unit.uid, unit.batch(1, 1), "heartbeats")
    assert answer.status_code == HTTPStatus.BAD_REQUEST

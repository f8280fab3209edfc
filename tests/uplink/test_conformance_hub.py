"""What every hub answers: the one that tests and campaigns pretend, and the real one.

A hub is reached over HTTP alone, so that what is tested is what a unit meets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.devices.clock import SystemClock
from gate.events.batch import deflate, sign_batch, unit_uid
from gate.events.chain import ChainHead, genesis, head_of, link
from gate.events.codec import encode_holder
from gate.events.heartbeat import Heartbeat, sign_heartbeat
from gate.events.model import Entry, Event, EventKind, Holder
from gate.events.receipt import Receipt, hash_of, open_receipt
from gate.events.support import MAX_SUPPORT_BYTES, Support, sign_support
from gate.signing.keys import SigningKey, VerifyingKey
from gate.sim.hub import SimulatedHub
from gate.uplink.answer import Answer, Gap, Heard, Receipted, Refused, Reply, read_answer
from gate.uplink.client import HubClient
from tests.system.hub_process import hub_process

NOW: Final = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
START: Final = genesis(b"j" * 16)
SAM: Final = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam", card_type="gold")
DEFLATE: Final = {"Content-Encoding": "deflate"}
ONE_S: Final = 30.0
UNITS: Final = 40
"""More than there are tests; each has its own, so that none sees what another sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A hub that runs: where, by which key it signs, and a unit that it knows and has not heard."""

    url: str
    key: VerifyingKey
    unit: Callable[[], SigningKey]


@pytest.fixture
def simulated() -> Iterator[Hub]:
    with SimulatedHub(SystemClock()) as hub:

        def unit() -> SigningKey:
            key = SigningKey(Ed25519PrivateKey.generate())
            hub.books.register(key.verifying_key)
            return key

        yield Hub(url=hub.url, key=hub.books.key.verifying_key, unit=unit)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with hub_process(tmp_path_factory.mktemp("hub"), UNITS) as hub:
        yield Hub(url=hub.url, key=hub.key, unit=hub.unit)


class Sender:
    """A unit that sends what it is told to."""

    def __init__(self, hub: Hub, client: HubClient) -> None:
        self.hub = hub
        self.client = client
        self.clock = SystemClock()
        self.key = hub.unit()
        self.uid = unit_uid(self.key.verifying_key)

    def post(self, what: str, body: bytes, *, headers: dict[str, str] | None = None) -> Reply:
        deadline_s = self.clock.monotonic() + ONE_S
        path = f"/api/units/{self.uid}/{what}"
        return self.client.post(path, body, deadline_s=deadline_s, headers=headers)

    def message(self, entries: list[Entry], prev: ChainHead = START) -> bytes:
        return sign_batch(self.uid, entries, prev, self.key)

    def send(self, entries: list[Entry], prev: ChainHead = START) -> Answer:
        body = deflate(self.message(entries, prev))
        return read_answer(self.post("batches", body, headers=DEFLATE))

    def receipt(self, entries: list[Entry], prev: ChainHead = START) -> Receipt:
        answer = self.send(entries, prev)
        assert isinstance(answer, Receipted)
        return open_receipt(answer.message, self.hub.key)


@pytest.fixture(params=["simulated", pytest.param("real", marks=pytest.mark.system)])
def unit(request: pytest.FixtureRequest) -> Iterator[Sender]:
    clock = SystemClock()
    hub: Hub = request.getfixturevalue(request.param)
    with HubClient(hub.url, ca=None, now=clock.now, monotonic=clock.monotonic) as client:
        yield Sender(hub, client)


def entries(count: int, detail: str = "", prev: ChainHead = START) -> list[Entry]:
    """Return so many entries after `prev`."""
    made: list[Entry] = []
    for number in range(count):
        at = NOW + timedelta(seconds=number)
        event = Event(at=at, clock_trusted=True, kind=EventKind.UNIT_STARTED, detail=detail)
        made.append(link(head_of(made[-1]) if made else prev, event, None, None))
    return made


def refused(answer: Answer) -> tuple[int, str]:
    assert isinstance(answer, Refused)
    return answer.status, answer.code


def test_a_batch_is_receipted_with_its_hash_and_our_head(unit: Sender) -> None:
    sent = entries(3)
    receipt = unit.receipt(sent)
    assert receipt.uid == unit.uid
    assert receipt.head == head_of(sent[-1])
    assert receipt.batch_hash == hash_of(unit.message(sent))
    assert abs(receipt.hub_time - unit.clock.now()) < timedelta(minutes=5)


def test_a_batch_may_come_uncompressed(unit: Sender) -> None:
    assert isinstance(read_answer(unit.post("batches", unit.message(entries(2)))), Receipted)


def test_the_same_batch_again_is_answered_alike(unit: Sender) -> None:
    sent = entries(3)
    one, other = unit.receipt(sent), unit.receipt(sent)
    assert replace(one, hub_time=NOW) == replace(other, hub_time=NOW)


def test_an_entry_whose_person_was_erased_since_is_the_same_entry(unit: Sender) -> None:
    (first,) = entries(1)
    known = link(head_of(first), first.event, b"s" * 16, encode_holder(SAM))
    whole = unit.receipt([first, known])
    again = unit.receipt([replace(known, salt=None, holder=None)], head_of(first))
    assert again.head == whole.head == head_of(known)


def test_an_older_batch_again_is_told_how_far_the_hub_is(unit: Sender) -> None:
    sent = entries(6)
    unit.receipt(sent)
    assert unit.receipt(sent[:2]).head == head_of(sent[-1])


def test_a_batch_that_overlaps_adds_what_is_new(unit: Sender) -> None:
    sent = entries(6)
    unit.receipt(sent[:4])
    assert unit.receipt(sent[2:], head_of(sent[1])).head == head_of(sent[-1])


def test_a_gap_is_told_with_where_to_go_on(unit: Sender) -> None:
    sent = entries(6)
    assert unit.send(sent[4:], head_of(sent[3])) == Gap(START)
    unit.receipt(sent[:2])
    assert unit.send(sent[4:], head_of(sent[3])) == Gap(head_of(sent[1]))


def test_other_content_under_a_number_is_refused_and_changes_nothing(unit: Sender) -> None:
    sent = entries(3)
    unit.receipt(sent)
    assert refused(unit.send(entries(5, "other"))) == (422, "conflict")
    assert unit.receipt(sent).head == head_of(sent[-1])


def test_what_follows_another_chain_is_refused(unit: Sender) -> None:
    unit.receipt(entries(3))
    other = entries(5, "other")
    assert refused(unit.send(other[3:], head_of(other[2]))) == (422, "conflict")


def test_two_journals_of_a_unit_are_two(unit: Sender) -> None:
    unit.receipt(entries(3))
    start = genesis(b"k" * 16)
    assert unit.receipt(entries(2, prev=start), start).head.seq == 2


def test_a_changed_batch_is_refused(unit: Sender) -> None:
    message = bytearray(unit.message(entries(3)))
    message[len(message) // 2] ^= 1
    assert refused(read_answer(unit.post("batches", bytes(message))))[0] == 400


@pytest.mark.parametrize("body", [b"", b"\x00", b"{}", b"\xd2\x84" * 500], ids=len)
def test_what_is_no_batch_is_refused(unit: Sender, body: bytes) -> None:
    assert refused(read_answer(unit.post("batches", body)))[0] == 400
    assert refused(read_answer(unit.post("batches", body, headers=DEFLATE)))[0] == 400


def test_a_unit_that_is_not_known_is_told_so(unit: Sender) -> None:
    unit.key = SigningKey(Ed25519PrivateKey.generate())
    unit.uid = unit_uid(unit.key.verifying_key)
    assert refused(unit.send(entries(1)))[0] == 404


def test_a_batch_by_another_units_key_is_refused(unit: Sender) -> None:
    unit.key = SigningKey(Ed25519PrivateKey.generate())
    assert refused(unit.send(entries(1)))[0] == 400


def test_a_heartbeat_is_heard(unit: Sender) -> None:
    message = sign_heartbeat(
        Heartbeat(sent_at=unit.clock.now(), clock_trusted=True, backlog=0), unit.key
    )
    assert read_answer(unit.post("heartbeats", message)) == Heard()
    assert refused(read_answer(unit.post("heartbeats", message[:-1])))[0] == 400


def test_a_support_bundle_that_nobody_asked_for_is_refused(unit: Sender) -> None:
    sent = sign_support(Support(number=bytes(16), fault="no room"), unit.key)
    answer = read_answer(unit.post("support", sent))
    assert isinstance(answer, Refused)
    assert (answer.status, answer.code) == (409, "not_asked")
    too_large = read_answer(unit.post("support", bytes(MAX_SUPPORT_BYTES + 1)))
    assert isinstance(too_large, Refused)
    assert (too_large.status, too_large.code) == (413, "too_large")

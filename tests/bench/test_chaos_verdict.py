"""The judge of a campaign finds what was lost, doubled or changed, wherever it is."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.bench.chaos.verdict import Verdict, judge
from gate.events.batch_rows import rebuild, to_wire
from gate.events.chain import ChainHead, genesis
from gate.events.codec import to_ms
from gate.events.model import Entry, Event, EventKind, Holder
from gate.events.receipt import Receipt, sign_receipt
from gate.signing.keys import SigningKey
from gate.store.cursor import Cursor, cursor_directory
from gate.store.journal import open_journal

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
SAM = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam", card_type="gold")
HUB = SigningKey(Ed25519PrivateKey.generate())
LAST = 6


class Site:
    """A unit's journal, what it acknowledged, and the rows that a hub has of it."""

    def __init__(self, path: Path) -> None:
        self.journal = path / "journal.db"
        with open_journal(self.journal, now=NOW, clock_trusted=True) as journal:
            for number in range(1, LAST):
                at = NOW + timedelta(seconds=number)
                event = Event(at=at, clock_trusted=True, kind=EventKind.ACCESS, outcome="admit")
                journal.append(event, SAM)
            entries = list(journal.entries())
            self.head = journal.head
        self.acknowledged = {entry.seq: entry.hash for entry in entries[1:]}
        self.rows = rows_of(entries)
        self.alarms: list[tuple[str, int, str]] = []
        self.keep_receipt(self.head)

    def keep_receipt(self, head: ChainHead) -> None:
        receipt = Receipt(uid="0" * 16, head=head, hub_time=NOW, batch_hash=bytes(32))
        with Cursor(cursor_directory(self.journal)) as cursor:
            cursor.advance(head, sign_receipt(receipt, HUB), to_ms(NOW))

    def query(self, statement: str) -> Sequence[Sequence[Any]]:
        if "FROM ingest_entry" in statement:
            return self.rows
        if "FROM ingest_alarm" in statement:
            return self.alarms
        return [(self.head.journal_id, self.head.seq, self.head.hash)]

    def verdict(self) -> Verdict:
        public = HUB.verifying_key.public.hex()
        return judge(self.journal, self.acknowledged, self.query, public)


def rows_of(entries: Sequence[Entry]) -> list[tuple[Any, ...]]:
    rows, _ = rebuild(to_wire(entries), genesis(entries[0].journal_id))
    return [(entries[0].journal_id, *row) for row in rows]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_whole_record_holds(site: Site) -> None:
    verdict = site.verdict()
    assert verdict.faults == ()
    assert (verdict.entries, verdict.lost, verdict.doubled, verdict.changed) == (LAST, 0, 0, 0)
    assert verdict.holds


def lose_on_the_hub(site: Site) -> None:
    del site.rows[3]


def lose_what_was_acknowledged(site: Site) -> None:
    site.acknowledged[LAST + 1] = bytes(32)


def double_under_another_number(site: Site) -> None:
    journal_id, seq, *rest = site.rows[-1]
    site.rows.append((journal_id, seq + 1, *rest))


def double_in_another_journal(site: Site) -> None:
    _, *row = site.rows[-1]
    site.rows.append((bytes(16), *row))


def change_the_time(site: Site) -> None:
    journal_id, seq, at_ms, *rest = site.rows[2]
    site.rows[2] = (journal_id, seq, at_ms + 1, *rest)


def change_what_was_acknowledged(site: Site) -> None:
    site.acknowledged[3] = bytes(32)


@pytest.mark.parametrize(
    ("spoil", "figures"),
    [
        (lose_on_the_hub, (1, 0, 0)),
        (lose_what_was_acknowledged, (1, 0, 0)),
        (double_under_another_number, (0, 1, 0)),
        (double_in_another_journal, (0, 1, 0)),
        (change_the_time, (0, 0, 1)),
        (change_what_was_acknowledged, (0, 0, 1)),
    ],
)
def test_what_is_not_there_once_and_as_it_was_is_counted(
    site: Site, spoil: Callable[[Site], None], figures: tuple[int, int, int]
) -> None:
    spoil(site)
    verdict = site.verdict()
    assert (verdict.lost, verdict.doubled, verdict.changed) == figures
    assert not verdict.holds


def raise_an_alarm(site: Site) -> None:
    site.alarms.append(("conflict", 3, "another entry"))


def stop_the_mark_short(site: Site) -> None:
    site.head = replace(site.head, seq=LAST - 1)


def forge_a_receipt(site: Site) -> None:
    site.keep_receipt(replace(site.head, hash=bytes(32)))


def set_a_journal_aside(site: Site) -> None:
    site.journal.with_name("journal.db.damaged-1").touch()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (raise_an_alarm, "alarm"),
        (stop_the_mark_short, "marks"),
        (forge_a_receipt, "receipts"),
        (set_a_journal_aside, "set aside"),
    ],
)
def test_what_else_is_wrong_is_told(site: Site, spoil: Callable[[Site], None], told: str) -> None:
    spoil(site)
    (fault,) = site.verdict().faults
    assert told in fault

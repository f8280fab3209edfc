"""What hub and journal do not agree about is told; nothing is deleted or sent over it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gate.events.batch import sign_batch
from gate.events.chain import genesis, link
from gate.sim.hub import Trouble
from gate.store.cursor import MARK
from gate.uplink.answer import JSON
from gate.uplink.sync import Ending

if TYPE_CHECKING:
    from collections.abc import Callable

    from gate.events.receipt import Receipt
    from tests.uplink.conftest import Site


def pretend_the_hub_has_another_entry_1(site: Site) -> None:
    """Store an entry at the hub that another copy of this unit would have sent."""
    (first,) = site.journal.entries()
    start = genesis(first.journal_id)
    other = link(start, replace(first.event, detail="another"), None, None)
    message = sign_batch(site.link.uid, [other], start, site.link.key)
    status, _, _ = site.hub.books.take_batch(site.link.uid, message, "", site.clock.now())
    assert status == 200


def test_other_content_under_a_number_is_an_alarm_on_both_sides(site: Site) -> None:
    pretend_the_hub_has_another_entry_1(site)

    end = site.sync()

    assert end.ending is Ending.ALARM
    assert "422 conflict" in end.why
    assert len(site.hub.books.alarms) == 1
    assert len(site.stored()) == 1
    assert len(list(site.journal.entries())) == 1
    assert site.link.cursor.mark() is None


def test_a_gap_at_an_entry_we_have_otherwise_is_an_alarm(site: Site) -> None:
    site.record(3)
    site.sync()
    site.hub.books.ledgers.clear()
    (first, *_) = list(site.journal.entries())
    start = genesis(first.journal_id)
    other = link(start, replace(first.event, detail="another"), None, None)
    message = sign_batch(site.link.uid, [other], start, site.link.key)
    site.hub.books.take_batch(site.link.uid, message, "", site.clock.now())
    site.record(1)

    end = site.sync()

    assert (end.ending, site.mark().head.seq) == (Ending.ALARM, 4)
    assert "another entry 1" in end.why


def test_a_gap_of_another_journal_is_no_answer(site: Site) -> None:
    site.record(3)
    site.sync()
    for (_, journal_id), ledger in site.hub.books.ledgers.items():
        ledger.journal_id = bytes(reversed(journal_id))
        ledger.rows.clear()
    site.record(1)

    assert site.sync().ending is Ending.NO_ANSWER
    assert site.mark().head.seq == 4


def test_a_journal_that_lost_what_the_hub_has_is_an_alarm(site: Site) -> None:
    site.record(3)
    site.sync()
    (site.link.cursor.directory / MARK).unlink()
    _edit(site, "DELETE FROM entries WHERE seq > 2")

    end = site.sync()

    assert end.ending is Ending.ALARM
    assert "older state" in end.why


def test_a_mark_beyond_the_journal_is_an_alarm(site: Site) -> None:
    site.record(3)
    site.sync()
    _edit(site, "DELETE FROM entries WHERE seq > 2")

    end = site.sync()

    assert end.ending is Ending.ALARM
    assert "entry 4, which the hub has" in end.why
    assert site.hub.requests == 1


def test_an_entry_that_was_changed_here_is_not_sent(site: Site) -> None:
    site.record(3)
    _edit(site, "UPDATE entries SET outcome = 'refuse' WHERE seq = 3")

    end = site.sync()

    assert end.ending is Ending.ALARM
    assert "damaged" in end.why
    assert site.hub.requests == 0


def test_entries_pruned_before_the_hub_had_them_are_told(site: Site) -> None:
    site.record(3)
    _edit(site, "DELETE FROM entries WHERE seq < 3")

    end = site.sync()

    assert end.ending is Ending.ALARM
    assert "begins at 3" in end.why


LIES = {
    "of another unit": lambda receipt: replace(receipt, uid="0" * 16),
    "of another batch": lambda receipt: replace(receipt, batch_hash=bytes(32)),
    "of another journal": lambda receipt: replace(
        receipt, head=replace(receipt.head, journal_id=bytes(16))
    ),
    "of less than was sent": lambda receipt: replace(
        receipt, head=replace(receipt.head, seq=receipt.head.seq - 1)
    ),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_receipt_that_is_not_of_this_batch_moves_nothing(
    site: Site, lie: Callable[[Receipt], Receipt]
) -> None:
    site.record(3)
    site.hub.books.retell = lie

    end = site.sync()

    assert (end.ending, end.why) == (Ending.NO_ANSWER, "the hub's receipt is of another batch")
    assert site.link.cursor.mark() is None


def test_a_receipt_with_another_hash_under_our_number_is_an_alarm(site: Site) -> None:
    site.hub.books.retell = lambda receipt: replace(
        receipt, head=replace(receipt.head, hash=bytes(32))
    )
    assert site.sync().ending is Ending.ALARM
    assert site.link.cursor.mark() is None


def test_a_gap_at_or_after_the_mark_is_no_gap(site: Site) -> None:
    site.record(3)
    site.sync()
    site.record(1)
    head = site.mark().head
    fields = {
        "code": "gap",
        "stored_through": head.seq,
        "head_hash": head.hash.hex(),
        "journal_id": head.journal_id.hex(),
    }
    site.hub.portal = (409, JSON, json.dumps(fields).encode())

    end = site.sync(Trouble.PORTAL_PAGE)

    assert (end.ending, "where there is none" in end.why) == (Ending.NO_ANSWER, True)


def _edit(site: Site, statement: str) -> None:
    """Change the journal as somebody with a database client would."""
    with closing(sqlite3.connect(site.path)) as shell:
        names = shell.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            shell.execute(f"DROP TRIGGER {name}")
        shell.execute(statement)
        shell.commit()

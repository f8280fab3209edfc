"""A unit with nothing new offers its last entry again, and so hears that its hub was put back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gate.sim.hub import Trouble
from gate.uplink.cycle import OFFER_S, is_offer_due
from gate.uplink.sync import Ending
from tests.uplink.conftest import NOW, SAM

if TYPE_CHECKING:
    from tests.uplink.conftest import Site

MINUTE_S = 60.0


@pytest.fixture
def idle(site: Site) -> Site:
    """Return a unit of 25 entries, all of which its hub has acknowledged."""
    site.record(24)
    site.sync()
    site.hub.requests = 0
    return site


def offers(site: Site) -> int:
    """Return how many requests were no heartbeats."""
    return site.hub.requests - len(site.hub.books.heartbeats)


def test_a_hub_that_was_put_back_gets_what_it_lost(idle: Site) -> None:
    idle.hub.forget()

    end = idle.sync(offers=True)

    assert (end.ending, end.uploaded) == (Ending.DONE, 13)
    idle.assert_everything_stored_once()


def test_a_hub_that_lost_nothing_but_the_last_entry_gets_it(idle: Site) -> None:
    idle.hub.books.ledger(idle.link.uid, idle.journal.head.journal_id).rows.pop()

    end = idle.sync(offers=True)

    assert (end.ending, idle.hub.requests) == (Ending.DONE, 1)
    idle.assert_everything_stored_once()


def test_a_hub_that_lost_the_whole_journal_gets_it(idle: Site) -> None:
    idle.hub.books.ledgers.clear()
    assert idle.sync(offers=True).uploaded == 25
    idle.assert_everything_stored_once()


def test_a_hub_that_has_everything_is_asked_once_and_nothing_changes(idle: Site) -> None:
    kept = _files(idle)
    idle.clock.advance(86_400)

    end = idle.sync(offers=True)

    assert (end.ending, end.uploaded, end.was_receipted) == (Ending.DONE, 0, True)
    assert idle.hub.requests == 1
    assert _files(idle) == kept
    idle.assert_everything_stored_once()


def test_what_is_new_is_sent_in_place_of_an_offer(idle: Site) -> None:
    idle.record(2)
    assert idle.sync(offers=True).uploaded == 2
    assert idle.hub.requests == 1


@pytest.mark.parametrize(
    "trouble", [Trouble.LOST_REQUEST, Trouble.LOST_ANSWER, Trouble.BUSY, Trouble.OLD_RECEIPT]
)
def test_an_offer_that_was_not_answered_leaves_the_mark(idle: Site, trouble: Trouble) -> None:
    end = idle.sync(trouble, offers=True)
    assert (end.ending, end.head) == (Ending.NO_ANSWER, idle.journal.head)
    assert idle.mark().head == idle.journal.head


def test_an_answer_about_a_journal_of_before_is_none(idle: Site) -> None:
    idle.hub.books.retell = lambda receipt: replace(
        receipt, head=replace(receipt.head, journal_id=bytes(16))
    )
    assert idle.sync(offers=True).ending is Ending.NO_ANSWER
    assert idle.mark().head == idle.journal.head


def test_a_journal_with_nothing_in_it_offers_nothing(site: Site) -> None:
    _edit(site, "DELETE FROM entries")
    assert site.sync(offers=True).ending is Ending.DONE
    assert site.hub.requests == 0


def test_a_last_entry_that_was_pruned_is_not_offered(idle: Site) -> None:
    _edit(
        idle,
        "INSERT INTO anchor SELECT 1, seq, hash, at_ms FROM entries ORDER BY seq DESC LIMIT 1",
        "DELETE FROM entries",
    )
    assert idle.sync(offers=True).ending is Ending.DONE
    assert idle.hub.requests == 0


def test_of_a_journal_pruned_as_far_as_can_be_the_last_entry_is_offered(idle: Site) -> None:
    assert idle.journal.prune(idle.mark().head, now=NOW + timedelta(days=400)) == 24
    assert idle.sync(offers=True).ending is Ending.DONE
    assert idle.hub.requests == 1


def test_a_hub_that_lost_what_an_idle_unit_pruned_is_an_alarm(idle: Site) -> None:
    idle.journal.prune(idle.mark().head, now=NOW + timedelta(days=400))
    idle.hub.forget()

    end = idle.sync(offers=True)

    assert (end.ending, "pruned" in end.why) == (Ending.ALARM, True)


def test_the_offer_of_an_entry_whose_person_was_erased_is_no_conflict(site: Site) -> None:
    site.record(4, SAM)
    site.sync()
    assert site.journal.erase(SAM.person) == 4

    assert site.sync(offers=True).ending is Ending.DONE
    assert site.hub.books.alarms == []
    site.hub.books.ledgers.clear()
    assert site.sync(offers=True).uploaded == 5
    site.assert_everything_stored_once()


def test_of_a_journal_that_was_set_aside_nothing_is_offered(idle: Site) -> None:
    old = idle.journal.head
    idle.begin_another_journal()
    idle.hub.forget()

    assert idle.sync(offers=True).uploaded == 1

    assert idle.mark().head == idle.journal.head
    assert len(idle.hub.books.ledger(idle.link.uid, old.journal_id).rows) == 12
    idle.hub.books.ledgers.clear()
    assert idle.sync(offers=True).ending is Ending.DONE
    assert idle.stored() == list(idle.journal.entries())


@pytest.mark.parametrize(
    ("sure_s", "now_s", "is_due"),
    [
        pytest.param(None, 0.0, True, id="nothing was heard yet"),
        pytest.param(100.0, 100.0, False, id="just heard"),
        pytest.param(100.0, 99.9 + OFFER_S, False, id="within the hour"),
        pytest.param(100.0, 100.0 + OFFER_S, True, id="an hour ago"),
    ],
)
def test_an_offer_is_due_an_hour_after_the_hub_was_heard(
    sure_s: float | None,
    now_s: float,
    is_due: bool,  # noqa: FBT001 - a table's column
) -> None:
    assert is_offer_due(sure_s, now_s) is is_due


def test_an_idle_unit_offers_at_its_start_and_then_once_an_hour(idle: Site) -> None:
    uplink = idle.uplink()
    counted = []
    for _ in range(181):
        uplink.once()
        counted.append(offers(idle))
        idle.clock.advance(MINUTE_S)
    assert counted == [1] * 60 + [2] * 60 + [3] * 60 + [4]


def test_an_uplink_that_uploads_does_not_offer(idle: Site) -> None:
    uplink = idle.uplink()
    for _ in range(90):
        idle.record(1)
        uplink.once()
        idle.clock.advance(MINUTE_S)
    for _ in range(59):
        uplink.once()
        idle.clock.advance(MINUTE_S)
    assert offers(idle) == 90


def test_a_hub_that_was_away_is_offered_the_last_entry_when_it_is_back(idle: Site) -> None:
    uplink = idle.uplink()
    uplink.once()
    idle.clock.advance(MINUTE_S)
    idle.hub.troubles.extend([Trouble.LOST_REQUEST, Trouble.LOST_REQUEST])

    unheard, away = uplink.once(), uplink.once()
    idle.hub.forget()
    back = uplink.once()

    assert (unheard.ending, away.ending) == (Ending.NO_ANSWER, Ending.NO_ANSWER)
    assert (back.ending, back.uploaded) == (Ending.DONE, 13)
    idle.assert_everything_stored_once()
    asked = offers(idle)
    uplink.once()
    assert offers(idle) == asked


def test_a_hub_that_lost_the_unit_itself_is_told_of_at_every_pass(idle: Site) -> None:
    idle.hub.books.units.clear()
    uplink = idle.uplink()
    assert [uplink.once().ending for _ in range(3)] == [Ending.UNKNOWN] * 3


def _files(site: Site) -> dict[str, bytes]:
    """Return what lies in the cursor's directory."""
    found = site.link.cursor.directory.rglob("*")
    return {path.name: path.read_bytes() for path in found if path.is_file()}


def _edit(site: Site, *statements: str) -> None:
    """Change the journal as its own software never does."""
    with closing(sqlite3.connect(site.path)) as shell:
        names = shell.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            shell.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            shell.execute(statement)
        shell.commit()

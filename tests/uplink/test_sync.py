"""A pass: everything arrives once, whatever goes wrong on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from gate.events.model import Holder
from gate.events.receipt import open_receipt
from gate.sim.hub import RETRY_AFTER_S, Trouble
from gate.store.cursor import MARK
from gate.uplink.sync import MAX_REWINDS, Ending

if TYPE_CHECKING:
    from tests.uplink.conftest import Site

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
SAM = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam", card_type="gold")


def test_everything_is_uploaded_in_batches_and_receipted(site: Site) -> None:
    site.record(24)

    end = site.sync()

    assert (end.ending, end.uploaded, end.drift_ms) == (Ending.DONE, 25, 0)
    assert site.hub.requests == 3
    site.assert_everything_stored_once()
    (kept,) = (site.link.cursor.directory / "receipts").iterdir()
    receipt = open_receipt(kept.read_bytes(), site.link.hub_key)
    assert (receipt.head, receipt.uid) == (site.journal.head, site.link.uid)


def test_a_second_pass_brings_only_what_is_new(site: Site) -> None:
    site.record(4)
    site.sync()
    site.record(3)

    assert site.sync().uploaded == 3
    assert site.sync().uploaded == 0
    assert site.hub.requests == 2
    site.assert_everything_stored_once()


def test_what_is_recorded_during_a_pass_is_brought_too(site: Site) -> None:
    site.record(600)
    site.with_batches_of(300)
    site.sync()
    site.record(2)
    assert site.sync().ending is Ending.DONE
    site.assert_everything_stored_once()


PASSING = {
    Trouble.LOST_REQUEST: "RemoteDisconnected",
    Trouble.LOST_ANSWER: "RemoteDisconnected",
    Trouble.BUSY: "503",
    Trouble.FULL: "507",
    Trouble.TRUNCATED: "cut short",
    Trouble.FLIPPED_ANSWER: "not by the hub's key",
    Trouble.PORTAL_PAGE: "captive portal? it answers 200 text/html",
    Trouble.PORTAL_REDIRECT: "captive portal? it answers 302",
    Trouble.COMPRESSED: "compressed, which was not asked for",
    Trouble.STRANGER: "not by the hub's key",
    Trouble.OLD_RECEIPT: "of another batch",
}


@pytest.mark.parametrize(("trouble", "words"), PASSING.items(), ids=str)
def test_an_answer_that_is_none_moves_nothing_and_the_next_pass_brings_all(
    site: Site, trouble: Trouble, words: str
) -> None:
    site.record(24)

    end = site.sync(Trouble.NONE, trouble)

    assert (end.ending, end.uploaded) == (Ending.NO_ANSWER, 10)
    assert words in end.why
    assert site.mark().head.seq == 10
    assert site.sync().ending is Ending.DONE
    site.assert_everything_stored_once()


def test_a_hub_that_is_busy_is_asked_again_when_it_said(site: Site) -> None:
    assert site.sync(Trouble.BUSY).retry_after_s == RETRY_AFTER_S


@pytest.mark.parametrize("trouble", [Trouble.DRIP, Trouble.DRIP_HEADERS])
def test_an_answer_that_drips_in_is_cut_off_at_the_deadline(site: Site, trouble: Trouble) -> None:
    end = site.sync(trouble, pass_s=0.3)

    assert (end.ending, end.uploaded) == (Ending.NO_ANSWER, 0)
    assert end.why.startswith("cut off")
    assert site.sync().ending is Ending.DONE
    site.assert_everything_stored_once()


def test_a_pass_without_time_sends_nothing(site: Site) -> None:
    assert site.sync(pass_s=0.0).ending is Ending.OUT_OF_TIME
    assert site.hub.requests == 0


def test_a_line_that_was_cut_is_not_used_again(site: Site) -> None:
    site.client.cut()
    for _ in range(2):
        end = site.sync()
        assert (end.ending, end.why) == (Ending.NO_ANSWER, "told to stop")
    assert site.hub.requests == 0


def test_a_request_that_arrives_twice_is_stored_once(site: Site) -> None:
    site.record(24)
    assert site.sync(Trouble.TWICE, Trouble.TWICE, Trouble.TWICE).ending is Ending.DONE
    site.assert_everything_stored_once()


def test_a_hub_back_from_an_older_backup_gets_what_it_lost(site: Site) -> None:
    site.record(24)
    site.sync()
    site.record(1)

    assert site.sync(Trouble.FORGETFUL).ending is Ending.DONE
    site.assert_everything_stored_once()


def test_the_mark_goes_back_with_the_hub_at_once(site: Site) -> None:
    site.record(24)
    site.sync()
    site.record(1)

    site.sync(Trouble.FORGETFUL, Trouble.LOST_REQUEST)

    assert site.mark().head.seq == len(site.stored()) == 12


def test_a_batch_is_bounded_in_bytes_too(site: Site) -> None:
    site.with_batches_of(1000)
    site.record(150, replace(SAM, name="S" * 8000))

    assert site.sync().uploaded == 151
    assert site.hub.requests == 2
    site.assert_everything_stored_once()


def test_a_hub_that_forgets_for_ever_is_left_for_now(site: Site) -> None:
    site.record(40)
    site.sync()
    site.record(1)

    end = site.sync(*[Trouble.FORGETFUL] * (MAX_REWINDS + 1))

    assert end.ending is Ending.NO_ANSWER
    assert f"more than {MAX_REWINDS} times" in end.why
    assert site.sync().ending is Ending.DONE
    site.assert_everything_stored_once()


def test_a_hub_that_is_ahead_is_caught_up_with_in_one_request(site: Site) -> None:
    site.record(40)
    site.sync()
    (site.link.cursor.directory / MARK).unlink()

    end = site.sync()

    assert (end.ending, end.uploaded, site.hub.requests) == (Ending.DONE, 41, 6)
    site.assert_everything_stored_once()


def test_a_damaged_mark_costs_a_request_and_no_entry(site: Site) -> None:
    site.record(40)
    site.sync()
    (site.link.cursor.directory / MARK).write_bytes(b"{")

    assert site.sync().ending is Ending.DONE
    site.assert_everything_stored_once()


def test_a_pruned_journal_whose_mark_is_lost_goes_on_from_where_it_begins(site: Site) -> None:
    site.record(24)
    site.sync()
    assert site.journal.prune(site.mark().head, now=NOW + timedelta(days=400)) > 10
    site.record(1)
    (site.link.cursor.directory / MARK).unlink()

    assert site.sync().ending is Ending.DONE
    assert site.mark().head == site.journal.head
    assert len(site.stored()) == 26


def test_a_hub_that_lost_what_was_pruned_here_is_an_alarm(site: Site) -> None:
    site.record(24)
    site.sync()
    site.journal.prune(site.mark().head, now=NOW + timedelta(days=400))
    site.record(1)
    site.hub.books.ledgers.clear()

    end = site.sync()

    assert (end.ending, end.uploaded) == (Ending.ALARM, 0)
    assert "pruned" in end.why


def test_a_batch_too_large_for_the_hub_is_halved(site: Site) -> None:
    site.record(24)
    assert site.sync(Trouble.TOO_LARGE, Trouble.TOO_LARGE).ending is Ending.DONE
    site.assert_everything_stored_once()


def test_a_single_entry_too_large_for_the_hub_is_an_alarm(site: Site) -> None:
    assert site.sync(Trouble.TOO_LARGE).ending is Ending.ALARM


def test_a_bit_turned_over_on_the_way_is_refused_and_sent_again(site: Site) -> None:
    end = site.sync(Trouble.FLIPPED_REQUEST)
    assert (end.ending, "400 bad_batch" in end.why) == (Ending.ALARM, True)
    assert site.sync().ending is Ending.DONE
    site.assert_everything_stored_once()


def test_a_unit_the_hub_does_not_know_is_told_its_uid(site: Site) -> None:
    site.hub.books.units.clear()
    end = site.sync()
    assert end.ending is Ending.UNKNOWN
    assert site.link.uid in end.why


@pytest.mark.parametrize("seed", range(3))
def test_a_day_of_troubles_leaves_every_entry_stored_once(site: Site, seed: int) -> None:
    random = Random(seed)
    fast = [one for one in Trouble if one not in {Trouble.DRIP, Trouble.DRIP_HEADERS}]
    for _ in range(20):
        site.with_batches_of(random.choice([1, 3, 10]))
        site.record(random.randrange(6))
        site.sync(*random.choices(fast, k=3))
        site.hub.troubles.clear()
    site.record(1)

    assert site.sync().ending is Ending.DONE
    site.assert_everything_stored_once()

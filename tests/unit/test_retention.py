"""The gate prunes by the uplink's mark, once an hour, and nothing stands in a gate's way."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from gate.errors import JournalError
from gate.events.chain import ChainHead
from gate.events.model import EventKind
from gate.unit.retention import EVERY_S, Retention
from gate.unit.stamp import StampClock

if TYPE_CHECKING:
    from tests.unit.conftest import Lane

MARK = ChainHead(journal_id=bytes(16), seq=7, hash=bytes(32))


def hours(lane: "Lane", count: float) -> None:
    """Let hours pass, a quarter of one at a time."""
    for _ in range(int(count * 4)):
        lane.retention.turn(lane.clock.monotonic())
        lane.clock.advance(EVERY_S / 4)


def test_it_prunes_once_an_hour_by_the_mark(way_in: "Lane") -> None:
    way_in.acknowledged = MARK
    hours(way_in, 3.5)
    assert [mark for mark, _ in way_in.journal.pruned] == [MARK] * 3
    first, second, _ = (now for _, now in way_in.journal.pruned)
    assert (second - first).total_seconds() == EVERY_S


def test_it_prunes_nothing_in_its_first_hour(way_in: "Lane") -> None:
    way_in.acknowledged = MARK
    hours(way_in, 1)
    assert way_in.journal.pruned == []


def test_it_prunes_nothing_while_nothing_was_uploaded(way_in: "Lane") -> None:
    hours(way_in, 3)
    assert way_in.journal.pruned == []


def test_it_prunes_nothing_under_a_clock_that_nobody_vouches_for(way_in: "Lane") -> None:
    way_in.acknowledged = MARK
    way_in.clock.trusted = False
    hours(way_in, 3)
    assert way_in.journal.pruned == []


def test_it_prunes_nothing_from_a_broken_journal(way_in: "Lane") -> None:
    way_in.acknowledged = MARK
    way_in.journal.refuses = True
    way_in.recorder.note_unit(EventKind.FAULT, "camera")
    way_in.journal.refuses = False
    hours(way_in, 3)
    assert way_in.journal.pruned == []


def _unreadable() -> ChainHead | None:
    raise JournalError("mark.json: damaged")


@pytest.mark.parametrize("mark", [_unreadable, lambda: MARK], ids=["no mark", "a full disk"])
def test_what_stands_against_it_is_logged_and_tried_again(
    way_in: "Lane", mark: Callable[[], ChainHead | None], caplog: pytest.LogCaptureFixture
) -> None:
    stamps = StampClock(way_in.clock)
    retention = Retention(way_in.recorder, stamps, mark)
    way_in.journal.refuses = True
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            retention.turn(way_in.clock.monotonic())
            way_in.clock.advance(EVERY_S)
    assert [record.getMessage() for record in caplog.records] == ["journal not pruned"] * 2
    assert way_in.recorder.broken_by is None

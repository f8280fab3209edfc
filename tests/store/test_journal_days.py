"""A day of the journal: found by halving, counted, paged; whatever became of its beginning."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EventError
from gate.events.model import Event, EventKind
from gate.store.journal import open_journal
from gate.store.journal_days import Count, JournalDays
from gate.store.journal_reader import JournalReader

DAY = datetime(2026, 11, 22, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def event(at: datetime, outcome: str = "admit", direction: str = "in", count: int = 1) -> Event:
    return Event(
        at=at,
        clock_trusted=True,
        kind=EventKind.ACCESS,
        direction=direction,
        outcome=outcome,
        count=count,
    )


def journal(path: Path, events: Iterable[Event]) -> JournalReader:
    with open_journal(path, now=DAY - 2 * HOUR, clock_trusted=True) as writer:
        for one in events:
            writer.append(one)
    return JournalReader.open(path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JournalReader]:
    path = tmp_path_factory.mktemp("days") / "journal.db"
    with journal(path, (event(DAY + n * MINUTE) for n in MINUTES)) as reader:
        yield reader


def times(days: JournalDays, start: datetime, end: datetime) -> list[datetime]:
    return [one.event.at for one in reversed(days.page(days.stretch(start, end), 1000))]


def test_a_day_is_its_records_and_no_others(tmp_path: Path) -> None:
    found = [DAY - HOUR, DAY, DAY + 12 * HOUR, DAY + 24 * HOUR - MINUTE, DAY + 24 * HOUR]
    with journal(tmp_path / "journal.db", map(event, found)) as reader:
        assert times(reader.days(), DAY, DAY + 24 * HOUR) == found[1:4]


def test_what_happened_is_counted_with_what_a_record_stands_for(tmp_path: Path) -> None:
    events = [
        event(DAY),
        event(DAY + MINUTE),
        event(DAY + HOUR, "refuse", count=3),
        event(DAY + HOUR, direction="out"),
    ]
    with journal(tmp_path / "journal.db", events) as reader:
        days = reader.days()
        counted = days.counts(days.stretch(DAY, DAY + 24 * HOUR))
    assert sorted(counted, key=str) == [
        Count(kind="access", direction="in", outcome="admit", count=2),
        Count(kind="access", direction="in", outcome="refuse", count=3),
        Count(kind="access", direction="out", outcome="admit", count=1),
    ]


def test_a_page_goes_on_where_the_one_before_it_ended(tmp_path: Path) -> None:
    with journal(tmp_path / "journal.db", (event(DAY + n * MINUTE) for n in range(7))) as reader:
        days = reader.days()
        whole = days.stretch(DAY, DAY + HOUR)
        first = days.page(whole, 3)
        second = days.page(whole, 3, before=first[-1].seq)
        third = days.page(whole, 3, before=second[-1].seq)
    numbers = [one.seq for one in (*first, *second, *third)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 7


def test_a_clock_that_was_set_back_hides_no_record_of_the_day(tmp_path: Path) -> None:
    found = [DAY, DAY + HOUR, DAY + 10 * MINUTE, DAY - 30 * MINUTE, DAY + 20 * MINUTE]
    with journal(tmp_path / "journal.db", map(event, found)) as reader:
        assert times(reader.days(), DAY, DAY + 24 * HOUR) == [*found[:3], found[4]]


MINUTES = (0, 0, 1, 5, 5, 5, 6, 30, 31, 59, 60, 61, 61, 90, 100)


# Invariant: of records in order of time, a stretch is those that lie in it.
@given(st.integers(0, 110), st.integers(0, 110))
def test_a_stretch_is_what_lies_in_it(ready: JournalReader, start: int, end: int) -> None:
    found = times(ready.days(), DAY + start * MINUTE, DAY + end * MINUTE)
    assert found == [DAY + n * MINUTE for n in MINUTES if start <= n < end]


def test_the_reach_of_a_journal_is_its_first_and_last_record(tmp_path: Path) -> None:
    with journal(tmp_path / "journal.db", [event(DAY + HOUR)]) as reader:
        assert reader.days().reach() == (DAY - 2 * HOUR, DAY + HOUR)


def test_a_record_that_is_missing_in_the_middle_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal(path, (event(DAY + n * MINUTE) for n in range(9))).close()
    raw = sqlite3.connect(path, isolation_level=None)
    for (guard,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {guard}")
    raw.execute("DELETE FROM entries WHERE seq = 5")
    raw.close()
    with JournalReader.open(path) as reader, pytest.raises(EventError, match="entry 5 is missing"):
        reader.days().stretch(DAY, DAY + HOUR)

"""Retention: only what is old and acknowledged goes, and the rest still verifies."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.errors import JournalError
from gate.events.chain import ChainHead, head_of, link
from gate.events.model import Entry, Event, EventKind
from gate.store import journal_retention
from gate.store.journal import Journal, open_journal
from gate.store.journal_audit import audit, audit_read
from gate.store.journal_reader import JournalReader
from gate.store.journal_retention import KEEP, MIN_RETENTION
from gate.store.journal_rows import INSERT_ENTRY, to_row

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def passage(at: datetime, *, clock_trusted: bool = True) -> Event:
    return Event(
        at=at,
        clock_trusted=clock_trusted,
        kind=EventKind.ACCESS,
        access_point="Gate A",
        direction="in",
        outcome="admit",
    )


def journal_of(path: Path, *ages_days: float) -> Journal:
    """Return an open journal: its opening, as old as its next entry, then one of each age."""
    with open_journal(path, now=NOW - ages_days[0] * DAY, clock_trusted=True) as journal:
        head, entries = journal.head, []
    for days in ages_days:
        entries.append(link(head, passage(NOW - days * DAY), None, None))
        head = head_of(entries[-1])
    with closing(sqlite3.connect(path)) as shell, shell:
        shell.executemany(INSERT_ENTRY, map(to_row, entries))
    return open_journal(path, now=NOW, clock_trusted=True)


def numbers(journal: Journal) -> list[int]:
    return [entry.seq for entry in journal.entries()]


def test_what_is_old_and_acknowledged_goes(path: Path) -> None:
    with journal_of(path, 100, 95, 91, 89, 1) as journal:
        assert journal.prune(journal.head, now=NOW) == 4
        assert numbers(journal) == [5, 6]


def test_what_the_hub_does_not_have_stays_however_old(path: Path) -> None:
    with journal_of(path, 400, 300, 200, 1) as journal:
        mark = head_at(path, 3)
        assert journal.prune(mark, now=NOW, max_bytes=0) == 3
        assert numbers(journal) == [4, 5]
        assert journal.prune(mark, now=NOW, max_bytes=0) == 0


@pytest.mark.parametrize(
    ("keep", "max_bytes", "left"),
    [
        pytest.param(KEEP, 1 << 30, [4, 5, 6], id="a quarter is kept"),
        pytest.param(KEEP, 0, [6], id="a month is kept when the record is too large"),
        pytest.param(timedelta(0), 0, [6], id="a month is kept, whoever asks for less"),
        pytest.param(timedelta(days=70), 1 << 30, [5, 6], id="as long as asked for"),
    ],
)
def test_how_long_the_record_is_kept(
    path: Path, keep: timedelta, max_bytes: int, left: list[int]
) -> None:
    with journal_of(path, 100, 91, 80, 60, 29.9) as journal:
        journal.prune(journal.head, now=NOW, keep=keep, max_bytes=max_bytes)
        assert numbers(journal) == left


def test_the_last_entry_always_stays(path: Path) -> None:
    with journal_of(path, 200, 150) as journal:
        journal.prune(journal.head, now=NOW)
        assert numbers(journal) == [3]
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        assert journal.append(passage(NOW)).seq == 4


def test_at_most_so_many_go_at_a_time(path: Path) -> None:
    most = journal_retention.MAX_PRUNED
    with journal_of(path, 200, *[199] * (most + 5), 1) as journal:
        assert journal.prune(journal.head, now=NOW) == most
        assert journal.prune(journal.head, now=NOW) == 7
        assert len(numbers(journal)) == 1


def test_a_pruned_journal_is_verified_from_its_anchor_and_written_on(path: Path) -> None:
    with journal_of(path, 100, 95, 91, 89, 1) as journal:
        anchor = head_at(path, 4)
        journal.prune(journal.head, now=NOW)
        journal.append(passage(NOW))
        head = journal.head
    answer = audit(path)
    assert (answer.fault, answer.head, answer.pruned) == (None, head, 4)
    assert answer.anchor is not None
    assert (answer.anchor.head, answer.anchor.pruned_at) == (anchor, NOW)
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        assert journal.head == head


def test_a_reader_still_finds_what_it_needs(path: Path) -> None:
    with journal_of(path, 100, 95, 91, 89, 0.5) as journal:
        anchor = head_at(path, 4)
        journal.prune(journal.head, now=NOW)
        with JournalReader.open(path) as reader:
            assert reader.opening() == (NOW - 100 * DAY, "")
            assert [entry.seq for entry in reader.passages(NOW - DAY)] == [6]
            assert [entry.seq for entry in reader.entries(2)] == [5, 6]
            assert (reader.head_at(4), reader.head_at(3), reader.head_at(0)) == (anchor, None, None)
            assert reader.head() == journal.head


def test_times_of_an_untrusted_clock_are_no_age(path: Path) -> None:
    with open_journal(path, now=NOW - 100 * DAY, clock_trusted=True) as journal:
        journal.append(passage(datetime(1970, 1, 1, tzinfo=UTC), clock_trusted=False))
        journal.append(passage(NOW - DAY))
        journal.append(passage(datetime(1970, 1, 1, tzinfo=UTC), clock_trusted=False))
        assert journal.prune(journal.head, now=NOW) == 1
        assert numbers(journal) == [2, 3, 4]


def test_what_was_acknowledged_may_be_known_to_be_old_by_what_came_after(path: Path) -> None:
    with open_journal(path, now=NOW, clock_trusted=False) as journal:
        journal.append(passage(NOW, clock_trusted=False))
        mark = journal.head
        journal.append(passage(NOW, clock_trusted=False))
        assert journal.prune(mark, now=NOW) == 0
        journal.append(passage(NOW - 100 * DAY))
        assert journal.prune(mark, now=NOW) == 2
        assert numbers(journal) == [3, 4]


def test_what_stands_before_an_old_entry_is_older(path: Path) -> None:
    with open_journal(path, now=NOW, clock_trusted=False) as journal:
        journal.append(passage(NOW + 400 * DAY))
        journal.append(passage(NOW - 100 * DAY))
        journal.append(passage(NOW))
        assert journal.prune(journal.head, now=NOW) == 3


def test_a_mark_of_another_journal_lets_nothing_go(path: Path) -> None:
    with journal_of(path, 200, 150, 1) as journal:
        mark = replace(journal.head, journal_id=bytes(16))
        assert journal.prune(mark, now=NOW) == 0


@pytest.mark.parametrize(("seq", "told"), [(3, "entry 3 is not the one"), (9, "entry 9 is not")])
def test_a_mark_that_contradicts_the_journal_lets_nothing_go(
    path: Path, seq: int, told: str
) -> None:
    with journal_of(path, 200, 150, 1) as journal:
        mark = replace(journal.head, seq=seq, hash=bytes(32))
        with pytest.raises(JournalError, match=told):
            journal.prune(mark, now=NOW)
        assert numbers(journal) == [1, 2, 3, 4]


def test_a_pruning_that_fails_half_way_changes_nothing(path: Path) -> None:
    with journal_of(path, 200, 150, 120, 1) as journal:
        with closing(sqlite3.connect(path)) as shell:
            shell.execute(
                "CREATE TRIGGER halfway BEFORE DELETE ON entries WHEN OLD.seq = 3"
                " BEGIN SELECT RAISE(ABORT, 'halfway'); END"
            )
        with pytest.raises(JournalError, match="halfway"):
            journal.prune(journal.head, now=NOW)
        assert numbers(journal) == [1, 2, 3, 4, 5]
        assert journal.append(passage(NOW)).seq == 6
    assert audit(path).anchor is None
    assert audit(path).fault is None


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        pytest.param("DELETE FROM entries WHERE seq = 5", "after the anchor", id="a later entry"),
        pytest.param("DELETE FROM anchor", "never removed", id="the anchor"),
        pytest.param("UPDATE anchor SET seq = 5", "never changed", id="another anchor"),
        pytest.param(
            "INSERT OR REPLACE INTO anchor SELECT 1, seq, hash, 0 FROM entries WHERE seq = 6",
            "others after it",
            id="an anchor with nothing after it",
        ),
        pytest.param(
            "INSERT OR REPLACE INTO anchor VALUES (1, 5, zeroblob(32), 0)",
            "names an entry",
            id="an anchor that is no entry",
        ),
    ],
)
def test_the_database_itself_guards_what_is_left(path: Path, statement: str, told: str) -> None:
    with journal_of(path, 100, 95, 91, 89, 1) as journal:
        journal.prune(journal.head, now=NOW)
    with (
        closing(sqlite3.connect(path)) as shell,
        pytest.raises(sqlite3.IntegrityError, match=told),
    ):
        shell.execute(statement)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        pytest.param("DELETE FROM entries WHERE seq = 5", "entry 5: it is missing", id="the first"),
        pytest.param("DELETE FROM entries", "entry 5: it is missing; the journal is", id="all"),
        pytest.param("DELETE FROM anchor", "entry 1: it is missing", id="the anchor"),
        pytest.param(
            "UPDATE anchor SET hash = zeroblob(32)", "entry 5: its content", id="its hash"
        ),
        pytest.param("UPDATE anchor SET seq = -1", "its anchor is none", id="its number"),
    ],
)
def test_whoever_helps_himself_is_found(path: Path, statement: str, told: str) -> None:
    with journal_of(path, 100, 95, 91, 89, 1) as journal:
        journal.prune(journal.head, now=NOW)
    with closing(sqlite3.connect(path)) as shell, shell:
        triggers = shell.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            shell.execute(f"DROP TRIGGER {name}")
        shell.execute(statement)
    fault = audit(path).fault
    assert fault is not None
    assert told in fault


def test_a_pruned_journal_whose_rest_is_gone_is_set_aside(path: Path) -> None:
    with journal_of(path, 100, 95, 91, 89, 1) as journal:
        journal.prune(journal.head, now=NOW)
        before = journal.head
    with closing(sqlite3.connect(path)) as shell, shell:
        shell.execute("DROP TRIGGER entries_after_the_anchor_are_never_removed")
        shell.execute("DELETE FROM entries")
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        (first,) = journal.entries()
    assert f"predecessor={before.journal_id.hex()} last_seq=6" in first.event.detail
    assert "it has no entry" in first.event.detail


def test_a_journal_pruned_while_it_is_verified_holds(path: Path) -> None:
    with (
        journal_of(path, 100, *[95] * 600, 1) as journal,
        closing(PrunedWhileRead.open(path)) as reader,
    ):
        reader.prune = lambda: journal.prune(journal.head, now=NOW)
        answer = audit_read(reader, journal.head)
    assert (answer.fault, answer.pruned, answer.head.seq) == (None, 602, 603)


class PrunedWhileRead(JournalReader):
    """A reader whose journal is pruned after its first record."""

    prune: Callable[[], int]

    def entries(self, after_seq: int = 0) -> Iterator[Entry]:
        for entry in super().entries(after_seq):
            yield entry
            self.prune()


# Invariant: whatever the ages, the clocks and the mark, what went is a beginning that the hub has,
# of which the last is trusted to be old; the rest verifies, and the head is as it was.
@settings(max_examples=40)
@given(
    ages_days=st.lists(st.tuples(st.integers(0, 200), st.booleans()), min_size=1, max_size=8),
    mark=st.integers(1, 9),
    keep_days=st.integers(0, 150),
)
def test_only_a_known_and_old_beginning_ever_goes(
    ages_days: list[tuple[int, bool]], mark: int, keep_days: int
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "journal.db"
        with open_journal(path, now=NOW - 200 * DAY, clock_trusted=True) as journal:
            for days, trusted in sorted(ages_days, reverse=True):
                journal.append(passage(NOW - days * DAY, clock_trusted=trusted))
            entries, head = list(journal.entries()), journal.head
            known = head_at(path, min(mark, head.seq))
            count = journal.prune(known, now=NOW, keep=keep_days * DAY)
            left = list(journal.entries())
        assert left == entries[count:]
        assert 0 <= count <= known.seq
        if count:
            last = entries[count - 1].event
            assert NOW - last.at >= max(MIN_RETENTION, keep_days * DAY)
        assert (audit(path).fault, audit(path).head) == (None, head)


def head_at(path: Path, seq: int) -> ChainHead:
    with JournalReader.open(path) as reader:
        head = reader.head_at(seq)
    assert head is not None
    return head

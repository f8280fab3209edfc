"""A disk that refuses is told, changes nothing, and is forgotten when it is over."""

import errno
import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.errors import JournalError
from gate.events.chain import genesis, verify_chain
from gate.events.model import Entry, Event, EventKind, Holder
from gate.store.journal import Journal, open_journal
from gate.store.journal_reader import JournalReader

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
SAM = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam", card_type="gold" * 900)
STARTED = Event(at=NOW, clock_trusted=True, kind=EventKind.UNIT_STARTED)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def opened(path: Path) -> Journal:
    return open_journal(path, now=NOW, clock_trusted=True)


@contextmanager
def no_more_room_in(journal: Journal) -> Iterator[None]:
    """Make SQLite say SQLITE_FULL, as on a full disk, without filling one."""
    connection = journal._connected()  # noqa: SLF001 - the limit is the connection's
    connection.execute("PRAGMA max_page_count = 1")  # SQLite makes it the pages there are
    yield
    if journal._connection is connection:  # noqa: SLF001 - as above
        connection.execute("PRAGMA max_page_count = 1000000")


@contextmanager
def a_disk_that_fails_writes(after_bytes: int = 0) -> Iterator[None]:
    """Make the kernel refuse to write any file beyond a size, in the middle of a write."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def append_until_refused(journal: Journal, kept: list[Entry]) -> None:
    """Add to `kept` what is acknowledged."""
    while True:
        kept.append(journal.append(STARTED, SAM))


def test_a_full_disk_is_told_and_the_next_record_follows_without_a_gap(path: Path) -> None:
    kept: list[Entry] = []
    with opened(path) as journal:
        with no_more_room_in(journal), pytest.raises(JournalError, match="full; make room"):
            append_until_refused(journal, kept)
        kept.append(journal.append(STARTED, SAM))
        assert list(journal.entries(after_seq=1)) == kept
        assert [entry.seq for entry in kept] == list(range(2, len(kept) + 2))


@contextmanager
def a_disk_that_lost_a_file(name: str) -> Iterator[None]:
    """Have the kernel say what ext4 says of a name whose inode is damaged."""
    asked = Path.lstat

    def lstat(path: Path) -> os.stat_result:
        if path.name == name:
            raise OSError(errno.EBADMSG, os.strerror(errno.EBADMSG), str(path))
        return asked(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "lstat", lstat)
        yield


@pytest.mark.parametrize("lost", ["journal.db", "journal.db-wal"])
def test_a_name_that_the_disk_cannot_look_up_is_no_journal_that_is_gone(
    path: Path, lost: str
) -> None:
    if lost == "journal.db":
        opened(path).close()
    before = sorted(path.parent.iterdir())
    with (
        a_disk_that_lost_a_file(lost),
        pytest.raises(JournalError, match=rf"{lost}: Bad message; check the disk"),
    ):
        opened(path)
    kept = {one for one in path.parent.iterdir() if one.suffix != ".head"}
    assert kept == {one for one in before if one.suffix != ".head"}
    opened(path).close()


def test_a_reader_names_a_disk_that_cannot_look_up_the_journal(path: Path) -> None:
    opened(path).close()
    with (
        a_disk_that_lost_a_file("journal.db"),
        pytest.raises(JournalError, match=r"journal\.db: Bad message"),
        JournalReader.open(path),
    ):
        pass


# Invariant: whatever fails, the journal is exactly what was acknowledged, and the chain holds.
@settings(max_examples=25)
@given(
    st.lists(
        st.one_of(
            st.just("sound"), st.just("full"), st.integers(0, 40_000), st.just("opened again")
        ),
        max_size=10,
    )
)
def test_random_failures_leave_exactly_what_was_acknowledged(states: list[str | int]) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory, "journal.db")
        journal = opened(path)
        kept: list[Entry] = []
        for state in states:
            if state == "opened again":
                journal.close()
                journal = opened(path)
            try:
                with _state(journal, state):
                    kept.append(journal.append(STARTED, SAM))
            except JournalError:
                assert state != "sound"
        kept.append(journal.append(STARTED))
        assert list(journal.entries(after_seq=1)) == kept
        assert verify_chain(journal.entries(), genesis(journal.head.journal_id)) == journal.head
        journal.close()


@contextmanager
def _state(journal: Journal, state: str | int) -> Iterator[None]:
    if state == "full":
        with no_more_room_in(journal):
            yield
    elif isinstance(state, int):
        with a_disk_that_fails_writes(state):
            yield
    else:
        yield


class LosesTheConfirmation:
    """A connection over which one INSERT takes place and is then reported as failed."""

    def __init__(self, real: sqlite3.Connection, *, dies: bool) -> None:
        self._real = real
        self._dies = dies

    def execute(self, statement: str, parameters: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        cursor = self._real.execute(statement, parameters)
        if statement.startswith("INSERT") or self._dies:
            raise sqlite3.OperationalError("disk I/O error")
        return cursor

    def close(self) -> None:
        self._real.close()


def break_confirmation(journal: Journal, *, dies: bool) -> None:
    real = journal._connected()  # noqa: SLF001 - no disk can be told to fail after it wrote
    journal._connection = LosesTheConfirmation(real, dies=dies)  # type: ignore[assignment]  # noqa: SLF001 - as above


def test_a_commit_reported_as_failed_that_took_place_is_recorded(path: Path) -> None:
    with opened(path) as journal:
        break_confirmation(journal, dies=False)
        entry = journal.append(STARTED)
        assert journal.head.seq == entry.seq == 2
        assert list(journal.entries(after_seq=1)) == [entry]


def test_a_commit_that_cannot_be_looked_up_is_resolved_by_the_next_append(path: Path) -> None:
    with opened(path) as journal:
        break_confirmation(journal, dies=True)
        with pytest.raises(JournalError):
            journal.append(STARTED)
        assert journal.append(STARTED).seq == 3
        assert verify_chain(journal.entries(), genesis(journal.head.journal_id)) == journal.head


def test_a_disk_that_fails_at_opening_is_told_and_sets_nothing_aside(path: Path) -> None:
    with opened(path) as journal:
        journal.append(STARTED)
    before = path.read_bytes()
    with a_disk_that_fails_writes(), pytest.raises(JournalError), opened(path) as journal:
        journal.append(STARTED)
    assert path.read_bytes() == before
    with opened(path) as journal:
        assert journal.append(STARTED).seq == 3


def test_a_journal_that_cannot_be_begun_leaves_nothing_that_looks_like_one(path: Path) -> None:
    with a_disk_that_fails_writes(), pytest.raises(JournalError, match="disk"):
        opened(path)
    assert not path.exists()
    with opened(path) as journal:
        assert journal.append(STARTED).seq == 2


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"there is no directory .*/gone; create it"):
        opened(tmp_path / "gone" / "journal.db")


def test_a_directory_in_the_journals_place_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(JournalError, match="directory"):
        opened(path)
    assert path.is_dir()


def test_a_journal_of_a_later_version_is_never_touched(path: Path) -> None:
    opened(path).close()
    with closing(sqlite3.connect(path)) as shell:
        shell.execute("PRAGMA user_version = 9")
    before = path.read_bytes()
    for reads in (opened, JournalReader.open):
        with pytest.raises(JournalError, match="version 9, this gate knows up to 2"):
            reads(path)
    assert path.read_bytes() == before


def test_a_lock_held_by_somebody_else_is_told(path: Path) -> None:
    with opened(path) as journal, closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="locked; another program"):
            journal.append(STARTED)
        shell.execute("ROLLBACK")
        assert journal.append(STARTED).seq == 2


def test_a_file_changed_under_the_gate_is_told(path: Path) -> None:
    with opened(path) as journal, closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute("DROP TRIGGER entries_after_the_anchor_are_never_removed")
        journal.append(STARTED)
        shell.execute("DELETE FROM entries WHERE seq = 2")
        with no_more_room_in(journal), pytest.raises(JournalError, match="full"):
            append_until_refused(journal, [])
        shell.execute("DELETE FROM entries WHERE seq > 1")
        with pytest.raises(JournalError, match="changed under the gate"):
            journal.append(STARTED)


@pytest.mark.parametrize("content", [b"", b"no database at all" * 400])
def test_a_reader_tells_what_is_no_journal(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(JournalError, match="no journal that can be read"):
        JournalReader.open(path)


def test_a_reader_tells_that_there_is_no_journal(path: Path) -> None:
    with pytest.raises(JournalError, match="there is no journal here"):
        JournalReader.open(path)

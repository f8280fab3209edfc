"""A journal that an earlier version of the gate wrote, and left closed: tests/data."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate.errors import JournalError
from gate.events.model import Event, EventKind
from gate.store.journal import Journal, open_journal
from gate.store.journal_audit import audit
from gate.store.journal_reader import JournalReader
from gate.store.journal_schema import VERSION

DATA = Path(__file__).parents[1] / "data" / "journal-version-1"
HEAD = "9647ac3f1fad4aabe361de92994bce3a665f74f3e8075545d47cc28c81185ae3"
NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
STARTED = Event(at=NOW, clock_trusted=True, kind=EventKind.UNIT_STARTED)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a copy of the journal of version 1."""
    for name in ("journal.db", "journal.db.head"):
        shutil.copy(DATA / name, tmp_path / name)
        (tmp_path / name).chmod(0o660)
    return tmp_path / "journal.db"


def opened(path: Path) -> Journal:
    return open_journal(path, now=NOW, clock_trusted=True)


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as shell:
        version: int = shell.execute("PRAGMA user_version").fetchone()[0]
    return version


def test_an_earlier_journal_is_read_as_it_lies(path: Path) -> None:
    answer = audit(path)
    assert (answer.fault, answer.head.seq, answer.head.hash.hex()) == (None, 11, HEAD)
    assert version_of(path) == 1


def test_an_earlier_journal_is_brought_up_to_date_and_written_on(path: Path) -> None:
    with JournalReader.open(path) as reader:
        before = list(reader.entries())
    with opened(path) as journal:
        assert list(journal.entries()) == before
        assert journal.append(STARTED).seq == 12
    assert version_of(path) == VERSION
    assert (audit(path).fault, audit(path).pruned) == (None, 0)
    assert [file.name for file in path.parent.glob("*.damaged*")] == []


def test_an_earlier_journal_can_be_pruned_once_it_is_opened(path: Path) -> None:
    with opened(path) as journal:
        journal.append(STARTED)
        assert journal.prune(journal.head, now=NOW + timedelta(days=90)) == 11
    assert (audit(path).fault, audit(path).pruned) == (None, 11)


def test_an_upgrade_that_fails_leaves_the_journal_as_it_was(path: Path) -> None:
    with closing(sqlite3.connect(path)) as shell:
        shell.execute("CREATE VIEW anchor AS SELECT 1")
    with pytest.raises(JournalError, match="anchor already exists"):
        opened(path)
    assert version_of(path) == 1
    assert audit(path).head.hash.hex() == HEAD


def _altered(path: Path) -> None:
    with closing(sqlite3.connect(path)) as shell, shell:
        shell.execute("DROP TRIGGER entries_are_never_changed")
        shell.execute("UPDATE entries SET outcome = 'admit' WHERE seq = 8")


def _cut_short(path: Path) -> None:
    with closing(sqlite3.connect(path)) as shell, shell:
        shell.execute("DROP TRIGGER entries_are_never_removed")
        shell.execute("DELETE FROM entries WHERE seq > 8")


@pytest.mark.parametrize("damage", [_altered, _cut_short])
def test_a_damaged_earlier_journal_is_set_aside_as_it_was(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)
    before = path.read_bytes()
    with opened(path) as journal:
        assert journal.head.seq == 1
    (aside,) = path.parent.glob("journal.db.damaged-*Z")
    assert aside.read_bytes() == before

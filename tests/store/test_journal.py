"""The journal: durable, gapless, readable by a person, and by others while it is written."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate.errors import EventError, JournalError
from gate.events.chain import genesis, verify_chain
from gate.events.codec import decode_holder
from gate.events.model import Event, EventKind, Holder
from gate.store.journal import Journal, open_journal
from gate.store.journal_reader import JournalReader

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
SAM = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam Zoë", card_type="gold")
KIM = Holder(person=b"k" * 16, issuer="iss", number="456", name="Kim", card_type="blue")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def opened(path: Path) -> Journal:
    return open_journal(path, now=NOW, clock_trusted=True)


def passage(at: datetime = NOW, outcome: str = "admit", *, clock_trusted: bool = True) -> Event:
    return Event(
        at=at,
        clock_trusted=clock_trusted,
        kind=EventKind.ACCESS,
        access_point="Gate A",
        direction="in",
        outcome=outcome,
        reasons=() if outcome == "admit" else ("revoked", "expired"),
        list_age_s=3600,
    )


def test_a_fresh_journal_begins_with_its_own_opening(path: Path) -> None:
    with open_journal(path, now=NOW, clock_trusted=False) as journal:
        (first,) = journal.entries()
    assert (first.seq, first.event.kind) == (1, EventKind.JOURNAL_OPENED)
    assert (first.event.at, first.event.clock_trusted, first.event.detail) == (NOW, False, "")


def test_two_journals_never_share_an_id(tmp_path: Path) -> None:
    with opened(tmp_path / "a.db") as one, opened(tmp_path / "b.db") as other:
        assert one.head.journal_id != other.head.journal_id


def test_what_was_appended_is_read_back_the_same_after_reopening(path: Path) -> None:
    events = [passage(), passage(outcome="refuse"), passage(NOW + timedelta(microseconds=1500))]
    holders = (SAM, None, KIM)
    with opened(path) as journal:
        kept = [
            journal.append(event, holder) for event, holder in zip(events, holders, strict=True)
        ]
    with opened(path) as journal:
        assert list(journal.entries(after_seq=1)) == kept
        assert journal.head.hash == kept[-1].hash
    assert [entry.seq for entry in kept] == [2, 3, 4]
    assert kept[2].event.at == NOW + timedelta(milliseconds=1)
    assert decode_holder(kept[0].holder or "") == SAM


def test_the_same_holder_twice_has_two_commitments(path: Path) -> None:
    with opened(path) as journal:
        one, other = journal.append(passage(), SAM), journal.append(passage(), SAM)
    assert one.commitment != other.commitment


def test_more_entries_than_one_batch_are_read_in_order(path: Path) -> None:
    with opened(path) as journal:
        for _ in range(550):
            journal.append(passage())
        assert [entry.seq for entry in journal.entries(after_seq=50)] == list(range(51, 552))


def test_a_person_reads_it_with_sqlite3(path: Path) -> None:
    with opened(path) as journal:
        journal.append(passage(outcome="refuse"), SAM)
    with closing(sqlite3.connect(path)) as shell:
        row = shell.execute(
            "SELECT at, access_point, direction, outcome, reason, reasons, name, number, person"
            " FROM readable WHERE seq = 2"
        ).fetchone()
    where = ("2026-12-06T07:15:00.000Z", "Gate A", "in")
    said = ("refuse", "revoked", "revoked expired", "Sam Zoë", "123", SAM.person.hex())
    assert row == where + said


def test_the_disk_is_asked_for_every_record(path: Path) -> None:
    with opened(path) as journal:
        connection = journal._connected()  # noqa: SLF001 - what a power cut would show
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_others_read_while_it_is_written_and_after(path: Path) -> None:
    with opened(path) as journal, JournalReader.open(path) as reader:
        for seq in range(2, 5):
            journal.append(passage(), SAM)
            assert reader.head().seq == seq
        assert verify_chain(reader.entries(), genesis(reader.journal_id)) == journal.head
    with JournalReader.open(path) as reader:
        assert reader.head() == journal.head


def test_a_journal_closed_in_good_order_is_read_where_nothing_can_be_written(path: Path) -> None:
    with opened(path) as journal:
        journal.append(passage())
    path.parent.chmod(0o555)
    try:
        with JournalReader.open(path) as reader:
            assert reader.head() == journal.head
    finally:
        path.parent.chmod(0o755)


def test_a_slow_reader_sees_what_is_added_meanwhile_and_holds_nothing_up(path: Path) -> None:
    with opened(path) as journal, JournalReader.open(path) as reader:
        for _ in range(520):
            journal.append(passage())
        slowly = reader.entries()
        next(slowly)
        last = journal.append(passage())
        checkpoint = journal._connected().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # noqa: SLF001 - as SQLite itself does
        assert checkpoint.fetchone()[0] == 0
        assert list(slowly)[-1] == last


def test_a_reader_cannot_write(path: Path) -> None:
    with opened(path), JournalReader.open(path) as reader:
        connection = reader._connection  # noqa: SLF001 - the point
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("UPDATE entries SET salt = NULL, holder = NULL")


def test_a_second_writer_is_refused_until_the_first_has_gone(path: Path) -> None:
    with opened(path), pytest.raises(JournalError, match="another gate process"):
        opened(path)
    opened(path).close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET outcome = 'admit' WHERE seq = 2",
        "UPDATE entries SET list_age_s = NULL WHERE seq = 2",
        "UPDATE entries SET salt = zeroblob(16), holder = 'x' WHERE seq = 2",
        "UPDATE entries SET salt = NULL WHERE seq = 2",
        "UPDATE entries SET salt = NULL, holder = NULL, count = 2 WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 2",
        pytest.param(
            "REPLACE INTO entries (seq, at_ms, clock_trusted, kind, access_point, direction,"
            " outcome, reasons, count, detail, commitment, hash) SELECT seq, at_ms, 1, kind,"
            " 'Gate B', direction, outcome, reasons, count, detail, commitment, hash FROM entries",
            id="replace",
        ),
        "INSERT INTO entries (seq) VALUES (1)",
    ],
)
def test_the_database_itself_refuses_to_change_entries(path: Path, statement: str) -> None:
    with opened(path) as journal:
        journal.append(passage(outcome="refuse"), SAM)
    with closing(sqlite3.connect(path)) as shell, pytest.raises(sqlite3.IntegrityError):
        shell.execute(statement)


def test_an_erased_person_leaves_facts_chain_and_others_alone(path: Path) -> None:
    with opened(path) as journal:
        for holder in (SAM, KIM, SAM, None):
            journal.append(passage(), holder)
        assert journal.erase(SAM.person) == 2
        kept = list(journal.entries())
        assert verify_chain(kept, genesis(journal.head.journal_id)) == journal.head
    assert [entry.holder is None for entry in kept] == [True, True, False, True, True]


def test_nothing_of_an_erased_person_is_left_in_the_files(path: Path) -> None:
    with opened(path) as journal:
        journal.append(passage(), SAM)
        journal.append(passage(), KIM)
        journal.erase(SAM.person)
        everything = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"Kim" in everything
    assert b"Sam" not in everything


def test_passages_are_those_let_through_since_then(path: Path) -> None:
    hour = timedelta(hours=1)
    with opened(path) as journal:
        journal.append(passage(NOW - 3 * hour), SAM)
        journal.append(passage(NOW - 2 * hour), SAM)
        journal.append(Event(at=NOW, clock_trusted=True, kind=EventKind.FAULT, detail="camera"))
        wanted = [journal.append(passage(NOW), SAM)]
        journal.append(passage(NOW, "refuse"), KIM)
        journal.append(passage(NOW, "refer"), KIM)
        journal.append(passage(NOW - hour / 2, clock_trusted=False), KIM)
        wanted.append(journal.append(passage(NOW + hour, "note"), SAM))
        assert list(journal.passages(NOW)) == wanted
        assert [entry.seq for entry in journal.passages(NOW - 2 * hour)] == [3, 5, 8, 9]


def test_a_clock_set_back_a_little_hides_no_passage(path: Path) -> None:
    with opened(path) as journal:
        early = journal.append(passage(NOW + timedelta(minutes=30)), SAM)
        journal.append(passage(NOW - timedelta(minutes=10)), KIM)
        assert list(journal.passages(NOW)) == [early]


def test_an_event_that_cannot_be_recorded_takes_no_number(path: Path) -> None:
    giant = Holder(person=bytes(16), issuer="", number="", name="x" * 9000, card_type="")
    with opened(path) as journal:
        with pytest.raises(EventError):
            journal.append(passage(), giant)
        assert journal.append(passage()).seq == 2

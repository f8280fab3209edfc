"""What `gate journal verify` finds: any change, in any column, by whatever means."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import JournalError
from gate.events.chain import head_of, link
from gate.events.model import Event, EventKind, Holder
from gate.store.journal import open_journal
from gate.store.journal_audit import audit
from gate.store.journal_reader import JournalReader
from gate.store.journal_rows import INSERT_ENTRY, to_row

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
SAM = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam", card_type="gold")
BAD = 5
COLUMNS = (
    *("at_ms", "clock_trusted", "kind", "access_point", "direction", "outcome", "reasons"),
    *("count", "list_age_s", "detail", "commitment", "salt", "holder", "hash"),
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed journal of nine entries, without the database's own guards."""
    path = tmp_path_factory.mktemp("sound") / "journal.db"
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        for _ in range(8):
            journal.append(
                Event(
                    at=NOW,
                    clock_trusted=True,
                    kind=EventKind.ACCESS,
                    access_point="Gate A",
                    direction="in",
                    outcome="refuse",
                    reasons=("revoked", "expired"),
                    list_age_s=3600,
                    detail="x",
                ),
                SAM,
            )
    with closing(sqlite3.connect(path)) as shell:
        for guard in (
            "are_added_at_the_end",
            "after_the_anchor_are_never_removed",
            "are_never_changed",
        ):
            shell.execute(f"DROP TRIGGER entries_{guard}")
    return path


@pytest.fixture(scope="module")
def forged(sound: Path) -> Path:
    """Return where a forged copy may lie."""
    path = sound.with_name("forged.db")
    shutil.copy(sound.with_name("journal.db.head"), path.with_name("forged.db.head"))
    return path


def forge(sound: Path, forged: Path, statement: str) -> None:
    shutil.copy(sound, forged)
    with closing(sqlite3.connect(forged, isolation_level=None)) as shell:
        shell.execute("PRAGMA ignore_check_constraints = ON")
        shell.execute(statement)


def test_a_sound_journal_holds(sound: Path) -> None:
    answer = audit(sound)
    assert (answer.head.seq, answer.fault, answer.first_bad) == (9, None, None)


# Invariant: any byte of any column but the number, changed into any other, is found where it is.
@given(column=st.sampled_from(COLUMNS), where=st.integers(0), change=st.integers(1, 255))
def test_any_changed_byte_is_found(
    sound: Path, forged: Path, column: str, where: int, change: int
) -> None:
    with closing(sqlite3.connect(sound)) as shell:
        (value,) = shell.execute(f"SELECT {column} FROM entries WHERE seq = ?", [BAD]).fetchone()  # noqa: S608 - a name of the table above
    spoilt = _spoil(value, where, change)
    statement = f"UPDATE entries SET {column} = {spoilt} WHERE seq = {BAD}"  # noqa: S608 - as above
    forge(sound, forged, statement)
    answer = audit(forged)
    assert answer.fault is not None
    assert answer.first_bad == BAD


def _spoil(value: int | str | bytes, where: int, change: int) -> str:
    """Return an SQL literal of `value` with one byte changed."""
    if isinstance(value, int):
        return str(value ^ change << 8 * (where % 6))
    content = bytearray(value.encode() if isinstance(value, str) else value)
    content[where % len(content)] ^= change
    literal = f"x'{content.hex()}'"
    return f"CAST({literal} AS TEXT)" if isinstance(value, str) else literal


@pytest.mark.parametrize(
    ("statement", "first_bad", "told"),
    [
        ("DELETE FROM entries WHERE seq = 5", 5, "it is missing; entry 6 comes next"),
        ("DELETE FROM entries WHERE seq = 1", 1, "it is missing"),
        ("DELETE FROM entries WHERE seq > 7", 8, "it is missing, as all up to 9"),
        ("UPDATE entries SET seq = 77 WHERE seq = 5", 5, "it is missing; entry 6 comes next"),
        ("UPDATE entries SET seq = -seq WHERE seq = 9", 1, "it is missing; entry -9 comes next"),
        ("DELETE FROM entries", 1, "the journal is empty"),
        ("UPDATE entries SET salt = NULL WHERE seq = 5", 5, "go together"),
        ("UPDATE entries SET holder = NULL WHERE seq = 5", 5, "go together"),
        ("UPDATE journal SET created_ms = created_ms + 1", 1, "another beginning"),
        ("UPDATE journal SET predecessor = 'x'", 1, "another beginning"),
        ("UPDATE journal SET id = '00000000000000000000000000000000'", 1, "changed"),
    ],
)
def test_what_was_taken_away_is_named(
    sound: Path, forged: Path, statement: str, first_bad: int, told: str
) -> None:
    forge(sound, forged, statement)
    answer = audit(forged)
    assert answer.first_bad == first_bad
    assert told in (answer.fault or "")


def test_an_erased_person_leaves_it_green(sound: Path, forged: Path) -> None:
    forge(sound, forged, "UPDATE entries SET salt = NULL, holder = NULL WHERE seq IN (4, 5, 9)")
    assert audit(forged).fault is None


def test_a_chain_forged_anew_to_its_end_is_not_what_was_acknowledged(
    sound: Path, forged: Path
) -> None:
    with JournalReader.open(sound) as reader:
        entries = list(reader.entries())
    head, rows = head_of(entries[BAD - 2]), []
    for entry in entries[BAD - 1 :]:
        other = link(head, replace(entry.event, outcome="admit"), entry.salt, entry.holder)
        rows.append(to_row(other))
        head = head_of(other)
    forge(sound, forged, f"DELETE FROM entries WHERE seq >= {BAD}")  # noqa: S608 - a number
    with closing(sqlite3.connect(forged)) as shell, shell:
        shell.executemany(INSERT_ENTRY, rows)
    assert audit(forged).fault == "entry 9: it is not the one the gate acknowledged"


def test_a_file_that_cannot_be_read_is_another_answer_than_one_that_does_not_hold(
    tmp_path: Path,
) -> None:
    (tmp_path / "journal.db").write_bytes(b"no database" * 100)
    with pytest.raises(JournalError, match="no journal that can be read"):
        audit(tmp_path / "journal.db")

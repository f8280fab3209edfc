"""A damaged journal: every acknowledged record is recovered, or the file is set aside and named."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.errors import JournalError
from gate.events.chain import genesis, verify_chain
from gate.events.model import Entry, Event, EventKind, Holder
from gate.store.journal import Journal, open_journal
from gate.store.journal_reader import JournalReader

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
ASIDE = "journal.db.damaged-20261206T071500Z"
SAM = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam", card_type="gold" * 50)
PASSED = Event(at=NOW, clock_trusted=True, kind=EventKind.ACCESS, outcome="admit")


def opened(path: Path) -> Journal:
    return open_journal(path, now=NOW, clock_trusted=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """What a crash left on the disk, and what had been acknowledged by then."""

    files: dict[str, bytes]
    entries: list[Entry]

    def restore(self, directory: Path) -> Path:
        for name, content in self.files.items():
            (directory / name).write_bytes(content)
        return directory / "journal.db"


@pytest.fixture(scope="module")
def crash(tmp_path_factory: pytest.TempPathFactory) -> Crash:
    """Return a journal that was half checkpointed, half in the log, when the power went."""
    path = tmp_path_factory.mktemp("crash") / "journal.db"
    with opened(path) as journal:
        for _ in range(20):
            journal.append(PASSED, SAM)
    with opened(path) as journal:
        for _ in range(20):
            journal.append(PASSED, SAM)
        names = ("journal.db", "journal.db-wal", "journal.db.head")
        files = {name: path.with_name(name).read_bytes() for name in names}
        return Crash(files=files, entries=list(journal.entries()))


def test_after_a_crash_every_acknowledged_record_is_there(crash: Crash, tmp_path: Path) -> None:
    with opened(crash.restore(tmp_path)) as journal:
        assert list(journal.entries()) == crash.entries
        assert journal.append(PASSED).seq == len(crash.entries) + 1


# Invariant: cut or spoilt at any byte, the journal goes on with exactly what was acknowledged, or
# it is set aside unchanged and its successor says how far it had come; or, if the spoilt bytes are
# the version, it is refused and left alone.
@settings(max_examples=60)
@given(
    name=st.sampled_from(["journal.db", "journal.db-wal"]),
    where=st.floats(0, 1, exclude_max=True),
    garbage=st.none() | st.binary(min_size=1, max_size=40),
)
def test_damage_anywhere_is_survived_or_said(
    crash: Crash, name: str, where: float, garbage: bytes | None
) -> None:
    with TemporaryDirectory() as directory:
        path = crash.restore(Path(directory))
        damaged = _damage(path.with_name(name), where, garbage)
        entries = _entries_or_none_if_refused(path)
        if entries is None:
            assert path.with_name(name).read_bytes() == damaged
        elif entries != crash.entries:
            _assert_set_aside(crash, path, entries)
            assert path.with_name(name.replace("journal.db", ASIDE)).read_bytes() == damaged


def _entries_or_none_if_refused(path: Path) -> list[Entry] | None:
    try:
        with opened(path) as journal:
            return list(journal.entries())
    except JournalError as error:
        if "this gate knows up to" not in str(error):
            raise
        return None


def _damage(file: Path, where: float, garbage: bytes | None) -> bytes:
    content = file.read_bytes()
    at = int(where * len(content))
    damaged = content[:at]
    if garbage is not None:
        damaged += garbage + content[at + len(garbage) :]
    file.write_bytes(damaged)
    return damaged


def _assert_set_aside(crash: Crash, path: Path, entries: list[Entry]) -> None:
    (opening,) = entries
    before = crash.entries[-1]
    assert opening.seq == 1
    assert opening.event.detail.startswith(
        f"predecessor={before.journal_id.hex()} last_seq={before.seq} kept_as={ASIDE} fault="
    )
    assert verify_chain(entries, genesis(opening.journal_id)).journal_id != before.journal_id
    assert path.with_name(ASIDE).exists()


def test_a_log_cut_short_is_told_although_sqlite_cannot_see_it(
    crash: Crash, tmp_path: Path
) -> None:
    path = crash.restore(tmp_path)
    path.with_name("journal.db-wal").unlink()
    with opened(path) as journal:
        (opening,) = journal.entries()
    assert opening.event.detail.endswith("fault=entries 22 to 41 are lost")
    with JournalReader.open(path.with_name(ASIDE)) as reader:
        assert list(reader.entries()) == crash.entries[:21]


def test_a_journal_that_vanished_is_told(crash: Crash, tmp_path: Path) -> None:
    path = crash.restore(tmp_path)
    path.unlink()
    path.with_name("journal.db-wal").unlink()
    with opened(path) as journal:
        (opening,) = journal.entries()
    assert "last_seq=41 kept_as=nothing fault=the file is gone" in opening.event.detail


def test_a_log_without_its_journal_is_set_aside_too(crash: Crash, tmp_path: Path) -> None:
    path = crash.restore(tmp_path)
    path.unlink()
    opened(path).close()
    aside = tmp_path / f"{ASIDE}-wal"
    assert aside.read_bytes() == crash.files["journal.db-wal"]


def test_an_older_copy_put_in_its_place_is_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    opened(path).close()
    shutil.copy(path, tmp_path / "copy")
    with opened(path) as journal:
        journal.append(PASSED)
        known = journal.head.journal_id.hex()
    shutil.copy(tmp_path / "copy", path)
    with opened(path) as journal:
        (opening,) = journal.entries()
    assert opening.event.detail == (
        f"predecessor={known} last_seq=2 kept_as={ASIDE} fault=entries 2 to 2 are lost"
    )


def test_the_journal_of_another_unit_is_taken_up_as_it_is(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        with opened(tmp_path / name / "journal.db") as journal:
            journal.append(PASSED)
    shutil.copy(tmp_path / "one" / "journal.db", tmp_path / "other" / "journal.db")
    with opened(tmp_path / "other" / "journal.db") as journal:
        assert journal.append(PASSED).seq == 3


def test_a_head_file_that_cannot_be_read_claims_nothing(crash: Crash, tmp_path: Path) -> None:
    path = crash.restore(tmp_path)
    (tmp_path / "journal.db.head").write_bytes(b"\x00" * 60)
    with opened(path) as journal:
        assert list(journal.entries()) == crash.entries


def test_two_journals_damaged_in_one_second_keep_their_names(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    for content in (b"first", b"second"):
        path.write_bytes(content)
        opened(path).close()
    assert (tmp_path / ASIDE).read_bytes() == b"first"
    assert (tmp_path / f"{ASIDE}.2").read_bytes() == b"second"


def test_what_was_set_aside_is_never_written_again(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"no database")
    with opened(path) as journal:
        for _ in range(3):
            journal.append(PASSED, SAM)
    assert (tmp_path / ASIDE).read_bytes() == b"no database"
    with JournalReader.open(path) as reader:
        assert reader.head().seq == 4

"""The mark and the receipts: replaced whole, read totally, one writer."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import JournalError
from gate.events.chain import ChainHead
from gate.store.cursor import Cursor, Mark, cursor_directory, parse_mark, read_mark

DAY_MS = 86_400_000
NOON_MS = 20_000 * DAY_MS + DAY_MS // 2


def head(seq: int, journal: bytes = b"j") -> ChainHead:
    return ChainHead(journal_id=journal * 16, seq=seq, hash=bytes([seq % 256]) * 32)


def receipts(directory: Path) -> list[str]:
    return sorted(path.name.partition("-")[2] for path in (directory / "receipts").iterdir())


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return cursor_directory(tmp_path / "journal.db")


def test_the_cursor_lies_beside_its_journal(tmp_path: Path) -> None:
    assert cursor_directory(tmp_path / "journal.db") == tmp_path / "uplink"


def test_before_the_first_upload_there_is_no_mark(directory: Path) -> None:
    assert read_mark(directory) is None
    with Cursor(directory) as cursor:
        assert cursor.mark() is None


def test_a_mark_is_read_back_by_others(directory: Path) -> None:
    with Cursor(directory) as cursor:
        kept = cursor.advance(head(7), b"receipt", NOON_MS)
        assert read_mark(directory) == kept
    assert kept == Mark(head=head(7), receipt_seq=7, hub_ms=NOON_MS)
    name = f"{(b'j' * 16).hex()}-7.cose"
    assert (directory / "receipts" / name).read_bytes() == b"receipt"


def test_of_a_day_the_receipt_that_reaches_furthest_is_kept(directory: Path) -> None:
    with Cursor(directory) as cursor:
        for seq, at_ms in ((5, NOON_MS), (9, NOON_MS + 1), (12, NOON_MS + DAY_MS), (20, NOON_MS)):
            cursor.advance(head(seq), b"", at_ms)
    assert receipts(directory) == ["12.cose", "20.cose", "9.cose"]


def test_a_mark_that_goes_back_loses_no_receipt(directory: Path) -> None:
    with Cursor(directory) as cursor:
        cursor.advance(head(9), b"", NOON_MS)
        assert cursor.rewind(head(3)) == Mark(head=head(3), receipt_seq=9, hub_ms=NOON_MS)
        cursor.advance(head(6), b"", NOON_MS)
        assert cursor.mark() == Mark(head=head(6), receipt_seq=6, hub_ms=NOON_MS)
    assert receipts(directory) == ["6.cose", "9.cose"]


def test_another_journals_receipts_are_left_alone(directory: Path) -> None:
    with Cursor(directory) as cursor:
        cursor.advance(head(9), b"", NOON_MS)
        cursor.advance(head(10, b"k"), b"", NOON_MS)
        assert cursor.rewind(head(2, b"l")).receipt_seq == 0
    assert receipts(directory) == ["10.cose", "9.cose"]


def test_a_second_writer_is_told_of_the_first(directory: Path) -> None:
    with Cursor(directory), pytest.raises(JournalError, match="another `gate sync`"):
        Cursor(directory)
    Cursor(directory).close()


def test_a_damaged_mark_is_told_and_replaced_by_the_next(directory: Path) -> None:
    with Cursor(directory) as cursor:
        (directory / "mark.json").write_bytes(b"\0" * 40)
        with pytest.raises(JournalError, match=r"mark\.json: damaged"):
            cursor.mark()
        cursor.advance(head(4), b"", NOON_MS)
        assert cursor.mark() == Mark(head=head(4), receipt_seq=4, hub_ms=NOON_MS)


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "uplink").write_bytes(b"")
    with pytest.raises(JournalError, match="uplink"):
        Cursor(tmp_path / "uplink")


WHOLE = {
    "version": 1,
    "journal": "6a" * 16,
    "seq": 7,
    "hash": "07" * 32,
    "receipt_seq": 7,
    "hub_ms": 1,
}


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"journal": "6a" * 15},
        {"journal": "6A" * 16},
        {"journal": 5},
        {"hash": "zz" * 32},
        {"seq": -1},
        {"seq": True},
        {"seq": 7.0},
        {"receipt_seq": 2**53},
        {"hub_ms": None},
        {"more": 1},
    ],
    ids=str,
)
def test_what_is_not_quite_a_mark_is_none(change: dict[str, object]) -> None:
    assert parse_mark(json.dumps(WHOLE).encode(), "m").head == head(7)
    with pytest.raises(JournalError, match="m: damaged"):
        parse_mark(json.dumps(WHOLE | change).encode(), "m")


NEARLY = st.dictionaries(st.sampled_from(sorted(WHOLE)), st.none() | st.integers() | st.text())
DEEP = st.sampled_from([b"[" * 1000, b"9" * 1000, b'"\\ud800"'])


# Invariant: any bytes are a mark within bounds, or raise JournalError.
@given(st.binary(max_size=1100) | NEARLY.map(lambda one: json.dumps(WHOLE | one).encode()) | DEEP)
def test_any_bytes_are_a_mark_or_none(data: bytes) -> None:
    with suppress(JournalError):
        assert 0 <= parse_mark(data, "m").head.seq < 2**53

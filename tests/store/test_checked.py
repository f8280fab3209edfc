"""What a unit's own check found, kept for its heartbeat."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate.store.checked import DUE, OVERDUE, UNREADABLE, checked_path, read_checked, write_checked

NOW = datetime(2026, 12, 6, 2, tzinfo=UTC)


def test_what_was_not_well_is_told_until_the_next_check(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    assert read_checked(journal, NOW) == ()
    write_checked(journal, NOW, ["check clock cell: Its cell has 2.40 V."])
    assert read_checked(journal, NOW + DUE) == ("check clock cell: Its cell has 2.40 V.",)
    write_checked(journal, NOW, [])
    assert read_checked(journal, NOW + DUE) == ()


def test_a_check_that_is_not_done_any_more_says_so(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    write_checked(journal, NOW, ["x"])
    assert read_checked(journal, NOW + DUE + timedelta(seconds=1)) == (OVERDUE, "x")


@pytest.mark.parametrize("data", [b"", b"[]", b'{"at": 5, "faults": []}', b'{"at": "x"}', b"\xff"])
def test_a_result_that_can_not_be_read_is_a_fault(tmp_path: Path, data: bytes) -> None:
    journal = tmp_path / "journal.db"
    checked_path(journal).write_bytes(data)
    assert read_checked(journal, NOW) == (UNREADABLE,)

"""Grants that were open as the power went: nobody knows what became of them, as the record says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate.access.model import Direction
from gate.events.model import Event, EventKind, Holder, which_grant
from gate.store.journal import open_journal
from gate.unit.attendance import UNSETTLED_FOR, recorded_people, unsettled_grants

NOW = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
BOTH = frozenset(Direction)
ANNA = Holder(person=b"a" * 16, issuer="i", number="1", name="Anna", card_type="t")


class Record:
    """A real journal in which somebody was let in."""

    def __init__(self, path: Path, outcome: str = "admit") -> None:
        self.path = path
        self._journal = open_journal(path, now=NOW, clock_trusted=True)
        self.seq = self.add(EventKind.ACCESS, outcome=outcome, holder=ANNA)

    def add(
        self,
        kind: EventKind,
        *,
        after: timedelta = timedelta(0),
        outcome: str = "",
        detail: str = "",
        holder: Holder | None = None,
    ) -> int:
        event = Event(
            at=NOW + after,
            clock_trusted=True,
            kind=kind,
            direction="in",
            outcome=outcome,
            detail=detail,
        )
        return self._journal.append(event, holder).seq

    def close(self) -> None:
        self._journal.close()


def unsettled(record: Record, ways: frozenset[Direction] = BOTH) -> list[int]:
    record.close()
    return [entry.seq for entry in unsettled_grants(record.path, ways)]


def test_a_grant_after_which_nothing_was_told_is_not_settled(tmp_path: Path) -> None:
    record = Record(tmp_path / "journal.db")

    assert unsettled(record) == [record.seq]


@pytest.mark.parametrize(
    "kind", [EventKind.TURNED, EventKind.NOT_TURNED, EventKind.TURN_UNKNOWN], ids=str
)
def test_a_grant_of_which_something_was_told_is_settled(tmp_path: Path, kind: EventKind) -> None:
    record = Record(tmp_path / "journal.db")
    record.add(kind, detail=which_grant(record.seq))

    assert unsettled(record) == []


def test_a_grant_of_the_other_way_or_long_before_or_refused_is_none(tmp_path: Path) -> None:
    other, old = Record(tmp_path / "other.db"), Record(tmp_path / "old.db")
    refused = Record(tmp_path / "refused.db", outcome="refuse")
    old.add(EventKind.MANIFEST, after=UNSETTLED_FOR + timedelta(seconds=1))

    assert unsettled(other, frozenset({Direction.OUT})) == []
    assert unsettled(old) == []
    assert unsettled(refused) == []


def test_a_journal_that_is_not_there_tells_of_none(tmp_path: Path) -> None:
    assert unsettled_grants(tmp_path / "none.db", BOTH) == []
    assert recorded_people(tmp_path / "none.db", "site", NOW).presence.inside_count == 0


def test_who_turned_while_such_a_grant_waited_is_in_doubt_too_and_nobody_before(
    tmp_path: Path,
) -> None:
    record = Record(tmp_path / "journal.db")
    record.add(EventKind.TURNED, detail=which_grant(record.seq))
    ben, cat = (record.add(EventKind.ACCESS, outcome="admit", holder=ANNA) for _ in range(2))
    record.add(EventKind.TURNED, detail=which_grant(ben))

    assert unsettled(record) == [ben, cat]

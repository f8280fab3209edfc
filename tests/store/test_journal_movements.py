"""What a journal tells of where people are: which records, and what of each."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EventError
from gate.events.attendance import Attendance, fold_people
from gate.events.chain import genesis, head_of, link
from gate.events.codec import SALT_BYTES, encode_holder, to_ms
from gate.events.model import Event, EventKind, Holder
from gate.events.movement import Movement, movement_of
from gate.store.journal import Journal, open_journal
from gate.store.journal_reader import JournalReader
from gate.store.journal_rows import INSERT_ENTRY, JournalRows, to_row
from gate.store.journal_schema import INSERT_JOURNAL, migrate

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
MANY = '","person":"' + "0" * 32 + '"}'
SAM = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam Zoë", card_type="gold")
KIM = Holder(person=b"k" * 16, issuer='"', number=MANY, name="Kim\\", card_type="\t")
ADMITTED = Event(
    at=NOW,
    clock_trusted=True,
    kind=EventKind.ACCESS,
    access_point="Gate É",
    direction="in",
    outcome="admit",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with open_journal(path, now=NOW, clock_trusted=True) as opened:
        yield opened


STAYING = (EventKind.UNIT_STARTED, EventKind.FAULT, EventKind.TURNED, EventKind.HELD)
MOVING = {
    *(EventKind.ACCESS, EventKind.NOT_TURNED, EventKind.TURN_UNKNOWN, EventKind.FORGIVEN),
    *(EventKind.TURNS_UNIDENTIFIED, EventKind.FIRE_ALARM, EventKind.FIRE_TEST),
    *(EventKind.ALL_CLEAR, EventKind.FORCED, EventKind.EXIT_BUTTON, EventKind.EXITS_UNRECORDED),
}


def movements(path: Path, since: datetime = NOW) -> list[Movement]:
    with JournalReader.open(path) as reader:
        return list(reader.movements(since))


def told(
    kind: EventKind,
    direction: str = "",
    at: datetime = NOW,
    *,
    outcome: str = "",
    trusted: bool = True,
) -> Event:
    return Event(
        at=at, clock_trusted=trusted, kind=kind, direction=direction, outcome=outcome, count=3
    )


def test_a_movement_tells_what_its_record_does(path: Path, journal: Journal) -> None:
    journal.append(ADMITTED, KIM)

    assert movements(path) == [
        Movement(NOW, EventKind.ACCESS, "Gate É", "in", 1, KIM.person),
    ]


def test_who_was_erased_is_nobody(path: Path, journal: Journal) -> None:
    journal.append(ADMITTED, SAM)
    journal.erase(SAM.person)

    assert [one.person for one in movements(path)] == [None]


@pytest.mark.parametrize("outcome", ["refuse", "refer", ""])
def test_who_was_not_let_through_did_not_move(path: Path, journal: Journal, outcome: str) -> None:
    journal.append(told(EventKind.ACCESS, "in", outcome=outcome), SAM)

    assert not movements(path)


@pytest.mark.parametrize("kind", STAYING)
def test_other_records_move_nobody(path: Path, journal: Journal, kind: EventKind) -> None:
    journal.append(told(kind, "in", outcome="admit"), SAM)

    assert not movements(path)


def test_movements_are_those_since_then_in_the_order_of_the_record(
    path: Path, journal: Journal
) -> None:
    hours = (-3, -2, 0, -0.5, 1)
    for hour in hours:
        journal.append(told(EventKind.NOT_TURNED, "in", NOW + hour * HOUR, trusted=hour != -0.5))

    def since(hour: float) -> list[float]:
        return [(one.at - NOW) / HOUR for one in movements(path, NOW + hour * HOUR)]

    assert since(0) == [0, 1]
    assert since(-2) == [-2, 0, -0.5, 1]


def test_a_clock_set_back_a_little_hides_nothing(path: Path, journal: Journal) -> None:
    early = NOW + timedelta(minutes=30)
    journal.append(told(EventKind.NOT_TURNED, "in", early))
    journal.append(told(EventKind.NOT_TURNED, "in", NOW - timedelta(minutes=10)))

    assert [one.at for one in movements(path)] == [early]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("direction", b"\xff"),
        ("direction", None),
        ("access_point", None),
        ("access_point", b"\xff"),
        ("at_ms", "noon"),
        ("at_ms", 10**15),
        ("count", "many"),
        ("count", 0),
        ("count", 2**53),
        ("holder", ""),
        ("holder", 5),
        ("holder", b"\xff"),
        ("holder", '{"name":"Sam"}'),
        ("holder", '{"person":"' + "S" * 32 + '"}'),
        ("holder", '{"a":"","person":"' + "é" * 32 + '"}'),
        ("holder", '{"a":"\\","person":"' + "0" * 32 + '"} '),
    ],
    ids=repr,
)
def test_a_row_that_holds_no_movement_is_named(column: str, value: object) -> None:
    held = {
        "seq": 2,
        "at_ms": to_ms(NOW),
        "clock_trusted": 1,
        "kind": "access",
        "outcome": "note",
        "access_point": "A",
        "direction": "in",
        "count": 1,
        "holder": encode_holder(SAM),
    }
    with (
        closing(loose_journal(held)) as whole,
        closing(loose_journal(held | {column: value})) as bad,
    ):
        assert len(list(JournalRows(Path(), whole).movements(NOW))) == 1
        with pytest.raises(EventError, match=r"^entry 2: no record: "):
            list(JournalRows(Path(), bad).movements(NOW))


TEXTS = st.sampled_from(["Sam", '"', "\\", MANY, "é" * 50, "\x00"])
RECORDED = st.tuples(
    st.builds(
        told,
        st.sampled_from([EventKind.ACCESS, *sorted(MOVING), *STAYING]),
        st.sampled_from(["in", "out", ""]),
        st.integers(0, 50).map(lambda minute: NOW + timedelta(minutes=minute)),
        outcome=st.sampled_from(["admit", "note", "refer", "refuse"]),
        trusted=st.booleans(),
    ),
    st.none()
    | st.builds(
        Holder,
        person=st.sampled_from([b"s" * 16, b"k" * 16, b"\xff" * 16]),
        issuer=TEXTS,
        number=TEXTS,
        name=TEXTS,
        card_type=TEXTS,
    ),
)
"""Within less than what a clock may be set back by, so that the search back misses none."""


# Invariant: what is read for presence alone is, of the same records, what the whole of them tells.
@given(recorded=st.lists(RECORDED, max_size=20), minute=st.integers(0, 50))
def test_a_day_read_in_short_is_the_day(
    recorded: list[tuple[Event, Holder | None]], minute: int
) -> None:
    since = NOW + timedelta(minutes=minute)
    with closing(journal_of(recorded)) as connection:
        rows = JournalRows(Path(), connection)
        short = list(rows.movements(since))
        whole = [entry for entry in rows.entries() if entry.event.at >= since]

    assert short == [movement_of(entry) for entry in whole if tells(entry.event)]
    if all(one.direction for one in short):
        attendance = Attendance("site")
        for entry in whole:
            if tells(entry.event):
                attendance.take(entry)
        assert fold_people(short, "site") == attendance.people()


def tells(event: Event) -> bool:
    return event.kind in MOVING and (
        event.kind is not EventKind.ACCESS or event.outcome in {"admit", "note"}
    )


def journal_of(recorded: list[tuple[Event, Holder | None]]) -> sqlite3.Connection:
    """Return a journal of these events and holders, in memory."""
    connection = sqlite3.connect(":memory:")
    migrate(connection)
    connection.execute(INSERT_JOURNAL, (bytes(16).hex(), 0, ""))
    head = genesis(bytes(16))
    for event, holder in recorded:
        part = (None, None) if holder is None else (bytes(SALT_BYTES), encode_holder(holder))
        entry = link(head, event, *part)
        connection.execute(INSERT_ENTRY, to_row(entry))
        head = head_of(entry)
    return connection


def loose_journal(row: dict[str, object]) -> sqlite3.Connection:
    """Return a journal of one row in which any column takes anything, as damage does."""
    columns = ", ".join(row)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE journal (id)")
    connection.execute("INSERT INTO journal VALUES (?)", (bytes(16).hex(),))
    connection.execute(f"CREATE TABLE entries ({columns})")
    connection.execute(f"INSERT INTO entries VALUES ({', '.join('?' * len(row))})", [*row.values()])  # noqa: S608 - the test's own words
    return connection

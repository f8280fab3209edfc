"""Entries as they travel and as rows: the same entries, and no others."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EventError
from gate.events.batch_rows import COLUMNS, rebuild, to_entry, to_wire
from gate.events.chain import ChainHead, genesis, head_of, link
from gate.events.codec import MAX_HOLDER_BYTES, NO_HOLDER
from gate.events.model import MAX_NUMBER, Entry, Event, EventKind

JOURNAL = bytes(range(16))
START = genesis(JOURNAL)
AT_MS = 1_796_541_300_123
PLAIN: tuple[Any, ...] = (
    *(AT_MS, 1, "access", "Gate A in", "in", "refuse", ("revoked", "expired"), 1, 60, ""),
    *(b"", ""),
)
TEXTS = st.text(st.characters(categories=["L", "N", "P"]), max_size=20)
NUMBERS = st.one_of(st.integers(0, 300), st.integers(0, MAX_NUMBER))
EVENTS = st.builds(
    Event,
    at=st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone follows
    clock_trusted=st.booleans(),
    kind=st.sampled_from(EventKind),
    access_point=TEXTS,
    direction=TEXTS,
    outcome=TEXTS,
    reasons=st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True), max_size=3).map(tuple),
    count=NUMBERS.filter(bool),
    list_age_s=st.none() | NUMBERS,
    detail=TEXTS,
)
HOLDERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
PARTS = st.tuples(EVENTS, st.none() | HOLDERS, st.binary(min_size=16, max_size=16), st.booleans())


def chained(parts: list[tuple[Event, str | None, bytes, bool]], after: ChainHead) -> list[Entry]:
    """Return entries after a head; where a part says so, the holder part is erased."""
    entries, head = [], after
    for event, holder, salt, is_erased in parts:
        entry = link(head, event, None if holder is None else salt, holder)
        head = head_of(entry)
        entries.append(replace(entry, salt=None, holder=None) if is_erased else entry)
    return entries


def with_element(place: int, value: object) -> tuple[Any, ...]:
    return (*PLAIN[:place], value, *PLAIN[place + 1 :])


# Invariant: whatever entries a journal can hold come back the same, wherever they begin.
@given(
    st.lists(PARTS, min_size=1, max_size=6),
    st.one_of(st.integers(0, 300), st.integers(0, MAX_NUMBER - 10)),
    st.binary(min_size=32, max_size=32),
)
def test_entries_come_back_the_same(
    parts: list[tuple[Event, str | None, bytes, bool]], seq: int, before: bytes
) -> None:
    start = ChainHead(journal_id=JOURNAL, seq=seq, hash=before)
    entries = chained(parts, start)

    rows, head = rebuild(to_wire(entries), start)

    assert [to_entry(JOURNAL, row) for row in rows] == entries
    assert head == head_of(entries[-1])


def test_an_entry_travels_as_the_documented_array() -> None:
    event = Event(
        at=datetime(2026, 12, 6, 7, 15, 0, 123_456, tzinfo=UTC),
        clock_trusted=True,
        kind=EventKind.ACCESS,
        access_point="Gate A in",
        direction="in",
        outcome="refuse",
        reasons=("revoked", "expired"),
        list_age_s=60,
    )
    later = replace(event, at=event.at + timedelta(seconds=2), list_age_s=None)
    holder = '{"name":"Sam Sample"}'
    kept, gone, bare = entries = chained(
        [
            (event, holder, b"s" * 16, False),
            (later, holder, b"s" * 16, True),
            (event, None, b"", False),
        ],
        START,
    )
    assert to_wire(entries) == [
        (*PLAIN[:10], b"s" * 16, holder),
        (2000, *PLAIN[1:8], -1, "", b"", "", gone.commitment),
        (-2000, *PLAIN[1:]),
    ]
    assert bare.commitment == NO_HOLDER
    assert gone.commitment == kept.commitment


def test_a_row_has_the_columns_that_are_named() -> None:
    rows, head = rebuild([PLAIN], START)
    expected = {
        "seq": 1,
        "at_ms": AT_MS,
        "clock_trusted": 1,
        "kind": "access",
        "access_point": "Gate A in",
        "direction": "in",
        "outcome": "refuse",
        "reason": "revoked",
        "reasons": "revoked expired",
        "count": 1,
        "list_age_s": 60,
        "detail": "",
        "commitment": NO_HOLDER,
        "salt": None,
        "holder": None,
        "hash": head.hash,
    }
    assert dict(zip(COLUMNS, rows[0], strict=True)) == expected


_TRUE = True
_HELD = (*PLAIN[:10], b"s" * 16, "{}")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        pytest.param(PLAIN[:11], "too few", id="an element missing"),
        pytest.param((*PLAIN, bytes(32), b""), "too many", id="an element too many"),
        pytest.param(list(PLAIN), "another type", id="not an array as it is read"),
        pytest.param(None, "another type", id="no array"),
        pytest.param(with_element(1, _TRUE), "another type", id="a clock of true"),
        pytest.param(with_element(1, 2), "clock_trusted", id="a clock of 2"),
        pytest.param(with_element(0, 1.0), "another type", id="a fraction of a time"),
        pytest.param(with_element(0, -AT_MS - 1), "1970", id="before 1970"),
        pytest.param(with_element(0, 253_402_300_800_000), "9999", id="after 9999"),
        pytest.param(with_element(0, 10**9999), "9999", id="a time that can't be printed"),
        pytest.param(with_element(2, "party"), "update the hub", id="an unknown kind"),
        pytest.param(with_element(3, "x" * 65), "64", id="a long name"),
        pytest.param(with_element(4, "in\n"), "one line", id="two lines"),
        pytest.param(with_element(6, (1,)), "no text", id="a reason that is a number"),
        pytest.param(with_element(6, ([],)), "no text", id="a reason that is a list"),
        pytest.param(with_element(6, ("a b",)), "not a code", id="a reason of two"),
        pytest.param(with_element(7, 0), "count", id="no presentation"),
        pytest.param(with_element(7, 10**9999), "count", id="a count that can't be printed"),
        pytest.param(with_element(8, -2), "list age", id="a list of tomorrow"),
        pytest.param(with_element(8, 2**53), "list age", id="a list of long ago"),
        pytest.param(with_element(9, "d" * 257), "256", id="a long detail"),
        pytest.param(with_element(10, b"s" * 16), "go together", id="salt alone"),
        pytest.param(with_element(11, "{}"), "go together", id="holder alone"),
        pytest.param((*_HELD[:10], b"s" * 15, "{}"), "salt of 15", id="a short salt"),
        pytest.param((*_HELD, bytes(32)), "beside a holder", id="a commitment too many"),
        pytest.param((*_HELD[:11], "\0"), "zero character", id="a zero in the holder"),
        pytest.param((*_HELD[:11], "é" * 4097), f"{MAX_HOLDER_BYTES} bytes", id="a long holder"),
        pytest.param((*PLAIN, bytes(31)), "is none", id="a short commitment"),
        pytest.param((*PLAIN, NO_HOLDER), "is none", id="nothing erased"),
    ],
)
def test_what_is_no_entry_is_named_and_refused(entry: object, told: str) -> None:
    with pytest.raises(EventError, match=f"^entry 2: .*{told}"):
        rebuild([PLAIN, entry], START)


def test_what_was_judged_once_does_not_let_another_type_pass() -> None:
    with pytest.raises(EventError, match=r"^entry 2: an element"):
        rebuild([PLAIN, with_element(1, 1.0)], START)


# Invariant: any array that CBOR can hold is an entry that comes back the same, or EventError.
@given(
    st.integers(0, 12),
    st.recursive(
        st.integers() | st.binary(max_size=33) | st.text(max_size=5) | st.none() | st.floats(),
        lambda inner: st.lists(inner, max_size=3).map(tuple),
        max_leaves=5,
    ),
)
def test_any_element_makes_an_entry_or_an_error(place: int, value: object) -> None:
    wire = cbor2.loads(cbor2.dumps([with_element(place, value)]), immutable=True)
    try:
        rows, _ = rebuild(wire, START)
    except EventError:
        return
    assert tuple(to_wire([to_entry(JOURNAL, rows[0])])) == wire

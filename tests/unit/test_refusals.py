"""How often a refusal is recorded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gate.events.model import Event, EventKind, Holder
from gate.unit.refusals import MAX_RUNS, RUN_S, Record, RefusalTally

HOLDER = Holder(person=bytes(16), issuer="i", number="1", name="N", card_type="t")


def refusal(reason: str = "malformed", holder: Holder | None = None) -> Record:
    event = Event(
        at=datetime(2026, 1, 5, 7, tzinfo=UTC),
        clock_trusted=True,
        kind=EventKind.ACCESS,
        outcome="refuse",
        reasons=(reason,),
    )
    return event, holder


def counts(records: list[Record]) -> list[int]:
    return [event.count for event, _ in records]


def test_the_first_refusal_is_recorded_at_once_and_its_repeats_once_a_minute() -> None:
    tally = RefusalTally()

    first = list(tally.refused(b"k", refusal(), 0.0))
    repeats = [r for at_s in (10.0, 20.0, 30.0) for r in tally.refused(b"k", refusal(), at_s)]
    early, due = list(tally.due(RUN_S - 0.1)), list(tally.due(RUN_S))
    next_minute = list(tally.refused(b"k", refusal(), RUN_S + 1))
    end = list(tally.due(2 * RUN_S))

    assert counts(first) == [1]
    assert repeats == early == next_minute == []
    assert counts(due) == [3]
    assert counts(end) == [1]


def test_a_count_bears_the_time_of_the_last_of_them() -> None:
    tally = RefusalTally()
    event, holder = refusal()
    last = replace(event, at=event.at + timedelta(seconds=30))
    list(tally.refused(b"k", (event, holder), 0.0))
    list(tally.refused(b"k", (last, holder), 30.0))

    assert [told.at for told, _ in tally.due(RUN_S)] == [last.at]


def test_another_reason_is_another_refusal() -> None:
    tally = RefusalTally()
    list(tally.refused(b"k", refusal("expired"), 0.0))

    assert counts(list(tally.refused(b"k", refusal("revoked"), 1.0))) == [1]


def test_a_code_that_stays_away_is_forgotten() -> None:
    tally = RefusalTally()
    list(tally.refused(b"k", refusal(), 0.0))

    assert list(tally.due(RUN_S)) == []
    assert len(tally) == 0


def test_a_flood_of_strange_codes_is_pooled_but_a_card_keeps_its_own_record() -> None:
    tally = RefusalTally()
    recorded = [r for n in range(5 * MAX_RUNS) for r in tally.refused(b"%d" % n, refusal(), n / 30)]

    cards = [
        record
        for number in range(3)
        for record in tally.refused(b"card %d" % number, refusal("expired", HOLDER), 12.0)
    ]

    assert len(recorded) == MAX_RUNS + 1
    assert [holder for _, holder in cards if holder] == [HOLDER] * 3


# Invariant: the counts of all records add up to the refusals there were; memory is bounded.
@given(
    st.lists(st.tuples(st.integers(0, 3 * MAX_RUNS), st.booleans(), st.floats(0, 40)), max_size=300)
)
def test_counts_add_up(refusals: list[tuple[int, bool, float]]) -> None:
    tally, at_s = RefusalTally(), 0.0
    records: list[Record] = []
    for number, is_card, step_s in refusals:
        at_s += step_s
        record = refusal(holder=HOLDER if is_card else None)
        records += tally.refused(b"%d" % number, record, at_s)
        records += tally.due(at_s)
        assert len(tally) <= MAX_RUNS + 1
    records += tally.close()

    assert sum(counts(records)) == len(refusals)

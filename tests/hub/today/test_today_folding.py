"""A day gone on with as entries arrive is the day that is read whole, whatever came when."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from gate.hub.ingest.models import Entry, Journal
from gate.hub.log.day import Day
from gate.hub.manifest.models import Forgiveness
from gate.hub.people.models import Person
from gate.hub.sites.models import Site
from gate.hub.today.folded import folded, known_of
from gate.hub.today.folding import (
    MAX_SITES,
    FoldedDay,
    FoldedDays,
    Known,
    Row,
    anew,
    arrived,
    gone_on,
)
from tests.hub.gates import MORNING, Gate

DAY = Day(on=date(2026, 11, 20), zone=ZoneInfo("Europe/London"))
NOBODY = Known(start_ms=0, end_ms=86_400_000, erased=0, forgiven=(), marks={})
MINUTE = 60_000

ROWS = st.lists(
    st.tuples(
        st.integers(0, 90),
        st.integers(1, 2),
        st.sampled_from(("access", "not_turned")),
        st.sampled_from(("in", "out")),
        st.sampled_from("abc"),
        st.integers(0, 1),
        st.sampled_from(("admit", "note", "refuse", "refer")),
    ),
    max_size=24,
)
FORGIVEN = st.lists(st.tuples(st.integers(0, 90), st.sampled_from("abc")), max_size=3)


def _stored(drawn: Iterable[tuple[int, int, str, str, str, int, str]]) -> list[Row]:
    """Number the entries of each journal as they are stored: late ones have early times."""
    last = {1: 0, 2: 0}
    rows: list[Row] = []
    for minute, journal, kind, way, who, rest, outcome in drawn:
        last[journal] += 1
        at_ms = minute * MINUTE
        said = "" if kind == "not_turned" else outcome
        rows.append((at_ms, last[journal], journal, kind, way, who, rest, said, at_ms))
    return rows


def _known(rows: Iterable[Row], forgiven: Iterable[tuple[int, str]]) -> Known:
    marks: dict[int, int] = {}
    for row in rows:
        marks[row[2]] = row[1]
    left = [
        (minute * MINUTE, 2**63, number, "forgiven", "out", who, 0)
        for number, (minute, who) in enumerate(forgiven)
    ]
    return replace(NOBODY, marks=marks, forgiven=tuple(sorted(left)))


def _go_on(there: FoldedDay, known: Known, stored: list[Row]) -> FoldedDay:
    wanted = arrived(there, known)
    new = [row for row in stored if row[2] in wanted and row[1] > wanted[row[2]][0]]
    return gone_on(there, known, [row for row in new if row[1] <= wanted[row[2]][1]])


@given(ROWS, FORGIVEN, st.lists(st.integers(0, 24), max_size=4))
def test_in_steps_it_comes_to_what_it_comes_to_at_once(
    drawn: list[tuple[int, int, str, str, str, int, str]],
    forgiven: list[tuple[int, str]],
    steps: list[int],
) -> None:
    stored = _stored(drawn)
    day = anew(NOBODY, [])
    for number, through in enumerate([*sorted(steps), len(stored)]):
        known = _known(stored[:through], forgiven[:number])
        day = _go_on(day, known, stored)
        assert day == anew(known, stored)


@given(ROWS, st.integers(0, 24), st.integers(0, 24))
def test_what_others_read_of_a_day_never_changes(
    drawn: list[tuple[int, int, str, str, str, int, str]], first: int, second: int
) -> None:
    stored = _stored(drawn)
    known = _known(stored[:first], ())
    day, same = anew(known, stored), anew(known, stored)
    _go_on(day, _known(stored[: first + second], ()), stored)
    assert day == same


def test_a_stay_that_goes_on_is_another_s_to_read_as_it_was() -> None:
    stored = _stored(
        [(1, 1, "access", "in", "a", 0, "admit"), (2, 1, "access", "out", "a", 0, "admit")]
    )
    before = anew(_known(stored[:1], ()), stored)
    _go_on(before, _known(stored, ()), stored)
    assert before.passed.stays["a"].in_ms == MINUTE


def test_a_thread_that_asked_earlier_is_given_the_further_day() -> None:
    stored = _stored(
        [(1, 1, "access", "in", "a", 0, "admit"), (2, 2, "access", "in", "b", 0, "admit")]
    )
    further = anew(_known(stored, ()), stored)
    assert _go_on(further, _known(stored[:1], ()), stored) is further


def test_nobody_s_day_is_kept_for_ever() -> None:
    days, day = FoldedDays(), anew(NOBODY, [])
    for site in range(MAX_SITES + 3):
        days.keep(site, day)
    assert days.get(2, NOBODY) is None
    assert days.get(MAX_SITES + 2, NOBODY) is day


def _at(hours: float) -> datetime:
    return MORNING + timedelta(hours=hours - 7)


def _store(gate: Gate) -> None:
    Journal.objects.filter(pk=gate.journal.pk).update(stored_through=gate.seq)


def _figures(site: Site) -> tuple[int, int, int, int, int]:
    day = folded(site, known_of(site, DAY))
    passed, refusals = day.passed, day.refusals
    whole = (passed.people, passed.came_in, passed.went_out)
    return (*whole, refusals.refused, refusals.referred)


def _asked(site: Site) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        folded(site, known_of(site, DAY))
    return [one["sql"] for one in asked.captured_queries if "ingest_entry" in one["sql"]]


def test_an_unchanged_day_asks_for_no_entry_and_a_new_one_only_for_itself(
    site: Site, gate_a: Gate
) -> None:
    gate_a.records(at=_at(7))
    _store(gate_a)
    first, unchanged = _asked(site), _asked(site)
    gate_a.records("expired", at=_at(8))
    _store(gate_a)
    (since,) = _asked(site)
    assert len(first) == 1
    assert unchanged == []
    assert "seq > 1 AND seq <= 2" in since
    assert _figures(site) == (1, 1, 0, 1, 0)


def test_what_a_gate_sends_late_is_put_where_it_happened(
    site: Site, gate_a: Gate, new_gate: Callable[[str], Gate]
) -> None:
    gate_b = new_gate("Gate B")
    gate_a.records(at=_at(9), direction="out")
    _store(gate_a)
    assert _figures(site) == (0, 0, 1, 0, 0)
    gate_b.records(at=_at(8), direction="in")
    _store(gate_b)
    day = folded(site, known_of(site, DAY))
    assert (day.passed.people, day.passed.came_in, day.passed.went_out) == (1, 1, 1)
    (stay,) = day.passed.stays.values()
    assert stay.inside_ms == 60 * MINUTE


def test_what_is_stored_and_not_told_of_yet_is_left_for_the_next_time(
    site: Site, gate_a: Gate
) -> None:
    gate_a.records(at=_at(7))
    _store(gate_a)
    known = known_of(site, DAY)
    gate_a.records("expired", at=_at(8))
    _store(gate_a)
    assert folded(site, known).refusals.total == 0
    assert _figures(site) == (1, 1, 0, 1, 0)


def test_a_forgiven_exit_and_an_erased_person_are_in_the_next_answer(
    site: Site, gate_a: Gate
) -> None:
    entry = gate_a.records(at=_at(7))
    _store(gate_a)
    before = folded(site, known_of(site, DAY)).passed
    Forgiveness.objects.create(
        site=site,
        person=bytes(16),
        reason="left by the back gate",
        order_id=bytes(16),
        not_after=_at(31),
        at=_at(12),
        by_name="Sam",
        version=1,
    )
    after = folded(site, known_of(site, DAY)).passed
    assert [stay.in_ms is None for one in (before, after) for stay in one.stays.values()] == [
        False,
        True,
    ]
    Entry.objects.filter(pk=entry.pk).update(salt=None, holder=None)
    Person.objects.create(site=site, added_at=_at(1), erased_at=_at(13))
    assert _figures(site)[1] == 0

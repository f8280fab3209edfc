"""Who is inside by the record alone, after turns that were not taken and after fires."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from gate.access.muster import People
from gate.access.presence import How, SiteWide
from gate.errors import EventError
from gate.events.attendance import Attendance, fold_people
from gate.events.codec import encode_holder
from gate.events.model import Entry, Event, EventKind, Holder
from gate.events.movement import movement_of
from gate.trust.site_presence import LastPassage

NOW = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
Fact = tuple[EventKind, str, str]
"""What, which way, and by whom: one letter, or nobody."""

IN, OUT = "in", "out"
ACCESS, NOT_TURNED, FORGIVEN = EventKind.ACCESS, EventKind.NOT_TURNED, EventKind.FORGIVEN
ALARM: Fact = (EventKind.FIRE_ALARM, "", "")
TEST: Fact = (EventKind.FIRE_TEST, "", "")
CLEAR: Fact = (EventKind.ALL_CLEAR, "", "z")


def person(name: str) -> bytes:
    return name.encode() * 16


def people(*facts: Fact) -> People:
    return fold_people(map(movement_of, entries(facts)), "site")


def entries(facts: Iterable[Fact]) -> Iterable[Entry]:
    for seq, (kind, way, who) in enumerate(facts, start=1):
        at = NOW + timedelta(minutes=seq)
        outcome = "admit" if kind is ACCESS else ""
        event = Event(at=at, clock_trusted=True, kind=kind, direction=way, outcome=outcome)
        named = who or "nobody"
        holder = Holder(person=person(named[0]), issuer="i", number="1", name=named, card_type="t")
        yield Entry(
            journal_id=bytes(16),
            seq=seq,
            event=event,
            commitment=bytes(32),
            salt=None,
            holder=encode_holder(holder) if who else None,
            hash=bytes(32),
        )


def inside(found: People) -> set[bytes]:
    return {one[:1] for one in found.presence.inside}


def test_a_grant_that_was_not_taken_leaves_its_holder_where_they_were() -> None:
    found = people((ACCESS, IN, "a"), (NOT_TURNED, IN, "a"), (ACCESS, IN, "b"))
    stayed = people((ACCESS, IN, "a"), (ACCESS, OUT, "a"), (NOT_TURNED, OUT, "a"))

    assert inside(found) == {b"b"}
    assert inside(stayed) == {b"a"}


def test_a_fire_that_was_not_cleared_stands_with_its_roll_call_and_its_turns() -> None:
    turns = (EventKind.TURNS_UNIDENTIFIED, OUT, "")
    alarm = people((ACCESS, IN, "a"), ALARM, turns, turns, (ACCESS, OUT, "a")).muster.alarm

    assert alarm is not None
    assert set(alarm.roll_call.inside) == {person("a")}
    assert (alarm.turned_in, alarm.turned_out) == (0, 2)


def test_after_the_all_clear_it_is_known_who_came_back() -> None:
    found = people(
        (ACCESS, IN, "a"),
        (ACCESS, IN, "b"),
        (ACCESS, IN, "c"),
        ALARM,
        CLEAR,
        (ACCESS, IN, "a"),
        (ACCESS, IN, "b"),
        (NOT_TURNED, IN, "b"),
    )

    assert found.muster.alarm is None
    assert found.muster.back == {person("a")}
    assert found.muster.awaited(found.presence) == {person("c")}
    assert not found.presence.is_inside(person("b"))
    assert inside(found) == {b"a", b"c"}


def test_who_is_awaited_is_judged_as_outside_and_others_are_not() -> None:
    found = people((ACCESS, IN, "a"), (ACCESS, IN, "b"), ALARM, CLEAR, (ACCESS, IN, "b"))
    judged = [
        found.muster.presence_for(person(who), found.presence).is_inside(person(who))
        for who in ("a", "b")
    ]

    assert judged == [False, True]


def test_a_test_of_the_alarm_awaits_nobody() -> None:
    found = people((ACCESS, IN, "a"), TEST, CLEAR)

    assert found.muster.alarm is None
    assert not found.muster.awaited(found.presence)


def test_a_second_alarm_within_one_changes_nothing() -> None:
    once, twice = people((ACCESS, IN, "a"), ALARM), people((ACCESS, IN, "a"), ALARM, ALARM)

    assert once == twice


def test_an_annulled_grant_is_of_the_moment_it_was_given() -> None:
    found = people((ACCESS, IN, "a"), (ACCESS, IN, "b"), (NOT_TURNED, IN, "a"))

    assert found.presence.left[person("a")].at == NOW + timedelta(minutes=1)


def test_a_grant_that_was_open_as_the_power_went_is_marked_as_not_known() -> None:
    found = people((ACCESS, IN, "a"), (EventKind.TURN_UNKNOWN, IN, "a"))

    passage = found.presence.inside[person("a")]
    assert (passage.how, passage.at) == (How.NOT_KNOWN, NOW + timedelta(minutes=1))


def test_who_has_left_since_is_not_brought_back_by_doubt_about_how_they_came_in() -> None:
    for doubt in (NOT_TURNED, EventKind.TURN_UNKNOWN):
        found = people((ACCESS, IN, "a"), (ACCESS, OUT, "a"), (doubt, IN, "a"))
        (left,) = found.presence.left.values()
        assert (inside(found), left.how) == (set(), How.PASSED)


def test_a_forgiven_exit_counts_as_made_and_as_estimated() -> None:
    found = people((ACCESS, IN, "a"), (FORGIVEN, OUT, "a"))

    assert found.presence.left[person("a")].how is How.FORGIVEN


def test_a_forgiven_exit_undoes_no_passage_that_came_after_the_manager_spoke() -> None:
    spoken, heard = (FORGIVEN, OUT, "a"), (ACCESS, IN, "a")
    first, second = entries([spoken, heard])
    late = fold_people(map(movement_of, [second, first]), "site")

    assert inside(late) == {b"a"}


def test_a_direction_that_is_none_is_an_error_of_the_record() -> None:
    with pytest.raises(EventError, match="sideways"):
        people((ACCESS, "sideways", "a"))


def test_who_came_in_elsewhere_before_the_alarm_is_awaited_too() -> None:
    found = people(ALARM, CLEAR)
    elsewhere = LastPassage(person("a"), IN, NOW, "Gate B", "site", "A", "")
    site = SiteWide(as_of=NOW, passages={person("a"): elsewhere})

    assert found.muster.awaited(found.presence.with_site(site)) == {person("a")}


def test_a_record_that_is_followed_tells_what_it_would_tell_read_at_once() -> None:
    facts = ((ACCESS, IN, "a"), (ACCESS, IN, "b"), ALARM, (NOT_TURNED, IN, "b"), CLEAR)
    followed = Attendance("site")
    told = []
    for entry in entries(facts):
        followed.take(entry)
        told.append(followed.people())

    assert told == [people(*facts[:end]) for end in range(1, len(facts) + 1)]

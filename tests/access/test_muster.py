"""What a fire alarm does to who is inside, step by step."""

from datetime import UTC, datetime, timedelta

import pytest

from gate.access.model import Direction
from gate.access.muster import Muster
from gate.access.presence import Passage, Presence, SiteWide, fold_passages
from gate.trust.gates_heard import GateHeard
from gate.trust.site_presence import LastPassage

TEN = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
IN, OUT = Direction.IN, Direction.OUT


def inside(*persons: bytes) -> Presence:
    return fold_passages(
        Passage(person=one, direction=IN, at=TEN, access_point="A", area="site") for one in persons
    )


def test_turns_of_nobody_known_are_counted_each_way_while_an_alarm_stands() -> None:
    muster = Muster().alarmed(TEN, Presence(), is_test=False)
    for way, count in ((IN, 2), (OUT, 5), (IN, 1), (OUT, 4)):
        muster = muster.turned(way, count)

    assert muster.alarm is not None
    assert (muster.alarm.turned_in, muster.alarm.turned_out) == (3, 9)


def test_a_second_alarm_within_one_keeps_the_first_ones_roll_call() -> None:
    first = Muster().alarmed(TEN, inside(b"a"), is_test=False)

    assert first.alarmed(TEN + timedelta(minutes=1), inside(b"b"), is_test=True) == first


def test_of_persons_who_are_too_few_not_so_many_are_inside() -> None:
    assert inside(b"a").are_inside([b"a"], 2) is False
    assert inside(b"a", b"b").are_inside([b"a", b"b"], 2) is True
    assert inside(b"a").are_inside([b"a", b"b"], 2) is False


def cleared(at: datetime = TEN) -> Muster:
    """Return what is known after an alarm at a moment, and its all-clear."""
    return Muster().alarmed(at, inside(b"a"), is_test=False).cleared()


def came(person: bytes, at: datetime, way: Direction = IN) -> Passage:
    return Passage(person=person, direction=way, at=at, access_point="A", area="site")


def test_an_all_clear_ends_an_alarm_and_has_everybody_awaited() -> None:
    assert cleared() == Muster(left_at=TEN)
    test = Muster(turned_in=3).alarmed(TEN, inside(b"a"), is_test=True)
    assert test.cleared() == Muster(turned_in=3)
    assert Muster(left_at=TEN).cleared() == Muster(left_at=TEN)


def test_who_comes_back_in_is_awaited_no_more_unless_they_did_not_turn() -> None:
    muster, presence = cleared(), inside(b"a", b"b")
    assert muster.awaited(presence) == {b"a", b"b"}
    back = muster.passed(came(b"a", TEN)).passed(came(b"b", TEN, OUT))
    assert back.awaited(presence) == {b"b"}
    assert back.passed(came(b"b", TEN)).awaited(presence) == frozenset()
    assert back.not_taken(b"a").awaited(presence) == {b"a", b"b"}
    assert back.not_taken(b"c") == back


def test_without_an_alarm_nobody_comes_back_and_nobody_is_awaited() -> None:
    assert Muster().passed(came(b"a", TEN)) == Muster()
    assert Muster().awaits(b"a", inside(b"a")) is False


def test_who_came_in_as_the_alarm_began_left_with_it() -> None:
    assert cleared().awaits(b"a", inside(b"a")) is True
    assert cleared(TEN - timedelta(seconds=1)).awaits(b"a", inside(b"a")) is False
    assert cleared().awaits(b"c", inside(b"a")) is False


@pytest.mark.parametrize(("seconds", "is_awaited"), [(-1, False), (0, False), (1, True)])
def test_who_came_back_after_this_gate_s_alarm_is_awaited_after_a_later_one_elsewhere(
    seconds: int, *, is_awaited: bool
) -> None:
    alarm_at = TEN + timedelta(seconds=seconds)
    gate = GateHeard(
        b"gate-b--", "Gate B", alarm_at, alarm_at, alarm_at=alarm_at, clear_at=alarm_at
    )
    presence = inside(b"a").with_site(SiteWide(as_of=TEN, gates=(gate,)))
    muster = cleared().passed(came(b"a", TEN))
    assert muster.awaits(b"a", presence) is is_awaited


def test_a_site_s_presence_since_a_moment_keeps_who_came_in_at_it() -> None:
    rows = {
        who: LastPassage(who, way, at, "Gate B", "site", "", "")
        for who, way, at in (
            (b"a", "in", TEN),
            (b"b", "in", TEN - timedelta(seconds=1)),
            (b"c", "out", TEN - timedelta(hours=1)),
        )
    }
    assert set(SiteWide(as_of=TEN, passages=rows).since(TEN).passages) == {b"a", b"c"}

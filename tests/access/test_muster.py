"""What a fire alarm does to who is inside, step by step."""

from datetime import UTC, datetime, timedelta

from gate.access.model import Direction
from gate.access.muster import Muster
from gate.access.presence import Passage, Presence, fold_passages

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

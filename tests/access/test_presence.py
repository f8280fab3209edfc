"""Who is inside, as a fold of passages."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gate.access.model import Direction
from gate.access.presence import Passage, Presence, fold_passages

SEVEN = datetime(2026, 11, 23, 7, tzinfo=UTC)
ANNA, BEN = b"A" * 16, b"B" * 16


def passage(person: bytes, direction: Direction, minute: int = 0) -> Passage:
    at = SEVEN + timedelta(minutes=minute)
    return Passage(person=person, direction=direction, at=at, access_point="Gate A", area="site")


def test_nobody_is_inside_before_anybody_came() -> None:
    assert Presence().inside_count == 0
    assert not Presence().is_inside(ANNA)


def test_somebody_who_came_in_is_inside_with_when_and_where() -> None:
    entry = passage(ANNA, Direction.IN)
    presence = fold_passages([entry])
    assert presence.is_inside(ANNA)
    assert not presence.is_inside(BEN)
    assert presence.inside == {ANNA: entry}


def test_somebody_who_went_out_has_left() -> None:
    way_out = passage(ANNA, Direction.OUT, 5)
    presence = fold_passages([passage(ANNA, Direction.IN), way_out])
    assert not presence.is_inside(ANNA)
    assert presence.inside_count == 0
    assert presence.left == {ANNA: way_out}


def test_coming_in_twice_is_being_inside_once() -> None:
    presence = fold_passages([passage(ANNA, Direction.IN), passage(ANNA, Direction.IN, 9)])
    assert presence.inside_count == 1
    assert presence.inside[ANNA].at == SEVEN + timedelta(minutes=9)


def test_an_exit_nobody_saw_the_entry_of_is_an_exit() -> None:
    assert set(fold_passages([passage(ANNA, Direction.OUT)]).left) == {ANNA}


def test_the_order_of_the_record_decides_not_the_clock() -> None:
    presence = fold_passages([passage(ANNA, Direction.IN, 60), passage(ANNA, Direction.OUT, 0)])
    assert not presence.is_inside(ANNA)


def test_a_new_passage_leaves_the_old_presence_as_it_was() -> None:
    before = fold_passages([passage(ANNA, Direction.IN)])
    after = before.after(passage(BEN, Direction.IN), passage(ANNA, Direction.OUT))
    assert set(before.inside) == {ANNA}
    assert (set(after.inside), set(after.left)) == ({BEN}, {ANNA})


passages = st.lists(
    st.builds(passage, st.sampled_from([ANNA, BEN, b"C" * 16]), st.sampled_from(Direction))
)


# A day read at once is the day lived through; everybody is in exactly one place, by their last
# passage.
@given(day=passages)
def test_a_day_read_at_once_is_the_day_lived_through(day: list[Passage]) -> None:
    lived = Presence()
    for one in day:
        lived = lived.after(one)
    last = {one.person: one for one in day}
    assert fold_passages(day) == lived
    assert {**lived.inside, **lived.left} == last
    assert all(one.direction is Direction.IN for one in lived.inside.values())
    assert not lived.inside.keys() & lived.left.keys()

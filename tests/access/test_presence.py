"""Who is inside, as a fold of passages."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.model import Direction
from gate.access.presence import How, Passage, Presence, SiteWide, fold_passages
from gate.trust.site_presence import LastPassage

SEVEN = datetime(2026, 11, 23, 7, tzinfo=UTC)
ANNA, BEN = b"A" * 16, b"B" * 16
IN, OUT = Direction.IN, Direction.OUT


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


def in_area(area: str, direction: Direction, minute: int) -> Passage:
    return passage(ANNA, direction, minute)._replace(area=area, access_point=f"{area} {direction}")


def test_who_comes_into_another_area_is_in_that_one_and_no_other() -> None:
    presence = fold_passages([in_area("tower", IN, 0), in_area("basement", IN, 5)])
    assert presence.is_inside(ANNA)
    assert (presence.head_count("tower"), presence.head_count("basement")) == (0, 1)


@pytest.mark.parametrize("came_into", ["site", "basement"])
def test_who_goes_out_of_any_area_has_left_the_site(came_into: str) -> None:
    ways = [in_area("site", IN, 0), in_area(came_into, IN, 5), in_area("basement", OUT, 9)]
    presence = fold_passages(ways)
    assert not presence.is_inside(ANNA)
    assert presence.head_count() == 0


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


def elsewhere(person: bytes, direction: Direction, minute: int, area: str) -> LastPassage:
    at = SEVEN + timedelta(minutes=minute)
    return LastPassage(person, direction.value, at, "Gate B", area, "", "")


PEOPLE = st.sampled_from([ANNA, BEN, b"C" * 16])
site_wide = st.lists(
    st.builds(
        elsewhere,
        PEOPLE,
        st.sampled_from(Direction),
        st.integers(0, 9),
        st.sampled_from(["site", "yard"]),
    )
).map(lambda rows: SiteWide(as_of=SEVEN, passages={row.person: row for row in rows}))
timed = st.lists(st.builds(passage, PEOPLE, st.sampled_from(Direction), st.integers(0, 9)))


# However passages and news of other gates come in, the heads counted are the people inside, each in
# the area of their last passage.
@given(before=timed, site=st.none() | site_wide, after=timed)
def test_the_heads_counted_are_the_people_inside(
    before: list[Passage], site: SiteWide | None, after: list[Passage]
) -> None:
    presence = fold_passages(before).with_site(site).after(*after)
    people = [ANNA, BEN, b"C" * 16]
    places = [last.area for one in people if (last := presence.last_of(one)) if is_in(last)]
    for area in ("site", "yard", "roof"):
        assert presence.head_count(area) == places.count(area)
    assert presence.head_count() == len(places)
    inside = [one for one in people if presence.is_inside(one)]
    assert len(inside) == len(places)


def is_in(last: Passage | LastPassage) -> bool:
    return last.direction == "in"


def test_who_passes_from_one_area_to_another_is_counted_where_they_came_in_last() -> None:
    tower = passage(ANNA, Direction.IN, 5)._replace(area="tower")
    presence = fold_passages([passage(ANNA, Direction.IN), passage(BEN, Direction.IN), tower])

    assert (presence.head_count("site"), presence.head_count("tower")) == (1, 1)
    assert presence.after(passage(ANNA, Direction.OUT, 9)).heads == {"site": 1, "tower": 0}


def test_doubt_about_a_grant_undoes_no_passage_that_came_after_it() -> None:
    came, left = passage(ANNA, Direction.IN), passage(ANNA, Direction.OUT, 5)
    doubt = came._replace(how=How.NOT_KNOWN)

    assert fold_passages([came, left]).amended(doubt).left == {ANNA: left}
    assert fold_passages([came]).amended(doubt).inside == {ANNA: doubt}


def test_looking_for_some_of_many_counts_no_further() -> None:
    presence = fold_passages([passage(ANNA, Direction.IN), passage(BEN, Direction.OUT)])
    assert presence.are_inside([ANNA, BEN], 1)
    assert not presence.are_inside([ANNA, BEN], 2)
    assert not presence.are_inside([BEN], 1)
    assert not presence.are_inside([], 1)

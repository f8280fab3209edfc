"""Sites where nobody is seen to leave: what is known of who came in, and what may be answered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.exits import SEEN, Exits
from gate.access.model import Direction
from gate.access.muster import Muster
from gate.access.policy import exit_warnings, parse_policy
from gate.access.presence import Passage, Presence, SiteWide, fold_passages
from gate.access.roll_call import ALWAYS, Standing, call_roll
from gate.errors import ConfigError, Outcome
from gate.trust.site_presence import LastPassage
from tests.access.rule_table import BASE

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
ANNA, BEN, CARA = b"A" * 16, b"B" * 16, b"C" * 16
FREE = Exits(stay=12 * HOUR)


def passage(person: bytes, ago: timedelta, way: Direction = Direction.IN) -> Passage:
    return Passage(person=person, direction=way, at=NOW - ago, access_point="Gate A", area="site")


def elsewhere(person: bytes, ago: timedelta, way: str = "in") -> LastPassage:
    return LastPassage(person, way, NOW - ago, "Gate B", "tower", "Ben", "Acme")


def wide(*rows: LastPassage) -> SiteWide:
    return SiteWide(as_of=NOW, passages={row.person: row for row in rows})


def test_who_came_in_has_entered_and_is_not_said_to_be_inside() -> None:
    presence = fold_passages([passage(ANNA, HOUR), passage(BEN, HOUR, Direction.OUT)])
    roll = call_roll(presence, Muster(), NOW, exits=FREE)

    assert {one.person: one.standing for one in roll.called} == {ANNA: Standing.ENTERED}
    assert roll.areas == {"site": 1}
    assert call_roll(presence, Muster(), NOW).those(Standing.INSIDE) == {ANNA}


def test_a_roll_call_says_that_exits_are_not_seen_and_for_how_long_an_entry_counts() -> None:
    said = list(call_roll(Presence(), Muster(), NOW, exits=FREE).words())
    assert said == [FREE.doubt, ALWAYS]
    assert "Exits are not seen" in FREE.doubt
    assert "over 12 hours" in FREE.doubt
    assert not SEEN.doubt


def test_who_came_in_longer_ago_than_people_stay_is_taken_to_have_left() -> None:
    presence = fold_passages([passage(ANNA, 12 * HOUR), passage(BEN, 12 * HOUR + SECOND)])
    presence = presence.with_site(wide(elsewhere(CARA, 13 * HOUR)))

    there = FREE.about(presence, NOW)

    assert there.is_inside(ANNA)
    assert not there.is_inside(BEN)
    assert there.last_of(CARA) is None
    assert (there.head_count(), there.head_count("tower")) == (1, 0)


def test_who_was_seen_to_leave_has_left_however_long_ago() -> None:
    presence = fold_passages([passage(ANNA, 20 * HOUR, Direction.OUT)])
    presence = presence.with_site(wide(elsewhere(BEN, 20 * HOUR, "out")))
    assert FREE.about(presence, NOW) is presence


def test_where_exits_are_seen_nobody_is_taken_to_have_left() -> None:
    assert Exits().doubt == ""
    presence = fold_passages([passage(ANNA, 300 * HOUR)])
    assert SEEN.about(presence, NOW) is presence


def test_a_fire_freezes_who_may_have_been_inside_when_it_began() -> None:
    presence = fold_passages([passage(ANNA, 14 * HOUR), passage(BEN, 10 * HOUR)])
    muster = Muster().alarmed(NOW - 4 * HOUR, presence, is_test=False)

    roll = call_roll(presence, muster, NOW, exits=FREE)

    assert roll.those(Standing.ENTERED) == {ANNA, BEN}


def test_who_left_with_the_last_fire_is_awaited_not_entered() -> None:
    presence = fold_passages([passage(ANNA, 2 * HOUR)])
    muster = Muster().alarmed(NOW - HOUR, presence, is_test=False).cleared()
    assert call_roll(presence, muster, NOW, exits=FREE).those(Standing.AWAITED) == {ANNA}


@given(
    st.lists(
        st.tuples(
            st.sampled_from([ANNA, BEN, CARA]),
            st.sampled_from(list(Direction)),
            st.integers(0, 30),
        )
    )
)
def test_heads_are_counted_as_if_the_others_had_never_come(
    moves: list[tuple[bytes, Direction, int]],
) -> None:
    # Invariant: the kept counts are those of a presence folded anew from what is left of it.
    passages = [passage(one, hours * HOUR, way) for one, way, hours in moves]
    there = FREE.about(fold_passages(passages).with_site(wide(elsewhere(CARA, HOUR))), NOW)

    again = fold_passages([*there.inside.values(), *there.left.values()]).with_site(there.site)

    assert {area: n for area, n in there.heads.items() if n} == {
        area: n for area, n in again.heads.items() if n
    }


@pytest.mark.parametrize("outcome", [Outcome.NOTE, Outcome.REFER, Outcome.REFUSE])
def test_nobody_is_stopped_by_what_cannot_be_known(outcome: Outcome) -> None:
    assert FREE.at_most(outcome) is Outcome.NOTE
    assert SEEN.at_most(outcome) is outcome


def test_a_number_says_how_the_people_stand() -> None:
    assert FREE.standing_words() == FREE.standing_words(is_sure=False)
    assert FREE.standing_words() == "came in and may have left"
    assert SEEN.standing_words() == "inside"
    assert SEEN.standing_words(is_sure=False) == "known inside"


def test_a_policy_tells_how_people_leave() -> None:
    assert parse_policy(BASE, "policy").exits == SEEN
    assert parse_policy(f"{BASE}[exit]\nfree = true", "policy").exits == Exits(stay=16 * HOUR)
    free = parse_policy(f"{BASE}[exit]\nfree = true\nstay_h = 12", "policy")
    assert free.exits == FREE


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[exit]\nstay_h = 12", "exit.stay_h = 12; allowed: only with free = true"),
        (
            "[exit]\nfree = true\nstay_h = 25",
            "exit.stay_h = 25; allowed: a whole number from 1 to 24 hours",
        ),
        ('[exit]\nfree = "yes"', 'exit.free = "yes"; allowed: true or false'),
        (
            '[exit]\nfree = true\n[rest]\nmode = "note"',
            'rest.mode = "note"; allowed with exit.free: "off", for nobody sees when a shift ends',
        ),
    ],
)
def test_what_free_exits_cannot_go_with_is_named(text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_policy(f"{BASE}{text}", "policy")
    assert refused.value.faults == (fault,)


def test_rules_that_come_to_less_are_warned_of() -> None:
    asked = (
        '[passback]\nmode = "refuse"\n[young]\nmode = "note"\n[[occupancy]]\nmost = 10\n'
        '[first_aid]\nmode = "refer"\n'
    )
    told = exit_warnings(parse_policy(f"{BASE}{asked}[exit]\nfree = true", "policy"))

    assert [words.split(maxsplit=1)[0] for words in told] == [
        "passback.mode",
        "young:",
        "occupancy:",
        "first_aid.mode",
    ]
    assert exit_warnings(parse_policy(f"{BASE}{asked}", "policy")) == ()
    timed = '[exit]\nfree = true\n[passback]\nmode = "timed"'
    assert exit_warnings(parse_policy(f"{BASE}{timed}", "policy")) == ()

"""The roll call: who is on it, how sure that is, and what it says that it doesn't know."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gate.access.model import Direction
from gate.access.muster import Muster
from gate.access.presence import How, Passage, Presence, SiteWide, fold_passages
from gate.access.roll_call import ALWAYS, RollCall, Standing, call_roll
from gate.trust.gates_heard import NEVER_HEARD, GateHeard
from gate.trust.site_presence import LastPassage

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANNA, BEN, CAT, DAN = (name * 16 for name in (b"A", b"B", b"C", b"D"))
IN, OUT = Direction.IN, Direction.OUT
HERE, THERE = b"gate-a--", b"gate-b--"


def here(person: bytes, way: Direction, minute: float, how: How = How.PASSED) -> Passage:
    at = TEN + minute * MINUTE
    return Passage(person=person, direction=way, at=at, access_point="A", area="site", how=how)


def there(person: bytes, way: Direction, minute: float, how: How = How.PASSED) -> LastPassage:
    at = TEN + minute * MINUTE
    return LastPassage(person, way.value, at, "B", "tower", "", "", how.value)


def site(*rows: LastPassage, gates: tuple[GateHeard, ...] = ()) -> SiteWide:
    return SiteWide(as_of=TEN, passages={row.person: row for row in rows}, gates=gates)


def heard(uid: bytes, name: str, minutes_ago: float, **others: Any) -> GateHeard:  # noqa: ANN401 - fields, by name
    whole_at = TEN - minutes_ago * MINUTE
    return GateHeard(uid, name, whole_at, whole_at)._replace(**others)


def call(presence: Presence, muster: Muster | None = None) -> RollCall:
    return call_roll(presence, muster or Muster(), TEN, own=HERE)


def test_who_came_in_last_anywhere_is_on_it_with_the_area() -> None:
    own = fold_passages([here(ANNA, IN, -9), here(BEN, IN, -9), here(BEN, OUT, -5)])
    roll = call(own.with_site(site(there(CAT, IN, -7), there(ANNA, IN, -10), there(DAN, OUT, -1))))

    assert roll.those(Standing.INSIDE) == {ANNA, CAT}
    assert roll.areas == {"site": 1, "tower": 1}
    assert list(roll.words()) == [ALWAYS]


def test_who_was_let_through_as_the_power_went_may_be_inside_or_not() -> None:
    roll = call(
        fold_passages([here(ANNA, IN, -9, How.NOT_KNOWN), here(BEN, OUT, -9, How.NOT_KNOWN)])
    )

    assert roll.those(Standing.NOT_KNOWN) == {ANNA, BEN}
    assert any("2 were let through, not known whether they turned" in word for word in roll.words())


def test_who_was_forgiven_is_told_as_gone_by_a_managers_word_alone() -> None:
    roll = call(fold_passages([here(ANNA, IN, -9), here(ANNA, OUT, -5, How.FORGIVEN)]))

    assert roll.those(Standing.FORGIVEN) == {ANNA}
    assert not roll.those(Standing.INSIDE)
    assert any("1 left by a manager's word" in word for word in roll.words())


def test_a_gate_that_is_not_heard_is_named_and_one_s_own_never_is() -> None:
    gates = (heard(HERE, "Gate A", 90), heard(THERE, "Gate B", 3), heard(b"gate-c--", "Gate C", 2))
    roll = call(Presence().with_site(site(gates=gates)))

    assert [gate.name for gate in roll.unheard] == ["Gate B"]
    said = "Gate B unheard since 2026-11-23 09:57 UTC; the list may be wrong either way."
    assert next(iter(roll.words())) == said


def test_a_gate_that_was_never_heard_is_named_as_that() -> None:
    gates = (GateHeard(THERE, "Gate B", NEVER_HEARD, NEVER_HEARD),)
    roll = call(Presence().with_site(site(gates=gates)))
    said = "Gate B never heard; the list may be wrong either way."
    assert next(iter(roll.words())) == said


def test_turns_of_nobody_known_are_counted_of_every_gate_once() -> None:
    gates = (
        heard(HERE, "Gate A", 0, turned_in=50, turned_out=50),
        heard(THERE, "Gate B", 0, turned_in=2, turned_out=3),
    )
    muster = Muster().turned(IN, 4).turned(OUT, 1)
    roll = call(Presence().with_site(site(gates=gates)), muster)

    assert (roll.turned_in, roll.turned_out) == (6, 4)
    assert any("6 came in and 4 went out" in word for word in roll.words())


@pytest.mark.parametrize(("way", "said"), [(IN, "2 came in and 0"), (OUT, "0 came in and 2")])
def test_turns_one_way_alone_are_told_too(way: Direction, said: str) -> None:
    roll = call(Presence(), Muster().turned(way, 2))
    assert any(said in word for word in roll.words())


def test_a_fire_freezes_it_as_it_was_when_the_alarm_began() -> None:
    before = fold_passages([here(ANNA, IN, -9)]).with_site(site(there(BEN, IN, -9)))
    muster = Muster().alarmed(TEN - MINUTE, before, is_test=False).turned(OUT, 2)
    roll = call(before.after(here(ANNA, OUT, -0.5)), muster)

    assert (roll.is_frozen, roll.at) == (True, TEN - MINUTE)
    assert roll.those(Standing.INSIDE) == {ANNA, BEN}
    assert next(iter(roll.words())) == "Fire alarm: frozen as it was at 09:59:00 UTC."
    assert roll.turned_out == 2


def test_a_gate_that_began_anew_in_a_fire_knows_the_others_by_what_it_hears_now() -> None:
    own = fold_passages([here(ANNA, IN, -9)])
    muster = Muster().alarmed(TEN - MINUTE, own, is_test=False)
    roll = call(own.with_site(site(there(BEN, IN, -9))), muster)

    assert roll.those(Standing.INSIDE) == {ANNA, BEN}


def test_a_weekly_test_freezes_nothing() -> None:
    presence = fold_passages([here(ANNA, IN, -9)])
    muster = Muster().alarmed(TEN - MINUTE, Presence(), is_test=True)

    assert not call(presence, muster).is_frozen
    assert call(presence, muster).those(Standing.INSIDE) == {ANNA}


def test_after_a_fire_who_came_in_since_is_inside_and_the_others_are_awaited() -> None:
    presence = fold_passages([here(ANNA, IN, -60), here(BEN, IN, -60), here(CAT, IN, -60)])
    muster = Muster().alarmed(TEN - 30 * MINUTE, presence, is_test=False).cleared()
    back, gone = here(ANNA, IN, -9), here(CAT, OUT, -29)
    roll = call(presence.after(back, gone), muster.passed(back))

    assert roll.those(Standing.INSIDE) == {ANNA}
    assert roll.those(Standing.AWAITED) == {BEN}
    assert any("1 left with the last fire alarm" in word for word in roll.words())


def test_a_fire_that_another_gate_had_the_all_clear_of_counts_here_too() -> None:
    fire = heard(THERE, "B", 0, alarm_at=TEN - 30 * MINUTE, clear_at=TEN - 10 * MINUTE)
    stands = heard(THERE, "B", 0, alarm_at=TEN - 30 * MINUTE, clear_at=TEN - 90 * MINUTE)
    own = fold_passages([here(ANNA, IN, -60), here(BEN, IN, -9)])

    over = call(own.with_site(site(gates=(fire,))))
    during = call(own.with_site(site(gates=(stands,))))

    assert over.those(Standing.INSIDE) == {BEN}
    assert over.those(Standing.AWAITED) == {ANNA}
    assert during.those(Standing.INSIDE) == {ANNA, BEN}


def test_turns_before_a_fire_tell_nothing_after_it() -> None:
    muster = Muster().turned(IN, 2).alarmed(TEN, Presence(), is_test=False).turned(OUT, 9)

    assert (muster.cleared().turned_in, muster.cleared().turned_out) == (0, 0)
    assert (muster.turned_in, muster.turned_out) == (2, 9)


def test_a_passage_after_the_manager_spoke_is_not_undone() -> None:
    presence = fold_passages([here(ANNA, IN, -9), here(BEN, IN, -3)])
    spoken = [here(who, OUT, -5, How.FORGIVEN) for who in (ANNA, BEN)]
    after = presence.forgiven(spoken[0]).forgiven(spoken[1])

    assert set(after.inside) == {BEN}

"""A day's searches drawn again: the lot decides, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from gate.access.visits import is_drawn, search_key
from gate.events.chain import genesis, link
from gate.events.codec import encode_holder
from gate.events.model import Entry, Event, EventKind, Holder
from gate.events.searches import draw_again

AT: Final = datetime(2026, 11, 22, 7, tzinfo=UTC)
KEY: Final = search_key(bytes(range(32)), AT.date())
PERCENT: Final = 20
SALT: Final = bytes(16)


def person(number: int) -> bytes:
    return number.to_bytes(16, "big")


def entry(number: int, *, told: bool, **changed: Any) -> Entry:  # noqa: ANN401 - fields of an event
    """Return the entry of somebody who came in."""
    event = Event(
        at=AT,
        clock_trusted=True,
        kind=EventKind.ACCESS,
        access_point="Gate A",
        direction="in",
        outcome="note" if told else "admit",
        reasons=("random_search",) if told else (),
    )
    holder = Holder(person=person(number), issuer="i", number="1", name="N", card_type="t")
    text = encode_holder(holder) if "holder" not in changed else changed.pop("holder")
    found = link(genesis(bytes(16)), replace(event, **changed), SALT if text else None, text)
    return replace(found, seq=number)


def falls(number: int) -> bool:
    return is_drawn(KEY, person(number), AT, PERCENT)


DRAWN: Final = [number for number in range(1, 101) if falls(number)]
NOT: Final = [number for number in range(1, 101) if not falls(number)]


def test_a_day_as_the_gate_wrote_it_holds() -> None:
    draw = draw_again([entry(one, told=falls(one)) for one in range(1, 101)], KEY, PERCENT)
    assert (draw.holds, draw.entries, draw.erased) == (True, 100, 0)
    assert draw.drawn == tuple(DRAWN)
    assert 5 < len(DRAWN) < 40


def test_who_was_drawn_and_not_told_and_who_was_told_and_not_drawn_are_named() -> None:
    draw = draw_again([entry(DRAWN[0], told=False), entry(NOT[0], told=True)], KEY, PERCENT)
    assert (draw.holds, draw.untold, draw.false) == (False, (DRAWN[0],), (NOT[0],))


@pytest.mark.parametrize(
    "changed",
    [
        {"direction": "out"},
        {"outcome": "refuse"},
        {"kind": EventKind.NOT_TURNED},
        {"reasons": ("emergency",)},
    ],
    ids=["on the way out", "refused", "no answer", "the emergency services"],
)
def test_nobody_else_is_drawn(changed: dict[str, Any]) -> None:
    draw = draw_again([entry(DRAWN[0], told=False, **changed)], KEY, PERCENT)
    assert (draw.entries, draw.drawn, draw.holds) == (0, (), True)


def test_who_was_referred_is_drawn_as_well() -> None:
    draw = draw_again([entry(DRAWN[0], told=True, outcome="refer")], KEY, PERCENT)
    assert draw.drawn == (DRAWN[0],)


def test_of_the_erased_it_can_not_be_told() -> None:
    erased = replace(entry(DRAWN[0], told=False), holder=None, salt=None)
    nobody = entry(DRAWN[1], told=False, holder=None)
    draw = draw_again([erased, nobody], KEY, PERCENT)
    assert (draw.entries, draw.erased, draw.holds) == (0, 1, True)


def test_the_hour_and_the_share_are_part_of_the_lot() -> None:
    entries = [entry(one, told=falls(one)) for one in range(1, 101)]
    later = [replace(one, event=replace(one.event, at=AT + timedelta(hours=1))) for one in entries]
    assert not draw_again(later, KEY, PERCENT).holds
    assert not draw_again(entries, KEY, PERCENT + 20).holds
    assert not draw_again(entries, search_key(bytes(32), AT.date()), PERCENT).holds

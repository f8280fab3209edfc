"""The count of who is back after a fire, by the record, and whether it is what it should be."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from gate.events.chain import genesis, head_of, link
from gate.events.codec import encode_holder
from gate.events.model import Entry, Event, EventKind, Holder
from gate.events.movement import movement_of
from gate.sim.demo_cards import Held
from gate.sim.demo_kinds import Kind
from gate.sim.demo_muster import Mustered, muster_faults, mustered
from gate.sim.demo_script import Turn
from gate.sim.presentation import Medium, Presentation, Thing
from gate.sim.site import STARTS_AT

WAYS = {EventKind.ACCESS: "in", EventKind.TURNS_UNIDENTIFIED: "out"}
THING = Thing(medium=Medium.CARD, text="CC1:A")


def _moved(*told: tuple[EventKind, int | None]) -> Mustered | None:
    """Return what these kinds, a second apart, come to; with a number, of the person who has it."""
    entries: list[Entry] = []
    head = genesis(bytes(16))
    for place, (kind, person) in enumerate(told):
        holder = None if person is None else _holder(person)
        is_access = kind is EventKind.ACCESS
        event = Event(
            at=STARTS_AT + timedelta(seconds=place),
            clock_trusted=True,
            kind=kind,
            access_point="Gate A",
            direction=WAYS.get(kind, ""),
            outcome="admit" if is_access else "",
            count=3 if kind is EventKind.TURNS_UNIDENTIFIED else 1,
        )
        salt = None if holder is None else bytes(16)
        entries.append(link(head, event, salt, None if holder is None else encode_holder(holder)))
        head = head_of(entries[-1])
    return mustered(map(movement_of, entries))


def _holder(person: int) -> Holder:
    return Holder(
        person=bytes([person]) * 16,
        issuer="demo:ecs",
        number=str(person),
        name="A B",
        card_type="x",
    )


def _turns(*told: tuple[Kind, int]) -> Sequence[Turn]:
    return [
        Turn(
            kind=kind,
            held=Held(things=(THING,)),
            shown=Presentation(number=place, at_s=place, things=(THING,)),
            inside=inside,
        )
        for place, (kind, inside) in enumerate(told, start=1)
    ]


CAME = ((EventKind.ACCESS, 1), (EventKind.ACCESS, 2))
FIRE = ((EventKind.FIRE_ALARM, None), (EventKind.TURNS_UNIDENTIFIED, None))
CLEAR = (EventKind.ALL_CLEAR, None)
BACK = (EventKind.ACCESS, 1)
MORNING = ((Kind.GOOD, 0), (Kind.GOOD, 1), (Kind.FIRE, 2), (Kind.BACK, 2))


def test_who_was_inside_and_who_is_back_is_counted_by_the_record() -> None:
    came = _moved(*CAME, *FIRE, CLEAR, BACK)

    assert came == Mustered(inside=2, turned=3, back=1)
    assert list(muster_faults(_turns(*MORNING), came)) == []


def test_an_alarm_that_stands_still_has_no_count() -> None:
    assert _moved(*CAME, *FIRE) is None


@pytest.mark.parametrize(
    ("came", "fault"),
    [
        (_moved(*CAME, *FIRE, CLEAR), "0 of 2 are counted as back, expected 1 of 2"),
        (_moved(*CAME[:1], *FIRE, CLEAR, BACK), "1 of 1 are counted as back, expected 1 of 2"),
        (_moved(*CAME, *FIRE), "no fire alarm of the morning was cleared"),
    ],
)
def test_another_count_is_a_fault(came: Mustered | None, fault: str) -> None:
    [found] = muster_faults(_turns(*MORNING), came)

    assert fault in found


def test_a_morning_without_a_fire_asks_for_no_count() -> None:
    assert list(muster_faults(_turns((Kind.GOOD, 0)), _moved(*CAME))) == []

"""The demo judges itself: each way in which a morning may go wrong is noticed and named."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from gate.devices.signals import Signal
from gate.events.chain import genesis, head_of, link
from gate.events.codec import encode_holder
from gate.events.model import Entry, Event, EventKind, Holder
from gate.sim.demo_cards import Held
from gate.sim.demo_kinds import Kind
from gate.sim.demo_script import Turn
from gate.sim.issuer import SimIssuer
from gate.sim.presentation import Medium, Presentation, Thing
from gate.sim.reports import AnswerReport
from gate.sim.site import STARTS_AT
from gate.sim.verdicts import Verdict, judge_morning
from gate.unit.read_filter import Sighting

LANE = "Gate A"
CARD = SimIssuer().card(number="0001")
HOLDER = Holder(person=bytes(16), issuer="demo:ecs", number="0001", name="A B", card_type="x")


def _turn(kind: Kind, number: int = 1, at_s: float = 60.0) -> Turn:
    named = kind in {Kind.GOOD, Kind.REVOKED}
    thing = Thing(medium=Medium.CARD, text="CC1:A")
    return Turn(
        kind=kind,
        held=Held(things=(thing,), card=CARD if named else None),
        shown=Presentation(number=number, at_s=at_s, things=(thing,)),
    )


def _access(outcome: str, *reasons: str, at_s: float = 60.2) -> Event:
    return Event(
        at=STARTS_AT + timedelta(seconds=at_s),
        clock_trusted=True,
        kind=EventKind.ACCESS,
        access_point=LANE,
        direction="in",
        outcome=outcome,
        reasons=reasons,
    )


def _unit(kind: EventKind) -> Event:
    return Event(at=STARTS_AT, clock_trusted=True, kind=kind)


def _journal(*middle: tuple[Event, Holder | None]) -> list[Entry]:
    began = (EventKind.JOURNAL_OPENED, EventKind.UNIT_STARTED)
    ended = _unit(EventKind.UNIT_STOPPED)
    records = [*((_unit(kind), None) for kind in began), *middle, (ended, None)]
    entries: list[Entry] = []
    head = genesis(bytes(16))
    for event, holder in records:
        text = None if holder is None else encode_holder(holder)
        entries.append(link(head, event, None if holder is None else bytes(16), text))
        head = head_of(entries[-1])
    return entries


def _answer(*, released: bool = False, sighting: Sighting = Sighting.PRESENTED) -> AnswerReport:
    return AnswerReport(
        card=1, sighting=sighting, signal=Signal.ADMITTED, released=released, ms=4.0
    )


def _judge(
    turns: Sequence[Turn], entries: list[Entry], *reports: AnswerReport
) -> tuple[list[Verdict], list[str]]:
    heard = {1: list(reports)}
    return judge_morning(turns, entries, heard, starts_at=STARTS_AT, lane=LANE)


def test_a_good_card_that_was_admitted_recorded_and_let_in_is_as_expected() -> None:
    entries = _journal((_access("admit"), HOLDER))

    (verdict,), faults = _judge([_turn(Kind.GOOD)], entries, _answer(released=True))

    assert (verdict.got, verdict.ms, verdict.faults, faults) == ("admit", 4.0, (), [])


def test_what_cannot_be_read_leaves_no_record() -> None:
    (verdict,), faults = _judge([_turn(Kind.TOO_SMALL)], _journal())

    assert (verdict.got, verdict.faults, faults) == ("unread", (), [])


ADMITTED = (_access("admit"), HOLDER)
WRONG = {
    "a wrong verdict": (
        Kind.REVOKED,
        [ADMITTED],
        [_answer(released=True)],
        "expected refuse:revoked, got admit",
    ),
    "a wrong reason": (
        Kind.REVOKED,
        [(_access("refuse", "expired", "revoked"), HOLDER)],
        [_answer()],
        "expected refuse:revoked, got refuse:expired",
    ),
    "a record that is missing": (
        Kind.GOOD,
        [],
        [_answer(released=True)],
        "expected admit, got unread",
    ),
    "a record too many": (
        Kind.GOOD,
        [ADMITTED, ADMITTED],
        [_answer(released=True), _answer(released=True)],
        "expected admit, got admit + admit",
    ),
    "a record of what can't be read": (
        Kind.TOO_BLURRED,
        [(_access("refuse", "malformed"), None)],
        [_answer()],
        "expected unread, got refuse:malformed",
    ),
    "another person": (
        Kind.GOOD,
        [(_access("admit"), replace(HOLDER, number="0666"))],
        [_answer(released=True)],
        "record 3 names card 0666, expected 0001",
    ),
    "nobody where somebody was": (
        Kind.GOOD,
        [(_access("admit"), None)],
        [_answer(released=True)],
        "record 3 names card None, expected 0001",
    ),
    "a count": (
        Kind.WEB_CODE,
        [(replace(_access("refuse", "malformed"), count=3), None)],
        [_answer()],
        "record 3 stands for 3 presentations, expected 1",
    ),
    "another access point": (
        Kind.GOOD,
        [(replace(_access("admit"), access_point="Gate B"), HOLDER)],
        [_answer(released=True)],
        "record 3 is of Gate B in",
    ),
    "a relay that did not move": (
        Kind.GOOD,
        [ADMITTED],
        [_answer()],
        "the relay was released 0 times, admitted 1 times",
    ),
    "a relay that moved for a cancelled card": (
        Kind.REVOKED,
        [(_access("refuse", "revoked"), HOLDER)],
        [_answer(released=True)],
        "the relay was released 1 times, admitted 0 times",
    ),
    "a worker left without a hint": (
        Kind.GLARE,
        [],
        [],
        "the worker was not told that it can't be read",
    ),
}


@pytest.mark.parametrize(("kind", "records", "reports", "fault"), WRONG.values(), ids=WRONG)
def test_a_difference_is_noticed_and_named(
    kind: Kind,
    records: list[tuple[Event, Holder | None]],
    reports: list[AnswerReport],
    fault: str,
) -> None:
    (verdict,), _ = _judge([_turn(kind)], _journal(*records), *reports)

    assert not verdict.as_expected
    assert fault in verdict.faults


def test_a_record_before_any_card_is_a_fault() -> None:
    entries = _journal((_access("admit", at_s=5.0), HOLDER))

    _, faults = _judge([_turn(Kind.TOO_SMALL)], entries)

    assert faults == ["record 3: made before any card was shown"]


def test_a_record_belongs_to_the_card_in_whose_time_it_was_made() -> None:
    turns = [_turn(Kind.TOO_SMALL), _turn(Kind.WEB_CODE, number=2, at_s=80.0)]
    entries = _journal((_access("refuse", "malformed", at_s=80.0), None))

    verdicts, _ = _judge(turns, entries)

    assert [verdict.got for verdict in verdicts] == ["unread", "refuse:malformed"]


def test_a_fault_of_the_gate_is_a_fault_of_the_demo() -> None:
    fault = replace(_unit(EventKind.FAULT), detail="camera")

    _, faults = _judge([], _journal((fault, None)))

    assert faults == ["record 3: unexpected fault camera"]


def test_a_gate_that_never_stopped_in_good_order_is_a_fault() -> None:
    _, faults = _judge([], _journal()[:-1])

    assert faults == ["0 records of unit_stopped, expected 1"]

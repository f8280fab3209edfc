"""The demo judges itself: each way in which a morning may go wrong is noticed and named."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from gate.access.model import Direction
from gate.devices.signals import Signal
from gate.events.chain import genesis, head_of, link
from gate.events.codec import encode_holder
from gate.events.model import Entry, Event, EventKind, Holder
from gate.sim.demo_cards import Held
from gate.sim.demo_kinds import ON_THE_WAY_OUT, Kind
from gate.sim.demo_script import Turn
from gate.sim.issuer import SimIssuer
from gate.sim.presentation import Medium, Presentation, Thing
from gate.sim.reports import AnswerReport, EndReport, Report
from gate.sim.site import STARTS_AT
from gate.sim.verdicts import Verdict, judge_morning
from gate.unit.read_filter import Sighting

LANE, OUT_LANE = "Gate A in", "Gate A out"
CARD = SimIssuer().card(number="0001")
HOLDER = Holder(person=bytes(16), issuer="demo:ecs", number="0001", name="A B", card_type="x")


def _turn(kind: Kind, number: int = 1, at_s: float = 60.0) -> Turn:
    named = kind not in {Kind.TOO_SMALL, Kind.TOO_BLURRED, Kind.GLARE, Kind.WEB_CODE}
    thing = Thing(medium=Medium.CARD, text="CC1:A")
    return Turn(
        kind=kind,
        held=Held(things=(thing,), card=CARD if named else None),
        shown=Presentation(
            number=number,
            at_s=at_s,
            things=(thing,),
            way=Direction.OUT if kind in ON_THE_WAY_OUT else Direction.IN,
        ),
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


def _portal(
    kind: EventKind, detail: str = "", way: str = "in", count: int = 1
) -> tuple[Event, None]:
    event = Event(
        at=STARTS_AT + timedelta(seconds=62),
        clock_trusted=True,
        kind=kind,
        access_point=OUT_LANE if way == "out" else LANE,
        direction=way,
        detail=detail,
        count=count,
    )
    return event, None


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


def _answer(sighting: Sighting = Sighting.PRESENTED) -> AnswerReport:
    return AnswerReport(card=1, sighting=sighting, signal=Signal.ADMITTED, ms=4.0)


RELEASED = EndReport(card=1, entries=1)


def _judge(
    turns: Sequence[Turn], entries: list[Entry], *reports: Report
) -> tuple[list[Verdict], list[str]]:
    heard = {1: list(reports)}
    return judge_morning(
        turns,
        entries,
        heard,
        starts_at=STARTS_AT,
        lanes={Direction.IN: LANE, Direction.OUT: OUT_LANE},
    )


ADMITTED = (_access("admit"), HOLDER)
TURNED = _portal(EventKind.TURNED, "grant 3")
OUT_AGAIN = (replace(_access("admit"), access_point=OUT_LANE, direction="out"), HOLDER)


ALARM: list[tuple[Event, Holder | None]] = [
    _portal(EventKind.FIRE_ALARM, "both ways free after 0.2 ms, 0 inside", ""),
    _portal(EventKind.TURNS_UNIDENTIFIED, way="out", count=3),
    (
        _portal(
            EventKind.ALL_CLEAR,
            "0 inside when it began, 0 in and 3 out not identified",
            "",
        )[0],
        HOLDER,
    ),
]
FREED = EndReport(card=1, freed=1, secured=1)


def test_an_alarm_that_freed_both_ways_until_its_all_clear_is_as_expected() -> None:
    counted = [_portal(EventKind.TURNS_UNIDENTIFIED, way="out", count=one) for one in (1, 2)]
    entries = _journal(ALARM[0], *counted, ALARM[2])

    (verdict,), faults = _judge([_turn(Kind.FIRE)], entries, FREED)

    assert verdict.got == "fire_alarm + turns_unidentified + all_clear"
    assert (verdict.faults, faults) == ((), [])


def test_who_leaves_by_the_other_lane_is_as_expected() -> None:
    entries = _journal(OUT_AGAIN, _portal(EventKind.TURNED, "grant 3", "out"))

    (verdict,), _ = _judge([_turn(Kind.LEAVES)], entries, _answer(), EndReport(card=1, exits=1))

    assert (verdict.got, verdict.faults) == ("admit", ())


def test_who_was_let_in_by_the_guards_key_and_turned_is_as_expected() -> None:
    referred = (_access("refer", "status_unknown"), HOLDER)
    by_key = (_access("note", "override", "status_unknown", at_s=61), HOLDER)
    entries = _journal(referred, by_key, _portal(EventKind.TURNED, "grant 4"))

    (verdict,), _ = _judge([_turn(Kind.KEY_TURNED)], entries, _answer(), RELEASED)

    assert (verdict.got, verdict.faults) == ("refer:status_unknown + note:override", ())


def test_a_good_card_that_was_admitted_recorded_and_let_in_is_as_expected() -> None:
    entries = _journal(ADMITTED, TURNED)

    (verdict,), faults = _judge([_turn(Kind.GOOD)], entries, _answer(), RELEASED)

    assert (verdict.got, verdict.ms, verdict.faults, faults) == ("admit", 4.0, (), [])


def test_what_cannot_be_read_leaves_no_record() -> None:
    (verdict,), faults = _judge([_turn(Kind.TOO_SMALL)], _journal())

    assert (verdict.got, verdict.faults, faults) == ("unread", (), [])


WRONG = {
    "a wrong verdict": (
        Kind.REVOKED,
        [ADMITTED],
        [_answer(), RELEASED],
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
        [_answer(), RELEASED],
        "expected admit, got unread",
    ),
    "a record too many": (
        Kind.GOOD,
        [ADMITTED, ADMITTED],
        [_answer(), RELEASED, RELEASED],
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
        [_answer(), RELEASED],
        "record 3 names card 0666, expected 0001",
    ),
    "nobody where somebody was": (
        Kind.GOOD,
        [(_access("admit"), None)],
        [_answer(), RELEASED],
        "record 3 names card None, expected 0001",
    ),
    "a count": (
        Kind.WEB_CODE,
        [(replace(_access("refuse", "malformed"), count=3), None)],
        [_answer()],
        "record 3 stands for 3 presentations, expected 1",
    ),
    "a way out that was recorded as a way in": (
        Kind.LEAVES,
        [ADMITTED, TURNED],
        [_answer(), replace(RELEASED, entries=0, exits=1)],
        "record 3 is of Gate A in in",
    ),
    "the other lane's relay": (
        Kind.LEAVES,
        [OUT_AGAIN, _portal(EventKind.TURNED, "grant 3", "out")],
        [_answer(), RELEASED],
        "the out relay was released 0 times, admitted 1 times",
    ),
    "another access point": (
        Kind.GOOD,
        [(replace(_access("admit"), access_point="Gate B"), HOLDER)],
        [_answer(), RELEASED],
        "record 3 is of Gate B in",
    ),
    "a relay that did not move": (
        Kind.GOOD,
        [ADMITTED, TURNED],
        [_answer()],
        "the in relay was released 0 times, admitted 1 times",
    ),
    "a relay that moved for a cancelled card": (
        Kind.REVOKED,
        [(_access("refuse", "revoked"), HOLDER)],
        [_answer(), RELEASED],
        "the in relay was released 1 times, admitted 0 times",
    ),
    "a turn that was not recorded": (
        Kind.GOOD,
        [ADMITTED],
        [_answer(), RELEASED],
        "let in: grant 3; turned or not: nobody",
    ),
    "another one's turn": (
        Kind.GOOD,
        [ADMITTED, _portal(EventKind.TURNED, "grant 2")],
        [_answer(), RELEASED],
        "let in: grant 3; turned or not: grant 2",
    ),
    "a grant that was taken though it should not": (
        Kind.NOT_TAKEN,
        [ADMITTED, TURNED],
        [_answer(), RELEASED],
        "expected admit + not_turned, got admit",
    ),
    "a push that was not noticed": (
        Kind.FORCED,
        [(_access("refuse", "revoked"), HOLDER)],
        [_answer()],
        "expected refuse:revoked + forced, got refuse:revoked",
    ),
    "a push where nobody pushed": (
        Kind.GOOD,
        [ADMITTED, TURNED, _portal(EventKind.FORCED)],
        [_answer(), RELEASED],
        "expected admit, got admit + forced",
    ),
    "an alarm that let nobody out": (
        Kind.FIRE,
        ALARM,
        [EndReport(card=1, secured=1)],
        "both ways were not let open, 1 of fire_alarm",
    ),
    "an all-clear after which both ways stay open": (
        Kind.FIRE,
        ALARM,
        [EndReport(card=1, freed=1)],
        "both ways were not locked again, 1 of all_clear",
    ),
    "both ways open without an alarm": (
        Kind.GOOD,
        [ADMITTED, TURNED],
        [_answer(), replace(RELEASED, freed=1)],
        "both ways were let open, 0 of fire_alarm",
    ),
    "a roll call of others": (
        Kind.FIRE,
        [_portal(EventKind.FIRE_ALARM, "1 inside", ""), *ALARM[1:]],
        [FREED],
        "record 3 says '1 inside', expected '0 inside'",
    ),
    "somebody who turned and was not counted": (
        Kind.FIRE,
        [ALARM[0], _portal(EventKind.TURNS_UNIDENTIFIED, way="out", count=2), ALARM[2]],
        [FREED],
        "2 turned unidentified, expected 3",
    ),
    "an all-clear in another's name": (
        Kind.FIRE,
        [*ALARM[:2], (ALARM[2][0], replace(HOLDER, number="0666"))],
        [FREED],
        "record 5 names card 0666, expected 0001",
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
    reports: list[Report],
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

"""Killing the gate: when it is killed, and what is found amiss afterwards."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from gate.bench.chaos.gate_aims import After, draw_aims
from gate.bench.chaos.gate_kills import Hit, Phase, Shown, judge_hit
from gate.bench.chaos.gate_process import Heard
from gate.events.chain import genesis, head_of, link
from gate.events.codec import encode_holder
from gate.events.model import Entry, Event, EventKind, Holder

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
SHOWN: Sequence[Shown] = (("1", "admit"), ("2", "admit"), ("3", "refuse"), ("4", "admit"))


def left(*recorded: Shown) -> list[Entry]:
    """Return the entries of a process that started and recorded these."""
    started = Event(at=NOW, clock_trusted=True, kind=EventKind.UNIT_STARTED)
    entries = [link(genesis(b"j" * 16), started, None, None)]
    for number, outcome in recorded:
        event = Event(at=NOW, clock_trusted=True, kind=EventKind.ACCESS, outcome=outcome)
        holder = Holder(person=b"s" * 16, issuer="i", number=number, name="Sam", card_type="gold")
        text = encode_holder(holder)
        entries.append(link(head_of(entries[-1]), event, b"s" * 16, text))
    return entries


def heard(*, released: int, answered: int | None = None) -> Heard:
    return Heard(
        is_ready=True, released=released, answered=released if answered is None else answered
    )


def found(hit: Hit) -> tuple[int, bool]:
    return hit.missing, hit.fault is not None


@pytest.mark.parametrize(
    ("told", "entries", "phase"),
    [
        (Heard(is_ready=False, released=0, answered=0), [], Phase.STARTING),
        (heard(released=0), left(), Phase.FIRST),
        (heard(released=2), left(*SHOWN[:3]), Phase.BETWEEN),
        (heard(released=2), left(*SHOWN), Phase.RECORDED),
        (heard(released=3, answered=2), left(*SHOWN), Phase.RELEASED),
    ],
    ids=str,
)
def test_wherever_a_kill_finds_the_gate_nothing_is_amiss(
    told: Heard, entries: list[Entry], phase: Phase
) -> None:
    hit = judge_hit(told, entries, SHOWN)

    assert hit.phase is phase
    assert found(hit) == (0, False)


@pytest.mark.parametrize(
    ("told", "entries", "amiss"),
    [
        pytest.param(heard(released=3), left(*SHOWN[:2]), (1, False), id="not recorded"),
        pytest.param(heard(released=1), left(), (1, False), id="nothing recorded"),
        pytest.param(heard(released=3), left(*SHOWN[:3]), (1, False), id="let in, refused"),
        pytest.param(heard(released=1), left(*SHOWN), (0, True), id="two not released"),
        pytest.param(heard(released=1), left(SHOWN[1]), (0, True), id="one left out"),
        pytest.param(heard(released=2), left(SHOWN[0], SHOWN[0]), (0, True), id="one twice"),
    ],
)
def test_a_release_without_its_entry_is_missing_and_whatever_else_is_odd_is_told(
    told: Heard, entries: list[Entry], amiss: tuple[int, bool]
) -> None:
    assert found(judge_hit(told, entries, SHOWN)) == amiss


def test_releases_and_their_answers_are_heard_in_a_log() -> None:
    relay = b'... info "pretended relay on" part="entry relay (GPIO17)"\n'
    said = (
        b'... info "unit assembled" access_point=Bench\n'
        + relay
        + b"... info answered outcome=admit ms=3.8 signal=admitted\n"
        + b"... info answered outcome=refuse reasons=card_type ms=3.8 signal=refused\n"
        + relay
    )

    assert Heard.of(said) == Heard(is_ready=True, released=2, answered=1)


def test_a_seed_gives_the_same_moments_again_and_every_kind_of_them() -> None:
    aims = draw_aims(7, 100)

    assert aims == draw_aims(7, 100)
    assert aims != draw_aims(8, 100)
    assert {aim.after for aim in aims} == set(After)

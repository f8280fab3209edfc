"""A soak's plan leaves time to come back, and its verdict sees everything that is not well."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
import pytest

from gate.bench.soak_gate import Scene
from gate.bench.soak_plan import CARD_S, READ_THROUGH, WELL_AGAIN_S, Act, acts
from gate.bench.soak_verdict import Sample, Seen, faults
from gate.sim.live_camera import Ailment

HOUR_S: Final = 3600.0
PLAN: Final = acts(1, HOUR_S, 8)

CARD: Final = Act(begins_s=10.0, ends_s=11.8, card=0)
STALL: Final = Act(begins_s=20.0, ends_s=24.0, ailment=Ailment.STALL)
CAST: Final = Act(begins_s=40.0, ends_s=44.0, ailment=Ailment.CAST)
LIFE: Final = [
    Sample(at_s=5.0 * n, pid=7, memory_mb=60.0, handles=20, threads=4) for n in range(60)
]
WELL: Final = Seen(
    looked_s=[9.0, 26.0],
    told_s=[22.1],
    admitted_s=[10.8],
    recorded=[0],
    samples=LIFE,
    exits=[(15.0, 2)],
    is_whole=True,
)


def test_the_same_seed_gives_the_same_plan() -> None:
    assert acts(1, HOUR_S, 8) == PLAN
    assert acts(2, HOUR_S, 8) != PLAN


def test_in_an_hour_every_ailment_has_its_turns_and_hundreds_of_cards_are_shown() -> None:
    turns = Counter(act.ailment for act in PLAN if act.ailment is not None)
    assert set(turns) == set(Ailment)
    assert min(turns[one] for one in Ailment if one is not Ailment.HANG) >= 8
    assert sum(act.card is not None for act in PLAN) > 250


def test_no_card_is_shown_while_the_gate_may_still_be_coming_back() -> None:
    wrong = [act for act in PLAN if act.ailment and act.ailment not in READ_THROUGH]
    for act in PLAN:
        if act.card is not None:
            near = [
                one
                for one in wrong
                if act.begins_s < one.ends_s + WELL_AGAIN_S and one.begins_s < act.ends_s
            ]
            assert near == []


def test_cards_follow_each_other_with_time_between_them() -> None:
    shown = [act for act in PLAN if act.card is not None]
    assert all(after.begins_s > before.ends_s for before, after in pairwise(shown))
    assert {round(act.ends_s - act.begins_s, 6) for act in shown} == {round(CARD_S, 6)}


def test_what_the_camera_sees_and_suffers_follows_the_plan() -> None:
    cards = np.arange(6, dtype=np.uint8).reshape(1, 6, 1, 1)
    scene = Scene((CARD, STALL), 100.0, cards, np.full((2, 1, 1), 99, np.uint8))
    seen = [int(scene.view(100.0 + at_s)[0, 0]) for at_s in (9.9, 10.05, 10.25, 11.7, 11.9)]
    assert seen == [99, 0, 2, 5, 99]
    ills = [scene.ailing(100.0 + at_s) for at_s in (19.9, 20.0, 23.9, 24.0)]
    assert ills == [None, Ailment.STALL, Ailment.STALL, None]


def test_a_soak_in_which_all_was_well_has_no_fault() -> None:
    assert list(faults((CARD, STALL, CAST), WELL)) == []


@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        (replace(WELL, told_s=[]), "stall at 20.0 s: not told"),
        (replace(WELL, told_s=[19.0, 26.0]), "stall at 20.0 s: not told"),
        (replace(WELL, looked_s=[9.0, 29.5]), "stall at 20.0 s: back after 5.5 s, not 5"),
        (replace(WELL, looked_s=[9.0]), "stall at 20.0 s: back after inf s, not 5"),
        (replace(WELL, admitted_s=[15.0]), "card 0 at 10.0 s: not read"),
        (replace(WELL, admitted_s=[], exits=[(12.0, 2)]), "card 0 at 10.0 s: not read"),
        (replace(WELL, recorded=[]), "card 0: held up 1 times, 0 entries"),
        (replace(WELL, recorded=[0, 1]), "card 1: held up 0 times, 1 entries"),
        (replace(WELL, recorded=[0, 0]), "card 0: held up 1 times, 2 entries"),
        (replace(WELL, is_whole=False), "the record's chain does not hold"),
        (replace(WELL, exits=[(30.0, -11)]), "the gate ended with code -11 at 30.0 s"),
    ],
)
def test_whatever_is_not_well_is_named(seen: Seen, fault: str) -> None:
    assert list(faults((CARD, STALL, CAST), seen)) == [fault]


def test_what_takes_its_time_while_the_gate_begins_anew_is_the_machines() -> None:
    slow = replace(WELL, looked_s=[9.0, 33.0], exits=[(23.0, 2)])
    assert list(faults((CARD, STALL, CAST), slow)) == []
    unread = replace(WELL, admitted_s=[], recorded=[], exits=[(9.5, 2)], looked_s=[9.0, 12.0, 26.0])
    assert list(faults((CARD, STALL, CAST), unread)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"memory_mb": 66.0}, "memory grew by 6.0 MB; at most 5"),
        ({"handles": 21}, "handles grew from 20 to 21"),
        ({"threads": 5}, "threads grew from 4 to 5"),
    ],
)
def test_what_grows_in_the_process_that_lived_longest_is_named(
    change: dict[str, float], fault: str
) -> None:
    grown = LIFE[:50] + [replace(one, **change) for one in LIFE[50:]]  # type: ignore[arg-type]  # by name
    another = [replace(one, pid=6, memory_mb=900.0) for one in LIFE[:5]]
    assert list(faults((CARD, STALL, CAST), replace(WELL, samples=another + grown))) == [fault]

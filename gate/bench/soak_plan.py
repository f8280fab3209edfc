"""What a soak shows to the gate, and when its camera fails: drawn from a seed. Pure.

In each round cards are held up one after the other, then something goes wrong, then there is time
for the gate to come back. Whatever a camera can be read through has a card held up in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from gate.sim.live_camera import Ailment

FRAME_RATE_HZ: Final = 10
COMES_S: Final = 0.3
HELD_S: Final = 3.0
"""People hold a card until the light tells, and turn away after so long; the verdict tells how long
it took. A machine that is busy with other work needs most of it."""
CARD_S: Final = COMES_S + HELD_S + COMES_S

APART_S: Final = (3.0, 5.0)
"""Between two cards; longer than any code is remembered, if it is the same again after others."""

CARDS_A_ROUND: Final = 3
BEGINS_S: Final = 30.0
"""Until the gate is up, on a busy machine too."""

WELL_AGAIN_S: Final = 5.0
"""Issue 8: back in under 5 s."""

LASTS_S: Final = (3.5, 5.5)
"""Longer than each is noticed in, shorter than the ladder takes to give a camera up (6 s)."""

ROUGH_LASTS_S: Final = (3.5, 12.0)
ROUGH_SHARE: Final = 1 / 6
"""In the first part of a soak the gate is made to give cameras up, and begins anew."""

READ_THROUGH: Final = frozenset({Ailment.CAST, Ailment.DIM})
"""Cards are read while these last."""

_GENTLE: Final = tuple(one for one in Ailment if one is not Ailment.HANG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A card that is held up, or an ailment, from `begins_s` to `ends_s` after the soak's begin."""

    begins_s: float
    ends_s: float
    card: int | None = None
    ailment: Ailment | None = None


def acts(seed: int, lasts_s: float, cards: int) -> tuple[Act, ...]:
    """Return what happens in so many seconds with so many cards, in order of its beginning."""
    rng = np.random.default_rng(seed)
    found = []
    for act in _endless(rng, lasts_s, cards):
        if act.ends_s + WELL_AGAIN_S > lasts_s:
            break
        found.append(act)
    return tuple(sorted(found, key=lambda act: act.begins_s))


def _endless(rng: np.random.Generator, lasts_s: float, cards: int) -> Iterator[Act]:
    at_s, card = BEGINS_S, 0
    waiting: list[Ailment] = []
    while True:
        for _ in range(CARDS_A_ROUND):
            yield Act(begins_s=at_s, ends_s=at_s + CARD_S, card=card % cards)
            card += 1
            at_s += CARD_S + float(rng.uniform(*APART_S))
        is_rough = at_s < ROUGH_SHARE * lasts_s
        waiting = waiting or [*rng.permutation(tuple(Ailment) if is_rough else _GENTLE)]
        ailment = Ailment(waiting.pop())
        if ailment is Ailment.HANG and not is_rough:
            ailment = Ailment.STALL
        long_s = float(rng.uniform(*(ROUGH_LASTS_S if is_rough else LASTS_S)))
        if ailment in READ_THROUGH:
            long_s = max(long_s, 1.0 + CARD_S)
        yield Act(begins_s=at_s, ends_s=at_s + long_s, ailment=ailment)
        if ailment in READ_THROUGH:
            yield Act(begins_s=at_s + 1.0, ends_s=at_s + 1.0 + CARD_S, card=card % cards)
            card += 1
        at_s += long_s + WELL_AGAIN_S + float(rng.uniform(0.5, 1.5))

"""When the gate process of a campaign is killed, drawn from its seed.

A moment is so long after something that is heard from the process. Of ten kills one comes while it
starts, four at any time while it scans, and five close to a release: there the record, the relay
and what is said about them come within some milliseconds of each other.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

STARTS_S: Final = 0.4
"""A start takes this long on the development machine."""

SCANS_S: Final = 0.6
"""Some forty cards."""

MOST_RELEASES: Final = 30
CARD_S: Final = 0.02
"""From one card to the next, and a little more."""

NEARNESS: Final = 6
"""Exponent of a draw from 0 to 1: half of these kills come within 0.3 ms, some at the next card."""


class After(StrEnum):
    """What is heard before a kill."""

    START = "start"
    READY = "ready"
    RELEASE = "release"


_ODDS: Final = {After.START: 1, After.READY: 4, After.RELEASE: 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """The process is killed `delay_s` after something was heard of it `count` times."""

    after: After
    count: int
    delay_s: float


def draw_aims(seed: int, kills: int) -> list[Aim]:
    """Return when each of so many processes is killed."""
    random = Random(f"aims {seed}")  # noqa: S311 - to be drawn again, not to be secret
    return [_aim(random) for _ in range(kills)]


def _aim(random: Random) -> Aim:
    (after,) = random.choices(list(_ODDS), list(_ODDS.values()))
    match after:
        case After.START:
            return Aim(after=after, count=0, delay_s=random.uniform(0, STARTS_S))
        case After.READY:
            return Aim(after=after, count=1, delay_s=random.uniform(0, SCANS_S))
        case After.RELEASE:
            count = random.randint(1, MOST_RELEASES)
            return Aim(after=after, count=count, delay_s=CARD_S * random.random() ** NEARNESS)

"""Value and floor in short slices, in turn, without those in which the machine was not ours.

On a virtual machine the host takes processor time away when its other guests need it (`steal` in
/proc/stat). What waits for a disk suffers more of it than what only computes, so that a ratio taken
meanwhile tells of the neighbours. A machine of its own never has any.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

MOST_STOLEN: Final = 0.03
"""Of the processors' time, in a slice that counts."""

FEWEST_PAIRS: Final = 5
"""Fewer quiet ones than these tell less than all of them."""

_STAT: Final = Path("/proc/stat")
_STEAL: Final = 8
_FIRST, _LAST = 1, 9
"""Of the first line's words: user, nice, system, idle, iowait, irq, softirq, steal (proc(5))."""


@dataclass(slots=True)
class Stolen:
    """The share of all processors' time that was taken away."""

    share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One slice of the floor and one of the value, next to each other; rates a second."""

    floor: float
    value: float
    stolen: float


@contextmanager
def stolen_meanwhile() -> Iterator[Stolen]:
    """Yield what tells, afterwards, how much was stolen in between."""
    told = Stolen()
    stolen, everything = _ticks()
    yield told
    stolen_after, everything_after = _ticks()
    told.share = (stolen_after - stolen) / max(1, everything_after - everything)


def quiet(pairs: Sequence[Pair], fewest: int = FEWEST_PAIRS) -> Sequence[Pair]:
    """Return the pairs that count: those of a machine that was ours, or all if they are too few."""
    ours = [pair for pair in pairs if pair.stolen <= MOST_STOLEN]
    return ours if len(ours) >= fewest else pairs


def medians(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Return the value of the pair whose ratio is the middle one, or nearest above, and its floor.

    A ratio is of one pair: medians of rates taken apart would mix a quick minute with a slow one.
    """
    ratio = median(pair.value / pair.floor for pair in pairs)
    floor = median(pair.floor for pair in pairs)
    return ratio * floor, floor


def _ticks() -> tuple[int, int]:
    words = _STAT.read_text(encoding="ascii").split("\n", 1)[0].split()
    ticks = [int(word) for word in words[_FIRST:_LAST]]
    return int(words[_STEAL]), sum(ticks)

"""One measurement beside its floor, and how both are timed.

The value and its floor are timed in turn, A B A B, in one process: what a busy machine does to one
it does to the other, so that the ratio holds where the milliseconds do not.
"""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median
from time import perf_counter
from typing import Final

COUNTED: Final = frozenset({"bytes", "requests"})
"""Units of what comes out the same on every machine, unlike seconds."""

WARM_UP_RUNS: Final = 2
"""First calls load code and fill caches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most that was promised: of the value, or of its ratio to the floor."""

    most: float
    of_ratio: bool = False

    @property
    def words(self) -> str:
        """Say it, such as `80000` or `3x`."""
        return f"{self.most:g}{'x' if self.of_ratio else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRow:
    """A median and the median of the least it could cost; `floor_is` says what that is.

    Where something was promised, `limit` is that.
    """

    name: str
    value: float
    floor: float
    unit: str
    runs: int
    floor_is: str
    limit: Limit | None = None

    @property
    def holds(self) -> bool | None:
        """Tell whether the limit is kept; None where there is none."""
        if self.limit is None:
            return None
        measured = self.ratio if self.limit.of_ratio else self.value
        return measured is not None and measured <= self.limit.most

    @property
    def breaks_promise(self) -> bool:
        """Tell whether something counted passes its limit; what is timed never decides."""
        return self.holds is False and self.unit in COUNTED

    @property
    def ratio(self) -> float | None:
        """Return how many times the floor the value is; None where the floor is nothing."""
        return self.value / self.floor if self.floor else None

    def as_json(self) -> dict[str, str | float | int | None]:
        """Return the row as `gate bench NAME --json` prints it; a limit only if it has one."""
        promised = {} if self.limit is None else {"limit": self.limit.words, "holds": self.holds}
        return {
            "name": self.name,
            "value": round(self.value, 6),
            "floor": round(self.floor, 6),
            "ratio": None if self.ratio is None else round(self.ratio, 4),
            "unit": self.unit,
            "runs": self.runs,
            "floor_is": self.floor_is,
            **promised,
        }


def time_beside(
    value: Callable[[], object],
    floor: Callable[[], object],
    runs: int,
    *,
    clock_s: Callable[[], float] = perf_counter,
) -> tuple[float, float]:
    """Return the median seconds of `value` and of `floor`, one run of each in turn, `runs` times.

    Two at a time only: a third would leave the caches of one of them cold each time. Work that
    waits for nothing is better timed by `time.thread_time`, which a busy machine disturbs less.

    Raises:
        ValueError: `runs` is less than 1.
    """
    if runs < 1:
        raise ValueError(f"runs is {runs}; at least 1 is needed")
    for _ in range(WARM_UP_RUNS):
        value()
        floor()
    values_s: list[float] = []
    floors_s: list[float] = []
    gc.collect()
    gc.disable()  # a collection would fall on whoever is being timed
    try:
        for _ in range(runs):
            for call, taken_s in ((value, values_s), (floor, floors_s)):
                begun_s = clock_s()
                call()
                taken_s.append(clock_s() - begun_s)
    finally:
        gc.enable()
    return median(values_s), median(floors_s)


def time_each_beside(
    values: Sequence[Callable[[], object]],
    floors: Sequence[Callable[[], object]],
    runs: int,
    *,
    clock_s: Callable[[], float] = perf_counter,
) -> tuple[float, float]:
    """Return the median seconds of one of `values` and of one of `floors`.

    A run calls all the values, then all the floors. Of each call the least of its runs counts: what
    a busy machine adds is never negative, so the least is nearest to the work (the reason that
    `timeit` gives). Only for work that waits for nothing and remembers nothing.

    Raises:
        ValueError: `runs` is less than 1.
    """
    if runs < 1:
        raise ValueError(f"runs is {runs}; at least 1 is needed")
    least = ([inf] * len(values), [inf] * len(floors))
    gc.collect()
    gc.disable()  # a collection would fall on whoever is being timed
    try:
        for _ in range(WARM_UP_RUNS + runs):
            for calls, least_s in zip((values, floors), least, strict=True):
                for place, call in enumerate(calls):
                    begun_s = clock_s()
                    call()
                    least_s[place] = min(least_s[place], clock_s() - begun_s)
    finally:
        gc.enable()
    return median(least[0]), median(least[1])

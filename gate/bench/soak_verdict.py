"""What a soak showed, held against what it was to show. Pure.

Times are seconds after the soak's begin, as in its plan.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Final

from gate.bench.soak_plan import READ_THROUGH, WELL_AGAIN_S, Act

ANSWER_S: Final = 2.0
"""After a card has gone: a busy machine answers late, and still once."""

TOLD_S: Final = 1.0
"""After an ailment's end it has been told, or was not."""

MOST_GROWTH_MB: Final = 5.0
"""The promise for `gate run` over 10,000 frames (`gate bench scan`)."""

_PART: Final = 5
"""Memory and handles of the first fifth of a process's life, once warm, against the last fifth."""

WARM_SHARE: Final = 1 / 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a process held at a moment: memory of its own (RssAnon), file handles, threads."""

    at_s: float
    pid: int
    memory_mb: float
    handles: int
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was heard of the gate.

    Attributes:
        looked_s: when it looked at a frame.
        told_s: when it said that something is wrong with its camera.
        admitted_s: when somebody was let in, by its log.
        recorded: the cards that were let in, by its record.
        exits: when its processes ended by themselves, and with which code.
        is_whole: whether its record's chain holds.
    """

    looked_s: Sequence[float]
    told_s: Sequence[float]
    admitted_s: Sequence[float]
    recorded: Sequence[int]
    samples: Sequence[Sample]
    exits: Sequence[tuple[float, int]]
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one act.

    Attributes:
        back_s: from an ailment's end to the next frame looked at.
        answered_s: from a card's coming up to its entry.
        anew: the gate asked to be started anew meanwhile: what then takes its time is the machine.
    """

    act: Act
    told: bool = True
    back_s: float = 0.0
    read: bool = True
    answered_s: float = 0.0
    anew: bool = False


def outcomes(plan: Sequence[Act], seen: Seen) -> list[Outcome]:
    """Return what came of each act."""
    return [_ailment(act, seen) if act.card is None else _card(act, seen) for act in plan]


def faults(plan: Sequence[Act], seen: Seen) -> Iterator[str]:
    """Name everything that was not as it has to be."""
    for one in outcomes(plan, seen):
        at = f"at {one.act.begins_s:.1f} s"
        if not one.told:
            yield f"{one.act.ailment} {at}: not told"
        if one.back_s >= WELL_AGAIN_S and not one.anew:
            yield f"{one.act.ailment} {at}: back after {one.back_s:.1f} s, not {WELL_AGAIN_S:g}"
        if not one.read and not one.anew:
            yield f"card {one.act.card} {at}: not read"
    yield from _miscounted(plan, seen)
    if not seen.is_whole:
        yield "the record's chain does not hold"
    yield from (
        f"the gate ended with code {code} at {at_s:.1f} s"
        for at_s, code in seen.exits
        if code != EXIT_RESTART
    )
    yield from grown(seen.samples)


EXIT_RESTART: Final = 2
"""The gate asks to be started anew (`gate run`)."""


def grown(samples: Sequence[Sample]) -> Iterator[str]:
    """Name what grew in the process that lived longest."""
    begin, end = ends_of(samples)
    if not begin:
        return
    more_mb = median(one.memory_mb for one in end) - median(one.memory_mb for one in begin)
    if more_mb > MOST_GROWTH_MB:
        yield f"memory grew by {more_mb:.1f} MB; at most {MOST_GROWTH_MB:g}"
    for what in ("handles", "threads"):
        before = max(getattr(one, what) for one in begin)
        after = max(getattr(one, what) for one in end)
        if after > before:
            yield f"{what} grew from {before} to {after}"


def ends_of(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Return the first and the last samples, once warm, of the process that lived longest."""
    lives = [list(life) for _, life in groupby(samples, key=lambda one: one.pid)]
    longest = max(lives, key=len, default=[])
    warm = longest[int(WARM_SHARE * len(longest)) :]
    part = len(warm) // _PART
    return (warm[:part], warm[-part:]) if part else ([], [])


def _miscounted(plan: Sequence[Act], seen: Seen) -> Iterator[str]:
    """Name the cards that have more entries than they were held up, or fewer than were read."""
    shown = Counter(act.card for act in plan if act.card is not None)
    read = Counter(
        one.act.card for one in outcomes(plan, seen) if one.act.card is not None and one.read
    )
    recorded = Counter(seen.recorded)
    for card in sorted({*shown, *recorded}):
        if not read[card] <= recorded[card] <= shown[card]:
            yield f"card {card}: held up {shown[card]} times, {recorded[card]} entries"


def _ailment(act: Act, seen: Seen) -> Outcome:
    if act.ailment in READ_THROUGH:
        return Outcome(act=act)
    back_s = _looked_after(act.ends_s, seen)
    return Outcome(
        act=act,
        told=any(act.begins_s <= at_s <= act.ends_s + TOLD_S for at_s in seen.told_s),
        back_s=back_s - act.ends_s,
        anew=any(act.begins_s <= at_s <= back_s for at_s, _ in seen.exits),
    )


def _looked_after(at_s: float, seen: Seen) -> float:
    return min((one for one in seen.looked_s if one >= at_s), default=float("inf"))


def _card(act: Act, seen: Seen) -> Outcome:
    within = [at_s for at_s in seen.admitted_s if act.begins_s <= at_s <= act.ends_s + ANSWER_S]
    return Outcome(
        act=act,
        read=bool(within),
        answered_s=min(within, default=act.ends_s) - act.begins_s,
        anew=any(
            at_s <= act.ends_s and _looked_after(at_s, seen) >= act.begins_s
            for at_s, _ in seen.exits
        ),
    )

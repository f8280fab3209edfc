"""What passed at a site's gates on one day, folded once: who, which way, when, and who is in still.

One walk over them in the order of their times, gone on with as more arrive (gate.hub.today.folded).
A grant that was not taken takes back the passage it was counted as. Times are held to what the hub
can vouch for, as in gate.hub.manifest.whereabouts: a unit whose clock is ahead moves nobody into
the future.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from gate.events.model import EventKind

BUCKET_MS: Final = 15 * 60 * 1000
"""A quarter of an hour: what the chart counts by."""

_FORGIVEN: Final = EventKind.FORGIVEN.value

Passage: TypeAlias = tuple[int, int, int, str, str, str, int]
"""When, number and journal of the entry, its kind, which way, who in hexadecimal, and whether the
gate noted too little rest. They are walked in this order."""


@dataclass(slots=True)
class Stay:
    """One person's day: `inside_ms` of finished stays, and since when the one that goes on.

    Attributes:
        first_ms: when they first came in; None if they were in when the day began.
        in_ms: since when they are inside; None while they are out.
        out_ms: when they last went out.
        away_ms: how long they were out between.
        short_rest: a gate noted fewer than 11 hours of rest.
        unseen: their last exit was forgiven: nobody knows when, and it ended no hours.
    """

    first_ms: int | None = None
    in_ms: int | None = None
    out_ms: int | None = None
    inside_ms: int = 0
    away_ms: int = 0
    short_rest: bool = False
    unseen: bool = False
    ins: int = 0


@dataclass(slots=True)
class Passed:
    """A day's passages: by person, and by quarter of an hour from `start_ms` on."""

    start_ms: int
    stays: dict[str, Stay] = field(default_factory=dict)
    ins: dict[int, int] = field(default_factory=dict)
    outs: dict[int, int] = field(default_factory=dict)
    moves: dict[int, int] = field(default_factory=dict)
    """By how many those on site changed: somebody seen to come in twice moves it once."""

    @property
    def people(self) -> int:
        """How many different people came in today."""
        return sum(stay.ins > 0 for stay in self.stays.values())

    @property
    def came_in(self) -> int:
        """How often somebody came in."""
        return sum(self.ins.values())

    @property
    def went_out(self) -> int:
        """How often somebody went out."""
        return sum(self.outs.values())


def fold(start_ms: int, passages: Iterable[Passage]) -> Passed:
    """Return what a day's passages come to, oldest first."""
    return go_on(Passed(start_ms=start_ms), passages)


def go_on(before: Passed, passages: Iterable[Passage]) -> Passed:
    """Return what a day comes to with more passages, none older than those before.

    `before` stays as it is: others are reading it.
    """
    passed = Passed(
        start_ms=before.start_ms,
        stays=dict(before.stays),
        ins=dict(before.ins),
        outs=dict(before.outs),
        moves=dict(before.moves),
    )
    start_ms, stays, moves = passed.start_ms, passed.stays, passed.moves
    own: set[str] = set()
    for at_ms, _, _, kind, direction, person, short_rest in passages:
        stay = stays.get(person)
        if person not in own or stay is None:
            stay = stays[person] = Stay() if stay is None else replace(stay)
            own.add(person)
        bucket = (at_ms - start_ms) // BUCKET_MS if at_ms > start_ms else 0
        if kind == _FORGIVEN:
            moves[bucket] = moves.get(bucket, 0) + _leave_unseen(stay)
            continue
        counts = passed.ins if direction == "in" else passed.outs
        is_taken = kind == "access"
        if is_taken:
            counts[bucket] = counts.get(bucket, 0) + 1
            moved = _come(stay, at_ms) if direction == "in" else _go(stay, at_ms, start_ms)
            if short_rest and direction == "in":
                stay.short_rest = True
        else:
            if counts.get(bucket, 0):
                counts[bucket] -= 1
            moved = _not_come(stay) if direction == "in" else _not_gone(stay, start_ms)
        if moved:
            moves[bucket] = moves.get(bucket, 0) + moved
    return passed


def _come(stay: Stay, at_ms: int) -> int:
    stay.ins += 1
    stay.unseen = False
    if stay.in_ms is not None:
        return 0
    if stay.out_ms is not None:
        stay.away_ms += at_ms - stay.out_ms
    elif stay.first_ms is None:
        stay.first_ms = at_ms
    stay.in_ms = at_ms
    return 1


def _go(stay: Stay, at_ms: int, start_ms: int) -> int:
    is_known = stay.in_ms is not None or (stay.out_ms is None and not stay.unseen)
    if is_known:
        stay.inside_ms += at_ms - (start_ms if stay.in_ms is None else stay.in_ms)
    stay.in_ms, stay.out_ms = None, at_ms
    return -1 if is_known else 0


def _leave_unseen(stay: Stay) -> int:
    """End a stay without its hours: when it ended, nobody saw."""
    was_inside = stay.in_ms is not None or (stay.out_ms is None and not stay.unseen)
    stay.in_ms, stay.out_ms, stay.unseen = None, None, True
    return -1 if was_inside else 0


def _not_come(stay: Stay) -> int:
    """Take back the last way in: nobody turned."""
    if stay.in_ms is None:
        return 0
    stay.ins -= 1
    if stay.out_ms is not None:
        stay.away_ms -= stay.in_ms - stay.out_ms
    else:
        stay.first_ms = None
    stay.in_ms = None
    return -1


def _not_gone(stay: Stay, start_ms: int) -> int:
    """Take back the last way out: they are inside still, since they can't be told to have left."""
    if stay.out_ms is None or stay.in_ms is not None:
        return 0
    stay.in_ms = stay.out_ms if stay.first_ms is not None else start_ms
    stay.out_ms = None
    return 1

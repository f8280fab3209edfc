"""Stays of a week, walked once: who came in and went out, so many minutes, and what was not seen.

A stay counts in the day on which it began, wherever midnight falls. It counts if both its ends were
seen by a gate that knew the time, and if it is no longer than `MAX_STAY_MS`. Everything else is
missing, and never any hours: an exit that was forgotten, forgiven or came in by no entry, and a
grant of which nobody knows whether it was taken. Pure.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from gate.access.model import Direction
from gate.events.model import EventKind

MAX_STAY_MS: Final = 24 * 3600 * 1000
"""Longer than any shift; who is inside for longer has left unseen."""

_GRANT: Final = re.compile(r"grant ([1-9][0-9]{0,15})", re.ASCII)
"""As `gate.events.model.which_grant` writes it."""


class Seen(NamedTuple):
    """What tells of one person at a gate, in the order in which it is walked."""

    at_ms: int
    seq: int
    journal: int
    kind: str
    direction: str
    person: bytes
    detail: str = ""
    is_sure: bool = True


@dataclass(slots=True)
class Counted:
    """Of one person: milliseconds by the day on which they began, and the days that miss some."""

    by_day: dict[int, int] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)
    open_ms: int | None = None
    is_sure: bool = True


def stays_of(
    seen: Iterable[Seen], day_of: Callable[[int], int], known_ms: int
) -> Mapping[bytes, Counted]:
    """Return the stays of what was seen.

    Args:
        seen: in any order; begun `MAX_STAY_MS` before what is to be known, and gone on with as long
            after it.
        day_of: the day of a moment, by the site's calendar.
        known_ms: up to when everything is known: who is inside then is inside.
    """
    rows = sorted(seen)
    annulled, doubted = _taken_back(rows)
    found: dict[bytes, Counted] = {}
    for row in rows:
        one = found.setdefault(row.person, Counted())
        if row.kind == EventKind.FORGIVEN:
            _miss(one, day_of)
        elif row.kind != EventKind.ACCESS or (row.journal, row.seq) in annulled:
            continue
        else:
            is_sure = row.is_sure and (row.journal, row.seq) not in doubted
            _walk(one, row, day_of, is_sure=is_sure)
    for one in found.values():
        if one.open_ms is not None and known_ms - one.open_ms > MAX_STAY_MS:
            _miss(one, day_of)
    return found


def _walk(one: Counted, row: Seen, day_of: Callable[[int], int], *, is_sure: bool) -> None:
    if row.direction == Direction.IN:
        _miss(one, day_of)
        one.open_ms, one.is_sure = row.at_ms, is_sure
        return
    if one.open_ms is None:
        one.missing.add(day_of(row.at_ms))
        return
    day, length_ms = day_of(one.open_ms), row.at_ms - one.open_ms
    if is_sure and one.is_sure and length_ms <= MAX_STAY_MS:
        one.by_day[day] = one.by_day.get(day, 0) + length_ms
    else:
        one.missing.add(day)
    one.open_ms = None


def _miss(one: Counted, day_of: Callable[[int], int]) -> None:
    """End a stay whose end nobody saw."""
    if one.open_ms is not None:
        one.missing.add(day_of(one.open_ms))
        one.open_ms = None


def _taken_back(rows: Iterable[Seen]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Return the grants that were not taken, and those of which nobody knows."""
    annulled: set[tuple[int, int]] = set()
    doubted: set[tuple[int, int]] = set()
    for row in rows:
        match = _GRANT.fullmatch(row.detail)
        if match is not None and row.kind == EventKind.NOT_TURNED:
            annulled.add((row.journal, int(match[1])))
        elif match is not None and row.kind == EventKind.TURN_UNKNOWN:
            doubted.add((row.journal, int(match[1])))
    return annulled, doubted

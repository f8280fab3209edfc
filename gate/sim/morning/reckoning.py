"""A roll call held against the truth, and against what its caller could know of it.

Two questions are asked of everybody. Is the roll call what follows from all that its caller was
told (`expected`)? And where it differs from the truth, does it name why (`Cause`)? Somebody for
whom either answer is no is unexplained, and one such is one too many.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gate.access.model import Direction
from gate.access.presence import SITE_WIDE_FRESH
from gate.access.roll_call import RollCall, Standing
from gate.sim.morning.truth import Move, Seen, Truth

_UNSURE: Final = timedelta(seconds=2)
"""A hub's times are whole seconds: what is as old as its word may be in it or not."""


class Cause(StrEnum):
    """Why a roll call may differ from the truth and be right."""

    NAMED = "named as not known"
    CUT_OFF = "gate cut off"
    SECONDS = "seconds old"
    ALARM = "since the alarm"
    TURN = "turned without a card"
    NOTHING = "no gate could tell"
    UNEXPLAINED = "UNEXPLAINED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who calls the roll.

    Attributes:
        own: the lane that calls it; None for the hub.
        lanes: the lanes' names by uid.
        fires: when the fire began at a lane, and when its all-clear was given.
        is_from_disk: by what lies on the unit's disk, as a process that starts now.
    """

    name: str
    own: str | None
    roll: RollCall
    lanes: Mapping[bytes, str]
    fires: Mapping[str, tuple[datetime, datetime]]
    is_from_disk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """One roll call against the truth: how many, and why it differs, each way."""

    viewer: str
    inside: int
    awaited: int
    not_known: int
    forgiven: int
    too_many: Mapping[Cause, int]
    missing: Mapping[Cause, int]
    words: tuple[str, ...] = field(default=(), repr=False)
    unexplained: tuple[str, ...] = ()


def reckon(
    viewer: Viewer, truth: Truth, now: datetime, busy: frozenset[bytes] = frozenset()
) -> Reckoned:
    """Hold a roll call against the truth; who is `busy` stands in a turnstile, and is left out."""
    roll, judge = viewer.roll, _Judge(viewer, truth, now)
    standing = {one.person: one.standing for one in roll.called}
    too_many: Counter[Cause] = Counter()
    missing: Counter[Cause] = Counter()
    unexplained: list[str] = []
    for person in {*truth.persons(), *standing} - busy:
        said = standing.get(person)
        if said not in judge.expected(person):
            expected = ", ".join(sorted(str(one) for one in judge.expected(person)))
            unexplained.append(f"{judge.story(person)}: {said}, and not {expected}")
        is_inside = truth.is_inside(person)
        if (said is Standing.INSIDE) is is_inside:
            continue
        cause = judge.cause(person, said)
        (missing if is_inside else too_many)[cause] += 1
        if cause is Cause.UNEXPLAINED:
            unexplained.append(f"{judge.story(person)}: {said}, is inside: {is_inside}")
    for way, count, counted in (
        ("in", missing[Cause.TURN], roll.turned_in),
        ("out", too_many[Cause.TURN], roll.turned_out),
    ):
        if count > counted:
            unexplained.append(f"{count} turned {way} without a card, the roll call says {counted}")
    return Reckoned(
        viewer=viewer.name,
        inside=len(roll.those(Standing.INSIDE)),
        awaited=len(roll.those(Standing.AWAITED)),
        not_known=len(roll.those(Standing.NOT_KNOWN)),
        forgiven=len(roll.those(Standing.FORGIVEN)),
        too_many=too_many,
        missing=missing,
        words=tuple(roll.words()),
        unexplained=tuple(unexplained),
    )


class _Judge:
    """What one caller could know at a moment."""

    def __init__(self, viewer: Viewer, truth: Truth, now: datetime) -> None:
        self._viewer = viewer
        self._truth = truth
        self._now = now
        roll = viewer.roll
        self._known = {viewer.lanes[gate.uid]: gate.whole_at for gate in roll.known}
        self._unheard = {viewer.lanes[gate.uid] for gate in roll.unheard}
        if viewer.own is not None:
            self._known[viewer.own] = roll.at if roll.is_frozen else now

    def known_until(self, lane: str) -> datetime | None:
        """Return up to when a lane's record is known; None if nothing of it is."""
        return self._known.get(lane)

    def expected(self, person: bytes) -> set[Standing | None]:
        """Return what a roll call may say of somebody, by all that was told."""
        found = {
            self._follows(person, lambda at, until: at <= until - _UNSURE),
            self._follows(person, lambda at, until: at <= until + _UNSURE),
        } | self._heard_since(person)
        moves = self._truth.of(person)
        return found | {Standing.NOT_KNOWN} if any(one.in_doubt for one in moves[-3:]) else found

    def _heard_since(self, person: bytes) -> set[Standing | None]:
        """Return what a process says that began in a fire: it knows by its hub what came since."""
        roll, own = self._viewer.roll, self._viewer.own
        if not (roll.is_frozen and self._viewer.is_from_disk) or own is None:
            return set()
        until = self._known[own]
        self._known[own] = self._now
        try:
            return {self._follows(person, lambda at, until: at <= until)}
        finally:
            self._known[own] = until

    def cause(self, person: bytes, said: Standing | None) -> Cause:
        """Return why somebody is on a roll call who is not inside, or the other way round."""
        if said is not None and said is not Standing.INSIDE:
            return Cause.NAMED
        moves = [one for one in self._truth.of(person) if one.moves]
        if not moves:
            return Cause.UNEXPLAINED
        last = moves[-1]
        if last.seen is Seen.NOTHING:
            return Cause.NOTHING
        until = self.known_until(last.lane)
        if until is not None and last.at <= until - _UNSURE:
            return Cause.TURN if last.seen is Seen.TURN else Cause.UNEXPLAINED
        if self._viewer.roll.is_frozen and last.at > self._viewer.roll.at - _UNSURE:
            return Cause.ALARM
        return self._unknown(last.lane, until)

    def _unknown(self, lane: str, until: datetime | None) -> Cause:
        """Return why what happened at a lane isn't known: only if the roll call itself says so."""
        if lane in self._unheard:
            return Cause.CUT_OFF
        is_fresh = until is not None and self._now - until <= SITE_WIDE_FRESH
        return Cause.SECONDS if is_fresh else Cause.UNEXPLAINED

    def story(self, person: bytes) -> str:
        """Say what somebody did last."""
        told = [
            f"{one.at:%H:%M:%S} {one.way} {one.lane or 'no gate'} {one.seen}"
            for one in self._truth.of(person)[-4:]
        ]
        return f"{self._now:%H:%M:%S} {self._viewer.name}: {' | '.join(told)}"

    def _follows(
        self, person: bytes, is_known: Callable[[datetime, datetime], bool]
    ) -> Standing | None:
        seen = [
            one
            for one in self._truth.of(person)
            if one.seen not in {Seen.TURN, Seen.NOTHING}
            and (until := self.known_until(one.lane)) is not None
            and is_known(one.at, until)
        ]
        if not seen:
            return None
        last = max(enumerate(seen), key=lambda one: (one[1].at.replace(microsecond=0), one[0]))[1]
        return self._standing(last)

    def _standing(self, last: Move) -> Standing | None:
        if last.seen is Seen.FORGIVEN:
            return Standing.FORGIVEN
        if last.seen in {Seen.CUT, Seen.ASSUMED}:
            return Standing.NOT_KNOWN
        if last.way is Direction.OUT:
            return None
        left_at = self._left_at()
        return Standing.AWAITED if left_at is not None and last.at <= left_at else Standing.INSIDE

    def _left_at(self) -> datetime | None:
        return max(
            (
                began
                for lane, (began, cleared) in self._viewer.fires.items()
                if (until := self.known_until(lane)) is not None and cleared <= until
            ),
            default=None,
        )

"""A roll call held against the truth, and against what its caller could know of it.

Two questions are asked of everybody. Is the roll call what follows from all that its caller was
told (`expected`)? And where it differs from the truth, does it name why (`Cause`)? Somebody for
whom either answer is no is unexplained, and one such is one too many.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gate.access.model import Direction
from gate.access.presence import SITE_WIDE_FRESH
from gate.access.roll_call import RollCall, Standing
from gate.sim.morning.manager import Page
from gate.sim.morning.together import Together
from gate.sim.morning.truth import Move, Seen, Truth

_UNSURE: Final = timedelta(seconds=2)
"""A hub's times are whole seconds: what is as old as its word may be in it or not."""


_BY_NO_GATE: Final = ""

_TOLD_APART: Final = 4
"""Times as unsure: the site's manifest and its presence are two messages, seconds apart."""


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
        told_at: up to when what managers said is known; None if nothing of it is.
        page: what the hub's page says, if that is what is read.
        is_from_disk: by what lies on the unit's disk, as a process that starts now.
    """

    name: str
    own: str | None
    roll: RollCall
    lanes: Mapping[bytes, str]
    fires: Mapping[str, tuple[datetime, datetime]]
    told_at: datetime | None = None
    page: Page | None = None
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
    page = viewer.page
    if page is not None and page.heading != len(roll.those(Standing.INSIDE)):
        unexplained.append(f"the page is headed {page.heading}, and lists another number")
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
        if viewer.page is not None:
            self._unheard = set(viewer.page.unheard)
        if viewer.own is not None:
            self._known[viewer.own] = roll.at if roll.is_frozen else now
        if viewer.told_at is not None:
            self._known[_BY_NO_GATE] = viewer.told_at

    def known_until(self, lane: str) -> datetime | None:
        """Return up to when a lane's record is known; None if nothing of it is."""
        return self._known.get(lane)

    def expected(self, person: bytes) -> set[Standing | None]:
        """Return what a roll call may say of somebody, by all that was told."""
        early, late = (self._follows(person, slack) for slack in (-_UNSURE, _UNSURE))
        return early | late | self._heard_since(person) | self._was_about(person)

    def _was_about(self, person: bytes) -> set[Standing | None]:
        """Return what the hub's page says of who passed since a fire began: they were about."""
        roll = self._viewer.roll
        if self._viewer.page is None or not roll.is_frozen:
            return set()
        passed = any(one.at >= roll.at - _UNSURE for one in self._truth.of(person))
        return {Standing.INSIDE} if passed else set()

    def _heard_since(self, person: bytes) -> set[Standing | None]:
        """Return what a process says that began in a fire: it knows by its hub what came since."""
        roll, own = self._viewer.roll, self._viewer.own
        if not (roll.is_frozen and self._viewer.is_from_disk) or own is None:
            return set()
        until = self._known[own]
        self._known[own] = self._now
        try:
            return self._follows(person, timedelta(0))
        finally:
            self._known[own] = until

    def cause(self, person: bytes, said: Standing | None) -> Cause:
        """Return why somebody is on a roll call who is not inside, or the other way round."""
        if said not in {None, Standing.INSIDE}:
            return Cause.NAMED
        if said in self._was_about(person):
            return Cause.ALARM
        last = self._truth.of(person)[-1:]
        if last and last[0].together is not None and last[0].together.has_stayed:
            return self._untold(last[0], last[0].together, said)
        moves = [one for one in self._truth.of(person) if one.moves]
        if not moves:
            return Cause.UNEXPLAINED
        move = moves[-1]
        return Cause.NOTHING if move.seen is Seen.NOTHING else self._unseen(move)

    def _unseen(self, move: Move) -> Cause:
        """Return why somebody's last move, which a gate could tell of, isn't on the roll call."""
        until = self.known_until(move.lane)
        if until is not None and move.at <= until - _UNSURE:
            return Cause.TURN if move.seen is Seen.TURN else Cause.UNEXPLAINED
        if self._viewer.roll.is_frozen and move.at > self._viewer.roll.at - _UNSURE:
            return Cause.ALARM
        return self._unknown(move.lane, until)

    def _untold(self, move: Move, together: Together, said: Standing | None) -> Cause:
        """Return why it isn't known who of those let through together turned."""
        until = self.known_until(move.lane)
        if until is None or until < together.settled_at + _UNSURE:
            return self._unknown(move.lane, until)
        turned_for_them = move.seen is Seen.ANNULLED and together.place_taken
        has_passed = (said is Standing.INSIDE) is (move.way is Direction.OUT)
        return Cause.NOTHING if turned_for_them and has_passed else Cause.UNEXPLAINED

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

    def _follows(self, person: bytes, slack: timedelta) -> set[Standing | None]:
        """Return what follows from all that was told, give or take `slack`."""
        seen = [
            one
            for one in self._truth.of(person)
            if one.seen not in {Seen.TURN, Seen.NOTHING}
            and (until := self.known_until(one.lane)) is not None
            and one.at <= until + slack * (1 if one.lane else _TOLD_APART)
        ]
        return self._by_last(seen, slack)

    def _by_last(self, seen: list[Move], slack: timedelta) -> set[Standing | None]:
        """Return what may be said of somebody by the last that was told of them.

        While it isn't settled who of those let through together turned, a gate that takes a turn
        for somebody else's still has them where they were before, as awaited back if they were so.
        """
        if not seen:
            return {None}
        place, last = max(
            enumerate(seen), key=lambda one: (one[1].at.replace(microsecond=0), one[0])
        )
        found, together = {self._standing(last)}, last.together
        if together is None or not together.has_stayed:
            return found
        if together.is_doubtful:
            found.add(Standing.NOT_KNOWN)
        until = self.known_until(last.lane)
        is_settled = until is not None and until + slack >= together.settled_at
        if not is_settled:
            found |= self._by_last(seen[:place] + seen[place + 1 :], slack)
        if last.seen is Seen.ANNULLED and (not is_settled or together.place_taken):
            other = Direction.IN if last.way is Direction.OUT else Direction.OUT
            found.add(self._standing(replace(last, way=other)))
        return found

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

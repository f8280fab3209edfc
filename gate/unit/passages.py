"""What came of grants and turns, as the record and the presence have it.

An entry counts when the turnstile turned; a grant that was not taken is annulled, which is recorded
with its holder, for it tells where they were then: on the side they came from. One of which nobody
knows whether it was taken (`gate.unit.open_grants`) is recorded as such. Where no contact tells of
turns, a grant counts as taken. Turns of nobody known, and presses of the exit button, are counted
and recorded once a second, however many there were. Nothing here waits for the disk: what can't be
recorded is owed (`gate.unit.recorder`).
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from gate.access.model import AccessPoint, Direction
from gate.access.presence import How, Passage
from gate.events.model import Event, EventKind, Holder, which_grant
from gate.unit.mild import FIRE_RELEASE
from gate.unit.open_grants import Grant
from gate.unit.portal import Command
from gate.unit.recorder import Records
from gate.unit.roll import Roll
from gate.unit.stamp import StampClock
from gate.unit.turnstile import Told, Turnstile

COUNT_S: Final = 1.0
"""Between two records of turns by nobody known: a crowd that leaves must not wait for the disk."""

_ALARMS: Final = {
    Command.TELL_FORCED: EventKind.FORCED,
    Command.TELL_HELD: EventKind.HELD,
    Command.TELL_SHUT: EventKind.HELD_OVER,
}
_log = logging.getLogger(__name__)


class Passages:
    """Keeps `roll` true by what a turnstile tells of one access point."""

    def __init__(
        self, roll: Roll, turnstile: Turnstile, recorder: Records, clock: StampClock
    ) -> None:
        self.roll = roll
        self._turnstile = turnstile
        self._recorder = recorder
        self._clock = clock
        self._counts: Counter[tuple[EventKind, Direction]] = Counter()
        self._counted_s = 0.0

    def settle(self, point: AccessPoint) -> Sequence[bytes]:
        """Record what was told; return the keys of codes whose grants were annulled or in doubt."""
        annulled: list[bytes] = []
        for told in self._turnstile.take_told():
            self._settle(point, told)
            if told.command is Command.ANNUL and told.grant is not None:
                annulled.append(told.grant.key)
        return annulled

    def count(self, kind: EventKind, way: Direction) -> None:
        """Count something by nobody known, to be recorded within a second."""
        self._counts[kind, way] += 1
        self._strange(way)

    def flush(self, point: AccessPoint, at_s: float | None = None) -> None:
        """Record what was counted, if that is due at `at_s`; without it, all there is."""
        if not self._counts or (at_s is not None and at_s - self._counted_s < COUNT_S):
            return
        self._counted_s = self._counted_s if at_s is None else at_s
        counts, self._counts = self._counts, Counter()
        for (kind, way), count in counts.items():
            self._note(point, kind, way, count=count)

    def note(
        self, point: AccessPoint, kind: EventKind, detail: str, holder: Holder | None = None
    ) -> None:
        """Record a fact of the portal."""
        self._note(point, kind, None, detail=detail, holder=holder)

    def _settle(self, point: AccessPoint, told: Told) -> None:
        match told.command:
            case Command.COUNT:
                self._note(point, EventKind.TURNED, told.way, detail=_which(told.grant))
                self._pass(point, told.way, told.grant)
            case Command.ANNUL if told.in_doubt:
                self._doubt(point, told.way, told.grant)
            case Command.ASSUME if told.way in self._turnstile.contacts:
                self._pass(point, told.way, told.grant)
                self._doubt(point, told.way, told.grant)
            case Command.ASSUME:
                self._pass(point, told.way, told.grant)
            case Command.ANNUL if told.grant is not None:
                self._annul(point, told.way, told.grant)
            case Command.TELL_UNIDENTIFIED:
                self.count(EventKind.TURNS_UNIDENTIFIED, told.way)
            case Command.TELL_FORCED | Command.TELL_HELD | Command.TELL_SHUT:
                if told.command is Command.TELL_FORCED:
                    self._strange(told.way)
                _log.warning("portal", extra={"step": str(_ALARMS[told.command])})
                self._note(point, _ALARMS[told.command], told.way)
            case Command.FREE:
                _log.error("fault", extra={"part": FIRE_RELEASE, "error": told.fault})
            case _:
                return

    def _doubt(self, point: AccessPoint, way: Direction, grant: Grant | None) -> None:
        """Say of a grant that nobody knows whether it was taken.

        Of those who were let through together fewer turned, or a fire lets everybody turn. Who has
        passed here since, did so after it.
        """
        if grant is None or grant.holder is None or grant.at is None:
            return
        detail = _which(grant)
        self._note(point, EventKind.TURN_UNKNOWN, way, detail=detail, holder=grant.holder)
        passage = _passage(point, way, grant.holder, grant.at)._replace(how=How.NOT_KNOWN)
        self.roll.change(lambda one: replace(one, presence=one.presence.amended(passage)))

    def _strange(self, way: Direction) -> None:
        """Count somebody who passed of whom nobody knows who they are."""
        self.roll.change(lambda one: replace(one, muster=one.muster.turned(way, 1)))

    def _annul(self, point: AccessPoint, way: Direction, grant: Grant) -> None:
        detail = _which(grant)
        self._note(point, EventKind.NOT_TURNED, way, detail=detail, holder=grant.holder)
        if grant.holder is not None and grant.at is not None:
            back = Direction.IN if way is Direction.OUT else Direction.OUT
            passage = _passage(point, back, grant.holder, grant.at)
            self.roll.change(lambda one: replace(one, presence=one.presence.amended(passage)))

    def _pass(self, point: AccessPoint, way: Direction, grant: Grant | None) -> None:
        if grant is None or grant.at is None:
            return
        if grant.holder is None:
            self._strange(way)
            return
        passage = _passage(point, way, grant.holder, grant.at)
        self.roll.change(lambda one: one.passed(passage))

    def _note(
        self,
        point: AccessPoint,
        kind: EventKind,
        way: Direction | None,
        *,
        detail: str = "",
        count: int = 1,
        holder: Holder | None = None,
    ) -> None:
        stamp = self._clock.stamp()
        event = Event(
            at=stamp.at,
            clock_trusted=stamp.trusted,
            kind=kind,
            access_point=point.name,
            direction="" if way is None else way.value,
            detail=detail,
            count=count,
        )
        self._recorder.note(event, holder)


def _passage(point: AccessPoint, way: Direction, holder: Holder, at: datetime) -> Passage:
    return Passage(
        person=holder.person, direction=way, at=at, access_point=point.name, area=point.area
    )


def _which(grant: Grant | None) -> str:
    """Return the record's number of a grant; a test, a button or a later count has none."""
    return which_grant(grant.number) if grant is not None and grant.number else ""

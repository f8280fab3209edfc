"""The keeper of one lane's portal: what stands, what is broken, what is shown, what came of it.

A fire frees both ways before anything else is done. A fault locks the entry and never the exit;
one of the `MILD` parts locks nothing. Every change of the portal is settled at once: recorded, and
who is inside with it (`gate.unit.passages`). The journal's faults end here, as a fault that is
shown; DeviceError of the outputs is the caller's, who leaves the process to its supervisor.
"""

import logging
from typing import Final

from gate.access.model import AccessPoint, Direction
from gate.access.muster import Muster
from gate.access.presence import Presence
from gate.devices.ports import Outputs
from gate.devices.signals import Signal
from gate.events.model import EventKind, Holder
from gate.unit.lights import Lights
from gate.unit.mild import MILD, UNIT_WIDE
from gate.unit.open_grants import Grant
from gate.unit.passages import Passages
from gate.unit.portal import Happening, State
from gate.unit.recorder import Records
from gate.unit.roll import Roll
from gate.unit.stamp import StampClock
from gate.unit.turnstile import Turnstile
from gate.unit.unit_faults import UnitFaults

JOURNAL: Final = "journal"
_log = logging.getLogger(__name__)


class Keeper:
    """Keeps the portal of one access point; `start` comes first, `stop` last."""

    def __init__(
        self,
        *,
        point: AccessPoint,
        roll: Roll,
        turnstile: Turnstile,
        recorder: Records,
        outputs: Outputs,
        clock: StampClock,
        beside: UnitFaults | None = None,
    ) -> None:
        """Keep a lane that is alone, or one `beside` another, with which it has these faults."""
        self.point = point
        self.roll = roll
        self.is_alone = beside is None
        self.unit_faults = beside or UnitFaults()
        self.recorder = recorder
        self.lights = Lights(outputs, point.direction)
        self.turnstile = turnstile
        self._clock = clock
        self._passages = Passages(roll, turnstile, recorder, clock)
        self._faults: set[str] = set()
        self._mild: set[str] = set()

    @property
    def state(self) -> State:
        """What the portal does in the lane's own direction."""
        return self.turnstile.state(self.point.direction)

    @property
    def burns(self) -> bool:
        """Whether a fire alarm stands."""
        return self.turnstile.burns

    @property
    def is_closed(self) -> bool:
        """Whether nobody is judged on the way in: a fault, maintenance, a fire, or the end."""
        stopped = self.turnstile.state(Direction.IN) is State.STOPPED
        return bool(self._faults) or self.burns or self.turnstile.is_maintained or stopped

    @property
    def presence(self) -> Presence:
        """Who is inside."""
        return self.roll.people.presence

    @property
    def muster(self) -> Muster:
        """What a fire alarm made of who is inside."""
        return self.roll.people.muster

    @property
    def locking(self) -> frozenset[str]:
        """The broken parts that lock the entry."""
        return frozenset(self._faults)

    @property
    def faults(self) -> frozenset[str]:
        """The parts that are broken now, those that lock nothing among them."""
        return frozenset(self._faults | self._mild | self.unit_faults.parts)

    def start(self, resting: Signal) -> None:
        """Begin; a fire alarm that stood when the unit went down stands still."""
        if self.muster.alarm is not None:
            self.happen(Happening.FIRE)
        if self.is_alone:
            self.recorder.note_unit(EventKind.UNIT_STARTED)
        self.lights.rest_in(resting)
        self.follow_journal()
        self.rest()

    def tick(self, at_s: float) -> None:
        """Do what is due at `at_s`: releases that ran out, counts, a broken journal."""
        self.turnstile.tick(at_s)
        self.settle()
        self._passages.flush(self.point, at_s)
        self.recorder.retry(at_s)
        self.follow_journal()

    def grant(self, way: Direction, grant: Grant) -> float | None:
        """Let somebody pass; return when that was commanded. Who waits for it settles it."""
        return self.turnstile.grant(way, grant)

    def happen(self, event: Happening) -> None:
        """Take note of something that concerns the whole portal."""
        self.turnstile.happen(event)
        self.lights.burns = self.burns
        is_maintained = self.turnstile.is_maintained and self.point.direction is Direction.IN
        self.lights.is_faulty = bool(self._faults) or is_maintained
        self.settle()

    def settle(self) -> None:
        """Record what came of grants and turns; a code whose grant is over is new again."""
        self.lights.forget(self._passages.settle(self.point))

    def rest(self) -> Signal:
        """Show what the lane rests in."""
        return self.lights.rest()

    def fault(self, part: str) -> None:
        """Take note that `part` is broken."""
        if part in UNIT_WIDE:
            self.unit_faults.begin(part, self.recorder)
        elif part not in self.faults:
            _log.error("fault", extra={"part": part, **self._where()})
            if part in MILD:
                self._mild.add(part)
            else:
                self._begin_fault(part)
            self.note(EventKind.FAULT, part)
            self.follow_journal()

    def clear(self, part: str) -> None:
        """Take note that `part` works again."""
        if part in UNIT_WIDE:
            self.unit_faults.end(part, self.recorder)
        elif part in self.faults:
            _log.info("fault cleared", extra={"part": part, **self._where()})
            self.note(EventKind.FAULT_CLEARED, part)
            self._mild.discard(part)
            if part in self._faults:
                self._end_fault(part)
            self.follow_journal()

    def note(self, kind: EventKind, detail: str = "") -> None:
        """Record a fact of the lane; of one that is not alone it says of which."""
        where = "" if self.is_alone else self.point.name
        self.recorder.note_unit(kind, detail, access_point=where)

    def maintain(self, *, begins: bool) -> None:
        """Begin or end maintenance: the entry stays locked, nobody is judged on the way in."""
        self.happen(Happening.MAINTENANCE if begins else Happening.MAINTENANCE_OVER)
        self._passages.note(self.point, EventKind.MAINTENANCE, "begun" if begins else "over")
        self.rest()

    def turn(self, way: Direction, *, begins: bool, at_s: float) -> None:
        """Take note that the contact of a way tells of a turn."""
        self.turnstile.turn(way, begins=begins, at_s=at_s)
        self.settle()

    def door(self, *, opens: bool, at_s: float) -> None:
        """Take note that the door's contact tells that it opened or was shut."""
        if opens:
            self.turnstile.opened(at_s=at_s)
        else:
            for way in Direction:
                self.turnstile.turn(way, begins=False, at_s=at_s)
        self.settle()

    def exit_button(self) -> None:
        """Count who left by the button; the way out was released when it was pressed."""
        self.grant(Direction.OUT, Grant())
        self._passages.count(EventKind.EXIT_BUTTON, Direction.OUT)
        self.settle()

    def fire(self, reacted_s: float | None) -> None:
        """1. Free both ways, again.  2. Freeze the roll call.  3. Show.  4. Record.

        Both ways were freed already when the input told; `reacted_s` says how long that took.
        """
        is_test = self.turnstile.is_maintained
        self.happen(Happening.FIRE)  # 1.
        roll_call = self.roll.alarmed(self._clock.stamp().at, is_test=is_test)  # 2.
        self.rest()  # 3.
        if roll_call is None:
            return
        kind = EventKind.FIRE_TEST if is_test else EventKind.FIRE_ALARM
        _log.critical("fire", extra={"step": str(kind)})
        measured = "" if reacted_s is None else f"both ways free after {1000 * reacted_s:.1f} ms, "
        inside = f"{roll_call.inside_count} inside"
        self._passages.note(self.point, kind, measured + inside)  # 4.
        self.follow_journal()

    def all_clear(self, holder: Holder) -> None:
        """End the fire alarm in the name of `holder`; what stood before it stands again."""
        self._passages.flush(self.point)
        alarm = self.roll.cleared()
        if alarm is not None:
            turned = f"{alarm.turned_in} in and {alarm.turned_out} out not identified"
            inside = f"{alarm.roll_call.inside_count} inside when it began"
            self._passages.note(self.point, EventKind.ALL_CLEAR, f"{inside}, {turned}", holder)
        self.happen(Happening.ALL_CLEAR)
        self.follow_journal()

    def follow_alarm(self) -> None:
        """End the fire here if the all-clear was given at the other lane."""
        if self.burns and self.muster.alarm is None:
            self.happen(Happening.ALL_CLEAR)
            self.rest()

    def stop(self) -> None:
        """Lock the entry for good, unless a fire keeps it free; the exit can still be released."""
        try:
            self.happen(Happening.STOP)
        finally:
            self._passages.flush(self.point)

    def follow_journal(self) -> None:
        """Make the journal's state the gate's; the recorder records its own faults."""
        broken = self.recorder.broken_by is not None
        if broken and JOURNAL not in self._faults:
            self._begin_fault(JOURNAL)
        elif not broken and JOURNAL in self._faults:
            self._end_fault(JOURNAL)

    def _where(self) -> dict[str, str]:
        return {} if self.is_alone else {"access_point": self.point.name}

    def _begin_fault(self, part: str) -> None:
        self._faults.add(part)
        self.happen(Happening.FAULT)
        self.rest()

    def _end_fault(self, part: str) -> None:
        self._faults.discard(part)
        if not self._faults:
            self.happen(Happening.CLEARED)
            self.rest()

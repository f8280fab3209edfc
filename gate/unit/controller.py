"""One scan, from what is new in view to the portal, the lights and the record.

IN: authenticate -> standing -> decide -> record, durably -> release -> show -> presence.
OUT: release first of all -> authenticate -> standing -> decide -> show -> record -> presence.
A way in is released only after its record is durable and with no fault known; a way out waits for
nothing, and one that can't be recorded is counted (ARCHITECTURE, "Safety before everything").

A refusal is a value. JournalError ends here, as a fault that is shown; DeviceError of the outputs
is the caller's, who leaves the process to its supervisor.
"""

import logging
from dataclasses import dataclass, field
from typing import Final, assert_never

from gate.access.decide import decide
from gate.access.model import AccessDecision, AccessRequest, Direction
from gate.access.presence import Passage, Presence
from gate.devices.ports import Outputs
from gate.devices.signals import Signal
from gate.errors import JournalError, Outcome, Reason
from gate.events.model import EventKind
from gate.unit.judge import Judge, record_of
from gate.unit.mild import MILD
from gate.unit.portal import Command, Happening, State, step
from gate.unit.read_filter import News, Sighting
from gate.unit.recorder import Recorder
from gate.unit.refusals import RefusalTally
from gate.unit.stamp import StampClock

MAX_SHOWN: Final = 64
"""Verdicts kept to be shown again; as many codes as the read filter remembers."""

_SIGNALS: Final = {
    Outcome.ADMIT: Signal.ADMITTED,
    Outcome.NOTE: Signal.NOTED,
    Outcome.REFER: Signal.REFERRED,
    Outcome.REFUSE: Signal.REFUSED,
}
_JOURNAL: Final = "journal"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one sighting led to.

    Attributes:
        request, decision: None when a fault kept the gate from deciding, or nobody asked.
        signal: what was shown.
        released_s: when the release was commanded, on the unit's steady line; None if it wasn't.
    """

    sighting: Sighting
    signal: Signal
    request: AccessRequest | None = field(default=None, repr=False)
    decision: AccessDecision | None = None
    released_s: float | None = None


class Controller:
    """The gate's mind for one access point; `presence` is kept as passages happen."""

    def __init__(
        self,
        *,
        judge: Judge,
        presence: Presence,
        release_s: float,
        recorder: Recorder,
        outputs: Outputs,
        clock: StampClock,
    ) -> None:
        self.presence = presence
        self._judge = judge
        self._release_s = release_s
        self._recorder = recorder
        self._outputs = outputs
        self._clock = clock
        self._state = State.LOCKED
        self._until_s = dict.fromkeys(Direction, 0.0)
        self._faults: set[str] = set()
        self._mild: set[str] = set()
        self._tally = RefusalTally()
        self._shown: dict[bytes, Signal] = {}
        self._resting = Signal.OFF

    @property
    def state(self) -> State:
        """What the portal lets through."""
        return self._state

    @property
    def faults(self) -> frozenset[str]:
        """The parts that are broken now, those that lock nothing among them."""
        return frozenset(self._faults | self._mild)

    def go_by(self, judge: Judge) -> None:
        """Believe, and decide by, something else from the next scan on."""
        self._judge = judge

    def start(self, resting: Signal) -> None:
        """Begin: record it, and rest in `resting` while there is no fault."""
        self._recorder.note_unit(EventKind.UNIT_STARTED)
        self._resting = resting
        self._follow_journal()
        self._show_rest()

    def rest(self, resting: Signal) -> None:
        """Rest in another signal from now on."""
        if resting is not self._resting:
            self._resting = resting
            self._show_rest()

    def handle(self, news: News) -> Answer:
        """Act on what is new in view.

        Raises:
            DeviceError: the outputs do not obey; the entry is locked by their own rules.
        """
        match news.sighting:
            case Sighting.PRESENTED | Sighting.SEVERAL:
                return self._presented(news)
            case Sighting.AGAIN:
                return self._again(news)
            case Sighting.UNREADABLE:
                signal = Signal.FAULT if self._faults else Signal.UNREADABLE
                self._outputs.show(signal)
                return Answer(sighting=news.sighting, signal=signal)
            case Sighting.GONE:
                return Answer(sighting=news.sighting, signal=self._show_rest())
            case _ as never:
                assert_never(never)

    def tick(self, at_s: float) -> None:
        """Do what is due at `at_s`: releases that ran out, counts, a broken journal."""
        for direction, ended in (
            (Direction.IN, Happening.ENTRY_ENDED),
            (Direction.OUT, Happening.EXIT_ENDED),
        ):
            if at_s >= self._until_s[direction]:
                self._portal(ended)
        for event, holder in self._tally.due(at_s):
            self._recorder.note(event, holder)
        self._recorder.retry(at_s)
        self._follow_journal()

    def fault(self, part: str) -> None:
        """Take note that `part` is broken: the entry locks, the fault is shown and recorded.

        A fault of one of the `MILD` parts is recorded alone.
        """
        if part in self.faults:
            return
        _log.error("fault", extra={"part": part})
        if part in MILD:
            self._mild.add(part)
        else:
            self._begin_fault(part)
        self._recorder.note_unit(EventKind.FAULT, part)
        self._follow_journal()

    def clear(self, part: str) -> None:
        """Take note that `part` works again."""
        if part not in self.faults:
            return
        _log.info("fault cleared", extra={"part": part})
        self._recorder.note_unit(EventKind.FAULT_CLEARED, part)
        self._mild.discard(part)
        if part in self._faults:
            self._end_fault(part)
        self._follow_journal()

    def lock_down(self) -> None:
        """End what is released inwards; that nobody comes in is the rules' business."""
        self._until_s[Direction.IN] = 0.0
        self._portal(Happening.ENTRY_ENDED)
        self._outputs.lock()

    def release_for_test(self) -> bool:
        """Let the portal open once in its direction, which was recorded; tell if it did."""
        direction = self._judge.access_point.direction
        if direction is Direction.IN and self._faults:
            return False
        return self._released(direction) is not None

    def stop(self) -> None:
        """Lock the entry for good and record the end; the exit can still be released."""
        try:
            self._portal(Happening.STOP)
        finally:
            for event, holder in self._tally.close():
                self._recorder.note(event, holder)
            self._recorder.note_unit(EventKind.UNIT_STOPPED)

    def _presented(self, news: News) -> Answer:
        if self._judge.access_point.direction is Direction.OUT:
            return self._on_the_way_out(news)
        return self._on_the_way_in(news)

    def _on_the_way_in(self, news: News) -> Answer:
        """1. Judge.  2. Record.  3. Release.  4. Show.  5. Keep presence."""
        if self._state is State.STOPPED or self._faults - {_JOURNAL}:
            return self._faulty(news)
        # 1.
        self._outputs.show(Signal.SEEN)
        request = self._request(news)
        decision = decide(request, self._judge.rules, self.presence)
        # 2.
        refused = decision.outcome is Outcome.REFUSE
        if not self._recorded(news.key, request, decision, counted=refused) or self._faults:
            return self._faulty(news)
        # 3.
        released_s = self._released(Direction.IN) if decision.admits else None
        # 4.
        signal = _SIGNALS[decision.outcome]
        self._show_verdict(news.key, signal)
        # 5.
        if released_s is not None:
            self._passed(request)
        return Answer(
            sighting=news.sighting,
            signal=signal,
            request=request,
            decision=decision,
            released_s=released_s,
        )

    def _on_the_way_out(self, news: News) -> Answer:
        """1. Release.  2. Show.  3. Judge.  4. Record.  5. Keep presence."""
        # 1.
        released_s = self._released(Direction.OUT)
        try:
            # 2.
            self._show_verdict(news.key, Signal.ADMITTED)
        finally:
            # 3.
            request = self._request(news)
            decision = decide(request, self._judge.rules, self.presence)
            # 4.
            if not self._recorded(news.key, request, decision, counted=request.card is None):
                self._recorder.count_exit()
                self._outputs.show(Signal.ADMITTED)  # a fault that began just now covered it
            # 5.
            self._passed(request)
        return Answer(
            sighting=news.sighting,
            signal=Signal.ADMITTED,
            request=request,
            decision=decision,
            released_s=released_s,
        )

    def _again(self, news: News) -> Answer:
        """Show the last verdict; one that was never given is given now."""
        signal = self._shown.get(news.key)
        if signal is None:
            return self._presented(news)
        if self._judge.access_point.direction is Direction.OUT:
            released_s = self._released(Direction.OUT)
            self._outputs.show(signal)
            return Answer(sighting=news.sighting, signal=signal, released_s=released_s)
        signal = Signal.FAULT if self._faults else signal
        self._outputs.show(signal)
        return Answer(sighting=news.sighting, signal=signal)

    def _request(self, news: News) -> AccessRequest:
        stamp = self._clock.stamp()
        if news.sighting is Sighting.SEVERAL:
            return self._judge.nobody(Reason.SEVERAL_CODES, stamp)
        return self._judge.request(news.payload, stamp)

    def _faulty(self, news: News) -> Answer:
        self._outputs.show(Signal.FAULT)
        return Answer(sighting=news.sighting, signal=Signal.FAULT)

    def _recorded(
        self, key: bytes, request: AccessRequest, decision: AccessDecision, *, counted: bool
    ) -> bool:
        """Return whether the record is durable; `counted` ones may stand in a later count."""
        record = record_of(request, decision)
        due = [record]
        if counted:
            due = list(self._tally.refused(key, record, self._clock.monotonic()))
        try:
            for event, holder in due:
                self._recorder.record(event, holder)
        except JournalError:
            return False
        finally:
            self._follow_journal()
        return True

    def _released(self, direction: Direction) -> float | None:
        """Command the release; return when, or None if the portal's table does not allow it."""
        grant = Happening.GRANT_IN if direction is Direction.IN else Happening.GRANT_OUT
        if not self._portal(grant):
            return None
        at_s = self._clock.monotonic()
        self._until_s[direction] = max(self._until_s[direction], at_s + self._release_s)
        return at_s

    def _portal(self, event: Happening) -> tuple[Command, ...]:
        self._state, commands = step(self._state, event)
        for command in commands:
            match command:
                case Command.RELEASE_ENTRY:
                    self._outputs.release(Direction.IN, self._release_s)
                case Command.RELEASE_EXIT:
                    self._outputs.release(Direction.OUT, self._release_s)
                case Command.LOCK_ENTRY:
                    self._outputs.lock()
                case _ as never:
                    assert_never(never)
        return commands

    def _passed(self, request: AccessRequest) -> None:
        if request.person is None:
            return
        point = request.access_point
        self.presence = self.presence.after(
            Passage(
                person=request.person,
                direction=point.direction,
                at=request.at,
                access_point=point.name,
                area=point.area,
            )
        )

    def _show_verdict(self, key: bytes, signal: Signal) -> None:
        self._shown.pop(key, None)
        self._shown[key] = signal
        if len(self._shown) > MAX_SHOWN:
            del self._shown[next(iter(self._shown))]
        self._outputs.show(signal)

    def _show_rest(self) -> Signal:
        signal = Signal.FAULT if self._faults else self._resting
        self._outputs.show(signal)
        return signal

    def _follow_journal(self) -> None:
        """Make the journal's state the gate's; the recorder records its own faults."""
        broken = self._recorder.broken_by is not None
        if broken and _JOURNAL not in self._faults:
            self._begin_fault(_JOURNAL)
        elif not broken and _JOURNAL in self._faults:
            self._end_fault(_JOURNAL)

    def _begin_fault(self, part: str) -> None:
        self._faults.add(part)
        self._portal(Happening.FAULT)
        self._show_rest()

    def _end_fault(self, part: str) -> None:
        self._faults.discard(part)
        if not self._faults:
            self._portal(Happening.CLEARED)
            self._show_rest()

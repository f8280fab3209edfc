"""One scan, from what is new in view to the portal, the lights and the record.

IN: authenticate -> standing -> decide -> record, durably -> release -> show.
OUT: release first of all -> authenticate -> standing -> decide -> show -> record.
Who is inside follows the turn, or the release where no contact tells of turns.
A way in is released only after its record is durable and with no fault known; a way out waits for
nothing, and one that can't be recorded is counted (ARCHITECTURE, "Safety before everything").

Nobody is judged on the way in while a fire alarm stands. A card in order that is held up then, with
the guard's key turned and the fire input silent, is its holder's all-clear.

A refusal is a value. JournalError ends here, as a fault that is shown; DeviceError of the outputs
is the caller's, who leaves the process to its supervisor.
"""

from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from gate.access.decide import decide
from gate.access.model import AccessDecision, AccessRequest, Direction
from gate.access.presence import Presence
from gate.devices.signals import Signal
from gate.errors import JournalError, Outcome, Reason, usual_outcome
from gate.events.model import Event, EventKind, Holder
from gate.trust.commanded import Released
from gate.unit.guard import EMERGENCY, TWICE_S, ByKey, Referral
from gate.unit.judge import Judge, record_of
from gate.unit.keeper import JOURNAL, Keeper
from gate.unit.open_grants import Grant
from gate.unit.portal import Happening, State
from gate.unit.read_filter import News, Sighting
from gate.unit.refusals import Record, RefusalTally
from gate.unit.stamp import StampClock

_SIGNALS: Final = {
    Outcome.ADMIT: Signal.ADMITTED,
    Outcome.NOTE: Signal.NOTED,
    Outcome.REFER: Signal.REFERRED,
    Outcome.REFUSE: Signal.REFUSED,
}


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
    """The gate's mind for one access point; `keeper` keeps its portal.

    Attributes:
        key_is_on: whether the guard's key is turned.
        fire_is_silent: whether the fire input tells of no fire now.
    """

    def __init__(self, *, judge: Judge, keeper: Keeper, clock: StampClock) -> None:
        self.keeper = keeper
        self.key_is_on = False
        self.fire_is_silent = True
        self._judge = judge
        self._clock = clock
        self._way = judge.access_point.direction
        self._tally = RefusalTally()
        self._referral: Referral | None = None
        self._idle_turn_s: float | None = None

    @property
    def state(self) -> State:
        """What the portal does in the lane's own direction."""
        return self.keeper.state

    @property
    def presence(self) -> Presence:
        """Who is inside."""
        return self.keeper.presence

    @property
    def faults(self) -> frozenset[str]:
        """The parts that are broken now, those that lock nothing among them."""
        return self.keeper.faults

    def go_by(self, judge: Judge) -> None:
        """Believe, and decide by, something else from the next scan on."""
        self._judge = judge

    def start(self, resting: Signal) -> None:
        """Begin: record it, and rest in `resting` while there is no fault."""
        self.keeper.start(resting)

    def rest(self, resting: Signal) -> None:
        """Rest in another signal from now on; a referral that is shown is not interrupted."""
        if self.keeper.lights.rest_in(resting) and self._referral is None:
            self.keeper.rest()

    def handle(self, news: News) -> Answer:
        """Act on what is new in view; raises DeviceError if the outputs do not obey."""
        match news.sighting:
            case Sighting.PRESENTED | Sighting.SEVERAL:
                return self._presented(news)
            case Sighting.AGAIN:
                return self._again(news)
            case Sighting.UNREADABLE:
                self._referral = None
                hint = Signal.FAULT if self.keeper.lights.is_faulty else Signal.UNREADABLE
                return Answer(sighting=news.sighting, signal=self.keeper.lights.show(hint))
            case Sighting.GONE:
                return Answer(sighting=news.sighting, signal=self.keeper.rest())
            case _ as never:
                assert_never(never)

    def tick(self, at_s: float) -> None:
        """Do what is due at `at_s`: releases that ran out, counts, a broken journal."""
        if self._referral is not None and self._referral.is_over(at_s):
            self._referral = None
            self.keeper.rest()
        for event, holder in self._tally.due(at_s):
            self.keeper.recorder.note(event, holder)
        self.keeper.tick(at_s)

    def fault(self, part: str) -> None:
        """Take note that `part` is broken: the entry locks, the fault is shown and recorded.

        A fault of one of the `MILD` parts is recorded alone.
        """
        self.keeper.fault(part)

    def clear(self, part: str) -> None:
        """Take note that `part` works again."""
        self.keeper.clear(part)

    def lock_down(self) -> None:
        """End what is released inwards; that nobody comes in is the rules' business too."""
        self.keeper.happen(Happening.LOCK_DOWN)

    def lift(self) -> None:
        """End a lock-down."""
        self.keeper.happen(Happening.LIFTED)

    def release_for_test(self) -> bool:
        """Let the portal open once in its direction, which was recorded; tell if it did."""
        if self._way is Direction.IN and self.keeper.is_closed:
            return False
        return self._released(self._way, Grant()) is not None

    def turn_key(self, at_s: float) -> ByKey | None:
        """Let in whom the guard was sent, who turned the key; None if there was nobody to judge.

        Turned twice while nobody waits for it, it lets in the emergency services.
        """
        referral, self._referral = self._referral, None
        idle_s, self._idle_turn_s = self._idle_turn_s, None
        if self._way is Direction.OUT or self.keeper.is_closed or self.state is State.LOCK_DOWN:
            return None
        stamp = self._clock.stamp()
        if referral is not None:
            request = self._judge.bearer(referral.card, stamp)
            request = replace(request, override=referral.override(at_s))
            return self._judged_by_key(referral.key, request)
        if idle_s is not None and at_s - idle_s <= TWICE_S:
            return self._judged_by_key(b"", self._judge.emergency(EMERGENCY, stamp))
        self._idle_turn_s = at_s
        return None

    def release_by_hub(self, whom: Released, command: str) -> None:
        """Let in whom a guard at the hub means, if they wait here still; else record that not.

        `command` is how the record calls the command. A gate where they were not says nothing.
        """
        if whom.access_point != self.keeper.point.name:
            return
        referral, stamp = self._referral, self._clock.stamp()
        request = None if referral is None else self._judge.bearer(referral.card, stamp)
        if referral is None or request is None or referral.number != whom.seq:
            hindrance = "nobody waits any more"
        elif request.person != whom.person:
            hindrance = "somebody else waits"
        elif self.keeper.is_closed or self.state is State.LOCK_DOWN:
            hindrance = "locked or faulty"
        else:
            self._referral = None
            request = replace(request, override=referral.override_by(whom))
            hindrance = _not_done(self._judged_by_key(referral.key, request))
        if hindrance:
            self.keeper.note(EventKind.COMMAND, f"{command}: not done, {hindrance}")

    def stop(self) -> None:
        """Lock the entry for good and record the end; the exit can still be released."""
        try:
            self.keeper.stop()
        finally:
            for event, holder in self._tally.close():
                self.keeper.recorder.note(event, holder)
            if self.keeper.is_alone:
                self.keeper.recorder.note_unit(EventKind.UNIT_STOPPED)

    def _judged_by_key(self, key: bytes, request: AccessRequest) -> ByKey | None:
        """1. Judge, as things stand by now.  2. Record.  3. Release.  4. Show."""
        # 1.
        decision = self._judged(request)
        # 2.
        event, holder = record_of(request, decision)
        number = self._recorded([(event, holder)])
        if number is None or self.keeper.locking:
            return None
        # 3.
        if decision.admits:
            at = None if holder is None else request.at
            self._released(Direction.IN, Grant(key=key, holder=holder, at=at, number=number))
        # 4.
        self.keeper.lights.answer(key, _SIGNALS[decision.outcome])
        return ByKey(key=key, request=request, decision=decision)

    def _presented(self, news: News) -> Answer:
        """Do what a code asks for; an all-clear lets nobody in, and holds nobody inside."""
        self._referral = self._idle_turn_s = None
        if self._way is Direction.OUT:
            try:
                self._cleared(news)
            finally:  # a relay that doesn't obey the all-clear keeps nobody in
                answer = self._on_the_way_out(news)
            return answer
        if self._cleared(news):
            return Answer(sighting=news.sighting, signal=self.keeper.lights.show(Signal.NOTED))
        return self._on_the_way_in(news)

    def _cleared(self, news: News) -> bool:
        """Tell whether this code was a named person's all-clear."""
        if not (self.keeper.burns and self.key_is_on and self.fire_is_silent):
            return False
        request = self._request(news)
        holder = record_of(request, AccessDecision(outcome=Outcome.ADMIT, reason=None))[1]
        if holder is None or any(map(_refuses, request.findings)):
            return False
        self.keeper.all_clear(holder)
        return True

    def _on_the_way_in(self, news: News) -> Answer:
        """1. Judge.  2. Record.  3. Release.  4. Show."""
        stopped = self.keeper.turnstile.state(Direction.IN) is State.STOPPED
        if self.keeper.burns or self.keeper.turnstile.is_maintained or stopped:
            return self._faulty(news)
        if self.keeper.locking - {JOURNAL}:
            return self._faulty(news)
        # 1.
        self.keeper.lights.show(Signal.SEEN)
        request, decision = self._decided(news)
        # 2.
        refused = decision.outcome is Outcome.REFUSE
        holder, due = self._due(news.key, request, decision, counted=refused)
        number = self._recorded(due)
        if number is None or self.keeper.locking:
            return self._faulty(news)
        # 3.
        released_s = None
        if decision.admits:
            grant = Grant(key=news.key, holder=holder, at=request.at, number=number)
            released_s = self.keeper.grant(Direction.IN, grant)
            if released_s is None:
                return self._faulty(news)
        # 4.
        signal = self._answer(news, _SIGNALS[decision.outcome])
        if decision.outcome is Outcome.REFER and request.card is not None:
            self._referral = Referral(
                key=news.key,
                card=request.card,
                reason=decision.reason,
                number=number,
                at_s=self._clock.monotonic(),
            )
        self.keeper.settle()
        return Answer(
            sighting=news.sighting,
            signal=signal,
            request=request,
            decision=decision,
            released_s=released_s,
        )

    def _on_the_way_out(self, news: News) -> Answer:
        """1. Release.  2. Show.  3. Judge.  4. Record, and say whose release it was."""
        # 1.
        grant = Grant(key=news.key)
        released_s = self.keeper.grant(Direction.OUT, grant)
        try:
            # 2.
            signal = self._answer(news, Signal.ADMITTED)
        finally:
            # 3.
            request, decision = self._decided(news)
            # 4.
            counted = request.card is None
            grant.holder, due = self._due(news.key, request, decision, counted=counted)
            grant.at = request.at
            grant.number = self._recorded(due)
            if grant.number is None:
                self.keeper.recorder.count_exit()
                signal = self.keeper.lights.show(Signal.ADMITTED)  # a fault just now covered it
            self.keeper.settle()
        return Answer(
            sighting=news.sighting,
            signal=signal,
            request=request,
            decision=decision,
            released_s=released_s,
        )

    def _again(self, news: News) -> Answer:
        """Show the last verdict; one that was never given is given now.

        Who has not turned yet is released again, and who was referred is so once more.
        """
        signal = self.keeper.lights.answered(news.key)
        referral = self._referral
        is_past = signal is Signal.REFERRED and (referral is None or referral.key != news.key)
        if signal is None or is_past or self.keeper.burns:
            return self._presented(news)
        released_s = None
        if self._way is Direction.OUT:
            released_s = self.keeper.turnstile.extend(Direction.OUT, news.key)
        elif self.keeper.lights.is_faulty:
            signal = Signal.FAULT
        elif self.keeper.turnstile.is_waited_for(Direction.IN, news.key):
            released_s = self.keeper.turnstile.extend(Direction.IN, news.key)
        signal = self.keeper.lights.show(signal)
        return Answer(sighting=news.sighting, signal=signal, released_s=released_s)

    def _decided(self, news: News) -> tuple[AccessRequest, AccessDecision]:
        request = self._request(news)
        return request, self._judged(request)

    def _judged(self, request: AccessRequest) -> AccessDecision:
        presence = self.keeper.muster.presence_for(request.person, self.keeper.presence)
        return decide(request, self._judge.rules, presence)

    def _request(self, news: News) -> AccessRequest:
        stamp = self._clock.stamp()
        if news.sighting is Sighting.SEVERAL:
            return self._judge.nobody(Reason.SEVERAL_CODES, stamp)
        return self._judge.request(news.payload, stamp)

    def _faulty(self, news: News) -> Answer:
        signal = self.keeper.lights.show(Signal.FAULT)
        return Answer(sighting=news.sighting, signal=signal)

    def _answer(self, news: News, signal: Signal) -> Signal:
        return self.keeper.lights.answer(news.key, signal)

    def _due(
        self, key: bytes, request: AccessRequest, decision: AccessDecision, *, counted: bool
    ) -> tuple[Holder | None, list[Record]]:
        """Return the holder, and what is to be recorded; `counted` may stand in a later count."""
        record = record_of(request, decision)
        if not counted:
            return record[1], [record]
        return record[1], list(self._tally.refused(key, record, self._clock.monotonic()))

    def _recorded(self, due: list[tuple[Event, Holder | None]]) -> int | None:
        """Return the number of the last record once all are durable, None if one is not.

        What stands in a later count has no number of its own: 0.
        """
        number = 0
        try:
            for event, holder in due:
                number = self.keeper.recorder.record(event, holder)
        except JournalError:
            return None
        finally:
            self.keeper.follow_journal()
        return number

    def _released(self, way: Direction, grant: Grant) -> float | None:
        released_s = self.keeper.grant(way, grant)
        self.keeper.settle()
        return released_s


def _not_done(answer: ByKey | None) -> str:
    """Say why nobody was let in; nothing if somebody was."""
    if answer is None:
        return "it can't be recorded"
    return "" if answer.decision.admits else "refused by now"


def _refuses(reason: Reason) -> bool:
    return usual_outcome(reason) is Outcome.REFUSE

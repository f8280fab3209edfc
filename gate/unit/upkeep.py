"""What the gate does once a second beside reading cards: keep what it goes by true, and say so.

1. Take what changed on the disk: trust, rules, lists.  2. Do what the site's hub told it to.
3. Hand the controller what to judge by.  4. Take what other gates saw.  5. Keep the clock.
6. Record what came to another tier.  7. Rest in a light that tells.
What concerns a lane is done between two of its frames (`gate.unit.seat`): nothing changes within a
scan.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from gate.access.decide import Rule
from gate.access.model import AccessPoint, Direction
from gate.access.muster import People
from gate.access.presence import How, Passage, SiteWide
from gate.access.site_rules import Lockdown
from gate.devices.signals import Signal
from gate.errors import TrustError
from gate.events.model import Event, EventKind, Holder
from gate.store.trust_in_force import TrustInForce
from gate.trust.commanded import Forgiven, Identified, Released
from gate.trust.freshness import Freshness, Tier
from gate.trust.manifest import Command, CommandKind
from gate.trust.site_presence import LastPassage
from gate.unit.commands import Commands
from gate.unit.controller import Controller
from gate.unit.fire_test import is_overdue
from gate.unit.judge import Judge
from gate.unit.mild import CLOCK, COMMANDS, FIRE_TEST, MILD, PRESENCE, TRUST
from gate.unit.recorder import Records
from gate.unit.roll import Roll
from gate.unit.seat import Act, OwnSeat, Seat
from gate.unit.stamp import Stamp, StampClock
from gate.unit.tiers import TierWatch, hours_left, judge_all, worst_tier
from gate.unit.trust_watch import InForce
from gate.unit.unit_faults import UnitFaults

TURN_S: Final = 1.0
"""A block reaches the gate within one poll of the network process and this."""

LAPSE_S: Final = 60.0
"""Between two looks for who is taken to have left (`gate.access.exits`): people stay for hours."""

_RESTING: Final = {
    Tier.GREEN: Signal.READY,
    Tier.AMBER: Signal.READY_AGEING,
    Tier.RED: Signal.READY_STALE,
}
_log = logging.getLogger(__name__)


class Trust(Protocol):
    """What the gate goes by, kept up to date (`gate.unit.trust_watch.TrustWatch`)."""

    @property
    def in_force(self) -> InForce:
        """What counts now."""
        ...

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with what lies on the disk."""
        ...

    def poll(self, at_s: float) -> bool:
        """Look whether something changed; return whether `in_force` is another now."""
        ...


class SitePresences(Protocol):
    """What the site's other gates saw (`gate.unit.trust_watch.PresenceWatch`)."""

    @property
    def fault(self) -> str:
        """What is wrong with what lies on the disk; empty if nothing is."""
        ...

    def poll(self, trust: TrustInForce, stamp: Stamp, *, anew: bool) -> SiteWide | None:
        """Return what is known if it is another than before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What upkeep keeps true."""

    trust: Trust
    presence: SitePresences
    commands: Commands
    clock: StampClock


class Upkeep:
    """Keeps what the gate goes by; `start` comes first, `stop` last."""

    def __init__(
        self, kept: Kept, *, access_point: AccessPoint, site_key: bytes, recorder: Records
    ) -> None:
        self._kept = kept
        self._access_point = access_point
        self._site_key = site_key
        self._recorder = recorder
        self._seats: tuple[Seat, ...] = ()
        self._roll = Roll(People())
        self._faults = UnitFaults()
        self._tiers = TierWatch()
        self._version: int | None = None
        self._turned_s: float | None = None
        self._lapsed_s: float | None = None

    def judge(self, access_point: AccessPoint | None = None) -> Judge:
        """Return what to judge by now, at an access point that is not this unit's first."""
        in_force = self._kept.trust.in_force
        locked: Sequence[Rule] = (Lockdown(),) if self._kept.commands.locked_down else ()
        return Judge(
            access_point=access_point or self._access_point,
            trust=in_force.trust.bundle,
            rules=(*in_force.rules, *locked),
            site_key=self._site_key,
            manifest_at=in_force.trust.manifest_at,
            records=in_force.records,
        )

    def start(self, controller: Controller) -> None:
        """Begin to look after a lane that is alone, which begins too."""
        self.equip(controller)
        keeper = controller.keeper
        self.begin((OwnSeat(controller),), keeper.roll, keeper.unit_faults)

    def begin(self, seats: Sequence[Seat], roll: Roll, faults: UnitFaults) -> None:
        """Begin to look after these lanes, which have a roll and the unit's faults together."""
        self._seats, self._roll, self._faults = tuple(seats), roll, faults
        self._look(changed=True)

    def equip(self, controller: Controller) -> None:
        """Let a lane begin, in its own thread, as things stand now."""
        controller.go_by(self.judge(controller.keeper.point))
        controller.start(_RESTING[self._tier()])
        if self._kept.commands.locked_down:
            controller.lock_down()

    def turn(self, at_s: float) -> None:
        """Do what is due at `at_s`, on the steady line.

        Raises:
            DeviceError: the outputs do not obey.
        """
        if self._turned_s is not None and at_s - self._turned_s < TURN_S:
            return
        self._turned_s = at_s
        self._look(changed=self._kept.trust.poll(at_s))  # 1.

    def stop(self) -> None:
        """Keep what is known of time; raises TrustError if the disk refuses."""
        self._kept.clock.keep(now=True)

    def _look(self, *, changed: bool) -> None:
        in_force = self._kept.trust.in_force
        self._follow(TRUST, faulty=bool(self._kept.trust.faults))
        if changed:
            self._kept.clock.raise_floor(*in_force.trust.signed_times)
            self._tell_manifest(in_force.trust)
        stamp = self._kept.clock.stamp()
        obeyed = self._obey(in_force.trust, stamp)  # 2.
        if changed or obeyed:
            self._tell(self._let_go_by)  # 3.
        seen = self._kept.presence.poll(in_force.trust, stamp, anew=changed)  # 4.
        self._know(seen, stamp)
        self._follow(PRESENCE, faulty=bool(self._kept.presence.fault))
        if stamp.trusted:
            self._follow(FIRE_TEST, faulty=is_overdue(self._roll.tested_at, stamp.at))
        self._keep_clock()  # 5.
        for change in self._tiers.look(self._judged(stamp)):  # 6.
            self._recorder.note_unit(EventKind.FRESHNESS, change.detail)
            facts = {"part": change.what, "tier": str(change.now.tier)}
            _log.warning("freshness", extra=facts | {"left_h": hours_left(change.now)})
        policy = in_force.policy
        is_night = policy.screen.is_night(stamp.at.astimezone(policy.time_zone))
        self._tell(lambda one: one.keeper.lights.quieten(is_night=is_night))
        tier = self._tier()
        self._tell(lambda one: one.rest(_resting(tier, one.faults)))  # 7.

    def _tell(self, act: Act) -> None:
        for seat in self._seats:
            seat.tell(act)

    def _let_go_by(self, controller: Controller) -> None:
        controller.go_by(self.judge(controller.keeper.point))

    def _obey(self, trust: TrustInForce, stamp: Stamp) -> bool:
        """Do what is due; return whether somebody may now be let in who was not, or not any more.

        A lock-down is told before it is recorded, everything else is done after.
        """
        before = self._kept.commands.locked_down
        told = () if trust.manifest is None else trust.manifest.commands
        for command in self._kept.commands.due(told, stamp):
            self._do(command)
        self._follow(COMMANDS, faulty=bool(self._kept.commands.fault))
        return before is not self._kept.commands.locked_down

    def _do(self, command: Command) -> None:
        what = f"{command.kind} {command.id.hex()}"
        _log.warning("command", extra={"step": str(command.kind)})
        if command.kind is CommandKind.TEST_RELEASE:
            self._tell(lambda one: self._test(one, what))
            return
        if isinstance(command.about, Forgiven):
            self._forgive(command.id, command.about)
            return
        if isinstance(command.about, Released):
            whom = command.about
            self._tell(lambda one: one.release_by_hub(whom, what))
            return
        if isinstance(command.about, Identified):
            points = command.about.access_points
            self._tell(lambda one: _identify(one, points, what))
            return
        if command.kind is CommandKind.LOCKDOWN:
            self._tell(self._let_go_by)
            self._tell(Controller.lock_down)
        elif command.kind is CommandKind.LIFT:
            self._tell(Controller.lift)
        self._recorder.note_unit(EventKind.COMMAND, what)

    def _forgive(self, id_: bytes, what: Forgiven) -> None:
        """Record that a manager took an exit for made, and hold its person to have left then."""
        last = self._roll.people.presence.last_of(what.person)
        name = last.name if isinstance(last, LastPassage) else ""
        holder = Holder(person=what.person, issuer="", number="", name=name, card_type="")
        event = Event(
            at=what.at,
            clock_trusted=True,
            kind=EventKind.FORGIVEN,
            direction=Direction.OUT.value,
            detail=f"{id_.hex()} by {what.by}: {what.why}",
        )
        self._recorder.note(event, holder)
        exit_ = Passage(
            person=what.person,
            direction=Direction.OUT,
            at=what.at,
            access_point="",
            area="",
            how=How.FORGIVEN,
        )
        self._roll.change(lambda one: replace(one, presence=one.presence.forgiven(exit_)))

    def _test(self, controller: Controller, what: str) -> None:
        """Open a lane once, after that was recorded, unless something stands against it."""
        keeper = controller.keeper
        if self._kept.commands.locked_down or controller.faults - MILD:
            keeper.note(EventKind.COMMAND, f"{what}: not done, locked or faulty")
        elif keeper.is_closed:
            keeper.note(EventKind.COMMAND, f"{what}: not done, fire or maintenance")
        else:
            keeper.note(EventKind.COMMAND, what)
            if keeper.recorder.broken_by is None:
                controller.release_for_test()

    def _keep_clock(self) -> None:
        for jump in self._kept.clock.take_jumps():
            seconds = jump.total_seconds()
            _log.warning("clock jumped", extra={"part": CLOCK, "drift_ms": int(1000 * seconds)})
            self._recorder.note_unit(EventKind.CLOCK_JUMPED, f"{seconds:+.0f} s")
        try:
            if self._kept.clock.keep():
                self._follow(CLOCK, faulty=False)
        except TrustError as error:
            if CLOCK not in self._faults.parts:
                _log.error("clock not kept", extra={"part": CLOCK, "error": str(error)})
            self._follow(CLOCK, faulty=True)

    def _tell_manifest(self, trust: TrustInForce) -> None:
        version = None if trust.manifest is None else trust.manifest.version
        if version is not None and version != self._version:
            self._recorder.note_unit(EventKind.MANIFEST, f"version {version}")
        self._version = version

    def _judged(self, stamp: Stamp) -> dict[str, Freshness]:
        in_force = self._kept.trust.in_force
        return judge_all(in_force.trust, in_force.policy.freshness, stamp)

    def _tier(self) -> Tier:
        return worst_tier(self._judged(self._kept.clock.stamp()))

    def _know(self, seen: SiteWide | None, stamp: Stamp) -> None:
        """Take what other gates saw, and let go of who is taken to have left by now."""
        exits, at_s = self._kept.trust.in_force.policy.exits, self._kept.clock.monotonic()
        is_due = self._lapsed_s is None or at_s - self._lapsed_s >= LAPSE_S
        if seen is None and (exits.are_seen or not is_due):
            return
        self._lapsed_s = at_s

        def known(one: People) -> People:
            presence = one.presence if seen is None else one.presence.with_site(seen)
            return replace(one, presence=exits.about(presence, stamp.at))

        self._roll.change(known)

    def _follow(self, part: str, *, faulty: bool) -> None:
        (self._faults.begin if faulty else self._faults.end)(part, self._recorder)


def _identify(controller: Controller, points: Collection[str], what: str) -> None:
    """Show at a lane of the unit that is meant which one it is, after that was recorded."""
    keeper = controller.keeper
    if keeper.point.name in points:
        keeper.note(EventKind.COMMAND, what)
        keeper.lights.show(Signal.IDENTIFY)


def _resting(tier: Tier, faults: Collection[str]) -> Signal:
    """Return what a lane with these faults rests in."""
    return _RESTING[Tier.AMBER if tier is Tier.GREEN and faults else tier]

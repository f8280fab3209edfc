"""What the gate does once a second beside reading cards: keep what it goes by true, and say so.

1. Take what changed on the disk: trust, rules, lists.  2. Do what the site's hub told it to.
3. Hand the controller what to judge by.  4. Take what other gates saw.  5. Keep the clock.
6. Record what came to another tier.  7. Rest in a light that tells.
All of it between two frames, in the gate's one thread, so nothing changes within a scan.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from gate.access.decide import Rule
from gate.access.model import AccessPoint
from gate.access.presence import SiteWide
from gate.access.site_rules import Lockdown
from gate.devices.signals import Signal
from gate.errors import TrustError
from gate.events.model import EventKind
from gate.store.trust_in_force import TrustInForce
from gate.trust.freshness import Freshness, Tier
from gate.trust.manifest import Command, CommandKind
from gate.unit.commands import Commands
from gate.unit.controller import Controller
from gate.unit.judge import Judge
from gate.unit.mild import CLOCK, COMMANDS, MILD, PRESENCE, TRUST
from gate.unit.recorder import Recorder
from gate.unit.stamp import Stamp, StampClock
from gate.unit.tiers import TierWatch, hours_left, judge_all, worst_tier
from gate.unit.trust_watch import InForce

TURN_S: Final = 1.0
"""A block reaches the gate within one poll of the network process and this."""

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
        self, kept: Kept, *, access_point: AccessPoint, site_key: bytes, recorder: Recorder
    ) -> None:
        self._kept = kept
        self._access_point = access_point
        self._site_key = site_key
        self._recorder = recorder
        self._controller: Controller | None = None
        self._tiers = TierWatch()
        self._version: int | None = None
        self._turned_s: float | None = None

    def judge(self) -> Judge:
        """Return what to judge by now."""
        in_force = self._kept.trust.in_force
        locked: Sequence[Rule] = (Lockdown(),) if self._kept.commands.locked_down else ()
        manifest = in_force.trust.manifest
        return Judge(
            access_point=self._access_point,
            trust=in_force.trust.bundle,
            rules=(*in_force.rules, *locked),
            site_key=self._site_key,
            manifest_at=None if manifest is None else manifest.issued_at,
            records=in_force.records,
        )

    def start(self, controller: Controller) -> None:
        """Begin to look after `controller`, which begins too."""
        self._controller = controller
        controller.start(self._resting())
        if self._kept.commands.locked_down:
            controller.lock_down()
        self._look(changed=True)

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
        controller = self._controller
        if controller is None:
            return
        in_force = self._kept.trust.in_force
        self._follow(controller, TRUST, faulty=bool(self._kept.trust.faults))
        if changed:
            self._kept.clock.raise_floor(*in_force.trust.signed_times)
            self._tell_manifest(in_force.trust)
        stamp = self._kept.clock.stamp()
        obeyed = self._obey(controller, in_force.trust, stamp)  # 2.
        if changed or obeyed:
            controller.go_by(self.judge())  # 3.
        seen = self._kept.presence.poll(in_force.trust, stamp, anew=changed)  # 4.
        if seen is not None:
            controller.presence = controller.presence.with_site(seen)
        self._follow(controller, PRESENCE, faulty=bool(self._kept.presence.fault))
        self._keep_clock(controller)  # 5.
        for change in self._tiers.look(self._judged(stamp)):  # 6.
            self._recorder.note_unit(EventKind.FRESHNESS, change.detail)
            facts = {"part": change.what, "tier": str(change.now.tier)}
            _log.warning("freshness", extra=facts | {"left_h": hours_left(change.now)})
        controller.rest(self._resting())  # 7.

    def _obey(self, controller: Controller, trust: TrustInForce, stamp: Stamp) -> bool:
        """Do what is due; return whether somebody may now be let in who was not, or not any more.

        A lock-down acts before it is recorded, everything else after.
        """
        before = self._kept.commands.locked_down
        told = () if trust.manifest is None else trust.manifest.commands
        for command in self._kept.commands.due(told, stamp):
            self._do(controller, command)
        self._follow(controller, COMMANDS, faulty=bool(self._kept.commands.fault))
        return before is not self._kept.commands.locked_down

    def _do(self, controller: Controller, command: Command) -> None:
        what = f"{command.kind} {command.id.hex()}"
        _log.warning("command", extra={"step": str(command.kind)})
        if command.kind is CommandKind.LOCKDOWN:
            controller.go_by(self.judge())
            controller.lock_down()
        elif command.kind is CommandKind.LIFT:
            controller.lift()
        if command.kind is not CommandKind.TEST_RELEASE:
            self._recorder.note_unit(EventKind.COMMAND, what)
        elif self._kept.commands.locked_down or controller.faults - MILD:
            self._recorder.note_unit(EventKind.COMMAND, f"{what}: not done, locked or faulty")
        elif controller.keeper.is_closed:
            self._recorder.note_unit(EventKind.COMMAND, f"{what}: not done, fire or maintenance")
        else:
            self._recorder.note_unit(EventKind.COMMAND, what)
            if self._recorder.broken_by is None:
                controller.release_for_test()

    def _keep_clock(self, controller: Controller) -> None:
        for jump in self._kept.clock.take_jumps():
            seconds = jump.total_seconds()
            _log.warning("clock jumped", extra={"part": CLOCK, "drift_ms": int(1000 * seconds)})
            self._recorder.note_unit(EventKind.CLOCK_JUMPED, f"{seconds:+.0f} s")
        try:
            if self._kept.clock.keep():
                controller.clear(CLOCK)
        except TrustError as error:
            if CLOCK not in controller.faults:
                _log.error("clock not kept", extra={"part": CLOCK, "error": str(error)})
            controller.fault(CLOCK)

    def _tell_manifest(self, trust: TrustInForce) -> None:
        version = None if trust.manifest is None else trust.manifest.version
        if version is not None and version != self._version:
            self._recorder.note_unit(EventKind.MANIFEST, f"version {version}")
        self._version = version

    def _judged(self, stamp: Stamp) -> dict[str, Freshness]:
        in_force = self._kept.trust.in_force
        return judge_all(in_force.trust, in_force.policy.freshness, stamp)

    def _resting(self) -> Signal:
        tier = worst_tier(self._judged(self._kept.clock.stamp()))
        if tier is Tier.GREEN and self._controller is not None and self._controller.faults:
            tier = Tier.AMBER
        return _RESTING[tier]

    def _follow(self, controller: Controller, part: str, *, faulty: bool) -> None:
        if faulty:
            controller.fault(part)
        else:
            controller.clear(part)

"""A unit put together: what lies on the disk, and the parts that are hardware or pretend to be.

`build` is the one wiring function of a real unit. `assemble` does the same with parts that are
given, so that a site simulated on one machine runs the very same unit.

A unit that can't know whom to believe, or by which rules, does not start: the message says what to
do, the process ends with 2, nothing is energised, and its supervisor tries again. A camera or a
journal that does not answer is another matter: the unit starts, shows the fault and keeps trying.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from gate.access.catalogue import NO_CATALOGUE, Catalogue
from gate.access.policy import rules_of, unknown_codes
from gate.access.site_policy import SitePolicy
from gate.config import load_catalogue, load_policy
from gate.config_fields import Config
from gate.devices.camera import CameraKind, open_camera, parse_camera
from gate.devices.clock import SystemClock
from gate.devices.decoder_chain import open_decoder
from gate.devices.notifier import open_notifier
from gate.devices.outputs import open_outputs
from gate.devices.ports import Camera, Clock, Decoder, Notifier, Outputs
from gate.devices.signals import Signal
from gate.errors import ConfigError
from gate.events.chain import ChainHead
from gate.store.cursor import cursor_directory, read_mark
from gate.store.journal import Journal, open_journal
from gate.store.trust_store import load_trust, refuse_for_a_gate
from gate.trust.bundle import TrustBundle
from gate.unit.attendance import recorded_presence
from gate.unit.controller import Controller
from gate.unit.judge import Judge
from gate.unit.recorder import Recorder
from gate.unit.retention import Retention
from gate.unit.site_key import site_key
from gate.unit.stamp import StampClock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The hardware of one lane, real or pretended; whoever runs the unit closes `outputs`.

    `camera_restarts` tells whether a camera that failed is worth opening again: a directory would
    show its pictures from the first one.
    """

    open_camera: Callable[[], Camera]
    decoder: Decoder
    outputs: Outputs
    clock: Clock
    notifier: Notifier
    camera_name: str = "camera"
    camera_restarts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One lane, ready to run once (`gate.unit.daemon.run`)."""

    parts: Parts
    controller: Controller
    recorder: Recorder
    retention: Retention
    trust: TrustBundle
    ageing_after: timedelta

    def resting_signal(self, now: datetime) -> Signal:
        """Return what to rest in: some list that cards are checked by may be ageing."""
        ages = [now - held.issued_at for held in self.trust.status_lists.values()]
        fresh = ages and max(ages) <= self.ageing_after
        return Signal.READY if fresh else Signal.READY_AGEING


def build(config: Config, *, camera_spec: str | None = None) -> Unit:
    """Return the unit that `config` describes; `camera_spec` takes the place of its camera.

    Raises:
        ConfigError, TrustError, DeviceError: the unit can't start; the entry is locked.
    """
    spec = parse_camera(camera_spec) if camera_spec else config.camera.spec()
    refuse_for_a_gate(config.unit.trust, load_trust(config.unit.trust))
    clock = SystemClock()
    size_px = (config.camera.width_px, config.camera.height_px)
    with ExitStack() as opened:
        outputs = open_outputs(config.outputs.pins(), config.outputs.factory, clock.monotonic)
        opened.callback(outputs.close)
        parts = Parts(
            open_camera=partial(open_camera, spec, size_px=size_px),
            decoder=open_decoder(),
            outputs=outputs,
            clock=clock,
            notifier=open_notifier(),
            camera_name=spec.name,
            camera_restarts=spec.kind not in {CameraKind.DIRECTORY, CameraKind.FILE},
        )
        unit = assemble(config, parts)
        opened.pop_all()
        return unit


def assemble(config: Config, parts: Parts) -> Unit:
    """Return the unit that `config` describes, with other parts than its own.

    Raises:
        ConfigError, TrustError: whom or what to believe is not to be had.
    """
    trust = load_trust(config.unit.trust)
    policy = load_policy(config.unit.policy)
    catalogue = NO_CATALOGUE if config.unit.schemes is None else load_catalogue(config.unit.schemes)
    _check_policy(config, policy, catalogue)
    key = site_key(config.unit.site_key)
    clock = StampClock(parts.clock, trust.newest_list_time)
    recorder = Recorder(partial(_opened_journal, config.unit.journal, clock), clock)
    recorder.open()
    lane = config.lane()
    presence = recorded_presence(config.unit.journal, lane.area, clock.stamp().at)
    judge = Judge(
        access_point=lane, trust=trust, rules=rules_of(policy, key, catalogue), site_key=key
    )
    controller = Controller(
        judge=judge,
        presence=presence,
        release_s=config.outputs.release_s,
        recorder=recorder,
        outputs=parts.outputs,
        clock=clock,
    )
    facts = {
        "access_point": lane.name,
        "direction": str(lane.direction),
        "camera": parts.camera_name,
        "issuers": len(trust.issuers),
        "lists": len(trust.status_lists),
        "inside": presence.inside_count,
    }
    _log.info("unit assembled", extra=facts)
    return Unit(
        parts=parts,
        controller=controller,
        recorder=recorder,
        retention=Retention(recorder, clock, partial(_acknowledged, config.unit.journal)),
        trust=trust,
        ageing_after=timedelta(hours=policy.freshness.amber_h),
    )


def _check_policy(config: Config, policy: SitePolicy, catalogue: Catalogue) -> None:
    if policy.site != config.unit.site:
        fault = f'site = "{policy.site}"; the unit stands at "{config.unit.site}" (unit.site)'
        raise ConfigError(str(config.unit.policy), [fault])
    if config.unit.schemes is not None:
        for fault in unknown_codes(policy, catalogue):
            _log.warning(fault, extra={"path": str(config.unit.policy)})


def _acknowledged(journal: Path) -> ChainHead | None:
    mark = read_mark(cursor_directory(journal))
    return None if mark is None else mark.head


def _opened_journal(path: Path, clock: StampClock) -> Journal:
    stamp = clock.stamp()
    return open_journal(path, now=stamp.at, clock_trusted=stamp.trusted)

"""A unit with one lane: what lies on the disk, and parts that are hardware or pretend to be.

`build` is the one wiring function of a real unit. `assemble` does the same with parts that are
given, so that a site simulated on one machine runs the very same unit.

A unit that can't know whom to believe, or by which rules, does not start: the message says what to
do, the process ends with 2, nothing is energised, and its supervisor tries again. A camera or a
journal that does not answer is another matter: the unit starts, shows the fault and keeps trying.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from gate.access.catalogue import NO_CATALOGUE
from gate.access.muster import Muster
from gate.config import load_catalogue, load_policy
from gate.config_fields import Config
from gate.config_lanes import lanes_of
from gate.devices.camera import CameraKind, open_camera, parse_camera
from gate.devices.clock import SystemClock
from gate.devices.decoder_chain import open_decoder
from gate.devices.exposure import Exposure
from gate.devices.focus import Focus
from gate.devices.illumination import open_lamp
from gate.devices.inputs import open_inputs
from gate.devices.notifier import open_notifier
from gate.devices.outputs import open_outputs
from gate.devices.ports import Contact, Notifier
from gate.errors import ConfigError
from gate.store.camera_days import camera_days_path
from gate.store.command_state import command_state_path
from gate.store.trust_in_force import TrustInForce
from gate.store.trust_store import refuse_for_a_gate, refuse_private_keys
from gate.unit.attendance import last_trusted_time, recorded_people
from gate.unit.camera_days import CameraDays
from gate.unit.commands import Commands
from gate.unit.contacts import Contacts, reactions, turns_told
from gate.unit.controller import Controller
from gate.unit.fire_test import last_fire_test
from gate.unit.groundwork import (
    acknowledged,
    kept_clock,
    opened_journal,
    settle_cut_turns,
)
from gate.unit.keeper import Keeper
from gate.unit.lane import Lane, LaneParts
from gate.unit.lane_teller import LaneTeller
from gate.unit.recorder import Recorder
from gate.unit.retention import Retention
from gate.unit.roll import Roll
from gate.unit.site_key import site_key
from gate.unit.stamp import StampClock
from gate.unit.trust_watch import PresenceWatch, TrustSource, TrustWatch
from gate.unit.turnstile import Turnstile
from gate.unit.upkeep import Kept, Upkeep

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(LaneParts):
    """The hardware of a unit with one lane, and its supervisor; running the unit closes it."""

    notifier: Notifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(Lane):
    """One lane and what is kept for it, ready to run once (`gate.unit.daemon.run`)."""

    parts: Parts
    recorder: Recorder
    retention: Retention
    upkeep: Upkeep


def build(config: Config, *, camera_spec: str | None = None) -> Unit:
    """Return the unit with one lane that `config` describes, for two see `gate.unit.pair_wiring`.

    `camera_spec` takes the place of its camera.

    Raises:
        ConfigError, TrustError, DeviceError: the unit can't start; the entry is locked.
    """
    [lane] = lanes_of(config)
    spec = parse_camera(camera_spec) if camera_spec else lane.camera.spec()
    refuse_private_keys(config.unit.trust)
    trust = watch_trust(config, lambda found: refuse_for_a_gate(found.directory, found.bundle))
    clock = SystemClock()
    size_px = (lane.camera.width_px, lane.camera.height_px)
    with ExitStack() as opened:
        factory = lane.outputs.factory
        outputs = open_outputs(lane.outputs.pins(), factory, clock.monotonic)
        opened.callback(outputs.close)
        at_once = reactions(outputs, lane.outputs.release_s)
        inputs = open_inputs(lane.inputs.pins(), factory, clock.monotonic, at_once)
        opened.callback(inputs.close)
        exposure = Exposure()
        parts = Parts(
            open_camera=partial(
                open_camera,
                spec,
                size_px=size_px,
                focus=Focus(lane.camera.focus_dioptres),
                area=lane.camera.area,
                exposure=exposure,
            ),
            exposure=exposure,
            lamp=open_lamp(lane.outputs.illumination, factory),
            decoder=open_decoder(marks=lane.camera.marks),
            outputs=outputs,
            clock=clock,
            notifier=open_notifier(),
            inputs=inputs,
            camera_name=spec.name,
            camera_restarts=spec.kind not in {CameraKind.DIRECTORY, CameraKind.FILE},
            camera_coded=spec.kind in {CameraKind.USB, CameraKind.RTSP},
        )
        unit = assemble(config, parts, trust)
        opened.pop_all()
        return unit


def watch_trust(config: Config, check: Callable[[TrustInForce], None] | None = None) -> TrustWatch:
    """Return what the unit that `config` describes goes by; `check` refuses what it must not.

    Raises:
        ConfigError, TrustError: whom or what to believe is not to be had.
    """
    policy = load_policy(config.unit.policy)
    if policy.site != config.unit.site:
        fault = f'site = "{policy.site}"; the unit stands at "{config.unit.site}" (unit.site)'
        raise ConfigError(str(config.unit.policy), [fault])
    schemes = config.unit.schemes
    source = TrustSource(
        directory=config.unit.trust,
        site=config.unit.site,
        hub_key=None if config.hub is None else config.hub.key,
        policy=policy,
        site_key=site_key(config.unit.site_key),
        catalogue=NO_CATALOGUE if schemes is None else load_catalogue(schemes),
        check=check or (lambda _found: None),
    )
    return TrustWatch(source)


def assemble(config: Config, parts: Parts, trust: TrustWatch | None = None) -> Unit:
    """Return the unit that `config` describes, with other parts than its own.

    Raises:
        ConfigError, TrustError: whom or what to believe is not to be had.
    """
    trust = trust or watch_trust(config)
    clock = kept_clock(config.unit.journal, parts.clock)
    clock.raise_floor(*trust.in_force.trust.signed_times)
    recorder = Recorder(partial(opened_journal, config.unit.journal, clock), clock)
    recorder.open()
    recorded_at = last_trusted_time(config.unit.journal)
    if recorded_at is not None:
        clock.raise_floor(recorded_at)
    lane = config.lane()
    kept = Kept(
        trust=trust,
        presence=PresenceWatch(config.unit.trust, config.unit.site),
        commands=Commands(command_state_path(config.unit.journal)),
        clock=clock,
    )
    upkeep = Upkeep(kept, access_point=lane, site_key=trust.site_key, recorder=recorder)
    keeper = _keeper(config, parts, recorder, clock)
    controller = Controller(judge=upkeep.judge(), keeper=keeper, clock=clock)
    facts = {
        "access_point": lane.name,
        "direction": str(lane.direction),
        "camera": parts.camera_name,
        "issuers": len(trust.in_force.trust.bundle.issuers),
        "lists": len(trust.in_force.trust.bundle.status_lists),
        "inside": keeper.presence.inside_count,
    }
    _log.info("unit assembled", extra=facts)
    return Unit(
        parts=parts,
        controller=controller,
        recorder=recorder,
        retention=Retention(recorder, clock, partial(acknowledged, config.unit.journal)),
        upkeep=upkeep,
        contacts=Contacts(parts.inputs, controller),
        teller=_teller(config, trust, clock),
        days=CameraDays(camera_days_path(config.unit.journal, lane.direction), clock),
    )


def _teller(config: Config, trust: TrustWatch, clock: StampClock) -> LaneTeller | None:
    """Return what tells the lane's screen and the unit's page, if it has one of them."""
    [only] = lanes_of(config)
    path = only.state
    if path is None:
        return None
    return LaneTeller(
        path,
        access_point=config.lane(),
        clock=clock,
        policy=lambda: trust.in_force.policy,
    )


def _keeper(config: Config, parts: Parts, recorder: Recorder, clock: StampClock) -> Keeper:
    """Return the keeper of the lane's portal, with what its own record tells of people."""
    [only] = lanes_of(config)
    lane = only.point
    contacts = turns_told(parts.inputs.wired)
    settle_cut_turns(config.unit.journal, contacts, recorder, clock)
    people = recorded_people(config.unit.journal, lane.area, clock.stamp().at)
    tested_at = last_fire_test(config.unit.journal, clock.stamp().at)
    if Contact.FIRE not in parts.inputs.wired:
        people = replace(people, muster=Muster())  # nobody could ever give the all-clear
        tested_at = None
    turnstile = Turnstile(
        parts.outputs,
        clock,
        release_s=only.outputs.release_s,
        contacts=contacts,
        held_s=only.inputs.held_s,
    )
    return Keeper(
        point=lane,
        roll=Roll(people, tested_at=tested_at),
        turnstile=turnstile,
        recorder=recorder,
        outputs=parts.outputs,
        clock=clock,
    )

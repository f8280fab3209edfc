"""A unit with two lanes: `build_pair` with its own hardware, `assemble_pair` with any.

A unit that can't know whom to believe, or by which rules, does not start (`gate.unit.wiring`). Nor
does one whose contacts for both lanes don't open: a fire input that is not read is no fire input. A
lane whose own portal does not open is another matter: the other works, and it is tried again.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gate.access.model import Direction
from gate.access.muster import Muster
from gate.config_fields import Config
from gate.config_lanes import LaneConfig, lanes_of, shared_inputs
from gate.devices.camera import CameraKind, CameraSpec, open_camera, parse_camera
from gate.devices.clock import SystemClock
from gate.devices.decoder_chain import open_decoder
from gate.devices.exposure import Exposure
from gate.devices.focus import Focus
from gate.devices.illumination import open_lamp
from gate.devices.inputs import open_inputs
from gate.devices.notifier import open_notifier
from gate.devices.outputs import open_outputs
from gate.devices.ports import Clock, Contact, Inputs, Notifier, Reactions
from gate.errors import ConfigError
from gate.store.camera_days import camera_days_path
from gate.store.command_state import command_state_path
from gate.store.trust_store import refuse_for_a_gate, refuse_private_keys
from gate.unit.attendance import last_trusted_time, recorded_people
from gate.unit.camera_days import CameraDays
from gate.unit.commands import Commands
from gate.unit.contacts import Contacts, reactions, turns_told
from gate.unit.controller import Controller
from gate.unit.fire_test import last_fire_test
from gate.unit.groundwork import acknowledged, kept_clock, opened_journal, settle_cut_turns
from gate.unit.keeper import Keeper
from gate.unit.lane import Lane, LaneParts
from gate.unit.lane_teller import LaneTeller
from gate.unit.pair import RECORD_S, LanePlan, Pair
from gate.unit.record_thread import HandedRecords, RecordThread, WaitingRecords
from gate.unit.recorder import Recorder, Records
from gate.unit.retention import Retention
from gate.unit.roll import Roll
from gate.unit.shared_inputs import OpenPortals, SharedInputs
from gate.unit.stamp import StampClock
from gate.unit.trust_watch import PresenceWatch, TrustWatch
from gate.unit.turnstile import Turnstile
from gate.unit.unit_faults import UnitFaults
from gate.unit.upkeep import Kept, Upkeep
from gate.unit.wiring import watch_trust

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairParts:
    """The hardware of two lanes, real or pretended.

    Attributes:
        open_lanes: opens each lane's own, in the order of the file; raises DeviceError.
        open_shared: opens the contacts that serve both, which react as they are told to.
    """

    open_lanes: Sequence[Callable[[], LaneParts]]
    open_shared: Callable[[Reactions], Inputs]
    clock: Clock
    notifier: Notifier


def build_pair(config: Config, *, camera_specs: Sequence[str] = ()) -> Pair:
    """Return the unit with two lanes that `config` describes.

    `camera_specs`, one for each lane, take the place of its cameras.

    Raises:
        ConfigError, TrustError, DeviceError: the unit can't start; nothing is released.
    """
    lanes = lanes_of(config)
    specs = [parse_camera(one) for one in camera_specs] or [lane.camera.spec() for lane in lanes]
    if len(specs) != len(lanes):
        fault = f"--camera: {len(specs)} of them; allowed: none, or one for each of two lanes"
        raise ConfigError("gate run", [fault])
    refuse_private_keys(config.unit.trust)
    trust = watch_trust(config, lambda found: refuse_for_a_gate(found.directory, found.bundle))
    clock = SystemClock()
    shared, factory = shared_inputs(config).pins(), lanes[0].outputs.factory
    parts = PairParts(
        open_lanes=[
            partial(_open_parts, lane, spec, clock) for lane, spec in zip(lanes, specs, strict=True)
        ],
        open_shared=lambda at_once: open_inputs(shared, factory, clock.monotonic, at_once),
        clock=clock,
        notifier=open_notifier(),
    )
    return assemble_pair(config, parts, trust)


def _open_parts(lane: LaneConfig, spec: CameraSpec, clock: Clock) -> LaneParts:
    with ExitStack() as opened:
        factory = lane.outputs.factory
        outputs = open_outputs(lane.outputs.pins(), factory, clock.monotonic)
        opened.callback(outputs.close)
        at_once = reactions(outputs, lane.outputs.release_s)
        inputs = open_inputs(lane.inputs.pins(), factory, clock.monotonic, at_once)
        opened.callback(inputs.close)
        size_px = (lane.camera.width_px, lane.camera.height_px)
        exposure = Exposure()
        parts = LaneParts(
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
            inputs=inputs,
            camera_name=spec.name,
            camera_restarts=spec.kind not in {CameraKind.DIRECTORY, CameraKind.FILE},
            camera_coded=spec.kind in {CameraKind.USB, CameraKind.RTSP},
        )
        opened.pop_all()
        return parts


def assemble_pair(config: Config, parts: PairParts, trust: TrustWatch | None = None) -> Pair:
    """Return the unit with two lanes that `config` describes, with other parts than its own.

    Raises:
        ConfigError, TrustError: whom or what to believe is not to be had.
        DeviceError: the contacts that serve both lanes do not open.
    """
    trust = trust or watch_trust(config)
    journal, lanes = config.unit.journal, lanes_of(config)
    clock = kept_clock(journal, parts.clock)
    clock.raise_floor(*trust.in_force.trust.signed_times)
    portals = OpenPortals()
    with ExitStack() as opened:
        inputs = parts.open_shared({Contact.FIRE: portals.free})
        opened.callback(inputs.close)
        recorder = Recorder(partial(opened_journal, journal, clock), clock)
        thread = RecordThread(recorder)
        opened.callback(thread.close, RECORD_S)
        records = WaitingRecords(thread, recorder)
        common = _common(config, trust, clock, records, portals, inputs)
        opened.pop_all()
    by_way: dict[Direction, Records] = {
        Direction.IN: records,
        Direction.OUT: HandedRecords(thread, recorder),
    }
    first, second = (
        _plan(lane, open_parts, common, by_way[lane.point.direction])
        for lane, open_parts in zip(lanes, parts.open_lanes, strict=True)
    )
    return Pair(
        plans=(first, second),
        clock=parts.clock,
        notifier=parts.notifier,
        portals=portals,
        inputs=common.inputs,
        roll=common.roll,
        faults=common.faults,
        thread=thread,
        records=records,
        retention=Retention(records, clock, partial(acknowledged, journal)),
        upkeep=common.upkeep,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    """What both lanes have together."""

    journal: Path
    clock: StampClock
    trust: TrustWatch
    portals: OpenPortals
    inputs: SharedInputs
    roll: Roll
    faults: UnitFaults
    upkeep: Upkeep


def _common(
    config: Config,
    trust: TrustWatch,
    clock: StampClock,
    records: Records,
    portals: OpenPortals,
    inputs: Inputs,
) -> _Common:
    """Return what both lanes have together, with what their record tells of people."""
    journal, lanes = config.unit.journal, lanes_of(config)
    if (recorded_at := last_trusted_time(journal)) is not None:
        clock.raise_floor(recorded_at)
    kept = Kept(
        trust=trust,
        presence=PresenceWatch(config.unit.trust, config.unit.site),
        commands=Commands(command_state_path(journal)),
        clock=clock,
    )
    point = lanes[0].point
    settle_cut_turns(journal, _ways_told(lanes), records, clock)
    people = recorded_people(journal, point.area, clock.stamp().at)
    tested_at = last_fire_test(journal, clock.stamp().at)
    if Contact.FIRE not in inputs.wired:
        people = replace(people, muster=Muster())  # nobody could ever give the all-clear
        tested_at = None
    return _Common(
        journal=journal,
        clock=clock,
        trust=trust,
        portals=portals,
        inputs=SharedInputs(inputs, clock.monotonic),
        roll=Roll(people, tested_at=tested_at),
        faults=UnitFaults(),
        upkeep=Upkeep(kept, access_point=point, site_key=trust.site_key, recorder=records),
    )


def _ways_told(lanes: Sequence[LaneConfig]) -> frozenset[Direction]:
    wired = [frozenset(lane.inputs.pins().wired()) for lane in lanes]
    return frozenset().union(*(turns_told(one) for one in wired))


def _plan(
    lane: LaneConfig, open_parts: Callable[[], LaneParts], common: _Common, records: Records
) -> LanePlan:
    return LanePlan(
        name=lane.point.name,
        open_lane=partial(_open_lane, lane, open_parts, common, records),
        records=records,
    )


def _open_lane(
    lane: LaneConfig, open_parts: Callable[[], LaneParts], common: _Common, records: Records
) -> Lane:
    """Return one lane, put together; raises GateError if something of it does not open."""
    own = open_parts()
    with ExitStack() as opened:
        opened.callback(own.outputs.close)
        opened.callback(own.inputs.close)
        opened.callback(common.portals.drop, own.outputs)
        common.portals.put(lane.point.direction, own.outputs)  # first: a fire may begin any moment
        parts = replace(own, inputs=common.inputs.view(own.inputs))
        found = _lane(lane, parts, common, records)
        opened.pop_all()
    facts = {
        "access_point": lane.point.name,
        "direction": str(lane.point.direction),
        "camera": parts.camera_name,
        "inside": common.roll.people.presence.inside_count,
    }
    _log.info("lane assembled", extra=facts)
    return found


def _lane(lane: LaneConfig, parts: LaneParts, common: _Common, records: Records) -> Lane:
    turnstile = Turnstile(
        parts.outputs,
        common.clock,
        release_s=lane.outputs.release_s,
        contacts=turns_told(parts.inputs.wired),
        held_s=lane.inputs.held_s,
    )
    keeper = Keeper(
        point=lane.point,
        roll=common.roll,
        turnstile=turnstile,
        recorder=records,
        outputs=parts.outputs,
        clock=common.clock,
        beside=common.faults,
    )
    judge = common.upkeep.judge(lane.point)
    controller = Controller(judge=judge, keeper=keeper, clock=common.clock)
    return Lane(
        parts=parts,
        controller=controller,
        contacts=Contacts(parts.inputs, controller),
        teller=_teller(lane, common),
        days=CameraDays(camera_days_path(common.journal, lane.point.direction), common.clock),
    )


def _teller(lane: LaneConfig, common: _Common) -> LaneTeller | None:
    if lane.state is None:
        return None
    return LaneTeller(
        lane.state,
        access_point=lane.point,
        clock=common.clock,
        policy=lambda: common.trust.in_force.policy,
    )

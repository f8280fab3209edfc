"""Which checks a unit gets: all that a machine can do by itself, and those that need somebody."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gate.access.model import Direction
from gate.config_fields import Config
from gate.config_lanes import LaneConfig, lanes_of, shared_inputs
from gate.devices.board import Board
from gate.devices.camera import open_camera
from gate.devices.focus import Focus
from gate.devices.illumination import open_lamp
from gate.devices.inputs import open_inputs
from gate.devices.outputs import open_outputs
from gate.devices.ports import Camera, Clock, Decoder
from gate.doctor.board_checks import (
    Ask,
    ClockCheck,
    RtcCheck,
    SupplyCheck,
    TemperatureCheck,
    WatchdogCheck,
    ask_system,
)
from gate.doctor.camera_check import (
    CameraCheck,
    RunningCameraCheck,
    TestCardCheck,
    gate_is_at_work,
)
from gate.doctor.cards_check import CardCheck
from gate.doctor.finding import Answer, Check, Finding, failed_by, not_asked
from gate.doctor.focus_check import FocusCheck
from gate.doctor.hands import ContactCheck, LampCheck, Question, RelayCheck, SignalCheck
from gate.doctor.unit_checks import (
    HubCheck,
    NetworkCheck,
    RecordCheck,
    StorageCheck,
    TrustCheck,
)
from gate.errors import DeviceError
from gate.store.trust_in_force import load_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What checks are done with.

    Attributes:
        root: the directory under which /sys and /proc lie.
        ask: runs a command of the machine's.
    """

    config: Config
    clock: Clock
    decoder: Callable[[], Decoder]
    wait: Callable[[float], object]
    root: Path = Path("/")
    ask: Ask = ask_system


def alone(site: Site) -> Iterator[Finding]:
    """Yield what a unit can tell of itself, at work or not."""
    for check in _checks(site):
        yield check.look()


def with_somebody(site: Site, question: Question) -> Iterator[Finding]:
    """Yield what somebody who stands there sees, hears and does; the gate must not be at work."""
    if gate_is_at_work(site.config.unit.journal):
        says = "The gate is at work: sudo systemctl stop gate-unit, then run this again."
        yield not_asked("outputs and inputs", says)
        return
    for lane in lanes_of(site.config):
        yield TestCardCheck(lane.point.name, _camera_of(lane), site.decoder(), question).look()
        yield FocusCheck(
            lane=lane.point.name,
            open=partial(_focused, lane),
            focus=Focus(lane.camera.focus_dioptres),
            decoder=site.decoder(),
            ask=question,
        ).look()
        yield from _cards(site, lane, question)
        yield from _outputs(site, lane, question)
    wired = [(lane.point.name, lane.inputs) for lane in lanes_of(site.config)]
    factory = lanes_of(site.config)[0].outputs.factory
    for lane_name, inputs in (*wired, ("", shared_inputs(site.config))):
        with ExitStack() as opened:
            try:
                lines = open_inputs(inputs.pins(), factory, site.clock.monotonic, {})
            except DeviceError as error:
                yield failed_by("inputs", error, "See docs/reference/wiring.md.")
                continue
            opened.callback(lines.close)
            for contact in sorted(lines.wired):
                yield ContactCheck(
                    lane_name, contact, lines, site.clock, site.wait, question
                ).look()


def cameras_of(config: Config) -> Iterator[tuple[str, Callable[[], Camera]]]:
    """Yield each lane's name, and what opens its camera."""
    for lane in lanes_of(config):
        yield lane.point.name, _camera_of(lane)


def picture_path(config: Config, lane: str) -> Path:
    """Return where the picture of a lane's camera is kept that later ones are compared with."""
    number = [one.point.name for one in lanes_of(config)].index(lane)
    return config.unit.journal.with_name("doctor") / f"camera-{number}.png"


def worst(findings: list[Finding]) -> Answer:
    """Return the worst answer of some."""
    order = [Answer.NOT_ASKED, Answer.PASSED, Answer.ATTENTION, Answer.FAILED]
    return max((one.answer for one in findings), key=order.index, default=Answer.NOT_ASKED)


def _checks(site: Site) -> Iterator[Check]:
    config, clock, board = site.config, site.clock, Board(site.root)
    journal = config.unit.journal
    if gate_is_at_work(journal):
        yield RunningCameraCheck(journal)
    else:
        for lane in lanes_of(config):
            name = lane.point.name
            yield CameraCheck(name, _camera_of(lane), picture_path(config, name))
    yield ClockCheck(clock)
    yield RtcCheck(board, clock)
    yield StorageCheck(journal, board)
    yield RecordCheck(journal)
    yield NetworkCheck(board, config.hub)
    yield HubCheck(config, clock)
    yield TrustCheck(config, clock)
    yield TemperatureCheck(journal.parent, site.root)
    yield SupplyCheck(board)
    yield WatchdogCheck(site.ask)


def _camera_of(lane: LaneConfig) -> Callable[[], Camera]:
    return lambda: _focused(lane, Focus(lane.camera.focus_dioptres))


def _focused(lane: LaneConfig, focus: Focus) -> Camera:
    size_px = (lane.camera.width_px, lane.camera.height_px)
    return open_camera(lane.camera.spec(), size_px=size_px, focus=focus)


def _cards(site: Site, lane: LaneConfig, question: Question) -> Iterator[Finding]:
    unit, hub = site.config.unit, site.config.hub
    key = None if hub is None else hub.key
    for is_good in (True, False):
        yield CardCheck(
            lane=lane.point.name,
            is_good=is_good,
            open=_camera_of(lane),
            decoder=site.decoder(),
            trust=lambda: load_in_force(unit.trust, unit.site, key).bundle,
            clock=site.clock,
            ask=question,
        ).look()


def _outputs(site: Site, lane: LaneConfig, question: Question) -> Iterator[Finding]:
    name = lane.point.name
    with ExitStack() as opened:
        try:
            factory = lane.outputs.factory
            outputs = open_outputs(lane.outputs.pins(), factory, site.clock.monotonic)
        except DeviceError as error:
            yield failed_by(f"outputs {name}", error, "See docs/reference/wiring.md.")
            return
        opened.callback(outputs.close)
        pins = lane.outputs.pins()
        for direction, pin in ((Direction.IN, pins.entry_relay), (Direction.OUT, pins.exit_relay)):
            if pin is not None:
                yield RelayCheck(name, direction, outputs, lane.outputs.release_s, question).look()
        yield SignalCheck(name, outputs, question).look()
        lamp = open_lamp(lane.outputs.illumination, factory)
        if lamp is not None:
            opened.callback(lamp.close)
            yield LampCheck(name, lamp, question).look()

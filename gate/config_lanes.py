"""The lanes of a unit: what each has of its own, and what serves the whole unit. Pure.

A unit with one lane may have its `camera`, `outputs` and `inputs` at the top of its file or under
its lane. Of two lanes, one leads in and one out, each with its own tables; `inputs` at the top then
names the contacts that serve both: guard's key, fire, tamper, mains.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.access.model import AccessPoint, Direction
from gate.config_camera import CameraConfig
from gate.config_fields import (
    GPIO,
    OUTPUT_PINS,
    AccessPointConfig,
    Config,
    InputsConfig,
    OutputsConfig,
    ScreenConfig,
)
from gate.devices.ports import Contact

UNIT_CONTACTS: Final = frozenset({Contact.GUARD_KEY, Contact.FIRE, Contact.TAMPER, Contact.MAINS})
"""Of two lanes these serve both: one panel, one key, one housing, one supply."""

LANE_TABLES: Final = ("camera", "outputs", "inputs")
"""What a lane has of its own; a unit's one lane may have it at the top of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneConfig:
    """One lane, whole.

    Attributes:
        state: the file through which screen and page are told; None if there is neither.
    """

    point: AccessPoint
    camera: CameraConfig
    outputs: OutputsConfig
    inputs: InputsConfig
    state: Path | None


def lanes_of(config: Config) -> tuple[LaneConfig, ...]:
    """Return the lanes of a unit's file in which `lane_faults` finds none, in their order."""
    alone = len(config.access_point) == 1
    return tuple(
        LaneConfig(
            point=AccessPoint(name=lane.name, direction=lane.direction, area=lane.area),
            camera=lane.camera or config.camera or CameraConfig(),
            outputs=lane.outputs or config.outputs or OutputsConfig(),
            inputs=lane.inputs or (config.inputs if alone else None) or InputsConfig(),
            state=_state_file(config, lane),
        )
        for lane in config.access_point
    )


def areas_of(config: Config) -> dict[str, str]:
    """Return where each access point leads, by its name."""
    return {lane.name: lane.area for lane in config.access_point}


def shared_inputs(config: Config) -> InputsConfig:
    """Return the contacts that serve the whole unit; none where its one lane has them all."""
    alone = len(config.access_point) == 1
    return InputsConfig() if alone or config.inputs is None else config.inputs


def lane_faults(config: Config) -> Iterator[str]:
    """Name everything that its lanes make a fault of."""
    yield from _alone(config) if len(config.access_point) == 1 else _side_by_side(config)
    yield from _entries_unreleased(config)
    yield from _pins_used_twice(config)


def _state_file(config: Config, lane: AccessPointConfig) -> Path | None:
    """Return where a lane's state is told: of two lanes, each in a file named by its direction."""
    if config.screen is None and config.status is None:
        return None
    path = (config.screen or ScreenConfig()).state
    if len(config.access_point) == 1:
        return path
    return path.with_name(f"{path.stem}-{lane.direction}{path.suffix}")


def _alone(config: Config) -> Iterator[str]:
    [lane] = config.access_point
    for table in LANE_TABLES:
        if getattr(lane, table) is not None and getattr(config, table) is not None:
            yield f"{table} stands twice; allowed: [{table}] or [access_point.{table}], not both"


def _side_by_side(config: Config) -> Iterator[str]:
    for table in ("camera", "outputs"):
        under = f"with two lanes, [access_point.{table}] under each of them"
        if getattr(config, table) is not None:
            yield f"{table} = a table; allowed: {under}"
        for place, lane in enumerate(config.access_point, start=1):
            if getattr(lane, table) is None:
                yield f"access_point[{place}].{table} is missing; allowed: {under}"
    yield from _misplaced_contacts(config)
    first, second = config.access_point
    where = "access_point[2]"
    if second.name.casefold() == first.name.casefold():
        yield f'{where}.name = "{second.name}"; allowed: a name that the other lane doesn\'t have'
    if second.direction is first.direction:
        way = Direction.IN if first.direction is Direction.OUT else Direction.OUT
        one = "of two lanes one leads in and one leads out"
        yield f'{where}.direction = "{second.direction}"; allowed: "{way}": {one}'
    if second.area != first.area:
        one = "two lanes of a unit lead to and from one area"
        yield f'{where}.area = "{second.area}"; allowed: "{first.area}": {one}'
    yield from _shared_by_mistake(first, second, where)


def _shared_by_mistake(
    first: AccessPointConfig, second: AccessPointConfig, where: str
) -> Iterator[str]:
    if first.camera is not None and second.camera is not None:
        spec = second.camera.spec()
        if spec.device == first.camera.spec().device:
            another = "another camera than the other lane's"
            yield f'{where}.camera.source = "{spec.name}"; allowed: {another}'
    if first.outputs is not None and second.outputs is not None:
        factory = first.outputs.factory
        if second.outputs.factory is not factory:
            as_other = f'"{factory}", as the other lane has'
            yield f'{where}.outputs.factory = "{second.outputs.factory}"; allowed: {as_other}'


def _misplaced_contacts(config: Config) -> Iterator[str]:
    under = "with two lanes, under [access_point.inputs] of the lane that has it"
    for contact in Contact:
        gpio = None if config.inputs is None else getattr(config.inputs, contact)
        if gpio is not None and contact not in UNIT_CONTACTS:
            yield f"inputs.{contact} = {gpio}; allowed: {under}"
    if config.inputs is not None and config.inputs.held_s != InputsConfig().held_s:
        yield f"inputs.held_s = {config.inputs.held_s:g}; allowed: {under}"
    for place, lane in enumerate(config.access_point, start=1):
        for contact in Contact:
            gpio = None if lane.inputs is None else getattr(lane.inputs, contact)
            if gpio is not None and contact in UNIT_CONTACTS:
                where = f"access_point[{place}].inputs.{contact}"
                yield f"{where} = {gpio}; allowed: with two lanes, under [inputs]: it serves both"


def _entries_unreleased(config: Config) -> Iterator[str]:
    for place, (lane, read) in enumerate(
        zip(config.access_point, lanes_of(config), strict=True), start=1
    ):
        if lane.direction is Direction.IN and read.outputs.entry_relay is None:
            where = "" if lane.outputs is None else f"access_point[{place}]."
            if len(config.access_point) == 1 or lane.outputs is not None:
                yield f"{where}outputs.entry_relay is missing; allowed: {GPIO.allowed}"


def _pins_used_twice(config: Config) -> Iterator[str]:
    """Name every pin that something before it has already."""
    taken: dict[int, str] = {}
    for path, gpio in _pins(config):
        if gpio in taken:
            whose = f"({taken[gpio]}'s)"
            yield f"{path} = {gpio}; allowed: a pin that nothing else has {whose}"
        taken.setdefault(gpio, path)


def _pins(config: Config) -> Iterator[tuple[str, int]]:
    tables = [("", config.outputs, config.inputs)]
    tables += [
        (f"access_point[{place}].", lane.outputs, lane.inputs)
        for place, lane in enumerate(config.access_point, start=1)
    ]
    for where, outputs, inputs in tables:
        found = [(f"{where}outputs.{key}", getattr(outputs, key, None)) for key in OUTPUT_PINS]
        found += [(f"{where}inputs.{one}", getattr(inputs, one, None)) for one in Contact]
        yield from ((path, gpio) for path, gpio in found if gpio is not None)

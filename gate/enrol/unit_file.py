"""The unit's own file as joining writes it: its place, its hub, and how it is wired.

How a unit is wired no hub knows. It stands in a file of the contractor's (`wiring.toml` beside the
unit's file): the tables [camera], [outputs] and [inputs], or [[access_point]] with a table of each
for two lanes, and [screen] and [status], as in the unit's file. A machine that has what draws a
screen gets [screen] by itself. Without the file it is the project's own drawing
(docs/reference/wiring.md) with nothing on its inputs: an input that is named and not wired would
read as an alarm.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gate.config import load_config, read_text
from gate.errors import ConfigError
from gate.trust.enrolment import HubDoor
from gate.trust.place import Lane, Place

TABLES: Final = ("camera", "outputs", "inputs")
OF_THE_UNIT: Final = ("screen", "status")
"""Tables that a lane has no own of."""

IN_PINS: Final = {"entry_relay": 17, "green": 27, "red": 22, "amber": 23, "sounder": 24}
_OUT: Final = {"exit_relay": 18, "green": 27, "red": 22, "amber": 23, "sounder": 24}
_OUT_BESIDE_IN: Final = {"exit_relay": 18, "green": 10, "red": 9, "amber": 11, "sounder": 25}
"""docs/reference/wiring.md, "Pins"; a second lane's lamps are on pins of their own."""

Tables = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """How a unit is wired: what its lanes have each, and what serves the whole unit."""

    lanes: tuple[Tables, ...]
    shared: Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """Where the files of a unit lie that its own file names; absolute paths.

    Attributes:
        hub_key: of the hub, in hexadecimal; empty for a unit that stands alone.
        proxy: None where nothing has to let the unit out.
        ca: None where a public authority vouches for the hub.
        schemes: None where no catalogue was laid out.
    """

    journal: Path
    trust: Path
    policy: Path
    site_key: Path
    key: Path
    hub_key: str = ""
    proxy: str | None = None
    ca: Path | None = None
    schemes: Path | None = None


def tables_of(path: Path) -> Tables:
    """Return what a wiring file says of its first lane, unjudged.

    Raises:
        ConfigError: it can't be read, or is no TOML.
    """
    found = _parsed(path)
    points = found.get("access_point", [])
    own = _tables(points[0]) if isinstance(points, list) and points else {}
    return _tables(found) | own


def standard_wiring(lanes: Sequence[Lane]) -> Wiring:
    """Return the project's own wiring for so many lanes."""
    if len(lanes) == 1:
        pins = IN_PINS if lanes[0].direction == "in" else _OUT
        return Wiring(lanes=({},), shared={"camera": {}, "outputs": pins})
    return Wiring(
        lanes=tuple(
            {
                "camera": {"source": f"picamera2:{number}"},
                "outputs": IN_PINS if lane.direction == "in" else _OUT_BESIDE_IN,
            }
            for number, lane in enumerate(lanes)
        ),
        shared={},
    )


def read_wiring(path: Path, lanes: Sequence[Lane]) -> Wiring:
    """Return the wiring in a file, for these lanes.

    Raises:
        ConfigError: it can't be read, is no TOML, or is for another number of lanes. What its
            tables say is judged with the whole unit's file.
    """
    found = _parsed(path)
    points = found.get("access_point", [])
    own = [_tables(point) for point in points] if isinstance(points, list) else []
    own = own or [{} for _ in lanes]
    if len(own) != len(lanes):
        told = f"wired for {len(own)} lanes, and the code is for {len(lanes)}"
        raise ConfigError(str(path), [told])
    return Wiring(lanes=tuple(own), shared=_tables(found, (*TABLES, *OF_THE_UNIT)))


def write_unit_file(
    place: Place, hub: HubDoor | None, belongings: Belongings, wiring: Wiring
) -> str:
    """Return the text of the unit's file."""
    return "\n".join(_lines(place, hub, belongings, wiring)) + "\n"


def check_unit_file(path: Path) -> None:
    """Refuse a unit's file that the gate would refuse.

    Raises:
        ConfigError: with every fault; most come from the wiring.
    """
    load_config(path)


def _lines(
    place: Place, hub: HubDoor | None, belongings: Belongings, wiring: Wiring
) -> Iterator[str]:
    yield "# Written by gate enrol. Wiring may be changed here; it is read at the gate's start."
    yield from _table(
        "unit",
        {
            "name": place.name,
            "site": place.site,
            "journal": str(belongings.journal),
            "trust": str(belongings.trust),
            "policy": str(belongings.policy),
            "site_key": str(belongings.site_key),
            "key": str(belongings.key),
            "schemes": None if belongings.schemes is None else str(belongings.schemes),
        },
    )
    if hub is not None:
        ca = None if belongings.ca is None else str(belongings.ca)
        found = {"url": hub.url, "key": belongings.hub_key, "ca": ca, "proxy": belongings.proxy}
        yield from _table("hub", found)
    for lane, tables in zip(place.lanes, wiring.lanes, strict=True):
        yield from _table("[access_point]", {"name": lane.name, "direction": lane.direction})
        for name, keys in tables.items():
            yield from _table(f"access_point.{name}", keys)
    for name, keys in wiring.shared.items():
        yield from _table(name, keys)


def _table(name: str, keys: Mapping[str, object]) -> Iterator[str]:
    yield f"\n[{name}]"
    for key, value in keys.items():
        if value is not None:
            yield f"{key} = {_value(value)}"


def _value(value: object) -> str:
    """Return a value as TOML has it; those that it can't have were never read from any."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return str(value)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(path), [f"not TOML: {error}"]) from error


def _tables(found: object, names: Sequence[str] = TABLES) -> dict[str, Mapping[str, object]]:
    if not isinstance(found, dict):
        return {}
    return {name: found[name] for name in names if isinstance(found.get(name), dict)}

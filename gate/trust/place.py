"""Where a unit stands: its site, its name there, and its one or two lanes. Pure.

A hub's answer tells it to the unit that joins, and so does a set-up code without a hub.

Invariant: `read_place(place_map(place)) == place`; of any other value it is a ConfigError.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gate.errors import ConfigError
from gate.signing import cbor

MAX_NAME_CHARS: Final = 64
"""As long as a name in the unit's file may be."""

MAX_LANES: Final = 2

DIRECTIONS: Final = ("in", "out")

_SITE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_SITE_CHARS: Final = 19
"""As many as a site's rules may name (gate.access.site_policy)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One reader, "in" to the site or "out" of it."""

    name: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A unit's place; of two lanes one leads in and one out."""

    site: str
    name: str
    lanes: tuple[Lane, ...]

    def __post_init__(self) -> None:
        """Refuse what no unit's file could say."""
        faults = list(_faults(self))
        if faults:
            raise ConfigError("place", faults)


def lanes_called(name: str, directions: str) -> tuple[Lane, ...]:
    """Return the lanes of a unit of that name, by "in", "out" or "both"."""
    chosen = DIRECTIONS if directions == "both" else (directions,)
    return tuple(Lane(name=f"{name} {direction}", direction=direction) for direction in chosen)


def place_map(place: Place) -> dict[cbor.Key, cbor.Encodable]:
    """Return the place as it travels: 1 the site, 2 the name, 3 the lanes."""
    lanes = [(lane.name, DIRECTIONS.index(lane.direction)) for lane in place.lanes]
    return {1: place.site, 2: place.name, 3: lanes}


def read_place(value: object) -> Place:
    """Return the place that a map tells.

    Raises:
        ConfigError: it tells none, or one with faults.
    """
    match value:
        case {1: str(site), 2: str(name), 3: list(lanes)} if _has_keys(value, 3):
            return Place(site=site, name=name, lanes=tuple(map(_lane, lanes)))
        case _:
            raise ConfigError("place", ["not a site, a name and lanes"])


def _has_keys(value: object, count: int) -> bool:
    return isinstance(value, Mapping) and len(value) == count


def _lane(value: object) -> Lane:
    match value:
        case [str(name), (0 | 1) as way] if type(way) is int:
            return Lane(name=name, direction=DIRECTIONS[way])
        case _:
            raise ConfigError("place", ["a lane is not a name and a direction"])


def _faults(place: Place) -> Iterator[str]:
    if not _SITE.fullmatch(place.site) or len(place.site) > MAX_SITE_CHARS:
        yield (
            f"site {place.site[:40]!r}: allowed: 1 to {MAX_SITE_CHARS} lower-case letters, digits"
            " and hyphens"
        )
    for what, name in (("name", place.name), *(("lane", lane.name) for lane in place.lanes)):
        is_shown = name.isprintable() and name.strip() == name
        if not is_shown or not 1 <= len(name) <= MAX_NAME_CHARS:
            yield f"{what} {name[:40]!r}: allowed: 1 to {MAX_NAME_CHARS} printable characters"
    directions = [lane.direction for lane in place.lanes]
    if not 1 <= len(directions) <= MAX_LANES or len(set(directions)) != len(directions):
        yield "lanes: allowed: one, or one in and one out"
    elif not set(directions) <= set(DIRECTIONS):
        yield f"direction {directions!r}: allowed: in, out"

"""Writing areas and access points down; whoever asks has been judged before."""

from typing import Final

from gate.access.kinds import Text
from gate.access.model import Direction
from gate.errors import ConfigError
from gate.hub.areas.models import MAX_AREA_CHARS, AccessPoint, Area
from gate.hub.sites.models import Site

MAX_AREAS: Final = 100
MAX_POINTS: Final = 400
"""More than the largest site has; a page still shows them all."""

_NAME: Final = Text(max_chars=MAX_AREA_CHARS)


def add_area(site: Site, name: str) -> Area:
    """Write an area down.

    Raises:
        ConfigError: the name does not fit, or differs from another's by its capitals at most.
    """
    if _NAME.read(name) is None:
        raise ConfigError("area", [f"name: {name[:80]!r}; allowed: {_NAME.allowed}"])
    areas = list(Area.objects.filter(site=site))
    alike = [area.name for area in areas if area.name.casefold() == name.casefold()]
    if alike:
        raise ConfigError("area", [f"name: {alike[0]} is written down already"])
    if len(areas) >= MAX_AREAS:
        raise ConfigError("area", [f"name: {MAX_AREAS} are written down, which is the most"])
    return Area.objects.create(site=site, name=name)


def remove_area(area: Area) -> None:
    """Forget an area; raises ConfigError while an access point leads there."""
    leading = ", ".join(AccessPoint.objects.filter(area=area).values_list("name", flat=True))
    if leading:
        step = "next: let them lead to another area, or strike them out"
        raise ConfigError("area", [f"{area.name}: {leading} leads there; {step}"])
    area.delete()


def write_point(site: Site, *, name: str, direction: Direction, area: Area) -> AccessPoint:
    """Write down where an access point leads, in place of what was written of it before.

    Raises:
        ConfigError: the name does not fit, or there are too many.
    """
    if _NAME.read(name) is None:
        raise ConfigError("access point", [f"name: {name[:80]!r}; allowed: {_NAME.allowed}"])
    others = AccessPoint.objects.filter(site=site).exclude(name=name)
    if others.count() >= MAX_POINTS:
        fault = f"name: {MAX_POINTS} are written down, which is the most"
        raise ConfigError("access point", [fault])
    point, _ = AccessPoint.objects.update_or_create(
        site=site, name=name, defaults={"direction": direction, "area": area}
    )
    return point

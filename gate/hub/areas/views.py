"""The page of a site's areas and access points, for its managers."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gate.access.model import Direction
from gate.errors import ConfigError
from gate.hub.areas.forms import AreaForm, PointForm
from gate.hub.areas.known import Told, named_by_rules, told_points
from gate.hub.areas.models import AccessPoint, Area
from gate.hub.areas.writing import add_area, remove_area, write_point
from gate.hub.audit.notes import Act, note
from gate.hub.people.frames import frame, sentence, tell
from gate.hub.sites.access import managed_site
from gate.hub.sites.models import Site


@require_safe
@never_cache
@login_required
def areas_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the areas, and what leads there."""
    return _page(request, managed_site(request.user, slug))


@require_POST
@never_cache
@login_required
def new_area(request: HttpRequest, slug: str) -> HttpResponse:
    """Write an area down."""
    site = managed_site(request.user, slug)
    form = AreaForm(request.POST)
    if form.is_valid():
        try:
            area = add_area(site, form.cleaned_data["name"])
        except ConfigError as error:
            tell(form, error.faults)
        else:
            note(request, site, Act.CHANGED_AREAS, place=f"added {area.name}")
            return redirect("areas", slug=site.slug)
    return _page(request, site, area_form=form, status=400)


@require_POST
@never_cache
@login_required
def drop_area(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Forget an area to which nothing leads."""
    site = managed_site(request.user, slug)
    area = get_object_or_404(Area, site=site, pk=number)
    try:
        remove_area(area)
    except ConfigError as error:
        return _page(request, site, fault=sentence("; ".join(error.faults)), status=409)
    note(request, site, Act.CHANGED_AREAS, place=f"removed {area.name}")
    return redirect("areas", slug=site.slug)


@require_POST
@never_cache
@login_required
def put_point(request: HttpRequest, slug: str) -> HttpResponse:
    """Write down where an access point leads."""
    site = managed_site(request.user, slug)
    form = PointForm(site, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        way = Direction(told["direction"])
        try:
            write_point(site, name=told["point"], direction=way, area=told["area"])
        except ConfigError as error:
            tell(form, [fault.replace("name: ", "point: ", 1) for fault in error.faults])
        else:
            place = f"{told['point']} leads {_leads(way, told['area'].name)}"
            note(request, site, Act.CHANGED_AREAS, place=place)
            return redirect("areas", slug=site.slug)
    return _page(request, site, point_form=form, status=400)


@require_POST
@never_cache
@login_required
def drop_point(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Strike out an access point that is no more."""
    site = managed_site(request.user, slug)
    point = get_object_or_404(AccessPoint, site=site, pk=number)
    point.delete()
    note(request, site, Act.CHANGED_AREAS, place=f"struck out {point.name}")
    return redirect("areas", slug=site.slug)


def _page(
    request: HttpRequest,
    site: Site,
    *,
    area_form: AreaForm | None = None,
    point_form: PointForm | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    areas = list(Area.objects.filter(site=site))
    points = list(AccessPoint.objects.filter(site=site).select_related("area"))
    told, named = told_points(site), named_by_rules(site)
    written = {point.name for point in points}
    context = {
        **frame(request, site, "areas"),
        "fault": fault,
        "notices": list(_notices(areas, points, told, set(named))),
        "areas": [_row(area, points, named.get(area.name, ())) for area in areas],
        "points": [(point, _units(told, point.name)) for point in points],
        "unwritten": [one for one in told if one.name not in written],
        "missing": sorted(set(named) - {area.name for area in areas}),
        "area_form": area_form or AreaForm(),
        "point_form": point_form or PointForm(site),
        "is_open": point_form is not None,
    }
    return render(request, "areas/areas.html", context, status=status)


def _row(area: Area, points: list[AccessPoint], named: tuple[str, ...]) -> dict[str, Any]:
    mine = [point for point in points if point.area_id == area.pk]
    return {
        "area": area,
        "ways_in": [point.name for point in mine if point.direction == Direction.IN],
        "ways_out": [point.name for point in mine if point.direction == Direction.OUT],
        "rules": named,
    }


def _units(told: list[Told], name: str) -> str:
    return ", ".join(sorted({one.unit for one in told if one.name == name}))


def _notices(
    areas: list[Area], points: list[AccessPoint], told: list[Told], named: set[str]
) -> Iterator[str]:
    """Say where rules, units and what is written down don't fit each other."""
    led_to = {point.area.name for point in points if point.direction == Direction.IN}
    for name in sorted(named - led_to):
        yield (
            f"The rules name the area {name}, and no access point leads in there: what they say of"
            " it is never asked. Look how the rules and the unit's own file spell it."
        )
    for area in areas:
        ways = {point.direction for point in points if point.area_id == area.pk}
        if ways == {Direction.IN}:
            yield f"{area.name} has a way in and none out: who is in there can't be counted."
    by_name = {point.name: point for point in points}
    for one in told:
        point = by_name.get(one.name)
        if point is not None and point.direction != one.direction:
            yield (
                f"{one.unit} says that {one.name} leads {one.direction}, and here stands"
                f" {point.direction}."
            )


def _leads(way: Direction, area: str) -> str:
    return f"into {area}" if way is Direction.IN else f"out of {area}"

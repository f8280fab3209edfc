"""Areas and access points: written down by a manager, held against units and rules."""

import re
from html import unescape
from typing import Any, Final

import pytest
from django.test import Client

from gate.hub.areas.models import AccessPoint, Area
from gate.hub.areas.writing import MAX_AREAS
from gate.hub.audit.models import Record
from gate.hub.manifest.authors import Author
from gate.hub.manifest.rules import set_rules
from gate.hub.sites.models import Site
from gate.hub.sites.services import add_site
from tests.hub.enrol_codes import AT, joins, made
from tests.hub.gates import Gate
from tests.hub.manifest.conftest import rules

pytestmark = pytest.mark.django_db

PAGE: Final = "/sites/kings-wharf/areas/"
ROOF: Final = """
[[area]]
name = "roof"
scheme = "ecs-jib"
types = ["gold"]

[[occupancy]]
area = "roof"
most = 12
"""


def words(answer: Any) -> str:  # noqa: ANN401 - Django's test response
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(answer.content.decode())).split())


def write_area(manager: Client, name: str) -> Area:
    manager.post(f"{PAGE}add/", {"name": name})
    return Area.objects.get(name=name)


def write_point(manager: Client, name: str, direction: str, area: Area) -> Any:  # noqa: ANN401 - as above
    told = {"point": name, "direction": direction, "area": area.pk}
    return manager.post(f"{PAGE}points/put/", told)


def test_a_site_without_areas_says_what_a_units_file_says_then(manager: Client) -> None:
    said = words(manager.get(PAGE))
    assert "No areas yet. A site that is one area needs one, called site" in said
    assert "A unit tells of its own when it joins or records." in said


def test_the_page_says_that_areas_lie_side_by_side(manager: Client) -> None:
    said = words(manager.get(PAGE))
    assert (
        "every way out leads off the site: a gate behind another gate needs a site of its" in said
    )


def test_an_access_point_that_records_is_offered_and_written_down(
    manager: Client, gate_a: Gate
) -> None:
    gate_a.records(access_point="Gate A out", direction="out")
    gate_a.journal.stored_through = 1
    gate_a.journal.save()
    site_area = write_area(manager, "site")
    assert "Gate A out leads out, says Gate A" in words(manager.get(PAGE))

    write_point(manager, "Gate A out", "out", site_area)

    said = words(manager.get(PAGE))
    assert "Gate A out out of site Gate A records there." in said
    assert "Ways out Gate A out" in said
    assert "says Gate A" not in said


def test_a_unit_that_joined_by_a_code_is_known_before_it_records(
    manager: Client, site: Site
) -> None:
    set_rules(site, rules(), source="rules", by=Author(name="Sam"), now=AT)
    joins(made(site, directions="both"))
    said = words(manager.get(PAGE))
    assert "Gate A in leads in, says Gate A" in said
    assert "Gate A out leads out, says Gate A" in said
    assert "Write an area down first." in said


def test_the_page_says_where_rules_and_access_points_do_not_fit(
    manager: Client, site: Site, gate_a: Gate
) -> None:
    set_rules(site, rules() + ROOF, source="rules", by=Author(name="Sam"), now=AT)
    gate_a.records(access_point="Roof in", direction="in")
    gate_a.journal.stored_through = 1
    gate_a.journal.save()
    unknown = "The rules name the area roof, and no access point leads in there"
    assert unknown in words(manager.get(PAGE))
    assert "Write down roof, which the rules name" in words(manager.get(PAGE))

    roof = write_area(manager, "roof")
    write_point(manager, "Roof in", "out", roof)
    said = words(manager.get(PAGE))
    assert unknown in said
    assert "Gate A says that Roof in leads in, and here stands out." in said
    once = "it takes only some of the cards that come in; it holds 12 people at most"
    assert once in said

    write_point(manager, "Roof in", "in", roof)
    said = words(manager.get(PAGE))
    assert unknown not in said
    assert "here stands" not in said
    assert "roof has a way in and none out" in said
    write_point(manager, "Roof out", "out", roof)
    said = words(manager.get(PAGE))
    assert "none out" not in said
    assert "No unit in use has told of it." in said


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "This field is required."),
        ("x" * 65, "at most 64 characters"),
        ("ro\tof", "'ro\\tof'; allowed: text of 1 to 64 printable characters."),
        ("SITE", "Site is written down already."),
    ],
)
def test_an_area_that_does_not_fit_is_not_written_down(
    manager: Client, name: str, fault: str
) -> None:
    write_area(manager, "Site")
    answer = manager.post(f"{PAGE}add/", {"name": name})
    assert answer.status_code == 400
    assert fault in words(answer)
    assert Area.objects.count() == 1


def test_there_are_no_more_areas_than_a_page_can_show(manager: Client, site: Site) -> None:
    Area.objects.bulk_create(Area(site=site, name=f"{n}") for n in range(MAX_AREAS))
    answer = manager.post(f"{PAGE}add/", {"name": "one more"})
    assert "100 are written down, which is the most." in words(answer)


def test_an_area_stays_while_something_leads_there(manager: Client) -> None:
    roof = write_area(manager, "roof")
    write_point(manager, "Roof in", "in", roof)
    refused = manager.post(f"{PAGE}{roof.pk}/remove/")
    assert refused.status_code == 409
    assert "Roof: Roof in leads there; next: let them lead to another area" in words(refused)

    manager.post(f"{PAGE}points/{AccessPoint.objects.get().pk}/remove/")
    manager.post(f"{PAGE}{roof.pk}/remove/")
    assert not Area.objects.exists()
    said = words(manager.get("/sites/kings-wharf/audit/"))
    for act in ("added roof", "Roof in leads into roof", "struck out Roof in", "removed roof"):
        assert f"changed areas or access points: {act}" in said
    assert Record.objects.filter(act="changed_areas").count() == 4


def test_an_access_point_leads_to_no_other_sites_area(manager: Client) -> None:
    add_site(slug="oak", name="Oak", time_zone="Europe/London", organisation="Oak")
    theirs = Area.objects.create(site=Site.objects.get(slug="oak"), name="oak yard")
    answer = write_point(manager, "Gate A in", "in", theirs)
    assert answer.status_code == 400
    assert "not one of the available choices" in words(answer)
    assert manager.post(f"{PAGE}{theirs.pk}/remove/").status_code == 404
    assert not AccessPoint.objects.exists()
    assert "oak yard" not in words(manager.get(PAGE))

"""Rules on record that this hub can't read: another version of it took them."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any, Final

import pytest
from django.test import Client
from django.utils import timezone

from gate.hub.gates.state import tiers_of
from gate.hub.manifest.authors import Author
from gate.hub.manifest.hours import etag_now
from gate.hub.manifest.models import Rules
from gate.hub.manifest.rules import rules_of, set_rules, version_of
from gate.hub.sites.models import Site
from gate.sim.issuer import seeded_key
from gate.trust.freshness import USUAL_TIERS
from tests.hub.manifest.conftest import rules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gate_a", "newer")]

NEWER: Final = f'{rules(7)}\n[working_week]\nmode = "note"\n[plant]\nmode = "note"\n'
AT: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture
def newer(site: Site) -> Rules:
    """Put rules on record as a hub of a later version did."""
    return Rules.objects.create(
        site=site, text=NEWER, stay_h=None, at=timezone.now(), by=None, by_name="Sam", version=7
    )


def words(answer: Any) -> str:  # noqa: ANN401 - Django's test response
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(answer.content.decode())).split())


@pytest.mark.parametrize(
    "page", ["", "live/", "gates/", "areas/", "passes/", "passes/new/", "rules/", "roll-call/"]
)
def test_every_page_goes_on(manager: Client, page: str) -> None:
    assert manager.get(f"/sites/kings-wharf/{page}").status_code == 200


def test_the_page_of_rules_says_what_can_t_be_read_and_what_to_do(manager: Client) -> None:
    said = words(manager.get("/sites/kings-wharf/rules/"))
    assert "This hub can't read the rules in force" in said
    assert "plant = a table; allowed here: version, site," in said
    assert "Version 7 is in force" in said


def test_nothing_is_said_to_be_missing_that_can_t_be_read(manager: Client) -> None:
    said = words(manager.get("/sites/kings-wharf/passes/"))
    assert "the hub does not have this site's rules" not in said
    assert "do not accept" not in said


def test_what_the_hub_tells_by_rules_it_tells_as_if_there_were_none(site: Site) -> None:
    assert tiers_of(site) == USUAL_TIERS
    assert etag_now(site, AT, seeded_key("hub")) is None


def test_they_are_put_right_by_the_next_ones(site: Site, manager: Client) -> None:
    set_rules(site, rules(8), source="rules", by=Author(name="Sam"), now=timezone.now())
    assert version_of(rules_of(site)) == 8
    assert "can't read" not in words(manager.get("/sites/kings-wharf/rules/"))

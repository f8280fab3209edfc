"""Whoever runs the hub adds organisations and sites, and changes what they are called."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gate.hub.audit.models import Record
from gate.hub.sites.models import Organisation, Site
from gate.hub.sites.services import add_site, add_user

pytestmark = pytest.mark.django_db

PASSWORD = "four gates and a hut"

SITES = "/administration/"
QUAY = {"name": "Quay", "slug": "quay", "organisation": "Hartwell", "time_zone": "Europe/London"}


@pytest.fixture
def boss() -> Client:
    add_user(name="boss", password=PASSWORD, roles={}, is_admin=True)
    client = Client()
    client.force_login(User.objects.get(username="boss"))
    return client


def words(answer: Any) -> str:  # noqa: ANN401 - Django's test response
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(answer.content.decode())).split())


def test_an_empty_hub_leads_its_admin_to_the_first_site(boss: Client) -> None:
    assert 'href="/administration/"' in boss.get("/").content.decode()
    assert boss.post(f"{SITES}sites/add/", QUAY).status_code == 302
    assert boss.get("/").headers["Location"] == "/sites/quay/"
    assert "Quay Hartwell quay · Europe/London · 0 gates in use" in words(boss.get(SITES))


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"slug": "Quay"}, "slug = 'Quay'; allowed: "),
        ({"slug": "the quay"}, "Enter a valid “slug”"),
        ({"time_zone": "London"}, "time zone = 'London'; allowed: "),
        ({"name": "\u2028"}, "This field is required"),
        ({"organisation": "x" * 65}, "at most 64 characters"),
    ],
)
def test_a_site_that_does_not_fit_is_not_added(
    boss: Client, told: dict[str, str], fault: str
) -> None:
    answer = boss.post(f"{SITES}sites/add/", QUAY | told)
    assert answer.status_code == 400
    assert fault.casefold() in words(answer).casefold()
    assert not Site.objects.exists()
    assert not Organisation.objects.exists()


def test_a_short_name_that_is_taken_is_said_to_be(boss: Client) -> None:
    add_site(**QUAY)
    answer = boss.post(f"{SITES}sites/add/", QUAY)
    assert "Site with this Slug already exists." in words(answer)


def test_a_site_changes_its_name_owner_and_zone_and_keeps_its_address(boss: Client) -> None:
    add_site(**QUAY)
    told = {"quay-name": "Quay East", "quay-organisation": "Oak", "quay-time_zone": "Europe/Madrid"}
    assert boss.post(f"{SITES}sites/quay/change/", told).status_code == 302

    site = Site.objects.get(slug="quay")
    assert (site.name, site.organisation.name, site.time_zone) == (
        "Quay East",
        "Oak",
        "Europe/Madrid",
    )
    assert not Organisation.objects.filter(name="Hartwell").exists()
    assert Record.objects.get().place == "quay"


def test_a_change_that_does_not_fit_changes_nothing_and_stands_by_its_field(boss: Client) -> None:
    add_site(**QUAY)
    told = {"quay-name": "Quay", "quay-organisation": "Hartwell", "quay-time_zone": "Mars"}
    answer = boss.post(f"{SITES}sites/quay/change/", told)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'id="id_quay-time_zone_error">&#x27;Mars&#x27;; allowed:' in page
    assert Site.objects.get().time_zone == "Europe/London"


def test_an_organisation_is_renamed_unless_another_is_called_so(boss: Client) -> None:
    add_site(**QUAY)
    add_site(slug="oak", name="Oak", time_zone="Europe/London", organisation="Oak")
    number = Organisation.objects.get(name="Oak").pk
    rename = f"{SITES}organisations/{number}/rename/"

    taken = boss.post(rename, {"name": "Hartwell"})
    assert taken.status_code == 400
    assert "Oak was not renamed. Organisation with this Name already exists." in words(taken)
    boss.post(rename, {"name": "Oak and Sons"})
    assert Site.objects.get(slug="oak").organisation.name == "Oak and Sons"
    assert "renamed the organisation Oak, now Oak and Sons" in words(
        boss.get("/administration/changes/")
    )

"""The pages of a site's units: a code shown once, a sheet, and who joins, is replaced, retires."""

import re
from html import unescape
from typing import Any, Final

import pytest
from django.test import Client
from django.utils import timezone

from gate.hub.enrol.models import SetUpCode
from gate.hub.ingest.apps import IngestConfig
from gate.hub.ingest.models import Journal
from gate.hub.manifest.rules import set_rules
from gate.hub.sites.models import Membership, Role, Site, Unit
from gate.hub.sites.services import add_site, add_unit, add_user
from gate.trust.enrolment import open_code
from gate.trust.fingerprint import fingerprint_words
from gate.trust.network import StaticAddress, WiFi
from tests.hub.enrol_codes import AT, OTHER
from tests.hub.gates import manager, site
from tests.hub.manifest.conftest import SAM, rules

__all__ = ["manager", "site"]

pytestmark = pytest.mark.django_db

PAGE: Final = "/sites/kings-wharf/units/"
USUAL: Final = {
    "name": "Gate A",
    "count": "1",
    "directions": "in",
    "days": "14",
    "url": "https://hub.example.org",
    "link": "wired",
}


@pytest.fixture(autouse=True)
def with_rules(site: Site) -> None:
    set_rules(site, rules(), source="rules", by=SAM, now=AT)


def words(answer: Any) -> str:  # noqa: ANN401 - Django's test response
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(answer.content.decode())).split())


def adds(manager: Client, **changes: str) -> Any:  # noqa: ANN401 - as above
    return manager.post(f"{PAGE}add/", USUAL | changes)


def code_in(answer: Any) -> str:  # noqa: ANN401 - as above
    found = re.search(r"GE1:[0-9A-Z $%*+./:-]+", unescape(answer.content.decode()))
    assert found is not None
    return found[0]


def test_a_code_is_shown_once_with_the_hubs_words(manager: Client) -> None:
    answer = adds(manager)

    code = open_code(code_in(answer))
    assert fingerprint_words(code.key) in words(answer)
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    page = words(manager.get(PAGE))
    assert "Open codes 1 Gate A Good until" in page
    assert fingerprint_words(code.key) in page
    assert "GE1:" not in page


def test_who_joins_is_told_step_by_step_while_the_page_is_open(manager: Client) -> None:
    shown = adds(manager).content.decode()
    code = SetUpCode.objects.get()
    asks = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s"', shown)
    assert asks is not None
    again = unescape(asks[1])
    assert manager.get(again).status_code == 204

    code.unit = add_unit(site="kings-wharf", name="Gate A", public_key=OTHER.verifying_key.public)
    code.used_at = timezone.now()
    code.save()
    joins = manager.get(again)
    assert "Gate A is joining ✓ joined, its key is known … has fetched" in words(joins)
    assert "hx-get" in joins.content.decode()

    Journal.objects.create(
        unit=code.unit, journal_id=bytes(16), stored_through=1, head_hash=bytes(32)
    )
    joined = manager.get(again)
    assert "Gate A has joined" in words(joined)
    assert "✓ its first entry is here: it works" in words(joined)
    assert "hx-get" not in joined.content.decode()
    assert "Gate A has joined" in words(manager.get(PAGE))


def test_a_code_s_own_page_tells_of_no_other_unit(manager: Client) -> None:
    adds(manager, name="Gate A")
    adds(manager, name="Gate B")
    one, other = SetUpCode.objects.order_by("pk")
    one.unit = add_unit(site="kings-wharf", name="Gate A", public_key=OTHER.verifying_key.public)
    one.used_at = timezone.now()
    one.save()
    assert "Gate A is joining" in words(manager.get(f"{PAGE}joining/?code={one.pk}"))
    told = words(manager.get(f"{PAGE}joining/?code={other.pk}"))
    assert told == "No unit has come with this code yet. It is told here as soon as one does."
    assert "Gate A is joining" in words(manager.get(f"{PAGE}joining/?code=x"))


def test_the_network_written_is_the_network_of_the_code(manager: Client) -> None:
    answer = adds(
        manager,
        link="wifi",
        ssid="Kings Wharf",
        passphrase="correct horse",
        address="192.0.2.20/24",
        gateway="192.0.2.1",
        servers="192.0.2.53, 198.51.100.53",
        proxy="Proxy.site.example:3128",
    )
    network = open_code(code_in(answer)).network
    assert network.link == WiFi(ssid="Kings Wharf", passphrase="correct horse")
    assert network.static == StaticAddress(
        address="192.0.2.20/24", gateway="192.0.2.1", servers=("192.0.2.53", "198.51.100.53")
    )
    assert network.proxy == "proxy.site.example:3128"


def test_several_units_are_a_sheet(manager: Client) -> None:
    answer = adds(manager, count="3", name="Gate")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert [code.name for code in SetUpCode.objects.all()] == ["Gate 1", "Gate 2", "Gate 3"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "Write a name, such as Gate A."),
        ({"count": "41"}, "Write a number from 1 to 40."),
        ({"days": "x"}, "Write a number from 1 to 30."),
        ({"url": "http://hub.example.org"}, "http: loopback only."),
        ({"directions": "up"}, "Choose one of the three."),
        ({"link": "wifi"}, "Wi-Fi name '': allowed: 1 to 32 bytes, printable."),
        ({"link": "wifi", "ssid": "S", "passphrase": "short"}, "Wi-Fi password of 5 characters"),
        ({"link": "modem"}, "APN '': allowed:"),
        ({"proxy": "proxy"}, "Proxy 'proxy': allowed: HOST:PORT, at most 120 characters"),
        ({"address": "192.0.2.20"}, "Address '192.0.2.20': allowed: such as 192.0.2.20/24."),
        ({"link": "modem", "apn": "x", "pin": "12"}, "SIM's PIN: allowed: 4 to 8 digits"),
    ],
)
def test_a_fault_is_told_beside_its_field_and_no_code_is_made(
    manager: Client, changes: dict[str, str], told: str
) -> None:
    answer = adds(manager, **changes)
    assert answer.status_code == 400
    assert told in words(answer)
    assert "aria-invalid" in answer.content.decode()
    assert not SetUpCode.objects.exists()


def test_a_code_is_cancelled(manager: Client) -> None:
    adds(manager)
    number = SetUpCode.objects.get().pk
    answer = manager.post(f"{PAGE}codes/{number}/cancel/", follow=True)
    assert "No code is open." in words(answer)
    again = manager.post(f"{PAGE}codes/{number}/cancel/")
    assert again.status_code == 409
    assert "used or cancelled meanwhile" in words(again)


def test_a_unit_is_retired_and_stands_among_the_retired(manager: Client, site: Site) -> None:
    unit = add_unit(site=site.slug, name="Gate B", public_key=OTHER.verifying_key.public)
    answer = words(manager.post(f"{PAGE}{unit.pk}/retire/", follow=True))
    assert "No units yet." in answer
    assert "Retired Gate B" in answer
    assert manager.post(f"{PAGE}{unit.pk}/retire/").status_code == 409


def test_a_replacement_is_for_the_same_name(manager: Client, site: Site) -> None:
    unit = add_unit(site=site.slug, name="Gate A", public_key=OTHER.verifying_key.public)
    form = words(manager.get(f"{PAGE}add/?replaces={unit.pk}"))
    assert "Replace Gate A" in form
    assert adds(manager, replaces=str(unit.pk)).status_code == 200
    assert SetUpCode.objects.get().replaces == unit
    assert Unit.objects.get().retired_at is None


def test_a_unit_of_a_site_that_one_does_not_manage_is_not_replaced(manager: Client) -> None:
    other = add_site(
        slug="hillside", name="Hillside", time_zone="Europe/London", organisation="Hartwell"
    )
    add_user(name="ann", password="four gates and a hut", roles={other.slug: Role.GUARD})
    unit = add_unit(site=other.slug, name="Gate 7", public_key=OTHER.verifying_key.public)
    assert adds(manager, replaces=str(unit.pk)).status_code == 404
    assert manager.get(f"{PAGE}add/?replaces={unit.pk}").status_code == 404
    assert adds(manager, replaces="x").status_code == 404


@pytest.fixture
def contractor(site: Site) -> Client:
    """Return a browser of somebody who is a contractor at one site, and a guard at another."""
    other = add_site(
        slug="hillside", name="Hillside", time_zone="Europe/London", organisation="Hartwell"
    )
    roles = {site.slug: Role.CONTRACTOR, other.slug: Role.GUARD}
    client = Client()
    client.force_login(add_user(name="con", password="four gates and a hut", roles=roles))
    return client


def test_a_contractor_adds_replaces_and_cancels_and_retires_nothing(
    contractor: Client, manager: Client, site: Site
) -> None:
    unit = add_unit(site=site.slug, name="Gate B", public_key=OTHER.verifying_key.public)
    adds(manager)
    page = words(contractor.get(PAGE))
    assert page.index("Units") < page.index("More"), "what they come for is beside Gates"
    assert "Replace Gate B" in page
    assert "Move Gate B" not in page, "they are a guard at the other site"
    assert "Retire Gate B" not in page
    assert "made by" not in page, "a contractor learns nobody's name"
    assert "made by" in words(manager.get(PAGE))
    assert adds(contractor, name="Gate B", replaces=str(unit.pk)).status_code == 200
    for code in SetUpCode.objects.all():
        contractor.post(f"{PAGE}codes/{code.pk}/cancel/")
    assert "No code is open." in words(contractor.get(PAGE))
    assert contractor.post(f"{PAGE}{unit.pk}/retire/").status_code == 403
    assert Unit.objects.get().retired_at is None


def test_a_contractor_moves_a_unit_between_sites_where_they_put_units_to_work(
    contractor: Client, site: Site
) -> None:
    unit = add_unit(site=site.slug, name="Gate B", public_key=OTHER.verifying_key.public)
    to_hillside = f"/sites/hillside/units/add/?replaces={unit.pk}"
    assert contractor.get(to_hillside).status_code == 403
    Membership.objects.filter(site__slug="hillside").update(role=Role.CONTRACTOR)
    assert "Move Gate B to Hillside" in words(contractor.get(PAGE))
    assert "Move Gate B from" in words(contractor.get(to_hillside))


def test_a_code_is_signed_by_the_hubs_own_key(manager: Client) -> None:
    from django.apps import apps  # noqa: PLC0415 - once the registry is ready

    own = apps.get_app_config("ingest")
    assert isinstance(own, IngestConfig)
    assert open_code(code_in(adds(manager))).key == own.hub_key.verifying_key

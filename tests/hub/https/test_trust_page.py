"""How a device comes to trust the hub, and what pages say of plain HTTP."""

import dataclasses
import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from pytest_django import Settings

from gate.hub.config import HubConfig, with_own_https
from gate.hub.enrol.authority import pin_of
from gate.hub.https.authority import authority_in
from gate.hub.https.certificates import spelled

pytestmark = pytest.mark.django_db

NOW: Final = datetime.now(UTC)  # noqa: TID251 - certificates are judged by the machine's clock


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> bytes:
    """Let the hub speak HTTPS itself; return its authority's certificate."""
    hub: HubConfig = settings.HUB
    settings.HUB = with_own_https(dataclasses.replace(hub, data=tmp_path), "hub.toml")
    made = authority_in(settings.HUB.authority_folder, hub.hosts, "hub-pi", NOW)
    return made.certificate.public_bytes(Encoding.DER)


def test_the_certificate_is_what_set_up_codes_pin_and_the_page_tells(
    own: bytes, settings: Settings
) -> None:
    answer = Client().get("/trust/site-gate-hub.crt", secure=True)
    assert answer["Content-Type"] == "application/x-x509-ca-cert"
    assert answer.content == own
    assert x509.load_der_x509_certificate(answer.content)
    digest = sha256(own).digest()
    assert pin_of(settings.HUB) == digest
    assert Client().get("/api/authority", secure=True).content == own
    page = Client().get("/trust/", secure=True).content.decode()
    assert spelled(digest) in page


@pytest.mark.usefixtures("own")
def test_the_page_has_steps_for_each_kind_and_a_code_of_its_plain_address() -> None:
    page = Client().get("/trust/", secure=True).content.decode()
    kinds = re.findall(r"<h3[^>]*>([^<]+)</h3>", page)
    assert kinds == ["Android", "iPhone and iPad", "Windows"]
    assert "http://testserver/trust/" in page
    assert 'href="https://testserver/"' in page
    assert "plain HTTP" not in page


def test_without_https_it_says_what_browsers_withhold_and_what_to_do() -> None:
    page = Client().get("/trust/").content.decode()
    assert "It keeps no roll call" in page
    assert "gate hub serve --https" in page
    assert Client().get("/trust/site-gate-hub.crt").status_code == 404


def test_where_browsers_know_who_vouches_there_is_nothing_to_do(settings: Settings) -> None:
    settings.HUB = dataclasses.replace(settings.HUB, https=True)
    assert "Nothing to do" in Client().get("/trust/", secure=True).content.decode()


@pytest.mark.parametrize(
    ("host", "secure", "told"),
    [
        ("testserver", False, True),
        ("testserver", True, False),
        ("localhost:8000", False, False),
        ("127.0.0.1:8000", False, False),
        ("[::1]:8000", False, False),
        ("localhost.example.org", False, True),
    ],
)
def test_pages_say_so_where_a_browser_withholds_something(
    settings: Settings, host: str, *, secure: bool, told: bool
) -> None:
    settings.ALLOWED_HOSTS = [host.rpartition(":")[0] or host]
    page = Client().get("/sign-in/", secure=secure, headers={"host": host}).content.decode()
    assert ("This page came by plain HTTP" in page) is told
    assert ('href="/trust/"' in page) is told

"""What every answer tells a browser, with and without HTTPS, under the settings as shipped."""

from pathlib import Path
from typing import Final

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from gate.hub.config import HubConfig, load_config
from gate.hub.settings import django_settings

pytestmark = pytest.mark.django_db

SHIPPED: Final = Path(__file__).parents[2] / "config" / "hub.toml"

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self';"
    " connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def _in_force(settings: Settings, config: HubConfig) -> None:
    for name, value in django_settings(config, "x" * 64).items():
        if name.startswith(("SECURE", "SESSION", "CSRF", "SILENCED")):
            setattr(settings, name, value)


@pytest.fixture
def _https(settings: Settings) -> None:
    """Put in force what differs behind a proxy that speaks HTTPS."""
    _in_force(settings, HubConfig(https=True))


@pytest.fixture
def _own_https(settings: Settings) -> None:
    """Put in force what differs where the hub speaks HTTPS itself."""
    _in_force(settings, HubConfig(own_https=True))


@pytest.mark.parametrize(
    "address", ["/sign-in/", "/nowhere/", "/api/openapi.json", "/sites/none/", "/alive/"]
)
def test_every_answer_tells_browsers_the_same(address: str) -> None:
    answer = Client().get(address)
    told = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert told == dict(part.split(" ", 1) for part in CSP.split("; "))
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    permissions = answer["Permissions-Policy"].split(", ")
    assert "camera=(self)" in permissions
    assert {"microphone=()", "geolocation=()", "usb=()"} <= set(permissions)
    assert "Strict-Transport-Security" not in answer


@pytest.mark.usefixtures("_https")
def test_only_over_https_a_browser_is_told_to_come_that_way_for_a_year() -> None:
    secure = Client().get("/sign-in/", headers={"x-forwarded-proto": "https"})
    assert secure["Strict-Transport-Security"] == "max-age=31536000"
    plain = Client().get("/sign-in/", headers={"x-forwarded-proto": "http"})
    assert plain.status_code == 301
    assert "Strict-Transport-Security" not in plain
    cookie = secure.cookies["csrftoken"]
    assert cookie["secure"] is True
    assert cookie["samesite"] == "Lax"


@pytest.mark.usefixtures("_own_https")
def test_a_hub_that_speaks_https_itself_tells_the_same_and_believes_no_header() -> None:
    secure = Client().get("/sign-in/", secure=True)
    assert secure["Strict-Transport-Security"] == "max-age=31536000"
    assert secure.cookies["csrftoken"]["secure"] is True
    pretended = Client().get("/sign-in/", headers={"x-forwarded-proto": "https"})
    assert (pretended.status_code, pretended["Location"]) == (301, "https://testserver/sign-in/")


@pytest.mark.usefixtures("_own_https")
@pytest.mark.parametrize(("address", "status"), [("/trust/", 200), ("/alive/", 204), ("/", 301)])
def test_who_doesn_t_trust_the_hub_yet_can_read_how_by_plain_http(
    address: str, status: int
) -> None:
    assert Client().get(address).status_code == status


@pytest.mark.parametrize("config", [HubConfig(https=True), HubConfig(own_https=True)])
def test_production_settings_pass_django_s_check_for_deployment(
    settings: Settings, config: HubConfig
) -> None:
    _in_force(settings, config)
    call_command("check", deploy=True, fail_level="WARNING")


def test_the_shipped_file_has_nothing_that_is_for_development(tmp_path: Path) -> None:
    text = SHIPPED.read_text("utf-8").replace("# https = false", "https = true")
    file = tmp_path / "hub.toml"
    file.write_text(text, "utf-8")
    config = load_config(file)
    assert config.https
    made = django_settings(config, "s")
    assert made["DEBUG"] is False
    assert "*" not in made["ALLOWED_HOSTS"]
    assert made["SESSION_COOKIE_SECURE"]
    assert made["CSRF_COOKIE_SECURE"]

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


@pytest.fixture
def _https(settings: Settings) -> None:
    """Put in force what differs behind a proxy that speaks HTTPS."""
    for name, value in django_settings(HubConfig(https=True), "x" * 64).items():
        if name.startswith(("SECURE", "SESSION", "CSRF", "SILENCED")):
            setattr(settings, name, value)


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


@pytest.mark.usefixtures("_https")
def test_production_settings_pass_django_s_check_for_deployment() -> None:
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

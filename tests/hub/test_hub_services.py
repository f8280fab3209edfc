"""Adding sites, units and people; what can't be is named whole."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import Settings

from gate.errors import ConfigError, TrustError
from gate.hub.config import HubConfig
from gate.hub.settings import django_settings
from gate.hub.sites.access import sites_of
from gate.hub.sites.models import Membership, Organisation, Role, Site, Unit
from gate.hub.sites.services import add_site, add_unit, add_user, retire_unit
from gate.signing.keys import SigningKey

pytestmark = pytest.mark.django_db

PASSWORD: Final = "four gates and a hut"
KEY, OTHER_KEY = (
    SigningKey(Ed25519PrivateKey.from_private_bytes(seed * 32)).verifying_key
    for seed in (b"a", b"b")
)


def _site(**changes: str) -> Site:
    usual = {"slug": "kings-wharf", "name": "Kings Wharf", "time_zone": "Europe/London"}
    return add_site(**{"organisation": "Hartwell"} | usual | changes)


def test_two_sites_of_one_organisation_share_it() -> None:
    _site()
    _site(slug="riverside", name="Riverside")
    assert Organisation.objects.count() == 1


def test_every_fault_of_a_site_is_named() -> None:
    with pytest.raises(ConfigError) as told:
        _site(slug="Kings Wharf", name=" ", time_zone="Europe/Nowhere", organisation="x" * 65)
    assert len(told.value.faults) == 4


def test_a_slug_that_is_taken_is_refused_and_leaves_nothing() -> None:
    _site()
    with pytest.raises(ConfigError, match="already exists"):
        _site(organisation="Other")
    assert Organisation.objects.count() == 1


def test_a_unit_is_known_by_its_key() -> None:
    _site()
    unit = add_unit(site="kings-wharf", name="Gate A", public_key=KEY.public)
    assert unit.uid == KEY.kid.hex()
    assert bytes(Unit.objects.get(uid=unit.uid).public_key) == KEY.public


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "Gate B"}, "Uid already exists"),
        ({"public_key": OTHER_KEY.public}, "A unit of this name is in use at the site"),
        ({"site": "riverside"}, "there are: kings-wharf"),
        ({"name": "a\nb", "public_key": KEY.public}, "printable"),
    ],
)
def test_a_unit_that_can_not_be_added_is_refused(changes: dict[str, Any], words: str) -> None:
    _site()
    usual: dict[str, Any] = {
        "site": "kings-wharf",
        "name": "Gate A",
        "public_key": KEY.public,
    }
    add_unit(**usual)
    with pytest.raises(ConfigError, match=words):
        add_unit(**usual | changes)
    assert Unit.objects.count() == 1


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(32)])
def test_what_is_no_key_is_no_unit(key: bytes) -> None:
    _site()
    with pytest.raises(TrustError):
        add_unit(site="kings-wharf", name="Gate A", public_key=key)


def test_a_unit_stands_at_one_site_only() -> None:
    other = _site(slug="riverside")
    _site()
    unit = add_unit(site="kings-wharf", name="Gate A", public_key=KEY.public)
    again = Unit(uid=unit.uid, site=other, name="Gate A", public_key=KEY.public)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_retiring_a_unit_twice_keeps_the_first_time() -> None:
    _site()
    uid = add_unit(site="kings-wharf", name="Gate A", public_key=KEY.public).uid
    first = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    retire_unit(uid, first)
    assert retire_unit(uid, datetime(2027, 1, 1, tzinfo=UTC)).retired_at == first
    with pytest.raises(ConfigError, match="no unit has this uid"):
        retire_unit("0" * 16, first)


def test_a_user_sees_the_sites_they_have_a_role_at() -> None:
    _site()
    _site(slug="riverside", name="Riverside")
    sam = add_user(name="sam", password=PASSWORD, roles={"riverside": Role.GUARD})
    boss = add_user(name="boss", password=PASSWORD, roles={}, is_admin=True)
    assert [site.slug for site in sites_of(sam)] == ["riverside"]
    assert [site.slug for site in sites_of(boss)] == ["kings-wharf", "riverside"]


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("sam", "short", "at least 10"),
        ("sam", "password123", "too common"),
        ("samantha-roe", "samantha-roe", "too similar"),
        ("a b", PASSWORD, "name = 'a b'"),
        ("", PASSWORD, "name = ''"),
    ],
)
def test_a_user_that_can_not_be_added_is_refused(name: str, password: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        add_user(name=name, password=password, roles={})


def test_a_user_for_a_site_that_is_not_there_is_not_added() -> None:
    with pytest.raises(ConfigError, match="none yet"):
        add_user(name="sam", password=PASSWORD, roles={"nowhere": Role.GUARD})
    assert add_user(name="sam", password=PASSWORD, roles={}).pk


def test_the_database_knows_no_role_but_those() -> None:
    site = _site()
    user = add_user(name="sam", password=PASSWORD, roles={})
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, site=site, role="king")


def test_the_commands_add_and_retire() -> None:
    call_command("addsite", slug="kings-wharf", name="Kings Wharf", organisation="Hartwell")
    uid = call_command("addunit", site="kings-wharf", name="Gate A", key=KEY.public.hex())
    assert call_command("retireunit", uid).startswith("Gate A: retired since 20")
    with pytest.raises(CommandError, match="not hexadecimal"):
        call_command("addunit", site="kings-wharf", name="Gate B", key="xyz")


def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_project_passes_django_s_own_checks() -> None:
    call_command("check", fail_level="WARNING")


def test_behind_https_it_passes_the_checks_for_production(settings: Settings) -> None:
    for name, value in django_settings(HubConfig(https=True), settings.SECRET_KEY).items():
        if name.startswith(("SECURE", "SESSION", "CSRF", "SILENCED")):
            setattr(settings, name, value)
    call_command("check", deploy=True, fail_level="WARNING")
    answer = Client().get("/", headers={"x-forwarded-proto": "http"})
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/")
    answer = Client().get("/sign-in/", headers={"x-forwarded-proto": "https"})
    assert answer["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.cookies["csrftoken"]["secure"] is True
    assert Client().get("/alive/").status_code == 204


def test_a_new_connection_of_sqlite_is_durable() -> None:
    if connection.vendor != "sqlite":
        assert connection.vendor == "postgresql"
        return
    with connection.cursor() as cursor:
        answers = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "busy_timeout", "foreign_keys")
        ]
    assert answers == [2, 20_000, 1]

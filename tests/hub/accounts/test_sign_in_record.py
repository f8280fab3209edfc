"""Who signed in, who failed to, and from where, in the record."""

from dataclasses import replace
from typing import Final

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from gate.hub.audit.models import Record
from gate.hub.sites.models import Role
from gate.hub.sites.services import add_site, add_user

pytestmark = pytest.mark.django_db

PASSWORD: Final = "four gates and a hut"
OTHER: Final = "three cranes and a lift"


@pytest.fixture(autouse=True)
def _sam() -> None:
    add_site(slug="quay", name="Quay", time_zone="Europe/London", organisation="Hartwell")
    mine = "sam@example.org"
    add_user(name="sam", password=PASSWORD, roles={"quay": Role.MANAGER}, email=mine)


def signs_in(name: str, password: str = PASSWORD, **headers: str) -> Client:
    client = Client(headers=headers)
    client.post("/sign-in/", {"username": name, "password": password})
    return client


def noted() -> list[tuple[str, str, str, str]]:
    """Return act, by whom, to whose account, and at what, oldest first."""
    names = {user.pk: user.username for user in User.objects.all()}
    return [
        (one.act, one.by_name, names.get(one.subject or 0, ""), one.place)
        for one in Record.objects.filter(site=None).order_by("pk")
    ]


def test_who_signs_in_is_in_the_record() -> None:
    signs_in("sam")
    signs_in("sam@example.org")
    assert noted() == [("hub_sign_in", "sam", "sam", "")] * 2


def test_who_fails_to_is_too_and_a_name_that_nobody_has_is_not_kept() -> None:
    signs_in("sam", "wrong")
    signs_in("sam@example.org", "wrong")
    signs_in(PASSWORD, "sam")
    assert noted() == [
        ("failed_sign_in", "not signed in", "sam", ""),
        ("failed_sign_in", "not signed in", "sam", ""),
        ("failed_sign_in", "not signed in", "", "a name that nobody has"),
    ]


def test_a_password_that_is_changed_is_noted_once() -> None:
    told = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    assert signs_in("sam").post("/password/", told).status_code == 302
    assert noted()[1:] == [("chose_password", "sam", "sam", "")]


@pytest.mark.parametrize(
    ("proxies", "https", "forwarded", "host"),
    [
        (0, False, "203.0.113.9", "127.0.0.1"),
        (1, False, "203.0.113.9", "203.0.113.9"),
        (1, False, "made up, 198.51.100.7", "198.51.100.7"),
        (2, False, "198.51.100.7, 192.0.2.1", "198.51.100.7"),
        (2, False, "192.0.2.1", "127.0.0.1"),
        (1, False, "nonsense", "127.0.0.1"),
        (0, True, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_the_visitor_s_past_the_proxies_that_are_trusted(
    settings: Settings, proxies: int, forwarded: str, host: str, *, https: bool
) -> None:
    settings.HUB = replace(settings.HUB, proxies=proxies, https=https)
    client = Client(headers={"x-forwarded-for": forwarded})
    client.post("/sign-in/", {"username": "sam", "password": PASSWORD})
    assert Record.objects.get().host == host

"""Roles that must sign in with a code: led to where it is turned on, and nowhere else before."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client

from gate.hub.accounts.demands import ask_code_of, code_asked_of
from gate.hub.accounts.roles import Part
from gate.hub.sites.models import Role
from gate.hub.sites.services import add_site, add_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _people() -> None:
    add_site(slug="quay", name="Quay", time_zone="Europe/London", organisation="Hartwell")
    for name, role in (("sam", Role.MANAGER), ("kim", Role.GUARD)):
        add_user(name=name, password="four gates and a hut", roles={"quay": role})


def _visit(name: str, address: str = "/sites/quay/") -> str:
    client = Client()
    client.force_login(User.objects.get(username=name))
    answer = client.get(address)
    return answer.headers.get("Location", str(answer.status_code))


def test_a_role_of_which_a_code_is_asked_sees_nothing_before_it_is_on() -> None:
    ask_code_of([Part.MANAGER])
    assert _visit("sam") == _visit("sam", "/") == "/second-factor/"
    assert _visit("sam", "/second-factor/") == "200"
    assert _visit("kim") == "200"
    Authenticator.objects.create(
        user=User.objects.get(username="sam"), type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    assert _visit("sam") == "200"


def test_what_is_asked_is_what_was_said_last() -> None:
    ask_code_of([Part.MANAGER, Part.ADMIN])
    ask_code_of([Part.ADMIN])
    assert code_asked_of() == {Part.ADMIN}
    assert _visit("sam") == "200"

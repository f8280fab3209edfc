"""The page of the units' logins: what a manager sees, gives, changes and withdraws there."""

import re
from html import unescape
from typing import Any, Final

import pytest
from django.test import Client

from gate.hub.locals.told import told_logins
from gate.hub.sites.models import Site
from gate.trust.local_login import LocalRole, opens
from tests.hub.gates import gate_a, manager, new_gate, site

__all__ = ["gate_a", "manager", "new_gate", "site"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gate_a")]

PAGE: Final = "/sites/kings-wharf/unit-logins/"
PASSWORD: Final = re.compile(r"[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}")


def words(answer: Any) -> str:  # noqa: ANN401 - Django's test response
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(answer.content.decode())).split())


def gives(manager: Client, name: str = "gatehouse", role: str = "guard") -> Any:  # noqa: ANN401 - as above
    return manager.post(f"{PAGE}add/", {"name": name, "role": role})


def test_a_site_without_logins_says_what_that_means(manager: Client) -> None:
    assert "Nobody can sign in at a gate." in words(manager.get(PAGE))


def test_a_password_is_shown_once_and_opens_the_login(manager: Client, site: Site) -> None:
    answer = gives(manager)

    shown = PASSWORD.search(words(answer))
    assert shown is not None
    (told,) = told_logins(site)
    assert opens(told, shown[0])
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    again = words(manager.get(PAGE))
    assert "gatehouse guard" in again
    assert PASSWORD.search(again) is None


def test_it_says_how_far_a_login_has_come(manager: Client) -> None:
    gives(manager)
    assert "sent to 0 of 1 gate" in words(manager.get(PAGE))


@pytest.mark.parametrize(
    ("name", "role", "told"),
    [
        pytest.param("", "guard", "Write a name", id="no name"),
        pytest.param("Ann Lee", "guard", "Allowed: 1 to 32", id="a name with a blank"),
        pytest.param("a" * 33, "guard", "Allowed: 1 to 32", id="a name too long"),
        pytest.param("ann", "queen", "Choose one of the three", id="no such role"),
        pytest.param("gatehouse", "guard", "is there already", id="a name that is taken"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_kept(
    manager: Client, site: Site, name: str, role: str, told: str
) -> None:
    gives(manager)
    answer = gives(manager, name, role)
    assert answer.status_code == 400
    assert told in words(answer)
    assert len(told_logins(site)) == 1


def test_a_new_password_comes_with_the_role_that_was_chosen(manager: Client, site: Site) -> None:
    gives(manager)
    number = site.login_set.get().pk
    answer = manager.post(f"{PAGE}{number}/renew/", {"role": "manager"})
    shown = PASSWORD.search(words(answer))
    assert shown is not None
    (told,) = told_logins(site)
    assert told.role is LocalRole.MANAGER
    assert opens(told, shown[0])


def test_a_withdrawn_login_is_gone_and_can_not_be_changed(manager: Client, site: Site) -> None:
    gives(manager)
    number = site.login_set.get().pk
    assert manager.post(f"{PAGE}{number}/withdraw/").status_code == 302
    assert told_logins(site) == ()
    answer = manager.post(f"{PAGE}{number}/renew/", {"role": "guard"})
    assert answer.status_code == 409
    assert "withdrawn or changed meanwhile" in words(answer)


def test_a_form_of_another_site_is_refused(manager: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = manager.cookies
    assert strict.post(f"{PAGE}add/", {"name": "eve", "role": "manager"}).status_code == 403

"""Whoever runs the hub says who signs in, and as what; a link lets them choose a password."""

import re
from html import unescape
from typing import Any, Final

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from gate.hub.accounts.demands import code_asked_of
from gate.hub.accounts.roles import Part
from gate.hub.audit.models import Record
from gate.hub.desk.models import Clerk, Desk
from gate.hub.sites.models import Membership, Role
from gate.hub.sites.services import add_site, add_user

pytestmark = pytest.mark.django_db

PASSWORD: Final = "four gates and a hut"
CHOSEN: Final = "three cranes and a lift"
USERS: Final = "/administration/users/"
LINK: Final = re.compile(r"http://testserver(/password/new/[^<]+)")
INVITED: Final = {"name": "sam", "email": "", "site": "quay", "role": "manager", "may": "roles"}


@pytest.fixture(autouse=True)
def _hub() -> None:
    add_site(slug="quay", name="Quay", time_zone="Europe/London", organisation="Hartwell")
    add_user(name="boss", password=PASSWORD, roles={}, is_admin=True)
    add_user(name="kim", password=PASSWORD, roles={"quay": Role.GUARD}, email="kim@example.org")


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


@pytest.fixture
def boss() -> Client:
    return signed_in("boss")


def page_of(name: str) -> str:
    return f"{USERS}{User.objects.get(username=name).pk}/"


def words(answer: Any) -> str:  # noqa: ANN401 - Django's test response
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(answer.content.decode())).split())


def link_in(answer: Any) -> str:  # noqa: ANN401 - as above
    found = LINK.search(answer.content.decode())
    assert found is not None
    return found[1]


def choose(link: str, password: str) -> Client:
    """Open a link as somebody who has nothing else, and choose a password by it."""
    client = Client()
    form = client.get(link)
    assert form.status_code == 302
    answer = client.post(form["Location"], {"password1": password, "password2": password})
    assert answer.status_code == 302
    return client


def signs_in(name: str, password: str) -> bool:
    client = Client()
    client.post("/sign-in/", {"username": name, "password": password})
    return "_auth_user_id" in client.session


def test_who_is_added_chooses_a_password_by_a_link_that_works_once(boss: Client) -> None:
    added = boss.post(f"{USERS}add/", INVITED)
    link = link_in(added)

    assert not User.objects.get(username="sam").has_usable_password()
    choose(link, CHOSEN)

    assert signs_in("sam", CHOSEN)
    assert signed_in("sam").get("/").headers["Location"] == "/sites/quay/"
    assert "password1" not in Client().get(link, follow=True).content.decode()
    assert link not in boss.get(page_of("sam")).content.decode()


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "kim"}, "A user with that username already exists."),
        ({"name": "Sam Roe"}, "Enter a valid username"),
        ({"email": "kim@example.org"}, "Another account has kim@example.org; next: "),
        ({"email": "nobody"}, "Enter a valid email address"),
        ({"role": "owner"}, "Select a valid choice"),
        ({"site": "elsewhere"}, "Select a valid choice"),
    ],
)
def test_what_does_not_fit_adds_nobody(boss: Client, told: dict[str, str], fault: str) -> None:
    answer = boss.post(f"{USERS}add/", INVITED | told)
    assert answer.status_code == 400
    assert fault in words(answer)
    assert User.objects.count() == 2


def test_a_role_is_given_changed_and_taken_away(boss: Client) -> None:
    page = page_of("kim")
    boss.post(f"{page}role/", {"site": "quay", "role": "contractor"})
    assert Membership.objects.get(user__username="kim").role == Role.CONTRACTOR
    assert signed_in("kim").get("/sites/quay/").status_code == 403

    boss.post(f"{page}role/", {"site": "quay", "role": "none"})
    assert signed_in("kim").get("/sites/quay/gates/").status_code == 404
    assert "None: they see no site." in words(boss.get(page))


def test_somebody_works_at_an_issuers_desk_or_no_more(boss: Client) -> None:
    Desk.objects.create(
        slug="ecs",
        iss="ecs",
        status_base="https://ecs.invalid/",
        capacity=8,
        created_at=timezone.now(),
    )
    page = page_of("kim")
    boss.post(f"{page}desk/", {"desk": "ecs", "works": "works"})
    assert signed_in("kim").get("/desk/ecs/").status_code == 200
    assert "ecs : works at the desk" in words(boss.get(page))

    boss.post(f"{page}desk/", {"desk": "ecs", "works": "none"})
    assert not Clerk.objects.exists()
    assert boss.post(f"{page}desk/", {"desk": "none", "works": "works"}).status_code == 400


def test_who_may_not_sign_in_any_more_is_signed_out_everywhere_at_once(boss: Client) -> None:
    kim = signed_in("kim")
    boss.post(f"{page_of('kim')}change/", {"email": "", "may": "roles", "account": "closed"})
    assert kim.get("/sites/quay/").status_code == 302
    assert not signs_in("kim", PASSWORD)
    assert boss.get(USERS).status_code == 200


def test_nobody_shuts_themselves_out_so_somebody_runs_the_hub_always(boss: Client) -> None:
    for told in ({"may": "roles", "account": "open"}, {"may": "everything", "account": "closed"}):
        answer = boss.post(f"{page_of('boss')}change/", {"email": "", **told})
        assert answer.status_code == 400
        assert "you would shut yourself out; next: ask another admin" in words(answer)
    assert User.objects.get(username="boss").is_superuser


def test_another_is_made_to_run_the_hub_and_no_more(boss: Client) -> None:
    told = {"email": "kim@example.org", "account": "open"}
    boss.post(f"{page_of('kim')}change/", told | {"may": "everything"})
    kim = signed_in("kim")
    assert kim.get(USERS).status_code == 200
    boss.post(f"{page_of('kim')}change/", told | {"may": "roles"})
    assert kim.get(USERS).status_code == 403


def test_a_lost_phone_is_forgotten_and_its_bearer_signed_out(boss: Client) -> None:
    kim = signed_in("kim")
    Authenticator.objects.create(
        user=User.objects.get(username="kim"), type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    assert "They sign in with a code as well." in words(boss.get(page_of("kim")))
    boss.post(f"{page_of('kim')}without-code/")
    assert not Authenticator.objects.exists()
    assert kim.get("/sites/quay/").status_code == 302
    assert boss.get(USERS).status_code == 200


def test_a_code_is_asked_of_the_roles_that_are_ticked(boss: Client) -> None:
    boss.post("/administration/codes/", {"part": ["guard", "contractor"]})
    assert code_asked_of() == {Part.GUARD, Part.CONTRACTOR}
    assert boss.get(USERS).content.decode().count(" checked") == 2
    assert signed_in("kim").get("/sites/quay/").headers["Location"] == "/second-factor/"

    wrong = boss.post("/administration/codes/", {"part": ["everybody"]})
    assert wrong.status_code == 400
    assert "everybody is not one of the available choices" in words(wrong)
    assert code_asked_of() == {Part.GUARD, Part.CONTRACTOR}

    boss.post("/administration/codes/", {})
    assert code_asked_of() == frozenset()


def test_each_change_of_an_account_is_in_the_record_with_whose_it_is(boss: Client) -> None:
    boss.post(f"{USERS}add/", INVITED)
    boss.post(f"{page_of('kim')}role/", {"site": "quay", "role": "manager"})
    boss.post(f"{page_of('kim')}link/")
    boss.post(f"{page_of('kim')}change/", {"email": "", "may": "roles", "account": "closed"})
    boss.post("/administration/codes/", {"part": ["admin"]})

    assert Record.objects.filter(site=None, by__username="boss").count() == 5
    Authenticator.objects.create(
        user=User.objects.get(username="boss"), type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    told = words(boss.get("/administration/changes/"))
    for said in (
        "added the account of sam : manager at quay",
        "gave another role to kim : manager at quay",
        "made a link to choose a password for kim",
        "changed the account of kim : has roles only, may not sign in",
        "set of whom a code is asked: admin",
    ):
        assert said in told

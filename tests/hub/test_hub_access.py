"""Every address of the hub, tried by everybody who might come.

Who may is in one table, `gate.hub.accounts.roles`; docs/reference/views-and-roles.md shows it.
"""

from collections.abc import Iterator
from typing import Final, assert_never

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from gate.hub.accounts.parts import ask_part_at_site
from gate.hub.accounts.roles import PAGES, Part, Place
from gate.hub.desk.access import add_clerk
from gate.hub.desk.models import Desk
from gate.hub.ingest.models import Alarm
from gate.hub.sites.access import visible_site
from gate.hub.sites.models import Role
from gate.hub.sites.services import add_site, add_unit, add_user
from gate.trust.bundle import Issuer
from gate.trust.issuers import format_issuers
from tests.hub.visit import SIGN_IN, VISITORS, Visit
from tests.hub.visits import UNIT_KEY, VISITS

pytestmark = pytest.mark.django_db

PASSWORD: Final = "four gates and a hut"


def _names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _names(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}"


def test_every_address_is_in_both_tables() -> None:
    names = sorted(set(_names(get_resolver().url_patterns)))
    assert names == sorted(VISITS)
    assert names == sorted(PAGES)


PARTS: Final = {
    "owner": Part.MANAGER,
    "colleague": Part.GUARD,
    "contractor": Part.CONTRACTOR,
    "admin": Part.ADMIN,
}
"""What visitors are at the site."""


@pytest.mark.parametrize("name", VISITS)
def test_the_table_of_roles_says_what_the_table_of_visits_says(name: str) -> None:
    allowed, visit = PAGES[name], VISITS[name]
    match allowed.place:
        case Place.NOWHERE:
            assert visit.answer("nobody") == visit.answer("stranger") or name == "account_login"
        case Place.SITE:
            for visitor, part in PARTS.items():
                assert (visit.answer(visitor) != 403) is (part in allowed.parts)
            assert visit.answer("stranger") == visit.answer("scheme") == 404
        case Place.DESK:
            assert Part.SCHEME in allowed.parts
            assert visit.answer("scheme") == visit.answer("admin")
            assert visit.answer("colleague") == visit.answer("contractor") == 404
        case Place.ADMINISTRATION:
            others = {visit.answer(one) for one in VISITORS if one not in {"admin", "nobody"}}
            assert others == {403}
            assert visit.answer("admin") != 403
        case Place.HUB:
            assert 403 not in {visit.answer(one) for one in VISITORS}
        case _:
            assert_never(allowed.place)
    if allowed.place is not Place.NOWHERE:
        assert visit.answer("nobody") == SIGN_IN


@pytest.fixture
def _people() -> None:
    for slug in ("kings-wharf", "riverside"):
        add_site(slug=slug, name=slug.title(), time_zone="Europe/London", organisation="Hartwell")
    roles = {
        "owner": {"kings-wharf": Role.MANAGER},
        "colleague": {"kings-wharf": Role.GUARD},
        "stranger": {"riverside": Role.MANAGER},
        "admin": {},
        "contractor": {"kings-wharf": Role.CONTRACTOR},
        "scheme": {},
    }
    for name, by_site in roles.items():
        add_user(name=name, password=PASSWORD, roles=by_site, is_admin=name == "admin")
    unit = add_unit(site="kings-wharf", name="Gate A", public_key=bytes.fromhex(UNIT_KEY))
    now = timezone.now()
    base = "https://ecs.invalid/"
    issuer = Issuer(iss="ecs", schemes=frozenset({"ecs-jib"}), status_base=base, keys=())
    desk = Desk.objects.create(
        slug="ecs",
        iss="ecs",
        status_base=base,
        issuer=format_issuers([issuer]),
        capacity=8,
        created_at=now,
    )
    add_clerk(desk, "scheme")
    Alarm.objects.create(
        pk=1, unit=unit, kind="conflict", journal_id=bytes(16), seq=1, first_at=now, last_at=now
    )


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("name", VISITS)
def test_an_address_answers_each_visitor_as_the_table_says(name: str) -> None:
    visit = VISITS[name]
    assert {one: _answer(visit, one) for one in VISITORS} == {
        one: visit.answer(one) for one in VISITORS
    }


def _answer(visit: Visit, visitor: str) -> int:
    """Visit, and leave everything as it was for the next visitor."""
    before = transaction.savepoint()
    client = Client()
    if visitor != "nobody":
        client.force_login(User.objects.get(username=visitor))
    answer = client.generic(visit.method, visit.address, visit.body, "application/octet-stream")
    if visitor == "nobody" and answer.status_code == SIGN_IN:
        assert answer["Location"].startswith("/sign-in/")
    transaction.savepoint_rollback(before)
    return answer.status_code


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/sites/kings-wharf/",
        "/sites/kings-wharf/log/",
        "/sites/kings-wharf/report/",
        "/sites/kings-wharf/gatehouse/",
        "/sites/kings-wharf/forgive/",
        "/sites/kings-wharf/gates/",
        "/sites/kings-wharf/alarms/",
        "/sites/kings-wharf/blocked/",
        "/sites/kings-wharf/lockdown/",
        "/sites/kings-wharf/test-release/",
        "/sites/kings-wharf/rules/",
        "/sites/kings-wharf/areas/",
        "/sites/kings-wharf/e-mail/",
        "/sites/kings-wharf/passes/",
        "/sites/kings-wharf/passes/new/",
        "/sites/kings-wharf/people/",
        "/sites/kings-wharf/people/add/",
        "/sites/kings-wharf/people/import/",
        "/sites/kings-wharf/people/induct/",
        "/sites/kings-wharf/people/passes/",
        "/sites/kings-wharf/companies/",
        "/sites/kings-wharf/visitors/",
        "/sites/kings-wharf/audit/",
        "/administration/",
        "/administration/users/",
        "/administration/changes/",
        "/password/",
        "/second-factor/",
        "/sign-in/",
        "/password/forgotten/",
    ],
)
def test_a_page_runs_nothing_from_elsewhere_and_is_kept_by_nobody(address: str) -> None:
    client = Client()
    if address not in {"/sign-in/", "/password/forgotten/"}:
        client.force_login(User.objects.get(username="admin"))
    answer = client.get(address)
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert set(policy.values()) <= {"'none'", "'self'"}
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    page = answer.content.decode()
    assert " style=" not in page
    assert " on" not in {word[:3] for word in page.split("<") if word.startswith("script")}
    assert "<script>" not in page
    assert "://" not in page


@pytest.mark.usefixtures("_people")
def test_a_member_of_one_site_is_led_to_its_day() -> None:
    client = Client()
    client.force_login(User.objects.get(username="stranger"))
    assert client.get("/")["Location"] == "/sites/riverside/"


@pytest.mark.usefixtures("_people")
def test_a_site_that_is_not_there_looks_like_one_that_is_not_for_you() -> None:
    client = Client()
    client.force_login(User.objects.get(username="stranger"))
    other, none = (client.get(f"/sites/{slug}/log/") for slug in ("kings-wharf", "nowhere"))
    assert other.status_code == none.status_code == 404
    tokens = (b"csrfmiddlewaretoken", b"kings-wharf", b"nowhere")
    lines = [
        [line for line in one.content.splitlines() if not any(token in line for token in tokens)]
        for one in (other, none)
    ]
    assert lines[0] == lines[1]


@pytest.mark.usefixtures("_people")
def test_who_has_no_site_is_told_whom_to_ask() -> None:
    user = add_user(name="new", password=PASSWORD, roles={})
    client = Client()
    client.force_login(user)
    assert "nobody has given you a site" in client.get("/").content.decode()


@pytest.mark.usefixtures("_people")
def test_signing_in_with_the_right_password_leads_to_the_site() -> None:
    client = Client()
    wrong = client.post("/sign-in/", {"username": "owner", "password": "wrong"})
    assert "nobody of this name with this password" in wrong.content.decode()
    right = client.post("/sign-in/", {"username": "owner", "password": PASSWORD})
    assert (right.status_code, right["Location"]) == (302, "/")
    assert client.get("/sites/kings-wharf/log/").status_code == 200


@pytest.mark.usefixtures("_people")
def test_signing_in_leads_nowhere_else() -> None:
    answer = Client().post(
        "/sign-in/?next=https://elsewhere.example/",
        {"username": "owner", "password": PASSWORD},
    )
    assert answer["Location"] == "/"


@pytest.mark.usefixtures("_people")
def test_a_form_from_another_site_is_refused_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "owner"})
    assert answer.status_code == 403
    assert "open too long" in answer.content.decode()


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("name", ["owner", "colleague", "contractor"])
def test_a_member_and_their_site_are_one_question(name: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username=name))
    client.get("/sites/kings-wharf/gates/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/sites/kings-wharf/gates/").status_code == 200
    sites = [one["sql"] for one in asked.captured_queries if '"sites_site"."slug"' in one["sql"]]
    assert len(sites) == 1, sites


@pytest.mark.usefixtures("_people")
def test_who_came_to_one_site_is_still_asked_about_another() -> None:
    user = User.objects.get(username="owner")
    add_site(slug="other", name="Other", time_zone="UTC", organisation="Other")
    ask_part_at_site(user, "kings-wharf")
    assert visible_site(user, "kings-wharf").slug == "kings-wharf"
    with pytest.raises(Http404):
        visible_site(user, "other")

"""Signing in: passwords, guessing, forgotten passwords, and the second factor."""

import base64
import hmac
import re
import struct
from collections.abc import Iterator
from typing import Any, Final

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from gate.errors import ConfigError
from gate.hub.accounts.models import Counted
from gate.hub.accounts.second_factor import SecondFactor, forget_second_factor
from gate.hub.accounts.settings import FAILED_BY_NAME, account_settings
from gate.hub.config import HubConfig
from gate.hub.sites.models import Role
from gate.hub.sites.services import add_site, add_user, reset_user

pytestmark = pytest.mark.django_db

PASSWORD: Final = "four gates and a hut"
OTHER: Final = "three cranes and a lift"
STEP_S: Final = 30


@pytest.fixture(autouse=True)
def _people() -> None:
    add_site(slug="quay", name="Quay", time_zone="Europe/London", organisation="Hartwell")
    for name in ("sam", "kim"):
        mine = f"{name}@example.org"
        add_user(name=name, password=PASSWORD, roles={"quay": Role.MANAGER}, email=mine)


@pytest.fixture
def _mail(settings: Settings) -> Iterator[None]:
    settings.HUB = HubConfig(
        data=settings.HUB.data, mail="smtp://192.0.2.1", mail_from="gates@example.org"
    )
    yield
    mail.outbox.clear()


def _sign_in(client: Client, name: str = "sam", password: str = PASSWORD) -> Any:  # noqa: ANN401 - a response as the test client has it
    return client.post("/sign-in/", {"username": name, "password": password})


def _words(answer: Any) -> str:  # noqa: ANN401 - as above
    return " ".join(answer.content.decode().split())


def _code(secret: str, step: int = 0) -> str:
    """Make a code as an app does (RFC 6238), `step` half minutes from now."""
    counter = int(timezone.now().timestamp()) // STEP_S + step
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF) % 10**6:06}"


def _turn_on(client: Client) -> tuple[str, list[str]]:
    """Turn codes on for whoever is signed in; return the secret and the recovery codes."""
    client.post("/password/again/?next=/second-factor/add/", {"password": PASSWORD})
    page = _words(client.get("/second-factor/add/"))
    found = re.search(r"<strong>([A-Z2-7]{32})</strong>", page)
    assert found is not None
    answer = client.post("/second-factor/add/", {"code": _code(found[1])}, follow=True)
    return found[1], re.findall(r"<code>(\d{8})</code>", answer.content.decode())


@pytest.mark.parametrize("name", ["sam", "sam@example.org", "Sam@Example.Org"])
def test_somebody_signs_in_by_name_or_by_e_mail_address(name: str) -> None:
    answer = _sign_in(Client(), name)
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_wrong_password_and_a_name_nobody_has_are_told_in_the_same_words() -> None:
    pages = {_words(_sign_in(Client(), *tried)) for tried in (("sam", "x"), ("nobody", PASSWORD))}
    tokens = r'value="[^"]*"'
    assert len({re.sub(tokens, "", page) for page in pages}) == 1
    assert "nobody of this name with this password" in pages.pop()


def test_after_five_wrong_passwords_even_the_right_one_waits_at_every_process() -> None:
    for _ in range(FAILED_BY_NAME):
        assert "nobody of this name" in _words(_sign_in(Client(), "sam", "wrong"))
    assert Counted.objects.exists()  # a table, not one process's memory
    locked = _words(_sign_in(Client()))
    assert "Too many failed attempts" in locked
    assert "5 minutes" in locked


def test_one_locked_name_locks_nobody_else() -> None:
    for _ in range(FAILED_BY_NAME):
        _sign_in(Client(), "sam", "wrong")
    assert _sign_in(Client(), "kim").status_code == 302


def test_many_names_from_one_address_are_slowed_down_too() -> None:
    for number in range(10):
        _sign_in(Client(), f"guess{number}", "wrong")
    assert "Too many failed attempts" in _words(_sign_in(Client(), "kim"))


def test_a_visitor_of_another_address_is_not_slowed_down_behind_a_proxy(
    settings: Settings,
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        tried = {"username": f"guess{number}", "password": "wrong"}
        Client().post("/sign-in/", tried, headers={"x-forwarded-for": "198.51.100.7"})
    right = {"username": "kim", "password": PASSWORD}
    answer = Client().post("/sign-in/", right, headers={"x-forwarded-for": "203.0.113.9"})
    assert answer.status_code == 302
    assert account_settings(HubConfig(https=True))["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
    assert account_settings(HubConfig())["ALLAUTH_TRUSTED_PROXY_COUNT"] == 0


def test_an_account_that_was_closed_says_so_to_who_knows_its_password() -> None:
    User.objects.filter(username="sam").update(is_active=False)
    answer = Client().post("/sign-in/", {"username": "sam", "password": PASSWORD}, follow=True)
    assert "closed your account" in _words(answer)
    assert "nobody of this name" in _words(_sign_in(Client(), "sam", "wrong"))


def test_nobody_signs_up_and_nobody_writes_an_address_down() -> None:
    client = Client()
    for address in ("/signup/", "/sign-up/", "/email/", "/accounts/signup/", "/accounts/email/"):
        assert client.get(address).status_code == 404


def test_a_password_is_changed_and_other_browsers_are_signed_out() -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        _sign_in(client)
    typed = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    wrong = here.post("/password/", typed | {"oldpassword": "not this"})
    assert "not your password now" in _words(wrong)
    assert "too short" in _words(
        here.post("/password/", typed | {"password1": "short", "password2": "short"})
    )
    assert here.post("/password/", typed)["Location"] == "/password/changed/"
    assert here.get("/password/changed/").status_code == 200
    assert elsewhere.get("/password/").status_code == 302


def test_without_e_mail_the_page_says_what_to_do_instead() -> None:
    for answer in (Client().get("/password/forgotten/"), Client().post("/password/forgotten/")):
        assert "This hub sends no e-mail" in _words(answer)
        assert "gate hub createuser --reset" in _words(answer)


@pytest.mark.usefixtures("_mail")
def test_a_link_by_e_mail_gives_a_new_password_once() -> None:
    client = Client()
    sent = client.post("/password/forgotten/", {"email": "sam@example.org"}, follow=True)
    assert "Look into your e-mail" in _words(sent)
    (message,) = mail.outbox
    assert message.to == ["sam@example.org"]
    link = re.search(r"http://testserver(/password/new/\S+)", str(message.body))
    assert link is not None
    shown = client.get(link[1], follow=True)
    typed = {"password1": OTHER, "password2": OTHER}
    done = client.post(shown.redirect_chain[-1][0], typed, follow=True)
    assert "signed out everywhere" in _words(done)
    assert _sign_in(Client(), "sam", OTHER).status_code == 302
    assert "doesn't work any more" in _words(Client().get(link[1], follow=True))


@pytest.mark.usefixtures("_mail")
def test_an_unknown_address_gets_no_e_mail_and_the_same_answer() -> None:
    known, unknown = (
        Client().post("/password/forgotten/", {"email": f"{name}@example.org"})
        for name in ("sam", "nobody")
    )
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [["sam@example.org"]]


def test_a_second_factor_is_turned_on_asked_for_and_taken_once() -> None:
    client = Client()
    _sign_in(client)
    secret, recovery = _turn_on(client)
    assert len(recovery) == 10
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))
    cache.clear()  # codes used to turn it on are no part of this
    client = Client()
    assert _sign_in(client)["Location"] == "/sign-in/code/"
    assert client.get("/sites/quay/").status_code == 302  # a password alone lets nobody in
    assert "This code is not right" in _words(client.post("/sign-in/code/", {"code": "000000"}))
    code = _code(secret)
    assert client.post("/sign-in/code/", {"code": code})["Location"] == "/"
    assert client.get("/sites/quay/").status_code == 200
    again = Client()
    _sign_in(again)
    spaced = f"{code[:3]} {code[3:]}"
    assert "used already" in _words(again.post("/sign-in/code/", {"code": spaced}))
    assert again.post("/sign-in/code/", {"code": recovery[0]})["Location"] == "/"
    last = Client()
    _sign_in(last)
    assert "used already" in _words(last.post("/sign-in/code/", {"code": recovery[0]}))


def test_wrong_codes_are_counted_like_wrong_passwords() -> None:
    client = Client()
    _sign_in(client)
    secret, _ = _turn_on(client)
    client = Client()
    _sign_in(client)
    for _ in range(FAILED_BY_NAME):
        assert "not right" in _words(client.post("/sign-in/code/", {"code": "000000"}))
    locked = _words(client.post("/sign-in/code/", {"code": _code(secret, 1)}))
    assert "Too many failed attempts" in locked


def test_the_qr_code_is_part_of_the_page_and_needs_no_style_nor_address() -> None:
    client = Client()
    _sign_in(client)
    client.post("/password/again/?next=/second-factor/add/", {"password": PASSWORD})
    page = _words(client.get("/second-factor/add/"))
    assert "<svg" in page
    assert "data:" not in page
    assert " style=" not in page
    assert "://" not in page


def test_turning_codes_off_needs_the_password_again_and_ends_the_recovery_codes() -> None:
    client = Client()
    _sign_in(client)
    _turn_on(client)
    fresh = Client()
    fresh.force_login(User.objects.get(username="sam"))
    assert "/again/" in fresh.post("/second-factor/remove/")["Location"]
    assert client.post("/second-factor/remove/")["Location"] == "/second-factor/"
    assert not Authenticator.objects.exists()


def test_at_the_console_a_lost_phone_is_forgotten_and_a_new_password_given() -> None:
    client = Client()
    _sign_in(client)
    _turn_on(client)
    assert forget_second_factor(reset_user(name="sam", password=OTHER))
    assert _sign_in(Client(), "sam", OTHER)["Location"] == "/"
    assert not forget_second_factor(User.objects.get(username="sam"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "nobody", "password": OTHER}, "nobody is called so"),
        ({"name": "sam", "password": "short"}, "too short"),
        ({"name": "sam", "password": OTHER, "email": "sam"}, "e-mail = 'sam'"),
        ({"name": "sam", "password": OTHER, "email": "kim@example.org"}, "somebody else's"),
    ],
)
def test_a_reset_that_can_not_be_changes_nothing(given: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        reset_user(**given)
    assert _sign_in(Client()).status_code == 302


def test_another_hub_s_key_opens_no_second_factor(settings: Settings) -> None:
    kept = SecondFactor().encrypt("JBSWY3DPEHPK3PXP")
    assert SecondFactor().decrypt(kept) == "JBSWY3DPEHPK3PXP"
    other = settings.HUB.data / "other"
    other.mkdir()
    (other / "sites.key").write_bytes(bytes(32))
    settings.HUB = HubConfig(data=other)
    with pytest.raises(ConfigError, match=r"sites\.key"):
        SecondFactor().decrypt(kept)

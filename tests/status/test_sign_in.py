"""Signing in at a unit: by the manifest in force, while it says so, and not by guessing."""

import pytest

from gate.status.sessions import (
    ATTEMPTS_S,
    MAX_ATTEMPTS,
    MAX_ATTEMPTS_OF_ALL,
    MAX_SESSIONS,
    SESSION_S,
)
from gate.trust.local_login import LocalRole, make_login
from tests.status.status_unit import HOST, LOGINS, PASSWORD, Browser, StatusUnit, text_of

OTHER = "0000-0000-0000"
PERSONAL = ("/roll-call", "/record", "/lists", "/faults")


def test_who_is_signed_in_sees_the_pages(manager: Browser) -> None:
    assert all(manager.get(path).status == 200 for path in ("/", *PERSONAL))


def test_the_cookie_is_for_this_page_alone(unit: StatusUnit) -> None:
    unit.told()
    reply = unit.browser().signs_in()
    assert reply.status == 303
    cookie = reply.headers["Set-Cookie"]
    assert cookie.endswith("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict")
    assert len(cookie.partition(";")[0]) > len("gate_session=") + 40


def test_behind_a_proxy_with_tls_the_cookie_is_for_tls(unit: StatusUnit) -> None:
    unit.told()
    reply = unit.browser().post(
        "/sign-in", f"name=manager&password={PASSWORD}", Origin=f"https://{HOST}"
    )
    assert reply.headers["Set-Cookie"].endswith("; Secure")


@pytest.mark.parametrize("path", PERSONAL)
def test_without_a_session_nothing_but_the_front_page_is_shown(unit: StatusUnit, path: str) -> None:
    unit.told()
    unit.passes("Ann Lee")
    browser = unit.browser()
    reply = browser.get(path)
    assert (reply.status, reply.headers["Location"], reply.body) == (303, "/", b"")
    front = text_of(browser.get())
    assert "This gate works" in front
    assert "Ann" not in front
    assert "inside" not in front


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (LocalRole.MANAGER, {"/", "/roll-call", "/record", "/lists", "/faults"}),
        (LocalRole.GUARD, {"/", "/roll-call", "/lists", "/faults"}),
        (LocalRole.CONTRACTOR, {"/", "/lists", "/faults"}),
    ],
)
def test_each_role_sees_its_pages_and_is_shown_no_way_to_others(
    unit: StatusUnit, role: LocalRole, seen: set[str]
) -> None:
    unit.told()
    unit.passes("Ann Lee")
    browser = unit.browser()
    browser.signs_in(role.value)
    answered = {path for path in ("/", *PERSONAL) if browser.get(path).status == 200}
    assert answered == seen
    front = browser.get().body.decode()
    assert {path for path in PERSONAL if f'href="{path}"' in front} == seen - {"/"}
    assert "Ann" not in front


@pytest.mark.parametrize(
    ("name", "password"),
    [("manager", OTHER), ("nobody", PASSWORD), ("", ""), ("manager", ""), ("manager", "x" * 64)],
)
def test_a_wrong_name_or_password_opens_nothing(unit: StatusUnit, name: str, password: str) -> None:
    unit.told()
    browser = unit.browser()
    reply = browser.signs_in(name, password)
    assert reply.status == 403
    assert "don't go together" in text_of(reply)
    assert "Set-Cookie" not in reply.headers


def test_a_name_is_typed_as_phones_type_it(unit: StatusUnit) -> None:
    unit.told()
    assert unit.browser().signs_in("+Manager+", "K7WD+9FMP+3XQT").status == 303


def test_somebody_elses_token_opens_nothing(manager: Browser) -> None:
    manager.cookie = "gate_session=" + "A" * 43
    assert manager.get("/roll-call").status == 303
    manager.cookie = "gate_session="
    assert manager.get("/roll-call").status == 303


def test_two_session_cookies_are_none(manager: Browser) -> None:
    manager.cookie = f"{manager.cookie}; gate_session=x"
    assert manager.get("/roll-call").status == 303


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(manager: Browser) -> None:
    kept = manager.cookie
    reply = manager.post("/sign-out")
    assert reply.headers["Set-Cookie"].startswith("gate_session=; Path=/; Max-Age=0")
    manager.cookie = kept
    assert manager.get("/roll-call").status == 303


def test_a_session_ends_with_the_shift(unit: StatusUnit, manager: Browser) -> None:
    unit.later(SESSION_S - 1)
    assert manager.get("/roll-call").status == 200
    unit.later(1)
    assert manager.get("/roll-call").status == 303


@pytest.mark.parametrize(
    "logins",
    [
        pytest.param((), id="withdrawn"),
        pytest.param(
            (make_login("manager", LocalRole.MANAGER, OTHER, bytes(16)),), id="another password"
        ),
        pytest.param(
            (make_login("manager", LocalRole.GUARD, PASSWORD, bytes(16)),), id="another role"
        ),
    ],
)
def test_a_login_that_was_withdrawn_or_changed_ends_its_sessions(
    unit: StatusUnit, manager: Browser, logins: tuple[()]
) -> None:
    assert manager.get("/roll-call").status == 200
    unit.told(logins)
    unit.later()
    assert manager.get("/roll-call").status == 303


def test_a_new_manifest_with_the_same_logins_ends_no_session(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.later(60)
    unit.told(LOGINS, blocked=frozenset({bytes(16)}))
    unit.later()
    assert manager.get("/roll-call").status == 200


def test_after_five_attempts_that_fail_a_place_waits_a_minute(unit: StatusUnit) -> None:
    unit.told()
    browser = unit.browser()
    assert [browser.signs_in("manager", OTHER).status for _ in range(MAX_ATTEMPTS)] == [403] * 5
    reply = browser.signs_in()
    assert reply.status == 429
    assert "Try again in 60 seconds" in text_of(reply)
    unit.later(ATTEMPTS_S)
    assert browser.signs_in().status == 303


def test_one_places_attempts_lock_nobody_else_out(unit: StatusUnit) -> None:
    unit.told()
    browser = unit.browser()
    for _ in range(MAX_ATTEMPTS):
        browser.signs_in("manager", OTHER)
    browser.peer = "192.0.2.51"
    assert browser.signs_in().status == 303


def test_guessing_from_everywhere_is_bounded_and_holds_up_nobody_who_is_in(
    manager: Browser,
) -> None:
    guesser = Browser(manager.site)
    for number in range(MAX_ATTEMPTS_OF_ALL):
        guesser.peer = f"2001:db8:0:{number:x}"
        assert guesser.signs_in("manager", OTHER).status == 403
    guesser.peer = "2001:db8:0:ffff"
    assert guesser.signs_in("manager", PASSWORD).status == 429
    assert manager.get("/roll-call").status == 200


def test_the_oldest_of_too_many_sessions_ends(unit: StatusUnit) -> None:
    unit.told()
    first = unit.browser()
    first.signs_in()
    for _ in range(MAX_SESSIONS):
        Browser(first.site).signs_in()
    assert first.get("/roll-call").status == 303


@pytest.mark.parametrize(
    "origin", ["", "null", "http://evil.example", f"ftp://{HOST}", f"http://{HOST}.evil.example"]
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_a_form_of_another_page_changes_nothing(manager: Browser, path: str, origin: str) -> None:
    reply = manager.post(path, f"name=manager&password={PASSWORD}", Origin=origin)
    assert reply.status == 403
    assert "Set-Cookie" not in reply.headers
    assert manager.get("/roll-call").status == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("192.0.2.7:8080", 200),
        ("[2001:db8::7]:8080", 200),
        ("gate-a.site.example", 200),
        ("GATE-A.site.example.:8080", 200),
        ("localhost", 200),
        ("evil.example", 421),
        ("192.0.2.7.evil.example", 421),
        ("gate-a.site.example.evil.example", 421),
        ("", 421),
        ("a b", 421),
    ],
)
def test_a_name_that_is_not_this_gates_is_not_answered(
    manager: Browser, host: str, status: int
) -> None:
    assert manager.get("/", Host=host).status == status


def test_nothing_but_signing_in_and_out_is_ever_changed(manager: Browser) -> None:
    assert manager.post("/roll-call").status == 405
    assert manager.get("/sign-out").status == 404
    assert manager.get("/roll-call").status == 200


def test_a_unit_without_a_manifest_says_what_to_do(unit: StatusUnit) -> None:
    front = text_of(unit.browser().get())
    assert "no manifest of its site" in front
    assert "gate trust import" in front
    assert unit.browser().signs_in().status == 403


def test_a_site_without_logins_says_what_to_do(unit: StatusUnit) -> None:
    unit.told(())
    assert "on the hub's page Gate logins" in text_of(unit.browser().get())


@pytest.mark.parametrize("days", [5, 60])
def test_people_can_sign_in_however_long_the_hub_has_been_down(unit: StatusUnit, days: int) -> None:
    unit.told()
    browser = unit.browser()
    unit.later(days * 86_400)
    assert browser.signs_in().status == 303
    assert browser.get("/roll-call").status == 200

"""A desk's pages: looking for cards, changing what was ticked or found, what was done, undo."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any, Final

import pytest
from django.test import Client

from gate.hub.desk.access import add_clerk, desks_of, remove_clerk
from gate.hub.desk.issuing import Fact
from gate.hub.desk.keys import key_file
from gate.hub.desk.models import Desk, DeskList, IssuedCard, StatusChange
from gate.hub.sites.models import Role
from gate.hub.sites.services import add_site, add_user
from gate.trust.status_list import Status
from tests.hub.desk.conftest import issued, list_file

PASSWORD: Final = "four gates and a hut"
PAGE: Final = "/desk/ecs/"
BAD: Final = Fact(source="Bad Awards", centre="Mill Lane")
HIDDEN: Final = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(add_user(name=name, password=PASSWORD, roles={}))
    return client


@pytest.fixture
def clerk(desk: Desk) -> Client:
    client = signed_in("kim")
    add_clerk(desk, "kim")
    return client


def shown(client: Client, address: str = PAGE, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def posts(client: Client, address: str, **values: Any) -> tuple[int, str]:  # noqa: ANN401 - any field
    answer = client.post(address, values)
    return answer.status_code, unescape(answer.content.decode())


def confirms(client: Client, asked: str, **changes: Any) -> tuple[int, str]:  # noqa: ANN401 - any field
    """Press the button of the page that asks."""
    fields: dict[str, Any] = {}
    for name, value in HIDDEN.findall(asked):
        fields.setdefault(name, []).append(value)
    answer = client.post(f"{PAGE}change/", fields | {"reason": "Fraud"} | changes)
    if answer.status_code == 302:
        return 302, shown(client, answer["Location"])
    return answer.status_code, unescape(answer.content.decode())


def statuses() -> dict[str, Status]:
    return {one.number: Status(one.status) for one in IssuedCard.objects.all()}


def test_ticked_cards_are_cancelled_once_that_was_confirmed(desk: Desk, clerk: Client) -> None:
    for number in ("J1", "J2", "J3"):
        issued(desk, number)
    rows = [str(IssuedCard.objects.get(number=number).pk) for number in ("J1", "J3")]
    status, asked = posts(clerk, f"{PAGE}confirm/", action="revoke", which="ticked", card=rows)
    assert (status, "Cancel 2 cards?" in asked) == (200, True)
    assert "This cancels 2 cards." in asked
    assert "know within 15 minutes" in asked
    assert set(statuses().values()) == {Status.VALID}
    status, done = confirms(clerk, asked)
    assert (status, "2 cards cancelled" in done, "Fraud" in done) == (302, True, True)
    assert statuses() == {"J1": Status.INVALID, "J2": Status.VALID, "J3": Status.INVALID}
    assert StatusChange.objects.get().by_name == "kim"


def test_all_that_were_found_are_put_on_hold_beyond_the_page(desk: Desk, clerk: Client) -> None:
    for number in range(60):
        issued(desk, f"J{number}", BAD)
    issued(desk, "other")
    page = shown(clerk, f"{PAGE}?source=Bad+Awards")
    assert "All 60 found" in page
    assert "Page 1 of 2" in page
    fields = dict(HIDDEN.findall(page))
    _, asked = posts(clerk, f"{PAGE}confirm/", **fields | {"action": "suspend", "which": "all"})
    assert "Put 60 cards on hold?" in asked
    assert "The first 20 of them" in asked
    status, done = confirms(clerk, asked)
    assert (status, "60 cards put on hold" in done) == (302, True)
    assert [number for number, one in statuses().items() if one is Status.VALID] == ["other"]


def test_a_change_is_undone_from_its_page(desk: Desk, clerk: Client) -> None:
    issued(desk, "J1", BAD)
    _, asked = posts(clerk, f"{PAGE}confirm/", action="revoke", which="all", source="Bad Awards")
    _, done = confirms(clerk, asked)
    assert "Undo: reinstate 1 card" in done
    fields = dict(HIDDEN.findall(done))
    _, asked = posts(clerk, f"{PAGE}confirm/", **fields | {"action": "reinstate"})
    assert "Reinstate 1 card?" in asked
    _, done = confirms(clerk, asked, reason="A mistake")
    assert "1 card reinstated" in done
    assert statuses() == {"J1": Status.VALID}
    history = shown(clerk, f"{PAGE}changes/")
    assert history.index("1 card reinstated") < history.index("1 card cancelled")
    assert "by kim: A mistake" in history


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("numbers=J1+J2", {"J1", "J2"}),
        ("numbers=J2,J3", {"J2", "J3"}),
        ("source=Bad+Awards", {"J1"}),
        ("centre=Mill+Lane", {"J1"}),
        ("type=installation-electrician", {"J1", "J2", "J3"}),
        ("status=1", set()),
        ("from=2026-11-23", set()),
        ("until=2026-11-22", {"J1", "J2", "J3"}),
        ("", {"J1", "J2", "J3"}),
    ],
)
def test_the_address_says_which_cards_are_shown(
    desk: Desk, clerk: Client, query: str, found: set[str]
) -> None:
    issued(desk, "J1", BAD)
    for number in ("J2", "J3"):
        issued(desk, number)
    page = shown(clerk, f"{PAGE}?{query}")
    assert {number for number in ("J1", "J2", "J3") if f">{number} · " in page} == found


def test_numbers_that_were_not_issued_here_are_named(desk: Desk, clerk: Client) -> None:
    issued(desk, "J1")
    page = shown(clerk, f"{PAGE}?numbers=J1+J8+J9")
    assert "Not issued at this desk: J8, J9" in page
    status, page = posts(clerk, f"{PAGE}confirm/", action="revoke", which="all", numbers="J1 J8")
    assert (status, "not issued at ecs; nothing was changed" in page) == (400, True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"action": "revoke", "which": "ticked"}, "Tick the cards that you mean"),
        ({"action": "revoke", "which": "all"}, "Names no cards"),
        ({"action": "revoke", "which": "all", "type": "gold"}, "Names no cards"),
        ({"action": "destroy", "which": "all", "source": "x"}, "Choose what becomes"),
        ({"action": "revoke", "card": "x"}, "no cards of this desk"),
        ({"action": "revoke", "which": "all", "source": "x", "from": "1st"}, "a day such as"),
        ({"action": "revoke", "which": "all", "source": "x" * 65}, "Source = "),
        ({"action": "revoke", "which": "all", "source": "x", "status": "9"}, "Status = 9"),
        ({"action": "revoke", "which": "all", "change": "-1"}, "Change = "),
    ],
)
def test_what_can_not_be_is_said_and_nothing_is_changed(
    desk: Desk, clerk: Client, values: dict[str, str], said: str
) -> None:
    issued(desk, "J1", BAD)
    for address in ("confirm", "change"):
        answer = posts(clerk, f"{PAGE}{address}/", **values | {"expected": "1", "reason": "x"})
        assert (answer[0], said in answer[1]) == (400, True)
    assert statuses() == {"J1": Status.VALID}


def test_a_reason_must_be_written_and_what_was_chosen_stays(desk: Desk, clerk: Client) -> None:
    issued(desk, "J1", BAD)
    chosen = {"action": "revoke", "which": "all", "source": "Bad Awards"}
    _, asked = posts(clerk, f"{PAGE}confirm/", **chosen)
    status, again = confirms(clerk, asked, reason=" ")
    assert (status, "Write why; it is kept with your name." in again) == (400, True)
    assert confirms(clerk, again)[0] == 302


def test_another_number_of_cards_than_was_shown_is_asked_again(desk: Desk, clerk: Client) -> None:
    issued(desk, "J1", BAD)
    chosen = {"action": "revoke", "which": "all", "source": "Bad Awards"}
    _, asked = posts(clerk, f"{PAGE}confirm/", **chosen)
    issued(desk, "J2", BAD)
    status, again = confirms(clerk, asked)
    assert (status, "It is 2 cards now, not 1" in again) == (409, True)
    assert set(statuses().values()) == {Status.VALID}
    assert "2 cards cancelled" in confirms(clerk, again)[1]


def test_a_count_that_was_never_shown_changes_nothing(desk: Desk, clerk: Client) -> None:
    issued(desk, "J1", BAD)
    chosen = {"action": "revoke", "which": "all", "source": "Bad Awards", "reason": "x"}
    assert posts(clerk, f"{PAGE}change/", **chosen)[0] == 400
    assert statuses() == {"J1": Status.VALID}


def test_a_key_that_is_gone_is_said_on_the_page(desk: Desk, clerk: Client) -> None:
    issued(desk, "J1", BAD)
    chosen = {"action": "revoke", "which": "all", "source": "Bad Awards"}
    _, asked = posts(clerk, f"{PAGE}confirm/", **chosen)
    key_file("ecs").unlink()
    status, said = confirms(clerk, asked)
    assert (status, "restore it from a backup" in said) == (503, True)
    assert statuses() == {"J1": Status.VALID}


def test_a_list_that_is_late_or_not_written_is_told_on_every_page(
    desk: Desk, clerk: Client
) -> None:
    pages = (PAGE, f"{PAGE}changes/")
    DeskList.objects.filter(desk=desk).update(issued_at="2026-01-01T00:00:00Z")
    for address in pages:
        assert "Gates may not learn of changes." in shown(clerk, address)
    assert "Its list is late" in shown(clerk, "/desk/")
    list_file("https://ecs.invalid/1").unlink()
    assert "What was signed last is not published." in shown(clerk)


def test_another_desk_s_cards_and_changes_are_not_there(
    desk: Desk, clerk: Client, new_desk: Callable[..., Desk]
) -> None:
    other = new_desk("other")
    issued(other, "J1", BAD)
    row = IssuedCard.objects.get()
    assert "J1" not in shown(clerk, f"{PAGE}?numbers=J1").replace('value="J1"', "").replace(
        "not issued at this desk: J1", ""
    ).replace("Not issued at this desk: J1", "")
    _, asked = posts(clerk, f"{PAGE}confirm/", action="revoke", which="ticked", card=[row.pk])
    assert "Nothing to change" in asked
    assert clerk.get("/desk/other/").status_code == 404
    change = StatusChange.objects.create(
        desk=other, at=desk.created_at, by_name="x", reason="x", status=1, selection="", count=1
    )
    assert clerk.get(f"{PAGE}changes/{change.pk}/").status_code == 404


def test_who_works_at_one_desk_is_led_there_and_who_left_sees_nothing(
    desk: Desk, clerk: Client
) -> None:
    assert clerk.get("/")["Location"] == PAGE
    assert "ecs" in shown(clerk, "/desk/")
    remove_clerk(desk, "kim")
    assert clerk.get(PAGE).status_code == 404
    assert "You work at no issuer's desk." in shown(clerk, "/desk/")


def test_a_site_s_own_desk_is_for_its_managers_and_no_page_of_its_own_at_home(
    new_desk: Callable[..., Desk],
) -> None:
    site = add_site(slug="quay", name="Quay", time_zone="Europe/London", organisation="Hartwell")
    new_desk("quay", schemes=frozenset({"site:quay"}), site=site)
    manager = add_user(name="dee", password=PASSWORD, roles={"quay": Role.MANAGER})
    guard = add_user(name="sam", password=PASSWORD, roles={"quay": Role.GUARD})
    assert [len(desks_of(user)) for user in (manager, guard)] == [1, 0]
    client = Client()
    client.force_login(manager)
    assert client.get("/")["Location"] == "/sites/quay/"


def test_a_card_s_name_can_not_write_into_the_page(desk: Desk, clerk: Client) -> None:
    issued(desk, "J1", Fact(source="<b>x</b>"))
    answer = clerk.get(f"{PAGE}?source=%3Cb%3Ex%3C/b%3E").content.decode()
    assert "<b>x</b>" not in answer
    assert "All 1 found" in answer

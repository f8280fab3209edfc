"""Checking a card by a phone: what it takes along, what it brings back, who learns of it."""

import json
import zlib
from base64 import b64decode
from datetime import date, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from gate.errors import Reason
from gate.hub.audit.models import Record
from gate.hub.check.models import CardCheck
from gate.hub.desk.models import DeskList
from gate.hub.passes.told import pass_issuers
from gate.hub.people.blocking import block_person
from gate.hub.people.frames import key_of
from gate.hub.people.giving import replace_lost
from gate.hub.sites.models import Role, Site
from gate.hub.sites.services import add_user
from gate.trust.issuers import describe_issuer
from tests.hub.gates import PASSWORD
from tests.hub.passes.conftest import ANN
from tests.hub.people import given, inducted, picture, worker
from tests.hub.retention.doing import let_go

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]

PAGE: Final = "/sites/kings-wharf/check/"
WEB_CODE: Final = "https://example.org/card/9637511"


def _check(text: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - what a phone sends
    usual = {
        "uid": str(uuid4()),
        "at_ms": 1_795_000_000_000,
        "text": text,
        "told": [],
        "book_ms": 1,
    }
    return usual | changes


def _send(client: Client, *checks: object) -> tuple[int, Any]:
    body = json.dumps({"checks": checks})
    answer = client.post(f"{PAGE}taken/", body, content_type="application/json")
    return answer.status_code, answer.json()


def _said(client: Client, check: dict[str, Any]) -> dict[str, Any]:
    status, said = _send(client, check)
    assert status == 200, said
    (one,) = said["checks"]
    return dict(one)


def test_the_book_has_whom_the_gates_believe_and_their_lists(manager: Client, site: Site) -> None:
    given(inducted(site, timezone.now()), timezone.now())
    book = manager.get(f"{PAGE}book.json").json()
    assert book["issuers"] == [describe_issuer(one) for one in pass_issuers(site)]
    held = DeskList.objects.get()
    (told,) = book["lists"]
    assert (told["uri"], told["bits"], told["issued_s"]) == (
        held.uri,
        2,
        int(held.issued_at.timestamp()),
    )
    assert zlib.decompress(b64decode(told["lst"])) == bytes(held.packed)


def test_the_book_has_everybody_by_each_card_and_pass_of_theirs(
    manager: Client, site: Site
) -> None:
    now = timezone.now()
    jane = inducted(site, now, photo=picture())
    one = given(jane, now)
    worker(site, now, "2222", name="Tom Newcomer")
    book = manager.get(f"{PAGE}book.json").json()
    by_name = {person["name"]: person for person in book["people"]}
    ends = f"31 Jan {now.year + 1}"
    assert by_name["Jane Example"] == {
        "number": jane.pk,
        "name": "Jane Example",
        "company": "Scaffold Ltd",
        "keys": [["cscs", "12345678"], ["site:kings-wharf", one.one.card.number]],
        "tone": "admit",
        "words": f"Inducted here until {ends}",
        "face": True,
    }
    assert by_name["Tom Newcomer"]["words"] == "Not inducted here"
    assert set(book["words"]) == set(Reason)


def test_that_the_book_was_taken_is_noted_with_how_many_are_in_it(
    manager: Client, site: Site
) -> None:
    inducted(site, timezone.now())
    manager.get(f"{PAGE}book.json")
    taken = Record.objects.get(act="took_book")
    assert (taken.count, taken.by_name) == (1, "manager")


def test_an_induction_that_is_over_and_a_block_are_told(manager: Client, site: Site) -> None:
    now = timezone.now()
    jane = inducted(site, now)
    block_person(jane, key_of(site), reason="Fighting", by=ANN, now=now)
    inducted(site, now - timedelta(days=900), "3333", name="Old Hand")
    book = manager.get(f"{PAGE}book.json").json()
    told = {person["name"]: (person["tone"], person["words"]) for person in book["people"]}
    assert told["Jane Example"] == ("refuse", "Blocked at this site")
    assert told["Old Hand"][0] == "note"
    assert told["Old Hand"][1].startswith("The induction ended on 31 Jan")
    assert ["cscs", "12345678"] in book["blocked"]


def test_a_good_pass_is_called_good_and_its_holder_named(manager: Client, site: Site) -> None:
    now = timezone.now()
    jane = inducted(site, now)
    one = given(jane, now)
    said = _said(manager, _check(one.one.text))
    assert (said["reasons"], said["blocked"]) == ([], False)
    assert said["card"]["name"] == "Jane Example"
    assert said["card"]["number"] == one.one.card.number
    assert said["person"]["number"] == jane.pk


def test_a_lost_pass_is_called_cancelled(manager: Client, site: Site) -> None:
    now = timezone.now()
    jane = inducted(site, now)
    lost = given(jane, now).one.text
    replace_lost(jane, key_of(site), reason="Lost on the tram", by=ANN, now=now)
    assert _said(manager, _check(lost))["reasons"] == [Reason.REVOKED]


def test_a_blocked_card_is_told_as_blocked(manager: Client, site: Site) -> None:
    now = timezone.now()
    jane = inducted(site, now)
    text = given(jane, now).one.text
    block_person(jane, key_of(site), reason="Fighting", by=ANN, now=now)
    said = _said(manager, _check(text))
    assert said["blocked"]
    assert said["person"]["tone"] == "refuse"


def test_what_is_no_card_is_answered_by_its_kind_and_names_nobody(
    manager: Client, site: Site
) -> None:
    said = _said(manager, _check(WEB_CODE))
    assert (said["reasons"], said["card"], said["person"]) == ([Reason.WEB_CODE], None, None)
    assert CardCheck.objects.get(site=site).person is None


def test_each_check_is_kept_once_with_who_made_it_and_what_both_said(
    manager: Client, site: Site
) -> None:
    now = timezone.now()
    text = given(inducted(site, now), now).one.text
    check = _check(text, told=["status_unknown"], book_ms=1_795_000_000_000)
    _said(manager, check)
    _said(manager, check)
    kept = CardCheck.objects.get()
    assert (kept.by_name, kept.told, kept.said) == ("manager", "status_unknown", "")
    assert kept.book_at is not None
    assert kept.at.year == 2026
    assert [one.act for one in Record.objects.filter(act="checked")] == ["checked"]


def test_the_text_of_a_card_is_kept_nowhere(manager: Client, site: Site) -> None:
    now = timezone.now()
    text = given(inducted(site, now), now).one.text
    _said(manager, _check(text))
    kept = CardCheck.objects.values_list().get()
    assert not any(isinstance(value, str) and text[:40] in value for value in kept)


def test_what_was_kept_is_never_changed_nor_removed(manager: Client) -> None:
    _said(manager, _check(WEB_CODE))
    for act in ("UPDATE check_cardcheck SET said = ''", "DELETE FROM check_cardcheck"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(act)


def test_the_page_tells_where_the_phone_knew_too_little(manager: Client, site: Site) -> None:
    now = timezone.now()
    jane = inducted(site, now)
    lost = given(jane, now).one.text
    replace_lost(jane, key_of(site), reason="Lost on the tram", by=ANN, now=now)
    _said(manager, _check(lost, told=[]))
    page = manager.get(PAGE).content.decode()
    assert "Jane Example" in page
    assert "Card cancelled" in page
    assert "The phone had called it good" in page


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        pytest.param("none", "not a list", id="no list"),
        pytest.param([{}], "not an object of", id="an empty check"),
        pytest.param([_check("")], "not 1 to 7089 characters", id="no text"),
        pytest.param([_check("x" * 7090)], "not 1 to 7089 characters", id="more than a code has"),
        pytest.param([_check("x", uid="1")], "uid: not a UUID", id="no name"),
        pytest.param([_check("x", at_ms="now")], "at_ms: not milliseconds", id="no time"),
        pytest.param(
            [_check("x", at_ms=2**63)], "at_ms: not a time", id="a time past all calendars"
        ),
        pytest.param([_check("x", told=[["revoked"]])], "not reasons", id="a reason in a list"),
        pytest.param([_check("x", told=["nice"])], "not reasons", id="no reason"),
        pytest.param([_check("x", told=["revoked"] * 9)], "at most 8", id="too many reasons"),
        pytest.param([_check("x")] * 101, "at most 100", id="too many checks"),
    ],
)
def test_what_is_no_check_is_named_and_nothing_is_kept(
    manager: Client, checks: object, words: str
) -> None:
    body = json.dumps({"checks": checks})
    answer = manager.post(f"{PAGE}taken/", body, content_type="application/json")
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert not CardCheck.objects.exists()


@pytest.mark.parametrize("text", ["CC1:", "CC1:\ud800", "\0", "CC1:" + "Z" * 7000])
def test_any_text_is_judged_and_none_is_an_error(manager: Client, text: str) -> None:
    assert _said(manager, _check(text))["reasons"] == [Reason.MALFORMED]


def test_faces_are_for_the_site_s_members_alone(manager: Client, site: Site) -> None:
    jane = inducted(site, timezone.now(), photo=picture())
    face = f"{PAGE}faces/{jane.pk}.jpg"
    assert manager.get(face)["Content-Type"] == "image/jpeg"
    add_user(name="con", password=PASSWORD, roles={"kings-wharf": Role.CONTRACTOR})
    contractor = Client()
    contractor.login(username="con", password=PASSWORD)
    assert contractor.get(face).status_code == 403


def test_only_this_page_may_compile_a_decoder(manager: Client) -> None:
    own = manager.get(PAGE)["Content-Security-Policy"]
    other = manager.get("/sites/kings-wharf/")["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in f"{own};"
    assert "wasm" not in other
    assert "'unsafe-eval'" not in own


def test_a_pass_that_is_over_says_until_when_it_was_good(manager: Client, site: Site) -> None:
    now = timezone.now()
    long_ago = now - timedelta(days=400)
    person = inducted(site, long_ago, last_day=date(now.year + 3, 1, 1))
    text = given(person, long_ago).one.text
    said = _said(manager, _check(text))
    assert said["reasons"] == [Reason.EXPIRED]
    assert said["card"]["expiresS"] < now.timestamp()


def test_who_made_a_check_may_be_forgotten_and_nothing_else_of_it(
    manager: Client, site: Site
) -> None:
    _said(manager, _check(WEB_CODE))
    let_go(site, "audit", timezone.now() + timedelta(days=1221))
    kept = CardCheck.objects.get()
    assert (kept.by, kept.by_name, kept.said) == (None, "", "web_code")
    assert "somebody, erased" in manager.get(PAGE).content.decode()

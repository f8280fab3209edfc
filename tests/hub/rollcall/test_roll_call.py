"""A roll call: who is on it and by what, marks that merge in any order, and how it ends."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from gate.events.codec import encode_holder
from gate.events.model import Holder
from gate.hub.ingest.models import Heartbeat, Journal
from gate.hub.people.models import Company, Person, PersonCard
from gate.hub.rollcall.models import Call, Mark, Named, Step
from gate.hub.sites.models import Role, Site, Unit
from gate.hub.sites.services import add_user
from tests.hub.gates import PASSWORD, Gate
from tests.hub.pdf_words import pdf_text

ROLL = "/sites/kings-wharf/roll-call/"
OPEN = f"{ROLL}open/"


def _now() -> datetime:
    return timezone.now().astimezone(UTC)


def _holder(number: int, name: str) -> str:
    return encode_holder(
        Holder(
            person=number.to_bytes(16, "big"),
            issuer="iss",
            number=str(number),
            name=name,
            card_type="gold",
        )
    )


def _passes(gate: Gate, number: int, name: str, ago_min: float = 60, **more: str) -> int:
    at = _now() - timedelta(minutes=ago_min)
    entry = gate.records(holder=_holder(number, name), at=at, **more)
    Journal.objects.filter(pk=gate.journal.pk).update(stored_through=gate.seq)
    return entry.seq


def _notes(gate: Gate, kind: str, ago_min: float = 60, **more: str) -> None:
    gate.records(kind=kind, at=_now() - timedelta(minutes=ago_min), **more)
    Journal.objects.filter(pk=gate.journal.pk).update(stored_through=gate.seq)


def _heard(gate: Gate, ago: timedelta = timedelta(0)) -> None:
    at = _now() - ago
    said = {"received_at": at, "sent_at": at, "backlog": 0, "boot_reason": "power"}
    rest = {"clock_trusted": True, "list_ages_s": {}, "faults": [], "version": "1.4.0"}
    Heartbeat.objects.update_or_create(unit=gate.journal.unit, defaults=said | rest)


def _text(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def _opened(client: Client, kind: str = "live") -> Call:
    answer = client.post(OPEN, {"kind": kind})
    call = Call.objects.latest("pk")
    assert answer["Location"] == f"{ROLL}{call.pk}/"
    return call


def _page(client: Client, call: Call) -> str:
    answer = client.get(f"{ROLL}{call.pk}/")
    assert answer.status_code == 200
    return _text(answer.content)


def _tap(named: Named, undoes: str | None = None) -> dict[str, str | int | None]:
    at_ms = int(_now().timestamp() * 1000)
    return {"uid": str(uuid4()), "named": named.pk, "undoes": undoes, "at_ms": at_ms}


def _send(client: Client, call: Call, *taps: object) -> int:
    body = json.dumps({"marks": taps})
    return client.post(f"{ROLL}{call.pk}/marks/", body, "application/json").status_code


def _say(client: Client, call: Call, what: str, words: str = "") -> int:
    return client.post(f"{ROLL}{call.pk}/step/", {"what": what, "words": words}).status_code


@pytest.fixture
def marshal(site: Site) -> Client:
    user = add_user(name="marshal", password=PASSWORD, roles={site.slug: Role.GUARD})
    client = Client()
    client.force_login(user)
    return client


def test_people_stand_by_their_company_before_and_after_it_is_opened(
    site: Site, manager: Client, gate_a: Gate
) -> None:
    company = Company.objects.create(site=site, name="Scaffold Ltd")
    person = Person.objects.create(site=site, company=company, name="Ann", added_at=_now())
    PersonCard.objects.create(
        site=site,
        person=person,
        scheme="ecs",
        card_type="gold",
        issuer="iss",
        number="7",
        last_day="2040-01-01",
        key=(7).to_bytes(16, "big"),
    )
    _passes(gate_a, 7, "Ann Roe")
    _passes(gate_a, 8, "Ben Poe")
    by_company = re.compile(r"Scaffold Ltd 1 .*Ann Roe.* Company not known 1 .*Ben Poe")
    assert by_company.search(_text(manager.get(ROLL).content))
    assert by_company.search(_page(manager, _opened(manager)))


def test_each_name_has_its_evidence(manager: Client, gate_a: Gate) -> None:
    _heard(gate_a)
    seq = _passes(gate_a, 1, "Ann Roe")
    _notes(gate_a, "turned", direction="in", detail=f"grant {seq}", access_point="Gate A in")
    _passes(gate_a, 2, "Ben Roe")
    _passes(gate_a, 3, "Cat Roe")
    _passes(gate_a, 3, "Cat Roe", ago_min=30, direction="out")
    page = _page(manager, _opened(manager))
    assert "Fire roll call: 2 people on the list" in page
    assert re.search(r"Ann Roe 1 in \d\d:\d\d[^·]* · Gate A in · turned", page)
    assert re.search(r"Ben Roe 2 in \d\d:\d\d[^·]* · Gate A in · let through, turn not seen", page)
    assert "Cat Roe" not in page


def test_what_the_list_can_t_know_stands_on_it(manager: Client, gate_a: Gate) -> None:
    _heard(gate_a, ago=timedelta(minutes=41))
    _passes(gate_a, 1, "Ann Roe")
    page = _page(manager, _opened(manager))
    assert re.search(r"1 known inside; Gate A unheard since .*; the list may be wrong", page)
    assert "behind somebody else, in their place" in page.replace("&#x27;", "'")


def test_a_gate_in_use_that_was_never_heard_makes_the_list_doubtful_on_screen_and_on_paper(
    manager: Client, gate_a: Gate, new_gate: Callable[[str], Gate]
) -> None:
    _heard(gate_a)
    _passes(gate_a, 1, "Ann Roe")
    new_gate("Gate C")
    said = "1 known inside; Gate C never heard; the list may be wrong either way."
    before = _text(manager.get(ROLL).content)
    call = _opened(manager)
    page = _page(manager, call)
    paper = manager.get(f"{ROLL}{call.pk}/roll-call.pdf").content
    assert said in before
    assert said in page
    assert "Live" not in f"{before} {page}"
    assert "Gate C never heard; the list may be wrong either way." in pdf_text(paper)


def test_a_gate_that_was_taken_down_before_it_was_heard_is_no_doubt(
    manager: Client, gate_a: Gate, new_gate: Callable[[str], Gate]
) -> None:
    _heard(gate_a)
    Unit.objects.filter(pk=new_gate("Gate C").journal.unit_id).update(retired_at=_now())
    assert "Gate C" not in _page(manager, _opened(manager))


def test_opening_it_twice_is_one_roll_call(manager: Client, marshal: Client) -> None:
    first, second = _opened(manager), _opened(marshal, "drill")
    assert first == second
    assert manager.get(ROLL)["Location"] == f"{ROLL}{first.pk}/"


def test_it_is_real_until_somebody_says_that_it_is_a_drill(manager: Client) -> None:
    call = _opened(manager)
    assert "Not a drill" in _page(manager, call)
    assert _say(manager, call, "drill") == 302
    page = _page(manager, call)
    assert "Not a drill" not in page
    assert "Drill: 0 people on the list" in page


def test_the_list_is_frozen_when_it_is_opened(manager: Client, gate_a: Gate) -> None:
    _passes(gate_a, 1, "Ann Roe")
    call = _opened(manager)
    _passes(gate_a, 1, "Ann Roe", ago_min=0, direction="out")
    _passes(gate_a, 2, "Ben Roe", ago_min=0)
    page = _page(manager, call)
    assert "Ann Roe" in page
    assert "Ben Roe" not in page


def test_a_fire_alarm_freezes_it_at_its_beginning(manager: Client, gate_a: Gate) -> None:
    _heard(gate_a)
    _passes(gate_a, 1, "Ann Roe")
    _passes(gate_a, 2, "Ben Roe")
    _notes(gate_a, "fire_alarm", ago_min=10)
    _passes(gate_a, 2, "Ben Roe", ago_min=5, direction="out")
    call = _opened(manager)
    page = _page(manager, call)
    assert call.is_frozen
    assert call.opened_at - call.as_of > timedelta(minutes=9)
    assert "A fire alarm stands" in page
    assert "Ann Roe" in page
    assert re.search(r"Ben Roe 2 out \d\d:\d\d", page)


def test_two_marshals_marks_merge_and_each_is_named(
    manager: Client, marshal: Client, gate_a: Gate
) -> None:
    for number in (1, 2, 3):
        _passes(gate_a, number, f"Person {number}")
    call = _opened(manager)
    one, two, three = call.named_set.order_by("pk")
    assert _send(manager, call, _tap(one), _tap(two)) == 200
    assert _send(marshal, call, _tap(two), _tap(three)) == 200
    page = _page(marshal, call)
    assert "3 safe" in page
    assert "Safe: marshal" in page
    assert "Safe: manager" in page


def test_taps_in_any_order_and_any_number_of_times_come_to_the_same(
    manager: Client, gate_a: Gate
) -> None:
    _passes(gate_a, 1, "Ann Roe")
    call = _opened(manager)
    named = call.named_set.get()
    seen = set()
    for order in permutations(range(3)):
        first = _tap(named)
        undo = _tap(named, str(first["uid"]))
        other = _tap(named)
        taps = [first, undo, other]
        for place in (*order, order[0]):
            assert _send(manager, call, taps[place]) == 200
        stored = Mark.objects.filter(uid__in=[tap["uid"] for tap in taps])
        assert stored.count() == 3
        undone = {mark.undoes for mark in stored if mark.undoes}
        seen.add(tuple(UUID(str(tap["uid"])) in undone for tap in taps))
    assert seen == {(True, False, False)}


def test_an_undo_takes_back_its_own_tap_alone(
    manager: Client, marshal: Client, gate_a: Gate
) -> None:
    _passes(gate_a, 1, "Ann Roe")
    call = _opened(manager)
    mine, hers = _tap(call.named_set.get()), _tap(call.named_set.get())
    _send(manager, call, mine)
    undo = _tap(call.named_set.get(), str(mine["uid"]))
    _send(manager, call, undo)
    assert "0 safe" in _page(manager, call)
    _send(marshal, call, hers)
    assert "1 safe" in _page(manager, call)


BAD = {
    "not JSON": b"{",
    "a list": b"[]",
    "no list": b'{"marks": 3}',
    "too many": json.dumps({"marks": [{}] * 501}).encode(),
    "too long": b" " * 200_001,
    "no object": b'{"marks": [1]}',
    "a key too few": b'{"marks": [{"uid": "x", "named": 1, "undoes": null}]}',
    "no uid": b'{"marks": [{"uid": "x", "named": 1, "undoes": null, "at_ms": 1}]}',
    "no number": b'{"marks": [{"uid": "x", "named": true, "undoes": null, "at_ms": 1}]}',
    "no time": json.dumps(
        {"marks": [{"uid": str(UUID(int=1)), "named": 1, "undoes": None, "at_ms": 10**30}]}
    ).encode(),
    "no undo": json.dumps(
        {"marks": [{"uid": str(UUID(int=1)), "named": 1, "undoes": 7, "at_ms": 1}]}
    ).encode(),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_taps_that_are_none_are_refused_whole(manager: Client, gate_a: Gate, body: bytes) -> None:
    _passes(gate_a, 1, "Ann Roe")
    call = _opened(manager)
    answer = manager.post(f"{ROLL}{call.pk}/marks/", body, "application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not Mark.objects.exists()


def test_a_tap_of_another_roll_call_is_disregarded(manager: Client, gate_a: Gate) -> None:
    _passes(gate_a, 1, "Ann Roe")
    first = _opened(manager)
    _say(manager, first, "closed", "opened by mistake")
    second = _opened(manager)
    assert _send(manager, second, _tap(first.named_set.get())) == 200
    assert not Mark.objects.exists()
    assert _send(manager, first, _tap(first.named_set.get())) == 409


def test_the_all_clear_has_a_name_and_starts_the_count_of_who_is_back(
    manager: Client, gate_a: Gate
) -> None:
    _heard(gate_a)
    _passes(gate_a, 1, "Ann Roe")
    _passes(gate_a, 2, "Ben Roe")
    call = _opened(manager)
    _send(manager, call, _tap(call.named_set.get(person=(1).to_bytes(16, "big"))))
    assert _say(manager, call, "all_clear") == 400
    assert _say(manager, call, "all_clear", "Dana Hart, fire warden") == 302
    assert _say(manager, call, "all_clear", "Somebody else") == 302
    assert Step.objects.filter(what="all_clear").count() == 1
    gate_a.records(holder=_holder(1, "Ann Roe"), at=_now() + timedelta(seconds=1))
    Journal.objects.filter(pk=gate_a.journal.pk).update(stored_through=gate_a.seq)
    manager.get("/sites/kings-wharf/")
    page = _page(manager, call)
    assert "given by Dana Hart, fire warden" in page
    assert "Came back in 1 of 2" in page
    assert re.search(r"Not marked safe: 1 Ben Roe", page)


@pytest.mark.parametrize(
    "form", [{}, {"what": "x"}, {"what": "closed", "words": "x" * 201}], ids=str
)
def test_a_step_that_is_none_is_refused(manager: Client, form: dict[str, str]) -> None:
    call = _opened(manager)
    assert manager.post(f"{ROLL}{call.pk}/step/", form).status_code == 400
    assert not Step.objects.exists()


def test_a_name_is_written_as_text(manager: Client, gate_a: Gate) -> None:
    _passes(gate_a, 1, "<b>Ann</b>", access_point="<i>A</i>")
    call = _opened(manager)
    page = manager.get(f"{ROLL}{call.pk}/").content
    assert b"&lt;b&gt;Ann" in page
    assert b"<b>Ann" not in page
    assert b"<i>A" not in page


@pytest.mark.parametrize("table", ["call", "named", "mark", "step"])
def test_what_was_said_is_never_changed_nor_removed(
    manager: Client, gate_a: Gate, table: str
) -> None:
    _passes(gate_a, 1, "Ann Roe")
    call = _opened(manager)
    _send(manager, call, _tap(call.named_set.get()))
    _say(manager, call, "drill")
    for statement in (
        f"DELETE FROM rollcall_{table}",  # noqa: S608 - constants
        f"UPDATE rollcall_{table} SET id = id",  # noqa: S608 - constants
    ):
        with (
            pytest.raises(DatabaseError, match="never"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_it_is_drawn_for_the_printer(manager: Client, gate_a: Gate) -> None:
    for number in range(60):
        _passes(gate_a, number, f"Łukasz 王 {number}")
    answer = manager.get(f"{ROLL}{_opened(manager).pk}/roll-call.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.count(b"/Type /Page\n") == 2


def test_who_may_be_inside_is_listed_and_not_counted_as_known_inside(
    manager: Client, gate_a: Gate
) -> None:
    seq = _passes(gate_a, 2, "Ben Roe")
    gate_a.records(
        kind="turn_unknown",
        at=_now(),
        access_point="Gate A in",
        direction="in",
        detail=f"grant {seq}",
        holder=_holder(2, "Ben Roe"),
        salt=bytes(16),
    )
    _passes(gate_a, 1, "Ann Roe")
    page = _text(manager.get(ROLL).content)
    assert "1 person known inside" in page
    assert "Ann Roe" in page
    assert "let through, turn not known: may be inside" in page


def test_without_one_the_page_shows_who_is_inside(manager: Client, gate_a: Gate) -> None:
    _passes(gate_a, 1, "Ann Roe")
    page = _text(manager.get(ROLL).content)
    assert "1 person known inside" in page
    assert "Ann Roe" in page
    assert not Call.objects.exists()


def test_it_is_one_click_from_every_page(manager: Client) -> None:
    for name in ("", "log/", "report/", "gates/", "people/", "rules/", "alarms/", "roll-call/"):
        page = manager.get(f"/sites/kings-wharf/{name}").content.decode()
        assert f'method="post" action="{OPEN}"' in page, name

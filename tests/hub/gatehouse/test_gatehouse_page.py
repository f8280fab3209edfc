"""The gatehouse: the last scans with a face, renewed as they come, and letting in by name."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from gate.events.codec import encode_holder, to_ms
from gate.events.model import Holder
from gate.hub.audit.models import Record
from gate.hub.ingest.models import Entry, Heartbeat, Journal
from gate.hub.manifest.models import Handed, Release, Watched
from gate.hub.manifest.releasing import MAX_TOLD, WAITS_FOR, releasing_commands
from gate.hub.manifest.versions import held
from gate.hub.manifest.watched import seconds_watched
from gate.hub.people.models import Company, Person, PersonCard, Photo
from gate.hub.sites.models import Role, Site
from gate.hub.sites.services import add_user
from gate.trust.commanded import Released
from tests.hub.gates import PASSWORD, Gate
from tests.hub.people import picture

PAGE = "/sites/kings-wharf/gatehouse/"
LIVE = f"{PAGE}live/"


def _now() -> datetime:
    return timezone.now().astimezone(UTC)


def _person(number: int) -> bytes:
    return number.to_bytes(16, "big")


def _scans(
    gate: Gate,
    number: int,
    name: str,
    *reasons: str,
    ago_s: float = 5,
    **more: Any,  # noqa: ANN401 - any column of an entry
) -> Entry:
    holder = Holder(
        person=_person(number), issuer="iss", number=str(number), name=name, card_type="gold"
    )
    at = _now() - timedelta(seconds=ago_s)
    usual: dict[str, Any] = {
        "holder": encode_holder(holder),
        "at": at,
        "received_ms": to_ms(_now()),
    }
    entry = gate.records(*reasons, **usual | more)
    Journal.objects.filter(pk=gate.journal.pk).update(stored_through=gate.seq)
    return Entry.objects.select_related("journal__unit", "site").get(pk=entry.pk)


def _refers(gate: Gate, number: int = 1, name: str = "Ann Roe", **more: Any) -> Entry:  # noqa: ANN401 - any column of an entry
    return _scans(gate, number, name, "not_inducted", outcome="refer", **more)


def _known(site: Site, number: int) -> Person:
    company = Company.objects.get_or_create(site=site, name="Hartwell")[0]
    person = Person.objects.create(site=site, company=company, name="Ann Roe", added_at=_now())
    PersonCard.objects.create(
        site=site,
        person=person,
        scheme="ecs",
        card_type="gold",
        issuer="iss",
        number=str(number),
        last_day="2030-01-01",
        key=_person(number),
    )
    Photo.objects.create(person=person, jpeg=picture())
    return person


def _text(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def _address(entry: Entry, what: str) -> str:
    return f"{PAGE}{entry.journal_id}/{entry.seq}/{what}"


def _lets_in(client: Client, entry: Entry, reason: str = "Host is here") -> tuple[int, str]:
    answer = client.post(_address(entry, "release/"), {"reason": reason})
    return answer.status_code, _text(answer.content)


@pytest.fixture
def guard(site: Site) -> Client:
    user = add_user(name="jo", password=PASSWORD, roles={site.slug: Role.GUARD})
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("address", [PAGE, LIVE])
def test_who_looks_has_the_gates_send_at_once(manager: Client, gate_a: Gate, address: str) -> None:
    site = gate_a.journal.unit.site
    assert seconds_watched(site, _now()) == 0
    manager.get(address)
    assert 118 <= seconds_watched(site, _now()) <= 120


def test_that_somebody_watches_is_written_down_twice_a_minute(
    manager: Client, gate_a: Gate
) -> None:
    site = gate_a.journal.unit.site
    manager.get(PAGE)
    until = Watched.objects.get(site=site).until
    manager.get(LIVE)
    assert Watched.objects.get(site=site).until == until
    Watched.objects.update(until=until - timedelta(seconds=31))
    manager.get(LIVE)
    assert Watched.objects.get(site=site).until > until - timedelta(seconds=1)


def test_the_last_five_scans_are_there_the_newest_first(guard: Client, gate_a: Gate) -> None:
    for number in range(7):
        _scans(gate_a, number, f"Worker {number}", ago_s=60 - number)
    page = guard.get(PAGE).content.decode()
    assert re.findall(r"<h2>(Worker \d)</h2>", page) == [f"Worker {one}" for one in (6, 5, 4, 3, 2)]
    assert page.count('class="card scan first') == 1


def test_a_scan_of_somebody_on_record_has_their_face_and_company_and_the_look_is_noted(
    guard: Client, gate_a: Gate, site: Site
) -> None:
    person = _known(site, 1)
    entry = _scans(gate_a, 1, "Ann Roe")
    page = guard.get(PAGE).content.decode()
    address = _address(entry, "photo.jpg")
    assert f'src="{address}"' in page
    assert "Hartwell" in page
    answer = guard.get(address)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer.content == picture()
    assert [(one.by_name, one.act) for one in Record.objects.filter(subject=person.pk)] == [
        ("jo", "saw_photo")
    ]


def test_without_a_face_on_record_it_says_so(guard: Client, gate_a: Gate) -> None:
    entry = _scans(gate_a, 1, "Ann Roe")
    assert "No photograph on record" in guard.get(PAGE).content.decode()
    assert guard.get(_address(entry, "photo.jpg")).status_code == 404


def test_it_can_keep_to_one_gate(guard: Client, gate_a: Gate) -> None:
    _scans(gate_a, 1, "Ann Roe")
    _scans(gate_a, 2, "Ben Roe", access_point="Gate A out", direction="out")
    page = guard.get(PAGE, {"gate": "Gate A out"}).content.decode()
    assert "Ben Roe" in page
    assert "Ann Roe" not in page
    assert "No scan yet at Gate Z" in _text(guard.get(PAGE, {"gate": "Gate Z"}).content)


def _asks(page: bytes) -> dict[str, str]:
    found = re.search(r"live/\?gate=[^\"&]*&amp;seen=(\w+)&amp;waits=(\w+)", page.decode())
    assert found is not None
    return {"seen": found[1], "waits": found[2]}


def test_a_new_scan_is_there_at_the_next_question_and_without_one_the_answer_is_empty(
    guard: Client, gate_a: Gate
) -> None:
    _scans(gate_a, 1, "Ann Roe")
    # A minute may begin between two, not between three of them.
    answers = [guard.get(LIVE, _asks(guard.get(PAGE).content)) for _ in range(2)]
    assert 204 in {answer.status_code for answer in answers}
    asked = _asks(guard.get(PAGE).content)
    _scans(gate_a, 2, "Ben Roe", ago_s=0)
    fresh = guard.get(LIVE, asked)
    assert fresh.status_code == 200
    assert re.findall(r"<h2>([^<]*)</h2>", fresh.content.decode()) == ["Ben Roe", "Ann Roe"]


def test_what_a_guard_writes_stays_while_nobody_else_waits(guard: Client, gate_a: Gate) -> None:
    _refers(gate_a)
    asked = _asks(guard.get(PAGE).content)
    _scans(gate_a, 2, "Ben Roe", ago_s=0, access_point="Gate A out", direction="out")
    assert b'id="waiting"' not in guard.get(LIVE, asked).content
    _refers(gate_a, 3, "Cat Roe", access_point="Gate B in")
    renewed = guard.get(LIVE, asked).content
    assert b'<div id="waiting" hx-swap-oob="true">' in renewed
    assert b"Let in as jo" in renewed


def test_a_guard_lets_in_who_was_referred_by_name_and_with_the_reason(
    guard: Client, gate_a: Gate, site: Site
) -> None:
    entry = _refers(gate_a)
    assert "Let in as jo" in _text(guard.get(PAGE).content)
    assert _lets_in(guard, entry)[0] == 302
    done = Release.objects.get()
    assert (done.by_name, done.reason) == ("jo", "Host is here")
    with transaction.atomic():
        (command,) = releasing_commands(held(site), _now())
    assert isinstance(command.about, Released)
    assert command.not_after == (entry.at + WAITS_FOR).replace(microsecond=0)
    assert (command.about.person, command.about.by) == (_person(1), "jo")
    assert Record.objects.filter(act="released", by_name="jo").count() == 1
    text = _text(guard.get(PAGE).content)
    assert "On its way to the gate, which asks every 15 seconds. By jo: Host is here." in text
    assert "Let in as jo" not in text


def test_how_far_it_has_come_is_told(guard: Client, gate_a: Gate) -> None:
    entry = _refers(gate_a)
    _lets_in(guard, entry)
    done = Release.objects.get()
    Handed.objects.create(unit=gate_a.journal.unit, version=done.version, asked_at=_now())
    assert "The gate has been told." in _text(guard.get(PAGE).content)
    said = f"release {bytes(done.order_id).hex()}: not done, nobody waits any more"
    gate_a.records(kind="command", detail=said, at=_now())
    assert "The gate says: not done, nobody waits any more." in _text(guard.get(PAGE).content)


def test_that_the_gate_did_it_is_told(guard: Client, gate_a: Gate) -> None:
    entry = _refers(gate_a)
    _lets_in(guard, entry)
    detail = f"jo: Host is here; let in at the hub, referred in entry {entry.seq}"
    reasons = ("override", "not_inducted")
    _scans(gate_a, 1, "Ann Roe", *reasons, outcome="note", detail=detail, ago_s=0)
    assert f"Let in by {detail}." in _text(guard.get(PAGE).content)


HINDERED: dict[str, tuple[Callable[[Gate], Entry], str]] = {
    "nobody was referred": (lambda gate: _scans(gate, 1, "Ann Roe"), "sent nobody to the guard"),
    "refused": (lambda gate: _scans(gate, 1, "Ann Roe", "revoked"), "sent nobody to the guard"),
    "too late": (lambda gate: _refers(gate, ago_s=301), "waits five minutes"),
    "nobody known": (lambda gate: _refers(gate, holder=None, salt=None), "nobody is named"),
    "no time": (lambda gate: _refers(gate, clock_trusted=False), "does not know the time"),
}


@pytest.mark.parametrize(("make", "said"), HINDERED.values(), ids=HINDERED)
def test_who_can_t_be_let_in_from_here_is_told_why(
    guard: Client, gate_a: Gate, make: Callable[[Gate], Entry], said: str
) -> None:
    entry = make(gate_a)
    status, page = _lets_in(guard, entry)
    assert status == 400
    assert said in page
    assert "Let in as jo" not in page
    assert not Release.objects.exists()


def test_a_card_shown_since_or_a_lock_down_ends_it(
    guard: Client, manager: Client, gate_a: Gate
) -> None:
    entry = _refers(gate_a)
    _scans(gate_a, 2, "Ben Roe", "revoked", ago_s=1)
    assert _lets_in(guard, entry)[0] == 400
    waits = _refers(gate_a, 3, "Cat Roe", ago_s=0)
    manager.post("/sites/kings-wharf/lockdown/", {"order": "lockdown", "reason": "Crane"})
    assert _lets_in(guard, waits)[0] == 400
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("reason", "said"),
    [(" ", "Write why"), ("x" * 121, "At most 120 characters"), ("a\u202eb", "allowed:")],
)
def test_a_reason_that_is_none_is_told_at_its_field(
    guard: Client, gate_a: Gate, reason: str, said: str
) -> None:
    status, page = _lets_in(guard, _refers(gate_a), reason)
    assert status == 400
    assert said in page


def test_nobody_is_let_in_twice_or_more_at_once_than_can_be_told(
    guard: Client, gate_a: Gate
) -> None:
    entry = _refers(gate_a)
    assert _lets_in(guard, entry)[0] == 302
    assert _lets_in(guard, entry)[0] == 400
    for number in range(2, MAX_TOLD + 1):
        assert _lets_in(guard, _refers(gate_a, number, access_point=f"Gate {number}"))[0] == 302
    status, page = _lets_in(guard, _refers(gate_a, 99, access_point="Gate 99"))
    assert status == 400
    assert f"{MAX_TOLD} are being let in already" in page


def test_what_was_written_is_never_changed_nor_removed(guard: Client, gate_a: Gate) -> None:
    _lets_in(guard, _refers(gate_a))
    for act in ("UPDATE manifest_release SET reason = ''", "DELETE FROM manifest_release"):
        with (
            pytest.raises(DatabaseError, match="never"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act)


def test_a_gate_without_the_time_is_named(guard: Client, gate_a: Gate) -> None:
    _refers(gate_a, clock_trusted=False)
    at = _now()
    Heartbeat.objects.create(
        unit=gate_a.journal.unit,
        received_at=at,
        sent_at=at,
        clock_trusted=False,
        backlog=0,
        list_ages_s={},
        faults=[],
        version="1",
        boot_reason="power",
    )
    assert "be let in from here: the gate does not know the time" in _text(guard.get(PAGE).content)

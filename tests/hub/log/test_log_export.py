"""The log as a file: exactly what the page shows, who may take it, and how it flows."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from gate.events.codec import encode_holder
from gate.events.model import Holder
from gate.hub.audit.models import Record
from gate.hub.corrections.models import Correction, What
from gate.hub.log.exporting import PAGE_ENTRIES
from gate.hub.sites.models import Role, Site
from gate.hub.sites.services import add_user
from tests.hub.gates import MORNING, PASSWORD, Gate
from tests.hub.pdf_words import pdf_text

pytestmark = pytest.mark.django_db

DAY = "?day=2026-11-20"
FILES = "/sites/kings-wharf/log/entries."


def _taken(client: Client, form: str, query: str = DAY) -> bytes:
    answer = client.get(f"{FILES}{form}{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it streams


def _rows(client: Client, query: str = DAY) -> list[dict[str, str]]:
    text = _taken(client, "csv", query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _holder(number: int, name: str) -> str:
    person = number.to_bytes(16, "big")
    return encode_holder(
        Holder(person=person, issuer="iss", number=str(number), name=name, card_type="gold")
    )


def test_it_has_all_that_fits_the_newest_first(manager: Client, gate_a: Gate) -> None:
    count = PAGE_ENTRIES + 3
    for number in range(count):
        gate_a.records(name=f"Worker {number}")
    gate_a.records("revoked", name="Mark Smith")
    rows = _rows(manager, f"{DAY}&show=admit")
    assert [row["Who or what"] for row in rows] == [f"Worker {n}" for n in range(count)][::-1]
    assert {row["Answer"] for row in rows} == {"Admitted"}
    (refused,) = _rows(manager, f"{DAY}&reason=revoked")
    assert refused["Who or what"] == "Mark Smith"
    assert refused["What to do"].startswith("The scheme cancelled this card.")


def test_times_are_the_site_s_with_the_zone_and_utc(manager: Client, gate_a: Gate) -> None:
    gate_a.records(at=MORNING.replace(month=7))
    (row,) = _rows(manager, "?day=2026-07-20")
    assert row["Time at the site"] == "2026-07-20 08:00:00 BST"
    assert row["Time (UTC)"] == "2026-07-20T07:00:00.000Z"
    assert row["Received (UTC)"] == "2026-07-20T07:00:01.500Z"


def test_a_name_that_is_a_formula_is_none_in_the_file(manager: Client, gate_a: Gate) -> None:
    gate_a.records(name="=HYPERLINK(1)")
    assert _rows(manager)[0]["Who or what"] == "'=HYPERLINK(1)"


def test_a_range_of_days_is_one_file(manager: Client, gate_a: Gate) -> None:
    for days in (0, 1, 2):
        gate_a.records(at=MORNING + timedelta(days=days), name=f"Day {days}")
    query = "?day=2026-11-20&to=2026-11-21"
    assert [row["Who or what"] for row in _rows(manager, query)] == ["Day 1", "Day 0"]
    answer = manager.get(f"{FILES}csv{query}")
    assert (
        'filename="kings-wharf-log-2026-11-20-to-2026-11-21.csv"' in answer["Content-Disposition"]
    )
    assert "no-store" in answer["Cache-Control"]


def test_paper_says_what_was_asked_and_which_gate_is_missing(manager: Client, gate_a: Gate) -> None:
    gate_a.records("expired", name="Łukasz Nowak")
    text = pdf_text(_taken(manager, "pdf", f"{DAY}&q=nowak"))
    assert "Entry log of Kings Wharf, 20 November 2026" in text
    assert 'Shown: "nowak"' in text
    assert "Gate A has never been heard." in text
    assert "Łukasz Nowak" in text


def test_a_workbook_is_sent(manager: Client, gate_a: Gate) -> None:
    gate_a.records()
    assert _taken(manager, "xlsx").startswith(b"PK\x03\x04")


def test_what_was_corrected_is_told_beside(manager: Client, gate_a: Gate, site: Site) -> None:
    entry = gate_a.records()
    by = add_user(name="ann", password=PASSWORD, roles={site.slug: Role.MANAGER})
    Correction.objects.create(
        site=site,
        journal_id=entry.journal_id,
        seq=entry.seq,
        what=What.NOT_PASSED,
        reason="Went back",
        at=MORNING,
        by=by,
        by_name="ann",
    )
    assert _rows(manager)[0]["Corrected"] == "They did not pass: Went back (ann)"


def test_who_took_whose_names_is_noted(manager: Client, gate_a: Gate) -> None:
    for number in (1, 1, 2):
        gate_a.records(holder=_holder(number, "Ann Roe"))
    _rows(manager)
    (noted,) = Record.objects.filter(act="exported")
    assert (noted.by_name, noted.count) == ("manager", 2)
    assert noted.place == f"GET {FILES}csv"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?day=2026-11-20&to=2026-11-19", "a date not before `day`"),
        ("?day=2026-11-20&to=2027-02-20", "at most 92 days"),
        ("?to=2026-11-20", "which must be there"),
        ("?older=1.1.1", "not for a file"),
        ("?colour=red", "not known here"),
    ],
)
def test_what_can_t_be_asked_for_is_named_and_nothing_is_taken(
    manager: Client, query: str, said: str
) -> None:
    answer = manager.get(f"{FILES}csv{query}")
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Record.objects.filter(act="exported").exists()


def test_there_is_no_other_form(manager: Client) -> None:
    assert manager.get(f"{FILES}docx").status_code == 404


def test_what_arrives_meanwhile_is_not_in_it(manager: Client, gate_a: Gate) -> None:
    gate_a.records(name="Before")
    gate_a.records(name="Later", received_ms=4_000_000_000_000)
    assert [row["Who or what"] for row in _rows(manager)] == ["Before"]


def test_an_erased_person_is_erased_in_the_file(manager: Client, gate_a: Gate) -> None:
    gate_a.records(holder=None, salt=None)
    (row,) = _rows(manager)
    assert (row["Who or what"], row["Card"], row["Person's reference"]) == ("Person erased", "", "")


def test_the_page_leads_to_its_files_for_who_may_take_them(
    manager: Client, gate_a: Gate, site: Site, client: Client
) -> None:
    gate_a.records()
    add_user(name="jo", password=PASSWORD, roles={site.slug: Role.GUARD})
    client.login(username="jo", password=PASSWORD)
    page = manager.get(f"/sites/kings-wharf/log/{DAY}&show=admit").content.decode()
    assert f'href="{FILES}xlsx?day=2026-11-20&amp;show=admit"' in page
    assert FILES not in client.get(f"/sites/kings-wharf/log/{DAY}").content.decode()


def test_two_gates_names_are_both_there(
    manager: Client, gate_a: Gate, new_gate: Callable[[str], Gate]
) -> None:
    gate_a.records()
    new_gate("Gate B").records()
    assert {row["Unit"] for row in _rows(manager)} == {"Gate A", "Gate B"}

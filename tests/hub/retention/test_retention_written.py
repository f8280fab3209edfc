"""Notes, ended blocks, forgiven exits, the audit record, letters: each goes by its own age."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.db import Error, connection, transaction

from gate.hub.audit.models import Record
from gate.hub.mails.models import Letter, Silence
from gate.hub.manifest.models import Block, Forgiveness
from gate.hub.people.blocking import block_person, unblock_person
from gate.hub.people.frames import key_of
from gate.hub.people.models import Note
from gate.hub.people.notes import write_note
from tests.hub.passes.conftest import ANN
from tests.hub.people import worker
from tests.hub.retention.conftest import LONG_AGO
from tests.hub.retention.doing import held, let_go

if TYPE_CHECKING:
    from django.test import Client

    from gate.hub.sites.models import Site
    from tests.hub.gates import Gate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]

DAY = timedelta(days=1)


def test_a_note_goes_a_year_after_it_was_written(site: Site) -> None:
    person = worker(site, LONG_AGO)
    write_note(person, "old", by=ANN, now=LONG_AGO)
    write_note(person, "new", by=ANN, now=LONG_AGO + 2 * DAY)
    assert let_go(site, "notes", LONG_AGO + 367 * DAY) == 1
    assert Note.objects.get().text == "new"


def test_a_note_on_somebody_who_is_blocked_stays(site: Site) -> None:
    person = worker(site, LONG_AGO)
    write_note(person, "why", by=ANN, now=LONG_AGO)
    block_person(person, key_of(site), reason="x", by=ANN, now=LONG_AGO)
    assert let_go(site, "notes", LONG_AGO + 400 * DAY) == 0
    assert held(site, "notes", LONG_AGO) == 1
    unblock_person(person, reason="x", by=ANN, now=LONG_AGO + 400 * DAY)
    assert let_go(site, "notes", LONG_AGO + 400 * DAY) == 1


def test_more_notes_than_go_at_once_all_go(site: Site) -> None:
    person = worker(site, LONG_AGO)
    notes = (Note(person=person, at=LONG_AGO, by_name="Ann", text="x") for _ in range(501))
    Note.objects.bulk_create(notes)
    assert let_go(site, "notes", LONG_AGO + 400 * DAY) == 501


def test_a_block_loses_its_card_a_year_after_its_end_and_keeps_its_reason(site: Site) -> None:
    ended, standing = worker(site, LONG_AGO), worker(site, LONG_AGO, "2", name="Sam Roe")
    for person in (ended, standing):
        block_person(person, key_of(site), reason="harness", by=ANN, now=LONG_AGO)
    unblock_person(ended, reason="talked", by=ANN, now=LONG_AGO + 100 * DAY)
    assert let_go(site, "blocks", LONG_AGO + 460 * DAY) == 0
    assert let_go(site, "blocks", LONG_AGO + 467 * DAY) == 1
    told = Block.objects.order_by("pk").values_list("number", "reason")
    assert list(told) == [("", "harness"), ("2", "harness")]


def test_a_forgiven_exit_loses_its_card(site: Site) -> None:
    Forgiveness.objects.create(
        site=site,
        person=bytes(16),
        issuer="cscs",
        number="1",
        reason="bus",
        order_id=bytes(16),
        not_after=LONG_AGO,
        at=LONG_AGO,
        by_name="Ann",
        version=1,
    )
    assert let_go(site, "blocks", LONG_AGO + 367 * DAY) == 1
    kept = Forgiveness.objects.get()
    assert (kept.issuer, kept.number, kept.reason) == ("", "", "bus")


def audited(site: Site) -> Record:
    user = User.objects.create(username="ann")
    return Record.objects.create(
        site=site, at=LONG_AGO, by=user, by_name="Ann", act="saw", subject=7, host="10.0.0.7"
    )


def test_the_audit_record_forgets_who_looked_and_keeps_at_whom(site: Site, manager: Client) -> None:
    audited(site)
    assert let_go(site, "audit", LONG_AGO + 1221 * DAY) == 1
    kept = Record.objects.get()
    assert (kept.by, kept.by_name, kept.host, kept.subject) == (None, "", "", 7)
    page = manager.get(f"/sites/{site.slug}/audit/").content.decode()
    assert '<td class="words">erased</td>' in page
    assert held(site, "audit", LONG_AGO) == 0


@pytest.mark.parametrize("change", ["by_name = 'Bo'", "host = '::1'", "subject = 8", "act = 'x'"])
def test_the_database_lets_nobody_write_the_audit_record_anew(site: Site, change: str) -> None:
    audited(site)
    with (
        pytest.raises(Error, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE audit_record SET {change}")  # noqa: S608 - constants only


def letter(site: Site, key: str) -> Letter:
    user, _ = User.objects.get_or_create(username="ann")
    times = {"made_at": LONG_AGO, "held_until": LONG_AGO, "sent_at": LONG_AGO}
    return Letter.objects.create(user=user, site=site, key=key, address="a@b.example", **times)


def test_a_letter_goes_but_not_that_of_a_silence_that_lasts(site: Site, gate_a: Gate) -> None:
    silence = Silence.objects.create(unit=gate_a.journal.unit, since=LONG_AGO)
    for key in ("report:1:2026", f"silence:{silence.pk}", f"silence:{silence.pk}:24"):
        letter(site, key)
    letter(site, f"silence:{silence.pk}9")
    assert let_go(site, "letters", LONG_AGO + 401 * DAY) == 2
    assert Letter.objects.filter(key__startswith=f"silence:{silence.pk}").count() == 2
    silence.ended_at = LONG_AGO
    silence.save()
    assert let_go(site, "letters", LONG_AGO + 401 * DAY) == 2

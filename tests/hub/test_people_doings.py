"""Blocks and their undoing, visitors, head counts, notes, and erasing somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gate.errors import ConfigError
from gate.events.codec import encode_holder
from gate.events.model import Holder
from gate.hub.desk.selection import Selection
from gate.hub.desk.statuses import set_status
from gate.hub.ingest.models import Entry
from gate.hub.manifest.authors import Author
from gate.hub.manifest.blocks import blocked_persons
from gate.hub.manifest.inductions import inducted as told_inducted
from gate.hub.manifest.models import Block, Forgiveness, Unblock
from gate.hub.passes.models import Pass
from gate.hub.people import history
from gate.hub.people.blocking import block_person, blocks_of_person, unblock_person, undo
from gate.hub.people.erasing import erase
from gate.hub.people.frames import key_of
from gate.hub.people.heads import heads_of
from gate.hub.people.models import Note, Person, PersonCard, Photo
from gate.hub.people.notes import write_note
from gate.hub.people.register import card_of, matches
from gate.hub.people.visitors import left_lately, on_site, sign_in, sign_out
from gate.trust.person import person_key
from gate.trust.status_list import Status
from tests.hub.gates import Gate, gate_a, new_gate, site
from tests.hub.passes.conftest import ANN
from tests.hub.people import given, inducted, own_files, picture, worker

if TYPE_CHECKING:
    from gate.hub.sites.models import Site

__all__ = ["gate_a", "new_gate", "own_files", "site"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


@pytest.fixture
def ann(site: Site) -> Author:  # noqa: ARG001 - opens the database
    return Author(name="Ann", user=User.objects.create(username="ann"))


def passes_gate(gate: Gate, person: Person, at: datetime, *reasons: str, way: str = "in") -> Entry:
    card = card_of(person)
    assert card is not None
    holder = Holder(
        person=bytes(card.key),
        issuer=card.issuer,
        number=card.number,
        name=person.name,
        card_type=card.card_type,
    )
    entry = gate.records(*reasons, at=at, direction=way, holder=encode_holder(holder))
    gate.journal.stored_through = gate.seq
    gate.journal.save()
    return entry


def test_a_block_keeps_card_and_pass_out_and_its_end_lets_them_in(site: Site) -> None:
    now = timezone.now()
    person = inducted(site, now)
    card = card_of(person)
    given(person, now)
    block_person(person, key_of(site), reason="harness", by=ANN, now=now)
    assert card is not None
    assert bytes(card.key) in blocked_persons(site)
    with pytest.raises(ConfigError, match="blocked already"):
        block_person(person, key_of(site), reason="again", by=ANN, now=now)
    unblock_person(person, reason="talked", by=ANN, now=now)
    assert blocked_persons(site) == set()
    with pytest.raises(ConfigError, match="not blocked"):
        unblock_person(person, reason="again", by=ANN, now=now)


def test_a_block_is_undone_within_ten_seconds_by_another_record(site: Site, ann: Author) -> None:
    now = timezone.now()
    person = worker(site, now)
    block_person(person, key_of(site), reason="harness", by=ann, now=now)
    later = now + timedelta(seconds=9)
    assert undo(person, key_of(site), by=ann, now=later) is False
    assert (Block.objects.count(), Unblock.objects.get().reason) == (1, "Undone: harness")
    assert blocks_of_person(person) == []
    with pytest.raises(ConfigError, match="ten seconds are over"):
        undo(person, key_of(site), by=ann, now=later)


def test_the_end_of_a_block_is_undone_by_another_block(site: Site, ann: Author) -> None:
    now = timezone.now()
    person = worker(site, now)
    block_person(person, key_of(site), reason="harness", by=ANN, now=now - timedelta(days=1))
    unblock_person(person, reason="talked", by=ann, now=now)
    assert undo(person, key_of(site), by=ann, now=now + timedelta(seconds=5)) is True
    assert [one.reason for one in blocks_of_person(person)] == ["Undone: talked"]


@pytest.mark.parametrize("seconds", [14, 60])
def test_after_ten_seconds_nothing_is_undone(site: Site, ann: Author, seconds: int) -> None:
    now = timezone.now()
    person = worker(site, now)
    block_person(person, key_of(site), reason="harness", by=ann, now=now)
    with pytest.raises(ConfigError, match="ten seconds are over"):
        undo(person, key_of(site), by=ann, now=now + timedelta(seconds=seconds))
    assert len(blocks_of_person(person)) == 1


def test_nobody_undoes_what_somebody_else_did(site: Site, ann: Author) -> None:
    now = timezone.now()
    person = worker(site, now)
    block_person(person, key_of(site), reason="harness", by=ann, now=now)
    other = Author(name="Bo", user=User.objects.create(username="bo"))
    with pytest.raises(ConfigError, match="ten seconds are over"):
        undo(person, key_of(site), by=other, now=now)


@pytest.mark.parametrize("words", ["nowak", "LUKASZ", "scaff nowak", "12345", "cscs", "p00001"])
def test_somebody_is_found_by_any_part_of_name_company_card_or_pass(site: Site, words: str) -> None:
    now = timezone.now()
    person = inducted(site, now, name="Łukasz Nowak")
    given(person, now)
    person.refresh_from_db()
    assert matches(person, words)
    assert not matches(person, f"{words} elsewhere")


def test_a_visitor_has_a_host_and_an_escort_who_is_inducted(site: Site) -> None:
    now = timezone.now()
    host, escort = worker(site, now), inducted(site, now, "2", name="Sam")
    came: dict[str, Any] = {"site": site, "name": "Vi", "company": "Council", "by": ANN, "now": now}
    visit = sign_in(**came, host=host, escort=escort)
    with pytest.raises(ConfigError, match="is here already"):
        sign_in(**came, host=host, escort=escort)
    with pytest.raises(ConfigError, match="Jane Example is not inducted"):
        sign_in(**came, host=host, escort=host)
    with pytest.raises(ConfigError, match=r"(?s)name: '='.*host: nobody.*escort: nobody"):
        sign_in(**came | {"name": "="}, host=None, escort=None)

    sign_out(visit, by=ANN, now=now + timedelta(hours=1))
    assert (on_site(site).count(), left_lately(site).get().left_by_name) == (0, "Ann")
    again = sign_in(**came, host=host, escort=escort)
    assert again.visitor == visit.visitor


def test_companies_are_counted_by_who_is_on_site_as_gates_and_book_say(
    site: Site, gate_a: Gate
) -> None:
    now = timezone.now()
    jane, sam = inducted(site, now), worker(site, now, "2", name="Sam", company="Bright")
    sign_in(site, name="Vi", company="Bright", host=sam, escort=jane, by=ANN, now=now)
    passes_gate(gate_a, jane, now - timedelta(hours=2))
    passes_gate(gate_a, sam, now - timedelta(hours=2))
    passes_gate(gate_a, sam, now - timedelta(hours=1), way="out")
    told = {
        one.company.name: (one.people, one.inducted, one.visitors, one.inside)
        for one in heads_of(site, now)
        if one.company is not None
    }
    assert told == {"Scaffold Ltd": (1, 1, 0, 1), "Bright": (1, 0, 1, 1)}


def test_somebody_s_entries_and_refusals_are_found_and_nobody_else_s(
    site: Site, gate_a: Gate
) -> None:
    now = timezone.now()
    jane, sam = worker(site, now), worker(site, now, "2", name="Sam")
    passes_gate(gate_a, sam, now - timedelta(hours=3))
    came = passes_gate(gate_a, jane, now - timedelta(hours=2))
    stopped = passes_gate(gate_a, jane, now - timedelta(hours=1), "blocked")
    passes_gate(gate_a, jane, now - timedelta(days=40))
    assert [one.seq for one in history.passages(jane, now)] == [came.seq]
    assert [one.seq for one in history.refusals(jane, now)] == [stopped.seq]


@pytest.mark.parametrize("text", ["", " ", "x" * 501, "a\0b"])
def test_a_note_that_can_not_be_is_refused(site: Site, text: str) -> None:
    with pytest.raises(ConfigError, match="note: text"):
        write_note(worker(site, timezone.now()), text, by=ANN, now=timezone.now())


def erasable(site: Site, now: datetime) -> Person:
    """Return somebody of whom there is one of everything, and whose pass is cancelled."""
    person = inducted(site, now, photo=picture())
    held = given(person, now)
    write_note(person, "Bad knee", by=ANN, now=now)
    block_person(person, key_of(site), reason="harness", by=ANN, now=now)
    unblock_person(person, reason="talked", by=ANN, now=now)
    chosen = Selection(cards=(held.one.card_id,))
    set_status(held.one.card.desk, chosen, Status.INVALID, reason="left", by=ANN, now=now)
    return person


def test_erasing_takes_all_that_names_somebody_and_leaves_that_it_happened(
    site: Site, gate_a: Gate
) -> None:
    now = timezone.now()
    person = erasable(site, now)
    other = inducted(site, now, "2", name="Sam Roe")
    passes_gate(gate_a, person, now - timedelta(days=3))
    passes_gate(gate_a, other, now - timedelta(days=3))
    for card in PersonCard.objects.order_by("person_id"):
        Forgiveness.objects.create(
            site=site,
            person=card.key,
            issuer=card.issuer,
            number=card.number,
            reason="bus",
            order_id=card.key,
            not_after=now,
            at=now,
            by_name="Ann",
            version=1,
        )
    done = erase(person, now)

    assert list(Forgiveness.objects.order_by("pk").values_list("issuer", "number", "reason")) == [
        ("", "", "bus"),
        ("cscs", "2", "bus"),
    ]
    assert (done.entries, done.passes, done.blocks) == (1, 1, 1)
    mine, others = Entry.objects.order_by("seq")
    assert (mine.salt, mine.holder, len(mine.commitment)) == (None, None, 32)
    assert others.holder is not None
    assert not Photo.objects.exists()
    assert not Note.objects.exists()
    assert list(PersonCard.objects.values_list("number", flat=True)) == ["2"]
    kept = Pass.objects.get()
    assert (kept.text, kept.number, kept.company, kept.photo, kept.card.name) == ("",) * 3 + (
        None,
        "",
    )
    assert Block.objects.get().number == ""
    assert told_inducted(site) == {person_key(key_of(site), "cscs", "2")}
    person.refresh_from_db()
    assert (person.name, person.words, person.company) == ("", "", None)
    assert person.inductionrecord_set.count() == 1


def test_nobody_is_erased_whom_a_gate_or_a_roll_call_must_know(site: Site, gate_a: Gate) -> None:
    now = timezone.now()
    person = inducted(site, now)
    given(person, now)
    block_person(person, key_of(site), reason="harness", by=ANN, now=now)
    passes_gate(gate_a, person, now - timedelta(hours=2))
    with pytest.raises(ConfigError) as caught:
        erase(person, now)
    assert len(caught.value.faults) == 3
    person.refresh_from_db()
    assert (person.name, person.erased_at) == ("Jane Example", None)
    assert Entry.objects.get().holder is not None


def test_a_visitor_who_is_here_is_not_erased_and_one_who_left_is(site: Site) -> None:
    now = timezone.now()
    host = inducted(site, now)
    visit = sign_in(site, name="Vi", company="C", host=host, escort=host, by=ANN, now=now)
    with pytest.raises(ConfigError, match="sign out first"):
        erase(visit.visitor, now)
    sign_out(visit, by=ANN, now=now)
    erase(visit.visitor, now)
    with pytest.raises(ConfigError, match="erased already"):
        erase(visit.visitor, now)
    visit.visitor.refresh_from_db()
    assert visit.visitor.name == ""

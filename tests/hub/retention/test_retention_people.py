"""Who has left goes from the register; who may come in, or must be named, does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from django.contrib.auth.models import User

from gate.hub.desk.models import IssuedCard
from gate.hub.desk.selection import Selection
from gate.hub.desk.statuses import set_status
from gate.hub.manifest.inductions import inducted as told_inducted
from gate.hub.passes.models import Pass
from gate.hub.people.adopting import adopt
from gate.hub.people.blocking import block_person
from gate.hub.people.erasing import erase_from_register
from gate.hub.people.frames import key_of
from gate.hub.people.inducting import induct
from gate.hub.people.models import InductionRecord, Person, PersonCard, Photo
from gate.hub.people.visitors import sign_in, sign_out
from gate.hub.rollcall.calls import begin
from gate.hub.rollcall.models import Kind
from gate.trust.status_list import Status
from tests.hub.passes.conftest import ANN, issued
from tests.hub.people import given, inducted, picture, session, worker
from tests.hub.retention.conftest import LONG_AGO
from tests.hub.retention.doing import held, let_go
from tests.hub.test_people_doings import passes_gate

if TYPE_CHECKING:
    from gate.hub.sites.models import Site
    from tests.hub.gates import Gate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]

DAY = timedelta(days=1)
NOW: Final = LONG_AGO + 2000 * DAY
LATELY: Final = NOW - 1000 * DAY
"""Within the period of people, which is 1,220 days."""

Tie = Callable[["Site", Person, "Gate"], object]


def names() -> list[str]:
    return sorted(filter(None, Person.objects.values_list("name", flat=True)))


def hosted(site: Site, person: Person) -> None:
    escort = inducted(site, LATELY, "77", name="Escort")
    visit = sign_in(site, name="Vi", company="C", host=person, escort=escort, by=ANN, now=LATELY)
    sign_out(visit, by=ANN, now=LATELY)


def called(site: Site, person: Person, gate: Gate) -> None:
    passes_gate(gate, person, LONG_AGO)
    begin(site, User.objects.create(username="m"), Kind.LIVE, LONG_AGO + timedelta(hours=1))


TIES: Final[dict[str, Tie]] = {
    "passed a gate": lambda _site, one, gate: passes_gate(gate, one, LATELY),
    "is inducted still": lambda site, one, _gate: induct(
        site, [one], session(LONG_AGO, last_day=LATELY.date()), by=ANN, now=LONG_AGO
    ),
    "had a visitor": lambda site, one, _gate: hosted(site, one),
    "is blocked": lambda site, one, _gate: block_person(
        one, key_of(site), reason="x", by=ANN, now=LONG_AGO
    ),
    "is on a roll call that goes on": called,
}


@pytest.mark.parametrize("tie", TIES)
def test_somebody_stays_in_the_register_who(site: Site, gate_a: Gate, tie: str) -> None:
    person = worker(site, LONG_AGO)
    assert let_go(site, "people", LONG_AGO + DAY) == 0
    TIES[tie](site, person, gate_a)
    let_go(site, "people", NOW)
    assert "Jane Example" in names()


def test_somebody_who_left_long_ago_is_erased_and_what_was_done_stays(
    site: Site, gate_a: Gate
) -> None:
    person = inducted(site, LONG_AGO)
    passes_gate(gate_a, person, LONG_AGO)
    given(person, LONG_AGO)
    there = inducted(site, LATELY, "2", name="Sam Roe")
    assert let_go(site, "people", NOW) == 1
    assert names() == [there.name]
    assert InductionRecord.objects.filter(person=person).count() == 1
    assert list(PersonCard.objects.values_list("number", flat=True)) == ["2"]
    assert (Pass.objects.get().text, IssuedCard.objects.get().name) == ("", "")
    assert len(told_inducted(site)) == 1
    assert held(site, "people", NOW) == 1


@pytest.mark.parametrize(
    ("status", "until"), [(Status.SUSPENDED, "expires_at"), (Status.INVALID, "cancelled_at")]
)
def test_a_pass_ties_its_holder_until_it_ends_also_on_hold_but_not_once_cancelled(
    site: Site, status: Status, until: str
) -> None:
    made = issued(site, now=LONG_AGO)
    adopt(made, "")
    ends = {"expires_at": made.card.expires_at, "cancelled_at": LONG_AGO + 3 * DAY}
    chosen = Selection(cards=(made.card_id,))
    cancelled_at = ends["cancelled_at"]
    assert cancelled_at is not None
    set_status(made.card.desk, chosen, status, reason="left", by=ANN, now=cancelled_at)
    ended_at = ends[until]
    assert ended_at is not None
    assert let_go(site, "people", ended_at + 1219 * DAY) == 0
    assert let_go(site, "people", ended_at + 1221 * DAY) == 1


def test_the_photograph_goes_a_month_after_somebody_left_and_the_name_stays(site: Site) -> None:
    person = worker(site, LONG_AGO, photo=picture())
    here = worker(site, LONG_AGO + 31 * DAY, "2", name="Sam Roe", photo=picture())
    assert let_go(site, "photographs", LONG_AGO + 29 * DAY) == 0
    assert let_go(site, "photographs", LONG_AGO + 32 * DAY) == 1
    assert list(Photo.objects.values_list("person", flat=True)) == [here.pk]
    assert person.name in names()


def test_a_photograph_on_a_pass_goes_and_its_code_stays_for_the_next_pass(site: Site) -> None:
    person = inducted(site, LONG_AGO, photo=picture())
    given(person, LONG_AGO)
    assert Pass.objects.get().photo is not None
    assert let_go(site, "photographs", NOW) == 1
    assert (Pass.objects.get().photo, Pass.objects.get().text != "") == (None, True)


def test_a_visitor_goes_by_a_period_of_visitors_and_their_host_does_not(site: Site) -> None:
    host = inducted(site, LONG_AGO)
    came = LONG_AGO + DAY
    visit = sign_in(site, name="Vi", company="C", host=host, escort=host, by=ANN, now=came)
    assert let_go(site, "visitors", NOW) == 0  # the guard never signed them out
    sign_out(visit, by=ANN, now=came)
    assert let_go(site, "visitors", came + 366 * DAY) == 0
    assert let_go(site, "visitors", came + 367 * DAY) == 1
    assert names() == [host.name]


def test_who_came_back_while_others_were_erased_stays(site: Site) -> None:
    back, gone = worker(site, LONG_AGO), worker(site, LONG_AGO, "2", name="Sam Roe")
    block_person(back, key_of(site), reason="x", by=ANN, now=NOW)
    assert erase_from_register(site, [back, gone], NOW) == 1
    assert names() == ["Jane Example"]


def test_more_people_than_go_at_once_all_go(site: Site) -> None:
    for number in range(27):
        worker(site, LONG_AGO, str(number + 1), name="Sam Roe")
    assert let_go(site, "people", NOW) == 27
    assert names() == []


def test_a_pass_of_which_the_register_knows_nothing_loses_its_name_too(site: Site) -> None:
    made = issued(site, now=LONG_AGO)
    assert made.card.name != ""
    expires = made.card.expires_at
    assert expires is not None
    assert let_go(site, "people", expires + 1219 * DAY) == 0
    assert let_go(site, "people", expires + 1221 * DAY) == 1
    made.refresh_from_db()
    assert (made.number, made.text, made.photo, IssuedCard.objects.get().name) == ("", "", None, "")

"""Inductions and passes of people, as the gates are told of them; a lost pass."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from gate.access.site_policy import MAX_BLOCKED
from gate.card.verify import verify_card
from gate.errors import CardError, ConfigError, Reason
from gate.hub.keys import load_hub_key
from gate.hub.manifest.blocks import blocked_persons
from gate.hub.manifest.inductions import inducted as told_inducted
from gate.hub.manifest.inductions import inductions as told_inductions
from gate.hub.manifest.models import Block, Induction, Manifest, Unblock
from gate.hub.manifest.rules import set_rules
from gate.hub.manifest.signed import mark_now
from gate.hub.passes.scheme_card import end_of
from gate.hub.people.blocking import block_person
from gate.hub.people.frames import key_of
from gate.hub.people.giving import give_passes, replace_lost, without_pass
from gate.hub.people.inducting import induct
from gate.hub.people.models import Checked, InductionRecord, LostPass
from gate.hub.people.printing import unprinted
from gate.hub.people.register import card_of
from gate.hub.people.standings import Step, standing, standings
from gate.hub.people.visitors import sign_in
from gate.trust.inductions import HeldInduction
from tests.hub.gates import site
from tests.hub.manifest.conftest import (
    Asker,
    asker,
    hub_key,
    ingest,
    ruled,
    rules,
    secret,
    signing_key,
    unit,
)
from tests.hub.passes.conftest import ANN, believed, hub_config
from tests.hub.people import given, inducted, own_files, session, worker

if TYPE_CHECKING:
    from gate.hub.sites.models import Site
    from tests.hub.ingest.conftest import SimulatedUnit

__all__ = [
    "asker",
    "hub_key",
    "ingest",
    "own_files",
    "ruled",
    "secret",
    "signing_key",
    "site",
    "unit",
]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
LONDON = ZoneInfo("Europe/London")


def test_an_induction_reaches_the_gates_in_the_manifest_s_inducted_set(
    ruled: Site, asker: Asker, unit: SimulatedUnit
) -> None:
    person = inducted(ruled, timezone.now())
    card = card_of(person)
    assert card is not None
    assert asker.manifest(unit).inducted == {bytes(card.key)}


def test_an_induction_ends_after_its_last_day_and_the_manifest_s_version_rises(
    ruled: Site,
) -> None:
    now, key = timezone.now(), load_hub_key(hub_config())
    inducted(ruled, now)
    person = worker(ruled, now, "2")
    today = now.astimezone(LONDON).date()
    induct(ruled, [person], session(now, last_day=today), by=ANN, now=now)
    before = mark_now(ruled, now, key, None)
    night = end_of(today, LONDON) + timedelta(hours=1)
    after = mark_now(ruled, night, key, None)

    assert before is not None
    assert after is not None
    assert after.version > before.version
    assert len(told_inducted(ruled)) == 1
    assert standing(person, night).step is Step.INDUCT


def test_gates_are_told_at_which_induction_people_were_where_the_rules_ask(
    ruled: Site, asker: Asker, unit: SimulatedUnit
) -> None:
    now = timezone.now()
    person = inducted(ruled, now)
    kept = given(person, now)
    assert asker.manifest(unit).inductions == {}

    text = rules(2) + '[induction]\nmode = "refer"\nversion = 3\n'
    set_rules(ruled, text, source="rules", by=ANN, now=now)
    third = HeldInduction(version=3, on=now.astimezone(LONDON).date())
    keys = {bytes(kept.one.person), bytes(kept.one.beneath)}
    assert asker.manifest(unit).inductions == dict.fromkeys(keys, third)

    induct(ruled, [person], session(now, edition=4), by=ANN, now=now)
    fourth = HeldInduction(version=4, on=third.on)
    assert asker.manifest(unit).inductions == dict.fromkeys(keys, fourth)


def test_who_was_inducted_before_gates_were_told_of_versions_is_told_of_too(
    ruled: Site,
) -> None:
    now = timezone.now()
    person = inducted(ruled, now)
    kept = given(person, now)
    Induction.objects.update(edition=None, on=None)
    version = Manifest.objects.get(site=ruled).version
    import_module("gate.hub.people.migrations.0005_told_inductions").tell(apps, connection)

    keys = {bytes(kept.one.person), bytes(kept.one.beneath)}
    third = HeldInduction(version=3, on=now.astimezone(LONDON).date())
    assert told_inductions(ruled) == dict.fromkeys(keys, third)
    assert Manifest.objects.get(site=ruled).version > version


def test_an_induction_keeps_its_version_period_and_who_checked_the_card_how(site: Site) -> None:
    now = timezone.now()
    person = worker(site, now)
    how = session(now, edition=7, checked=Checked.NUMBER, checked_by="Bo")
    (record,) = induct(site, [person], how, by=ANN, now=now)
    assert (record.edition, record.last_day) == (7, how.last_day)
    assert (record.checked, record.checked_by, record.by_name) == ("number", "Bo", "Ann")
    assert (record.scheme, record.card_last_day) == ("cscs", date(2099, 5, 31))


REFUSED = {
    "version 0": ({"edition": 0}, "edition: 0"),
    "yesterday": ({"last_day": date(2020, 1, 1)}, "last_day: 2020-01-01"),
    "for ever": ({"last_day": date(2090, 1, 1)}, "last_day: 2090-01-01"),
    "by nobody": ({"checked_by": ""}, "checked_by: ''"),
}


@pytest.mark.parametrize(("change", "words"), REFUSED.values(), ids=REFUSED)
def test_an_induction_that_can_not_be_is_not_recorded(
    site: Site, change: dict[str, object], words: str
) -> None:
    now = timezone.now()
    with pytest.raises(ConfigError, match=words):
        induct(site, [worker(site, now)], session(now, **change), by=ANN, now=now)
    assert not InductionRecord.objects.exists()


def test_nobody_is_inducted_where_one_of_them_can_not_be(site: Site) -> None:
    now = timezone.now()
    good, over = worker(site, now), worker(site, now, "2", name="Sam", last_day=date(2021, 1, 1))
    kept_out = worker(site, now, "3", name="Kay")
    block_person(kept_out, key_of(site), reason="r", by=ANN, now=now)
    with pytest.raises(ConfigError) as caught:
        induct(site, [good, over, kept_out], session(now), by=ANN, now=now)
    assert "Sam's card ended on 2021-01-01" in str(caught.value)
    assert "Kay is blocked" in str(caught.value)
    assert told_inducted(site) == set()


@pytest.mark.parametrize("table", ["people_inductionrecord", "people_lostpass", "audit_record"])
def test_the_database_itself_keeps_what_is_written_once(site: Site, table: str) -> None:
    now = timezone.now()
    person = inducted(site, now)
    given(person, now)
    replace_lost(person, key_of(site), reason="bus", by=ANN, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_record (site_id, at, by_name, act, count, place, host)"
            " VALUES (%s, %s, 'x', 'saw', 1, '', '')",
            [site.pk, now],
        )
    for act in (f"UPDATE {table} SET by_name = 'y'", f"DELETE FROM {table}"):  # noqa: S608 - constants
        with pytest.raises(DatabaseError, match="never"), transaction.atomic():
            connection.cursor().execute(act)


def test_a_pass_ends_with_the_card_or_the_induction_whichever_ends_first(site: Site) -> None:
    now = timezone.now()
    by_induction = given(inducted(site, now), now)
    soon = date(now.year, 12, 31)
    by_card = given(inducted(site, now, "2", last_day=soon), now)
    ends = [one.one.card.expires_at for one in (by_induction, by_card)]
    assert ends == [end_of(date(now.year + 1, 1, 31), LONDON), end_of(soon, LONDON)]


def test_passes_go_to_who_is_inducted_and_to_nobody_else(site: Site) -> None:
    now = timezone.now()
    ready, due = inducted(site, now), worker(site, now, "2", name="Sam")
    assert [one.person for one in without_pass(site, now)] == [ready]
    with pytest.raises(ConfigError, match="Sam is not inducted"):
        give_passes(site, key_of(site), [ready, due], by=ANN, now=now)
    assert given(ready, now).one.checked_by == "Ann"
    with pytest.raises(ConfigError, match="has a good pass"):
        given(ready, now)


def test_a_lost_pass_is_refused_at_the_gates_and_the_new_one_is_good(
    ruled: Site, asker: Asker, unit: SimulatedUnit
) -> None:
    now = timezone.now()
    person = inducted(ruled, now)
    old = given(person, now)
    new = replace_lost(person, key_of(ruled), reason="Left on a bus", by=ANN, now=now)
    later = timezone.now() + timedelta(seconds=2)
    told = asker.manifest(unit)

    assert told.blocked == {bytes(old.one.person)}
    assert bytes(new.one.person) in told.inducted
    assert bytes(old.one.person) not in told.inducted
    assert verify_card(new.one.text, believed(ruled), later).number == "P00002"
    with pytest.raises(CardError) as caught:
        verify_card(old.one.text, believed(ruled), later)
    assert caught.value.reason is Reason.REVOKED
    assert LostPass.objects.get().reason == "Left on a bus"
    assert [one.pk for one in unprinted(ruled, now)] == [new.pk]


def test_lost_passes_take_the_room_that_blocks_leave_and_no_more(site: Site) -> None:
    now = timezone.now()
    person = inducted(site, now)
    old = given(person, now)
    replace_lost(person, key_of(site), reason="bus", by=ANN, now=now)
    others = [n.to_bytes(16, "big") for n in range(MAX_BLOCKED)]
    said: dict[str, Any] = {"site": site, "at": now, "by_name": "Ann", "version": 1, "reason": "r"}
    blocks = Block.objects.bulk_create(Block(person=one, **said) for one in others)
    assert blocked_persons(site) == set(others)
    Unblock.objects.create(block=blocks[0], **said)
    assert blocked_persons(site) == {*others[1:], bytes(old.one.person)}


@pytest.mark.parametrize(("reason", "words"), [("", "reason: ''"), ("x", "no good pass")])
def test_a_pass_that_is_not_there_is_not_replaced(site: Site, reason: str, words: str) -> None:
    now = timezone.now()
    with pytest.raises(ConfigError, match=words):
        replace_lost(inducted(site, now), key_of(site), reason=reason, by=ANN, now=now)


def test_people_stand_the_same_asked_alone_or_with_a_whole_site(site: Site) -> None:
    now = timezone.now()
    people = [
        worker(site, now, "1"),
        inducted(site, now, "2"),
        worker(site, now, "3", last_day=date(2021, 1, 1)),
    ]
    given(people[1], now)
    host = people[1]
    visit = sign_in(site, name="Vi", company="Council", host=host, escort=host, by=ANN, now=now)
    people.append(visit.visitor)
    many = standings(site, [*people, *people * 60], now)[:4]
    steps = [Step.INDUCT, Step.NONE, Step.CARD, Step.VISITOR]
    assert [one.step for one in many] == steps
    assert [standing(person, now).step for person in people] == steps

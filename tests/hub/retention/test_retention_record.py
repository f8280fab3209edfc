"""The gates' record: old names go from it, and everything that it proves stays."""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gate.events.codec import to_ms
from gate.hub.ingest.models import Entry
from gate.hub.ingest.nightly import check_journals
from gate.hub.manifest.blocks import block, unblock
from gate.hub.manifest.models import Block, CountedWeek
from gate.hub.people.frames import key_of
from gate.hub.retention.parts import Moment
from gate.hub.retention.record import PAGE_ENTRIES, Record
from gate.hub.rollcall.calls import begin, say
from gate.hub.rollcall.models import Kind, Said
from tests.hub.ingest.conftest import hub_key, ingest, known, sender, signing_key
from tests.hub.passes.conftest import ANN
from tests.hub.people import worker
from tests.hub.retention.conftest import LONG_AGO
from tests.hub.retention.doing import held, let_go
from tests.hub.test_people_doings import passes_gate

if TYPE_CHECKING:
    from django.test import Client

    from gate.hub.sites.models import Site
    from tests.hub.gates import Gate
    from tests.hub.ingest.conftest import Sender

__all__ = ["hub_key", "ingest", "sender", "signing_key"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]

DAY = timedelta(days=1)


def named() -> list[int]:
    return list(Entry.objects.filter(holder__isnull=False).values_list("seq", flat=True))


def test_names_go_when_they_are_old_and_the_chain_holds_without_them(
    site: Site, sender: Sender
) -> None:
    unit = known(site, "Gate C")
    unit.record(9)
    assert sender.send(unit.uid, unit.batch(1, 9)).status_code == 200
    now = timezone.now()
    assert let_go(site, "record", now + 1219 * DAY) == 0
    assert let_go(site, "record", now + 1221 * DAY) == 9
    assert named() == []
    assert [one.fault for one in check_journals()] == [""]
    assert held(site, "record", now) == 0


def test_the_log_says_of_an_old_entry_that_its_name_was_erased(
    site: Site, gate_a: Gate, manager: Client
) -> None:
    gate_a.records(at=LONG_AGO, name="Sam Roe")
    day = f"/sites/{site.slug}/log/?day=2026-11-20"
    assert "Sam Roe" in manager.get(day).content.decode()
    let_go(site, "record", LONG_AGO + 1221 * DAY)
    shown = manager.get(day).content.decode()
    assert "Sam Roe" not in shown
    assert "rased" in shown


def test_an_entry_is_as_old_as_the_hub_has_it_whatever_the_units_clock_said(
    site: Site, gate_a: Gate
) -> None:
    young, old = to_ms(LONG_AGO + 1000 * DAY), to_ms(LONG_AGO)
    gate_a.records(at=LONG_AGO + 30_000 * DAY, received_ms=old)
    gate_a.records(at=LONG_AGO - 9000 * DAY, received_ms=young)
    let_go(site, "record", LONG_AGO + 1221 * DAY)
    assert named() == [2]


def test_whoever_is_blocked_can_be_named_until_they_are_not(site: Site, gate_a: Gate) -> None:
    person = worker(site, LONG_AGO)
    earlier, last = (passes_gate(gate_a, person, LONG_AGO + k * DAY) for k in range(2))
    block(site, key_of(site), issuer="cscs", number="12345678", reason="x", by=ANN, now=LONG_AGO)
    now = LONG_AGO + 1300 * DAY
    assert let_go(site, "record", now) == earlier.seq
    assert named() == [last.seq]
    unblock(site, Block.objects.get().pk, reason="x", by=ANN, now=now)
    assert let_go(site, "record", now) == 1


def test_whoever_is_on_a_roll_call_can_be_named_until_it_is_closed(
    site: Site, gate_a: Gate
) -> None:
    person, user = worker(site, LONG_AGO), User.objects.create(username="marshal")
    entry = passes_gate(gate_a, person, LONG_AGO)
    call = begin(site, user, Kind.DRILL, LONG_AGO + timedelta(hours=1))
    assert call.named_set.count() == 1
    now = LONG_AGO + 1300 * DAY
    assert let_go(site, "record", now) == 0
    say(call, user, Said.CLOSED, "", now)
    assert let_go(site, "record", now) == entry.seq


def test_work_that_is_cut_off_is_taken_up_where_it_was(site: Site, gate_a: Gate) -> None:
    first = gate_a.records(at=LONG_AGO)
    copies = [copy(first) for _ in range(2, PAGE_ENTRIES + 11)]
    for seq, one in enumerate(copies, 2):
        one.seq = seq
    Entry.objects.bulk_create(copies)
    moment = Moment(site=site, now=LONG_AGO + 1300 * DAY)
    begun = Record().let_go(moment, moment.before(1220))
    assert next(begun) == PAGE_ENTRIES
    del begun
    assert len(named()) == 10
    assert let_go(site, "record", moment.now) == 10


def test_another_site_s_entries_stay(site: Site, gate_a: Gate) -> None:
    gate_a.records(at=LONG_AGO)
    Entry.objects.update(salt=None, holder=None)
    other = type(site).objects.create(
        organisation=site.organisation, slug="other", name="Other", time_zone="Europe/London"
    )
    entry = gate_a.records(at=LONG_AGO, site_id=other.pk)
    assert let_go(site, "record", LONG_AGO + 1300 * DAY) == 0
    assert named() == [entry.seq]


def test_hours_that_nobody_asks_for_again_are_not_kept(site: Site) -> None:
    for weeks in (5, 18, 20, 200):
        monday = (LONG_AGO - timedelta(weeks=weeks)).date()
        CountedWeek.objects.create(site=site, monday=monday, basis="", body=b"")
    let_go(site, "record", LONG_AGO)
    assert CountedWeek.objects.count() == 2

"""What the nightly check finds when somebody was at the database, and what it must not mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.utils import timezone

from gate.hub.ingest.models import Alarm, AlarmKind, Check
from gate.hub.ingest.nightly import check_and_report, check_journals

if TYPE_CHECKING:
    from gate.hub.sites.models import Site
    from tests.hub.ingest.conftest import Sender, SimulatedUnit

pytestmark = pytest.mark.django_db

GUARDS = {
    "ingest_entry_never_changed": "ingest_entry",
    "ingest_entry_never_removed": "ingest_entry",
    "ingest_journal_never_back": "ingest_journal",
}
COLUMNS = (
    "journal_id, site_id, received_ms, at_ms, clock_trusted, kind, access_point, direction,"
    " outcome, reason, reasons, count, list_age_s, detail, commitment, salt, holder, hash"
)


ADDED = (
    f"INSERT INTO ingest_entry (seq, {COLUMNS})"  # noqa: S608 - constants only
    f" SELECT 13, {COLUMNS} FROM ingest_entry WHERE seq = 12"
)


def with_a_database_client(statement: str) -> None:
    """Do what an administrator can: switch the guards off and run a statement."""
    with connection.cursor() as cursor:
        for guard, table in GUARDS.items():
            cursor.execute(
                f"DROP TRIGGER {guard}" + ("" if connection.vendor == "sqlite" else f" ON {table}")
            )
        cursor.execute(statement)


@pytest.fixture
def stored(sender: Sender, unit: SimulatedUnit, neighbour: SimulatedUnit) -> SimulatedUnit:
    for one in (unit, neighbour):
        one.record(9)
        one.record(3, outcome="refuse")
        sender.send(one.uid, one.batch(1, 12))
    return unit


def test_journals_nobody_touched_hold(stored: SimulatedUnit) -> None:
    found = {one.uid: (one.entries, one.fault) for one in check_journals()}
    assert found[stored.uid] == (12, "")
    assert len(found) == 2


@pytest.mark.parametrize(
    ("statement", "seq", "fault"),
    [
        ("UPDATE ingest_entry SET outcome = 'refuse' WHERE seq = 5", 5, "content"),
        ("UPDATE ingest_entry SET at_ms = at_ms + 1 WHERE seq = 5", 5, "content"),
        ("UPDATE ingest_entry SET clock_trusted = NOT clock_trusted WHERE seq = 5", 5, "content"),
        ("UPDATE ingest_entry SET kind = 'unheard_of' WHERE seq = 5", 5, "no record"),
        ("UPDATE ingest_entry SET access_point = 'A' || chr(10) WHERE seq = 5", 5, "no record"),
        ("UPDATE ingest_entry SET count = 0 WHERE seq = 5", 5, "no record"),
        ("UPDATE ingest_entry SET reason = 'revoked' WHERE seq = 11", 11, "its reason"),
        ("UPDATE ingest_entry SET reasons = 'expired' WHERE seq = 11", 11, "content"),
        ("UPDATE ingest_entry SET holder = '{}' WHERE seq = 5", 5, "holder part"),
        ("UPDATE ingest_entry SET hash = commitment WHERE seq = 5", 5, "content"),
        ("DELETE FROM ingest_entry WHERE seq = 5", 5, "it is missing"),
        ("DELETE FROM ingest_entry WHERE seq >= 12", 12, "it is missing"),
        ("DELETE FROM ingest_entry WHERE seq = 1", 1, "it is missing"),
        ("UPDATE ingest_journal SET stored_through = 11", 12, "not the one"),
        (
            ADDED,
            13,
            "no unit sent it",
        ),
    ],
)
def test_what_a_database_client_did_is_found_and_the_first_bad_entry_named(
    stored: SimulatedUnit, statement: str, seq: int, fault: str
) -> None:
    if connection.vendor == "sqlite":
        statement = statement.replace("chr(", "char(")
    with_a_database_client(statement)
    for found in check_journals():
        assert found.seq == seq
        assert found.fault.startswith(f"entry {seq if 'not the one' not in fault else seq - 1}: ")
        assert fault in found.fault
    assert stored.uid in {found.uid for found in check_journals()}


def test_a_person_who_was_erased_leaves_the_journal_whole(stored: SimulatedUnit) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ingest_entry SET salt = NULL, holder = NULL WHERE seq IN (5, 12)")
    assert [found.fault for found in check_journals() if found.uid == stored.uid] == [""]


def test_a_check_raises_an_alarm_for_what_does_not_hold_and_is_kept(stored: SimulatedUnit) -> None:
    assert [one.fault for one in check_and_report(timezone.now)] == ["", ""]
    with_a_database_client(
        "UPDATE ingest_entry SET outcome = 'admit' WHERE seq = 11 AND journal_id ="
        " (SELECT min(id) FROM ingest_journal)"
    )
    assert [bool(one.fault) for one in check_and_report(timezone.now)].count(True) == 1
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.unit.uid, alarm.seq) == (AlarmKind.ENTRY_CHANGED, stored.uid, 11)
    kept = Check.objects.order_by("id").values_list("journals", "entries", "bad_journals")
    assert list(kept) == [(2, 24, 0), (2, 22, 1)]


def test_a_check_that_was_not_done_to_its_end_is_not_kept(stored: SimulatedUnit) -> None:
    begun = check_and_report(timezone.now)
    assert stored.uid in {next(begun).uid, next(begun).uid}
    assert not Check.objects.exists()


def test_a_site_without_journals_is_checked_too(site: Site) -> None:
    assert list(check_and_report(timezone.now)) == []
    assert (Check.objects.get().site, Check.objects.get().journals) == (site, 0)

"""What the nightly check finds when somebody was at the database, and what it must not mind."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from gate.hub.ingest.models import Alarm, AlarmKind
from gate.hub.ingest.nightly import check_journals

if TYPE_CHECKING:
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


def test_the_command_tells_of_every_journal_and_raises_alarms(stored: SimulatedUnit) -> None:
    out = StringIO()
    call_command("verify_journals", stdout=out)
    assert f"unit {stored.uid} journal {stored.journal_id.hex()}: 12 entries" in out.getvalue()
    with_a_database_client(
        "UPDATE ingest_entry SET outcome = 'admit' WHERE seq = 11 AND journal_id ="
        " (SELECT min(id) FROM ingest_journal)"
    )
    with pytest.raises(CommandError, match="1 journals do not hold"):
        call_command("verify_journals", stdout=out)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.unit.uid, alarm.seq) == (AlarmKind.ENTRY_CHANGED, stored.uid, 11)

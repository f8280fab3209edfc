"""What the database itself refuses, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import Error, connection, transaction

from gate.hub.ingest.models import Entry, Journal

if TYPE_CHECKING:
    from tests.hub.ingest.conftest import Sender, SimulatedUnit

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(sender: Sender, unit: SimulatedUnit) -> SimulatedUnit:
    unit.record(5)
    sender.send(unit.uid, unit.batch(1, 5))
    return unit


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "outcome = 'refuse'",
        "seq = seq + 100",
        "at_ms = 0",
        "received_ms = 0",
        "site_id = site_id + 1",
        "journal_id = journal_id + 1",
        "list_age_s = 5",
        "clock_trusted = NOT clock_trusted",
        "hash = commitment",
        "holder = '{}'",
        "salt = hash",
        "salt = NULL",
        "holder = NULL",
        "salt = NULL, holder = NULL, outcome = 'refuse'",
    ],
)
@pytest.mark.usefixtures("stored")
def test_an_entry_is_never_changed(change: str) -> None:
    with pytest.raises(Error):
        run(f"UPDATE ingest_entry SET {change} WHERE seq = 3")  # noqa: S608 - the table's own texts


@pytest.mark.parametrize("table", ["ingest_entry", "ingest_journal"])
@pytest.mark.usefixtures("stored")
def test_nothing_is_ever_removed(table: str) -> None:
    with pytest.raises(Error):
        run(f"DELETE FROM {table}")  # noqa: S608 - as above


@pytest.mark.parametrize(
    "change", ["stored_through = 4", "unit_id = unit_id + 1", "journal_id = head_hash"]
)
@pytest.mark.usefixtures("stored")
def test_a_mark_never_goes_back(change: str) -> None:
    with pytest.raises(Error):
        run(f"UPDATE ingest_journal SET {change}")  # noqa: S608 - as above


@pytest.mark.usefixtures("stored")
def test_a_person_may_be_erased_even_twice() -> None:
    for _ in range(2):
        run("UPDATE ingest_entry SET salt = NULL, holder = NULL WHERE seq = 3")
    assert Entry.objects.get(seq=3).holder is None
    assert Entry.objects.get(seq=4).holder is not None


@pytest.mark.usefixtures("stored")
def test_an_erased_person_is_not_brought_back(sender: Sender, stored: SimulatedUnit) -> None:
    run("UPDATE ingest_entry SET salt = NULL, holder = NULL WHERE seq = 3")
    assert sender.send(stored.uid, stored.batch(1, 5)).status_code == 200
    assert Entry.objects.get(seq=3).holder is None
    assert Journal.objects.get().stored_through == 5

"""The nightly check: every journal proved again from its rows, as if nothing were believed.

It finds what a database client can do and the triggers can't stop: an entry changed, removed or
added. A person who was erased leaves the commitment, and the chain still holds. Each finding is an
alarm, and names the first entry that does not hold; what follows it can't be judged. That a check
was done to its end is kept for each site, so that one that was not done shows too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from gate.errors import EventError
from gate.events.chain import ChainHead, genesis, verify_chain
from gate.hub.ingest.alarms import raise_alarm
from gate.hub.ingest.models import AlarmKind, Check, Journal
from gate.hub.ingest.stored import entries_of
from gate.hub.sites.models import Site

_BEYOND = (
    "SELECT min(entry.seq) FROM ingest_entry AS entry JOIN ingest_journal AS journal"
    " ON journal.id = entry.journal_id WHERE journal.id = %s AND entry.seq > journal.stored_through"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One journal as it was found: `fault` is empty if it holds; `seq` is the first bad entry."""

    uid: str
    unit_id: int
    site_id: int
    journal_id: bytes
    entries: int
    seq: int = 0
    fault: str = ""


def check_and_report(now: Callable[[], datetime]) -> Iterator[Checked]:
    """Yield what is found of each journal; raise the alarms; at the end, note that it was done."""
    done = {site: _begun(site) for site in Site.objects.values_list("id", flat=True)}
    for found in check_journals():
        if found.fault:
            report(found, now())
        check = done.setdefault(found.site_id, _begun(found.site_id))
        check.journals += 1
        check.entries += found.entries
        check.bad_journals += bool(found.fault)
        yield found
    with transaction.atomic(durable=True):
        for check in done.values():
            check.at = now()
            check.save(force_insert=True)


def check_journals() -> Iterator[Checked]:
    """Yield what is found of each journal, and leave everything as it is."""
    for journal in Journal.objects.select_related("unit").order_by("unit__uid", "id").iterator():
        yield _check(journal)


def report(found: Checked, now: datetime) -> None:
    """Raise the alarm of a journal that does not hold."""
    with transaction.atomic(durable=True):
        raise_alarm(
            AlarmKind.ENTRY_CHANGED,
            found.unit_id,
            found.journal_id,
            found.seq,
            detail=f"Unit {found.uid}, journal {found.journal_id.hex()}: {found.fault}; next:"
            " keep this database as it is, and compare it with the unit's journal and a backup",
            now=now,
        )


def _begun(site: int) -> Check:
    return Check(site_id=site, journals=0, entries=0, bad_journals=0)


def _check(journal: Journal) -> Checked:
    journal_id = bytes(journal.journal_id)
    mark = ChainHead(
        journal_id=journal_id, seq=journal.stored_through, hash=bytes(journal.head_hash)
    )
    head = genesis(journal_id)
    fault = ""
    try:
        for entry in entries_of(journal.id, journal_id, mark.seq):
            head = verify_chain((entry,), head)
        fault = _compare(journal.id, head, mark)
    except EventError as error:
        fault = str(error)
    return Checked(
        uid=journal.unit.uid,
        unit_id=journal.unit_id,
        site_id=journal.unit.site_id,
        journal_id=journal_id,
        entries=head.seq,
        seq=head.seq + 1 if fault else 0,
        fault=fault,
    )


def _compare(journal: int, head: ChainHead, mark: ChainHead) -> str:
    """Say what is wrong with a whole chain that does not end where the journal's mark is."""
    if head.seq < mark.seq:
        return f"entry {head.seq + 1}: it is missing; the units were told {mark.seq} are stored"
    if head != mark:
        return f"entry {head.seq}: its hash is not the one that the unit was told"
    with connection.cursor() as cursor:
        cursor.execute(_BEYOND, (journal,))
        (beyond,) = cursor.fetchone()
    return "" if beyond is None else f"entry {beyond}: no unit sent it"

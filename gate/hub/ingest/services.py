"""Taking what a unit uploads: verified, stored once, durable before it is answered.

Batches are idempotent: one that is stored already is answered like one that is new, and what is
stored is never changed. An entry is kept as the unit recorded it, with the time of the scan; the
hub adds only when it received it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    connection,
    connections,
    transaction,
)

from gate.events.batch import Batch, open_batch
from gate.events.batch_rows import COLUMNS
from gate.events.chain import ChainHead, genesis
from gate.events.codec import to_ms
from gate.events.heartbeat import Heartbeat as Told
from gate.events.heartbeat import open_heartbeat
from gate.events.receipt import Receipt, hash_of, sign_receipt
from gate.hub.ingest.alarms import raise_alarm
from gate.hub.ingest.heard import note_heard
from gate.hub.ingest.judge import Append, Conflict, Gap, Known, judge
from gate.hub.ingest.models import AlarmKind, Heartbeat
from gate.hub.ingest.rows import (
    KnownUnit,
    Rows,
    StoredJournal,
    advance,
    begin_journal,
    find_journal,
    other_journals,
    stored_hashes,
)
from gate.hub.ingest.sharpness import note_cameras
from gate.signing.keys import Algorithm, SigningKey, VerifyingKey

_Answer = TypeVar("_Answer")

_DETAIL: Final = COLUMNS.index("detail")


@dataclass(frozen=True, slots=True)
class Retired:
    """The unit was taken out of use."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything sent is stored; `receipt` says so."""

    receipt: bytes


Answer = Stored | Gap | Conflict | Retired


def find_unit(uid: str) -> KnownUnit | None:
    """Return the unit of that name, as it is now."""
    return _on_live_connection(lambda: _rows().find_unit(uid))


def verifying_key(unit: KnownUnit) -> VerifyingKey:
    """Return the key that the unit signs with."""
    return VerifyingKey(Algorithm.ED25519, unit.public_key)


def take_batch(unit: KnownUnit, message: bytes, now: datetime, hub_key: SigningKey) -> Answer:
    """Store what is new in a batch and answer with a receipt.

    Done before by the caller: 1. the body's bounds, 2. the unit known, 3. inflated within bounds.
    4. Open: signature, chain and commitments, before anything is locked, because none of them
    depends on what is stored.  5. Lock the unit's row, and under the lock: compare with the mark,
    insert, advance the mark.  6. Commit, and wait until it's durable.  7. Sign the receipt.

    Raises:
        EventError: the batch is malformed, not this unit's, or its chain does not hold.
    """
    # 4.
    batch = open_batch(message, verifying_key(unit))
    # 5. and 6.
    answer = _on_live_connection(lambda: _store(unit, batch, now))
    if not isinstance(answer, ChainHead):
        return answer
    # 7.
    receipt = Receipt(uid=unit.uid, head=answer, hub_time=now, batch_hash=hash_of(message))
    return Stored(sign_receipt(receipt, hub_key))


def take_heartbeat(unit: KnownUnit, message: bytes, now: datetime) -> None:
    """Keep what the unit says of itself; the last that arrived counts.

    Raises:
        EventError: the heartbeat is malformed or not this unit's.
    """
    heartbeat = open_heartbeat(message, verifying_key(unit))
    with transaction.atomic():
        _keep_heartbeat(unit, heartbeat, now)
        note_heard(unit.id, heartbeat.tier, now)
        note_cameras(unit.id, heartbeat.cameras, now)


def _keep_heartbeat(unit: KnownUnit, heartbeat: Told, now: datetime) -> None:
    Heartbeat.objects.update_or_create(
        unit_id=unit.id,
        defaults={
            "received_at": now,
            "sent_at": heartbeat.sent_at,
            "clock_trusted": heartbeat.clock_trusted,
            "backlog": heartbeat.backlog,
            "oldest_at": heartbeat.oldest_at,
            "list_ages_s": dict(heartbeat.list_ages),
            "temperature_c": heartbeat.temperature_c,
            "disk_free_bytes": heartbeat.disk_free_bytes,
            "version": heartbeat.version,
            "boot_reason": heartbeat.boot_reason,
            "faults": list(heartbeat.faults),
            "manifest_version": heartbeat.manifest_version,
            "manifest_age_s": heartbeat.manifest_age_s,
            "tier": heartbeat.tier,
            "tier_left_s": heartbeat.tier_left_s,
            "untrusted_s": heartbeat.untrusted_s,
            "areas": dict(heartbeat.areas),
        },
    )


def _store(unit: KnownUnit, batch: Batch, now: datetime) -> ChainHead | Gap | Conflict | Retired:
    """Return the head that the journal has when this is durable, or why nothing was stored."""
    rows = _rows()
    if rows.append_at_once(unit, batch, to_ms(now)):
        return batch.head
    with transaction.atomic(durable=True):
        answer = _store_locked(rows, unit, batch, now)
    if isinstance(answer, Conflict):
        _alarm_of_conflict(unit, answer, now)
    if isinstance(answer, ChainHead):
        rows.settle()
    return answer


def _store_locked(
    rows: Rows, unit: KnownUnit, batch: Batch, now: datetime
) -> ChainHead | Gap | Conflict | Retired:
    site = rows.lock(unit)
    if site is None:
        return Retired()
    journal = find_journal(connection, unit, batch.head.journal_id)
    mark = journal.mark if journal else genesis(batch.head.journal_id)
    number = journal.id if journal else 0
    verdict = judge(batch, mark, lambda first, last: stored_hashes(connection, number, first, last))
    match verdict:
        case Known():
            return mark
        case Append(rows=new):
            number = _move_mark(unit, batch, journal, now)
            rows.insert(number, site, to_ms(now), new)
            return batch.head
        case _:
            return verdict


def _move_mark(unit: KnownUnit, batch: Batch, journal: StoredJournal | None, now: datetime) -> int:
    """Advance the journal's mark, or begin the journal; return its row's number."""
    if journal is not None:
        advance(connection, journal.id, batch.head)
        return journal.id
    predecessor: str = batch.rows[0][_DETAIL]
    others = other_journals(connection, unit)
    if others and not any(other.hex() in predecessor for other in others):
        raise_alarm(
            AlarmKind.UNNAMED_PREDECESSOR,
            unit.id,
            batch.head.journal_id,
            1,
            detail=f"Unit {unit.uid} began journal {batch.head.journal_id.hex()} and names none of"
            f" the {len(others)} before it; next: look for a copied or replaced disk",
            now=now,
        )
    return begin_journal(connection, unit, batch.head, predecessor)


def _alarm_of_conflict(unit: KnownUnit, conflict: Conflict, now: datetime) -> None:
    """Raise it in a transaction of its own: nothing of the batch was stored."""
    with transaction.atomic(durable=True):
        raise_alarm(
            AlarmKind.CONFLICT,
            unit.id,
            conflict.journal_id,
            conflict.seq,
            detail=f"Unit {unit.uid} sent another entry {conflict.seq} of journal"
            f" {conflict.journal_id.hex()} than the one stored; nothing of it was stored; next:"
            " compare `gate journal verify` on the unit with `gate hub verify` on the hub",
            now=now,
        )


def _on_live_connection(ask: Callable[[], _Answer]) -> _Answer:
    """Ask; once more if the connection turns out to have died, as all do when a standby takes over.

    Everything asked here may be asked twice: what was stored by the first is found by the second.
    """
    try:
        return ask()
    except (OperationalError, InterfaceError):
        connection.close_if_unusable_or_obsolete()
        if connection.connection is not None:
            raise
    return ask()


def _rows() -> Rows:
    live = connections[DEFAULT_DB_ALIAS]  # looked up once: `connection` does for each attribute
    if live.vendor == "sqlite":
        from gate.hub.ingest.rows_sqlite import SqliteRows  # noqa: PLC0415 - as below

        return SqliteRows(live)
    # Imported here: a hub on SQLite runs without libpq.
    from gate.hub.ingest.rows_postgresql import PostgresqlRows  # noqa: PLC0415 - reason above

    return PostgresqlRows(live)

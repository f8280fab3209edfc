"""What the ingest asks of a database, and the SQL that both databases understand.

Everything here runs on Django's connection, in the transaction that the caller opened; the ORM is
left out, because its objects would cost more than the rows. What differs between the databases is
in `rows_sqlite` and `rows_postgresql`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from gate.events.batch import Batch
from gate.events.batch_rows import COLUMNS, Row
from gate.events.chain import ChainHead

ENTRY_COLUMNS: Final = ("journal_id", "site_id", "received_ms", *COLUMNS)
"""Those the hub adds come first, so that a row is a prefix and the batch's own row."""

_MARK: Final = (
    "SELECT id, stored_through, head_hash FROM ingest_journal"
    " WHERE unit_id = %s AND journal_id = %s"
)
_OTHERS: Final = "SELECT journal_id FROM ingest_journal WHERE unit_id = %s"
_BEGIN_JOURNAL: Final = (
    "INSERT INTO ingest_journal (unit_id, journal_id, stored_through, head_hash, predecessor)"
    " VALUES (%s, %s, %s, %s, %s) RETURNING id"
)
_ADVANCE: Final = "UPDATE ingest_journal SET stored_through = %s, head_hash = %s WHERE id = %s"
_HASHES: Final = (
    "SELECT seq, hash FROM ingest_entry WHERE journal_id = %s AND seq BETWEEN %s AND %s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUnit:
    """A unit as the hub's database has it; `public_key` is raw Ed25519."""

    id: int
    uid: str
    public_key: bytes
    retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredJournal:
    """A journal's row number, and how far it is stored."""

    id: int
    mark: ChainHead


class Rows(Protocol):
    """What each database does in its own way."""

    def find_unit(self, uid: str) -> KnownUnit | None:
        """Return the unit of that name."""
        ...

    def append_at_once(self, unit: KnownUnit, batch: Batch, received_ms: int) -> bool:
        """Store a batch that follows the mark, durably; False if it wasn't: nothing was done."""
        ...

    def lock(self, unit: KnownUnit) -> int | None:
        """Hold the unit until the transaction ends; return its site, None if it is retired."""
        ...

    def insert(self, journal: int, site: int, received_ms: int, rows: tuple[Row, ...]) -> None:
        """Insert entries of a journal; both are numbers of rows."""
        ...

    def settle(self) -> None:
        """Return when all that was found stored is durable."""
        ...


def find_journal(
    connection: BaseDatabaseWrapper, unit: KnownUnit, journal_id: bytes
) -> StoredJournal | None:
    """Return the unit's journal of that id."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, (unit.id, journal_id))
        row = cursor.fetchone()
    if row is None:
        return None
    mark = ChainHead(journal_id=journal_id, seq=row[1], hash=bytes(row[2]))
    return StoredJournal(id=row[0], mark=mark)


def other_journals(connection: BaseDatabaseWrapper, unit: KnownUnit) -> tuple[bytes, ...]:
    """Return the ids of every journal of the unit."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, (unit.id,))
        return tuple(bytes(journal_id) for (journal_id,) in cursor.fetchall())


def begin_journal(
    connection: BaseDatabaseWrapper, unit: KnownUnit, head: ChainHead, predecessor: str
) -> int:
    """Insert a journal that is stored up to `head`; return its row's number."""
    values = (unit.id, head.journal_id, head.seq, head.hash, predecessor)
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN_JOURNAL, values)
        number: int = cursor.fetchone()[0]
    return number


def advance(connection: BaseDatabaseWrapper, journal: int, head: ChainHead) -> None:
    """Move a journal's mark."""
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, (head.seq, head.hash, journal))


def stored_hashes(
    connection: BaseDatabaseWrapper, journal: int, first: int, last: int
) -> Mapping[int, bytes]:
    """Return the hashes of a journal's entries from `first` to `last`, by number."""
    with connection.cursor() as cursor:
        cursor.execute(_HASHES, (journal, first, last))
        return {seq: bytes(digest) for seq, digest in cursor.fetchall()}

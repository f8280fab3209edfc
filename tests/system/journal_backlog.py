"""A journal with a long backlog, as after an outage of days; written in one transaction."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gate.events.chain import ChainHead, head_of, link
from gate.events.codec import SALT_BYTES, encode_holder
from gate.events.model import Event, EventKind, Holder
from gate.store.journal import open_journal
from gate.store.journal_rows import INSERT_ENTRY, Row, to_row

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)


def write_backlog(path: Path, count: int) -> None:
    """Begin a journal at `path` that ends with record `count`; every second one names somebody."""
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        head = journal.head
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(INSERT_ENTRY, _rows(head, count))


def _rows(head: ChainHead, count: int) -> Iterator[Row]:
    while head.seq < count:
        event = Event(
            at=NOW + timedelta(seconds=3 * head.seq),
            clock_trusted=True,
            kind=EventKind.ACCESS,
            access_point="Gate A in",
            direction="in",
            outcome="admit",
            list_age_s=3600 + head.seq % 86_400,
        )
        salt, holder = None, None
        if head.seq % 2:
            salt = head.hash[:SALT_BYTES]
            person = head.seq.to_bytes(SALT_BYTES)
            holder = encode_holder(
                Holder(
                    person=person,
                    issuer="iss.example",
                    number=f"{head.seq:08}",
                    name=f"Holder {head.seq}",
                    card_type="gold",
                )
            )
        entry = link(head, event, salt, holder)
        head = head_of(entry)
        yield to_row(entry)


if __name__ == "__main__":
    write_backlog(Path(sys.argv[1]), int(sys.argv[2]))

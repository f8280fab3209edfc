"""A process that appends for ever and prints the hash of each record once it is acknowledged."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from gate.events.model import Event, EventKind, Holder
from gate.store.journal import open_journal

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
SAM = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam", card_type="gold")


def write_for_ever(path: Path) -> None:
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        while True:
            event = Event(at=NOW, clock_trusted=True, kind=EventKind.ACCESS, outcome="admit")
            print(journal.append(event, SAM).hash.hex(), flush=True)  # noqa: T201 - its purpose


if __name__ == "__main__":
    write_for_ever(Path(sys.argv[1]))

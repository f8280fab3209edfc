"""Tells what the journal holds after a power cut, then admits people for ever, telling each.

    cut_writer.py FOLDER PORT       waits at FOLDER.go, made ready by FOLDER.ready, for the disk

FOUND entries sound quarantined      once: how many, whether the chain holds, files set aside
number hash                          an entry that the journal acknowledged: here the relay moves
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from gate.errors import EventError, JournalError
from gate.events.model import Event, EventKind, Holder
from gate.store.journal import open_journal
from gate.store.journal_reader import JournalReader

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
SAM = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam", card_type="gold")


def main(folder: Path, port: Path) -> None:
    folder.with_suffix(".ready").touch()
    folder.with_suffix(".go").read_text("ascii")
    path = folder / "journal.db"
    with port.open("w", encoding="ascii") as told:
        _write(path, told)


def _write(path: Path, told: TextIO) -> None:
    was_sound = _is_sound(path)
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        event = Event(at=NOW, clock_trusted=True, kind=EventKind.ACCESS, outcome="admit")
        first = journal.append(event, SAM)
        aside = len(list(path.parent.glob("*.damaged-*T*Z")))
        print("FOUND", first.seq - 1, was_sound, aside, flush=True, file=told)
        while True:
            head = journal.append(event, SAM)
            print(head.seq, head.hash.hex(), flush=True, file=told)


def _is_sound(path: Path) -> bool:
    if not path.exists():
        return True
    try:
        with JournalReader.open(path) as reader:
            reader.head()
    except (EventError, JournalError):
        return False
    return True


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

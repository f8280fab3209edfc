"""The journal's one writer, as a process that may be killed at any moment.

    python -m gate.bench.chaos.writer JOURNAL SEED

Orders come on stdin, a line each: `COUNT OFFSET_S`, so many entries by a clock that is so far off.
Each goes through `Journal.append`, one durable transaction each, and once that has returned its
number and hash go to stdout: what was told there must never be missing again. A disk that refuses
is asked again until it takes the entry. It ends when stdin does.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from struct import Struct
from threading import Event as Signal
from typing import Final

from gate.errors import JournalError
from gate.events.model import Event, EventKind, Holder
from gate.store.journal import Journal, open_journal

TOLD: Final = Struct(">Q32s")
"""What is told of each acknowledged entry: its number and its hash."""

AGAIN_S: Final = 0.01

_AT: Final = datetime(2026, 12, 6, 6, 0, tzinfo=UTC)
_OUTCOMES: Final = (("admit", ()), ("admit", ()), ("refuse", ("expired",)), ("note", ("expires",)))
_NAMES: Final = ("Jordan Blackwood-Smith", "Aleksandra Wójcik", "Sam Okafor", "Chris Lee")


def main(path: Path, seed: str) -> None:
    """Take orders until there are no more."""
    patience = Signal()
    with _opened(path, patience) as journal:
        random = Random(f"writer {seed} {journal.head.seq}")  # noqa: S311 - names of a campaign
        for line in sys.stdin:
            count, offset_s = map(int, line.split())
            for _ in range(count):
                _record(journal, random, offset_s, patience)


def _opened(path: Path, patience: Signal) -> Journal:
    while True:
        try:
            return open_journal(path, now=_AT, clock_trusted=True)
        except JournalError as error:
            sys.stderr.write(f"{error}\n")
            patience.wait(AGAIN_S)


def _record(journal: Journal, random: Random, offset_s: int, patience: Signal) -> None:
    event, holder = _passage(random, journal.head.seq, offset_s)
    while True:
        try:
            entry = journal.append(event, holder)
        except JournalError as error:
            sys.stderr.write(f"{error}\n")
            patience.wait(AGAIN_S)
        else:
            os.write(sys.stdout.fileno(), TOLD.pack(entry.seq, entry.hash))
            return


def _passage(random: Random, seq: int, offset_s: int) -> tuple[Event, Holder | None]:
    outcome, reasons = random.choice(_OUTCOMES)
    event = Event(
        at=_AT + timedelta(seconds=3 * seq + offset_s, milliseconds=random.randrange(3000)),
        clock_trusted=not offset_s,
        kind=EventKind.ACCESS,
        access_point="Gate A in",
        direction="in",
        outcome=outcome,
        reasons=reasons,
        list_age_s=random.randrange(86_400),
    )
    if outcome == "refuse":
        return event, None
    holder = Holder(
        person=random.randbytes(16),
        issuer="https://cards.example",
        number=f"{seq:08}",
        name=random.choice(_NAMES),
        card_type="gold",
    )
    return event, holder


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

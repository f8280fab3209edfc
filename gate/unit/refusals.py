"""Keeps one refused code, held up again and again, from filling the journal: pure.

The first refusal is recorded as it stands. Further ones of the same code for the same reasons are
counted, and recorded once a minute with their count (TRUST-AND-SYNC, "Push"); the counts of all
records add up to what happened. Codes that name nobody share one count for each set of reasons
once `MAX_RUNS` different ones were refused within a minute; a card's refusals are never pooled.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from gate.events.model import Event, Holder

RUN_S: Final = 60.0
"""TRUST-AND-SYNC: the same refused code is recorded once a minute."""

MAX_RUNS: Final = 64
"""Different refused codes followed at once; one a second is more than a lane can carry."""

Record = tuple[Event, Holder | None]


@dataclass(slots=True, kw_only=True)
class _Run:
    since_s: float
    last: Record
    pending: int = 0


class RefusalTally:
    """Says which refusals are to be recorded, and when."""

    def __init__(self) -> None:
        self._runs: dict[bytes, _Run] = {}

    def __len__(self) -> int:
        return len(self._runs)

    def refused(self, key: bytes, record: Record, at_s: float) -> Iterator[Record]:
        """Take in one refusal of the code that `key` stands for; yield what to record now."""
        event, holder = record
        run_key = key + ",".join(event.reasons).encode()
        if run_key not in self._runs and len(self._runs) >= MAX_RUNS:
            if holder is None:
                run_key = b"pooled," + ",".join(event.reasons).encode()
            else:
                yield from _counted(self._runs.pop(next(iter(self._runs))))
        run = self._runs.get(run_key)
        if run is None:
            self._runs[run_key] = _Run(since_s=at_s, last=record)
            yield record
        else:
            run.last = record
            run.pending += 1

    def due(self, at_s: float) -> Iterator[Record]:
        """Yield the counts whose minute is over."""
        for key, run in tuple(self._runs.items()):
            if at_s - run.since_s < RUN_S:
                continue
            yield from _counted(run)
            if run.pending:
                run.since_s, run.pending = at_s, 0
            else:
                del self._runs[key]

    def close(self) -> Iterator[Record]:
        """Yield every count that is left, and forget all."""
        runs, self._runs = self._runs, {}
        for run in runs.values():
            yield from _counted(run)


def _counted(run: _Run) -> Iterator[Record]:
    if run.pending:
        event, holder = run.last
        yield replace(event, count=run.pending), holder

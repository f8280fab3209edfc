"""What it costs to keep a unit's trust fresh, beside the least that it could cost.

Polls are counted on the wire between a unit's own pull and a real hub; lists are of 2.1 million
cards.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from gate.bench.rows import BenchRow
from gate.bench.sync_hub import running_sync_hub
from gate.bench.sync_list import BigList, change_rows, list_rows
from gate.bench.sync_memory import memory_row
from gate.bench.sync_poll import poll_rows, poll_twice
from gate.devices.clock import SystemClock
from gate.sim.issuer import SimIssuer


def measure_sync(runs: int) -> Iterator[BenchRow]:
    """Yield every row; `runs` is how often each time is taken."""
    big = BigList(SimIssuer(), SystemClock().now().replace(microsecond=0))
    with tempfile.TemporaryDirectory(prefix="gate-bench-") as name:
        directory = Path(name)
        with running_sync_hub(directory, big.issuer, big.token) as hub:
            polls = poll_twice(hub, directory)
        yield from poll_rows(polls, len(big.token))
        yield from list_rows(big, directory, runs)
        yield memory_row(big, directory)
        yield from change_rows(big)

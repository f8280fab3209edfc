"""What it costs to keep a unit's trust fresh, beside the least that it could cost.

Polls are counted on the wire between a unit's own pull and a real hub; lists are of 2.1 million
cards. What many sites come to is a simulation with the costs that were measured in the same run.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gate.bench.rows import BenchRow
from gate.bench.sync_answer import Answered, answer_cost, answer_rows
from gate.bench.sync_hub import running_sync_hub
from gate.bench.sync_list import BigList, change_rows, list_rows
from gate.bench.sync_memory import memory_row
from gate.bench.sync_poll import Polls, poll_rows, poll_twice
from gate.bench.sync_sign import Signed, presence_rows, sign_cost, sign_rows
from gate.bench.sync_sites import Costs, gate_row, sites_rows
from gate.devices.clock import SystemClock
from gate.sim.issuer import SimIssuer


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How many sites to count with, and how many people pass the gates of each in a week."""

    sites: int
    people: int


def measure_sync(runs: int, scale: Scale) -> Iterator[BenchRow]:
    """Yield every row; `runs` is how often each time is taken."""
    now = SystemClock().now().replace(microsecond=0)
    big = BigList(SimIssuer(), now)
    with tempfile.TemporaryDirectory(prefix="gate-bench-") as name:
        directory = Path(name)
        with running_sync_hub(directory, big.issuer, big.token) as hub:
            polls = poll_twice(hub, directory)
            answered = answer_cost(hub, SystemClock().now())
        yield from poll_rows(polls, len(big.token))
        yield from list_rows(big, directory, runs)
        yield memory_row(big, directory)
        yield from change_rows(big)
    yield from presence_rows(now)
    yield from answer_rows(answered)
    signed = sign_cost(now, scale.people, runs)
    yield from sign_rows(signed, scale.people, runs)
    costs = _costs(polls, answered, signed, len(big.token))
    yield gate_row(costs, scale.people)
    yield from sites_rows(costs, scale.sites, scale.people)


def _costs(polls: Polls, answered: Answered, signed: Signed, list_bytes: int) -> Costs:
    return Costs(
        sign_manifest_s=signed.manifest_s,
        sign_presence_s=signed.presence_s,
        answer_s=(answered.manifest_s + answered.presence_s) / 2,
        answer_bytes=answered.wire_bytes,
        manifest_bytes=signed.manifest_bytes,
        presence_bytes=signed.presence_bytes,
        list_bytes=list_bytes,
        fleet_bytes=sum(one.wire_bytes for one in polls.quiet if one.path.startswith("/fleet/")),
    )

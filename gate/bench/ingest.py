"""What a hub takes from its units, over HTTP, verified and durable, beside the least it could cost.

Real hub processes answer on loopback; this process is every unit at once, with batches signed
beforehand. Value and floor are taken in turn, each run with journals of its own. Everything lies in
`/var/tmp`, which is a disk where `/tmp` may be memory.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Final

from gate.bench.ingest_floors import CopyFloor, ExecutemanyFloor, Floor
from gate.bench.ingest_http import Address, drive, post
from gate.bench.ingest_hub import running_hub
from gate.bench.ingest_load import LoadUnit
from gate.bench.ingest_stored import fill_postgresql, fill_sqlite
from gate.bench.postgres import DIRECTORY, PostgresServer, running_postgres
from gate.bench.rows import BenchRow
from gate.bench.slices import Pair, medians, quiet, stolen_meanwhile

DATABASES: Final = ("sqlite", "postgresql")

FEW_STORED: Final = 16_000
SIGNED_FLOOR: Final = "requests of the same server that read the body and check the signature"
STORED_FLOOR: Final = "the same hub with 16,000 entries stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """So many units, each sending so many batches of so many entries, beside one not measured."""

    units: int
    batch_entries: int
    batches: int

    def named(self, run: int) -> list[LoadUnit]:
        """Return the units of a run."""
        return [
            LoadUnit.named(f"{self.batch_entries}-{run}-{number}") for number in range(self.units)
        ]


THOUSANDS: Final = Case(units=16, batch_entries=1000, batches=8)
FIVE_HUNDREDS: Final = Case(units=16, batch_entries=500, batches=8)
HUNDREDS: Final = Case(units=16, batch_entries=100, batches=40)
SINGLES: Final = Case(units=256, batch_entries=1, batches=20)
SLICE_BATCHES: Final = 2
"""512 requests take less than a second: short beside what else goes on."""

_BATCHES: Final = "/api/units/{}/batches"
_FLOOR: Final = "/floor/{}"

_BULK: Final = {"sqlite": (FIVE_HUNDREDS,), "postgresql": (THOUSANDS, HUNDREDS)}


@dataclass(frozen=True, slots=True)
class _Lab:
    """A hub, its database, and what that could do alone."""

    address: Address
    floor: Floor


def measure_ingest(databases: Sequence[str], runs: int, stored: int) -> Iterator[BenchRow]:
    """Yield every row of the chosen databases; `stored` is what the fuller hub holds."""
    yield from _wire()
    for database in databases:
        with ExitStack() as stack:
            server = stack.enter_context(running_postgres()) if database != "sqlite" else None
            cases = (*_BULK[database], SINGLES)
            units = [unit for case in cases for run in range(runs) for unit in case.named(run)]
            lab = stack.enter_context(_lab(server, "postgres", units))
            for case in _BULK[database]:
                yield _bulk(database, case, lab, runs)
            yield _singles(database, lab, runs)
        if stored:
            yield _fuller(database, runs, stored)


@contextmanager
def _lab(server: PostgresServer | None, database: str, units: Sequence[LoadUnit]) -> Iterator[_Lab]:
    with tempfile.TemporaryDirectory(prefix="gate-bench-", dir=DIRECTORY) as name:
        directory = Path(name)
        floor: Floor
        if server is None:
            url = "sqlite:///hub.db"
            floor = ExecutemanyFloor(directory / "hub" / "hub.db")
        else:
            url = server.url_of(database)
            floor = CopyFloor(url)
        with running_hub(directory, url, units) as address:
            yield _Lab(address, floor)


def _bulk(database: str, case: Case, lab: _Lab, runs: int) -> BenchRow:
    rows = case.units * case.batches * case.batch_entries
    all_rows = rows + case.units * case.batch_entries  # with the batch that was not measured
    pairs = []
    for run in range(runs):
        units = case.named(run)
        with stolen_meanwhile() as stolen:
            value_s = _send(lab.address, case, units)
            floor_s = lab.floor.write_again([u.uid for u in units], case.batch_entries)
        pairs.append(Pair(floor=all_rows / floor_s, value=rows / value_s, stolen=stolen.share))
    counted = quiet(pairs, fewest=(runs + 1) // 2)
    value, floor = medians(counted)
    return BenchRow(
        name=f"{database}, {case.units} units, batch {case.batch_entries}",
        value=value,
        floor=floor,
        unit="rows/s",
        runs=len(counted),
        floor_is=lab.floor.told,
    )


def _singles(database: str, lab: _Lab, runs: int) -> BenchRow:
    """Take floor and value in short slices, in turn."""
    pairs = [pair for run in range(runs) for pair in _pairs(lab.address, SINGLES.named(run))]
    counted = quiet(pairs)
    value, floor = medians(counted)
    return BenchRow(
        name=f"{database}, {SINGLES.units} units, batch 1",
        value=value,
        floor=floor,
        unit="requests/s",
        runs=len(counted),
        floor_is=SIGNED_FLOOR,
    )


def _pairs(address: Address, units: Sequence[LoadUnit]) -> Iterator[Pair]:
    lanes = [unit.bodies(1, SINGLES.batches + 1) for unit in units]
    _drive(address, _FLOOR, units, [lane[:1] for lane in lanes])
    _drive(address, _BATCHES, units, [lane[:1] for lane in lanes])
    sent = len(units) * SLICE_BATCHES
    for first in range(1, SINGLES.batches + 1, SLICE_BATCHES):
        some = [lane[first : first + SLICE_BATCHES] for lane in lanes]
        with stolen_meanwhile() as stolen:
            floor_s = _drive(address, _FLOOR, units, some)
            value_s = _drive(address, _BATCHES, units, some)
        yield Pair(floor=sent / floor_s, value=sent / value_s, stolen=stolen.share)


def _fuller(database: str, runs: int, stored: int) -> BenchRow:
    """Compare two hubs at once, one with few entries and one with many, in turn."""
    case = replace(FIVE_HUNDREDS, batches=4)
    template = replace(THOUSANDS, batches=0)
    first = template.named(0)
    units = [*first, *(unit for run in range(runs + 1) for unit in case.named(run))]
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres()) if database != "sqlite" else None
        if server is not None:
            server.create_database("fuller")
        few = stack.enter_context(_lab(server, "postgres", units))
        many = stack.enter_context(_lab(server, "fuller", units))
        for lab in (few, many):
            _send(lab.address, template, first)
        if isinstance(many.floor, ExecutemanyFloor):
            fill_sqlite(many.floor.hub_file, stored - FEW_STORED)
        elif server is not None:
            fill_postgresql(server.url_of("fuller"), stored - FEW_STORED)
        costs: dict[int, list[float]] = {0: [], 1: []}
        rows = case.units * case.batches * case.batch_entries
        for run in range(runs + 1):  # the first only warms up
            for number, lab in enumerate((few, many)):
                costs[number].append(1e6 * _send(lab.address, case, case.named(run)) / rows)
    return BenchRow(
        name=f"{database}, an entry with {stored:,} stored",
        value=median(costs[1][1:]),
        floor=median(costs[0][1:]),
        unit="us",
        runs=runs,
        floor_is=STORED_FLOOR,
    )


def _wire() -> Iterator[BenchRow]:
    for name, with_holders in (("a fact", False), ("an entry with its holder part", True)):
        unit = LoadUnit.named("wire", with_holders=with_holders)
        body = unit.bodies(100, 2)[1]
        yield BenchRow(
            name=f"on the wire, batch 100, {name}",
            value=len(body) / 100,
            floor=0,
            unit="bytes",
            runs=1,
            floor_is="(of bytes on the wire: none; at most 30 a fact are allowed)",
        )


def _send(address: Address, case: Case, units: Sequence[LoadUnit]) -> float:
    """Send a batch of each unit, then measure all the others; return the seconds of those."""
    lanes = [unit.bodies(case.batch_entries, case.batches + 1) for unit in units]
    _drive(address, _BATCHES, units, [lane[:1] for lane in lanes])
    return _drive(address, _BATCHES, units, [lane[1:] for lane in lanes])


def _drive(
    address: Address, target: str, units: Sequence[LoadUnit], lanes: Sequence[Sequence[bytes]]
) -> float:
    return drive(
        address,
        [
            [post(target.format(unit.uid), body) for body in bodies]
            for unit, bodies in zip(units, lanes, strict=True)
            if bodies
        ],
    )

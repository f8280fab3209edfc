"""From a frame to the relay's command, beside the sum of what cannot be left out.

Value: a frame goes the gate's own way: decoder chain, read filter, controller (verify, decide,
durable record) and the release by the unit's outputs driver on pretended pins. Floor, on the same
frame and card: bare zxing-cpp, then a bare verification by `cryptography`, then one durable commit
of the record's values by SQLite. Who goes first changes from card to card, because the second one
finds the frame in the processor's cache.

Every card is another one, in another look; only frames that bare zxing-cpp reads are measured.
Rendering is not timed. Times are of the wall clock: a commit waits for the disk.
"""

import gc
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import numpy as np

from gate.bench.bare import bare_zxing
from gate.bench.journal import DIRECTORY
from gate.bench.rows import BenchRow
from gate.bench.scan_lane import Lane, LaneTimes
from gate.bench.verify import bare_verification
from gate.devices.ports import Luma
from gate.sim import pictures
from gate.sim.frames import render
from gate.sim.issuer import SimIssuer
from gate.sim.look import ordinary_look
from gate.sim.scene import site_scene

CARDS_A_RUN: Final = 40
"""So that the usual 25 runs are 1,000 cards; rendered together, they take 37 MB."""

FRAME_PX: Final = (1280, 720)

_WARM_UP_CARDS: Final = 5
_SEED: Final = 20261123


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """One card: its frame, the least its signature costs, the values its record will have."""

    text: str
    luma: Luma
    verification: Callable[[], None]
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _FloorTimes:
    """Seconds that the bare parts took for one card."""

    decode_s: float
    verify_s: float
    commit_s: float

    @property
    def total_s(self) -> float:
        return self.decode_s + self.verify_s + self.commit_s


def rows(runs: int) -> list[BenchRow]:
    """Return the whole way and its parts; a run is `CARDS_A_RUN` cards.

    Raises:
        GateError: the disk refuses.
    """
    values: list[LaneTimes] = []
    floors: list[_FloorTimes] = []
    issuer = SimIssuer()
    with tempfile.TemporaryDirectory(dir=DIRECTORY) as directory:
        beside = Path(directory)
        with (
            Lane(beside / "journal.db", issuer) as lane,
            closing(sqlite3.connect(beside / "bare.db", isolation_level=None)) as connection,
        ):
            commit = _bare_commits(connection, len(lane.values_for(issuer.text())))
            samples = _samples(issuer, lane, runs * CARDS_A_RUN + _WARM_UP_CARDS)
            _measure(_taken(samples, _WARM_UP_CARDS), lane, commit)
            for _ in range(runs):
                chunk = _taken(samples, CARDS_A_RUN)
                ours, bare = _measure(chunk, lane, commit)
                values += ours
                floors += bare
    return _rows_of(values, floors)


def _measure(
    samples: Sequence[_Sample], lane: Lane, commit: Callable[[tuple[object, ...]], object]
) -> tuple[list[LaneTimes], list[_FloorTimes]]:
    values: list[LaneTimes] = []
    floors: list[_FloorTimes] = []
    gc.collect()
    gc.disable()  # a collection would fall on whoever is being timed
    try:
        for place, sample in enumerate(samples):
            if place % 2:
                floors.append(_floor(sample, commit))
                values.append(lane.admit(sample.luma))
            else:
                values.append(lane.admit(sample.luma))
                floors.append(_floor(sample, commit))
    finally:
        gc.enable()
    return values, floors


def _floor(sample: _Sample, commit: Callable[[tuple[object, ...]], object]) -> _FloorTimes:
    begun_s = perf_counter()
    bare_zxing(sample.luma)
    decoded_s = perf_counter()
    sample.verification()
    verified_s = perf_counter()
    commit(sample.values)
    committed_s = perf_counter()
    return _FloorTimes(
        decode_s=decoded_s - begun_s,
        verify_s=verified_s - decoded_s,
        commit_s=committed_s - verified_s,
    )


def _samples(issuer: SimIssuer, lane: Lane, count: int) -> Iterator[_Sample]:
    rng = np.random.default_rng(_SEED)
    scene = site_scene(FRAME_PX, rng)
    for number in range(count):
        card = issuer.card(number % 4000, name=f"Person {number}", number=f"{number:08}")
        text = issuer.text(card)
        picture = pictures.card(text, name=card.name)
        luma = render(picture, ordinary_look(rng), scene, rng=rng)
        while bare_zxing(luma) != [text]:
            luma = render(picture, ordinary_look(rng), scene, rng=rng)
        yield _Sample(
            text=text,
            luma=luma,
            verification=bare_verification(text, issuer.key.verifying_key),
            values=lane.values_for(text),
        )


def _taken(samples: Iterator[_Sample], count: int) -> list[_Sample]:
    return [next(samples) for _ in range(count)]


def _bare_commits(
    connection: sqlite3.Connection, columns: int
) -> Callable[[tuple[object, ...]], object]:
    """Return a durable INSERT of as many values, as a prepared statement."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    names = ", ".join(f"c{number}" for number in range(columns))
    connection.execute(f"CREATE TABLE bare (seq INTEGER PRIMARY KEY, {names})")
    places = ", ".join("?" * columns)
    insert = f"INSERT INTO bare ({names}) VALUES ({places})"  # noqa: S608 - names made above
    return lambda values: connection.execute(insert, values)


def _rows_of(values: Sequence[LaneTimes], floors: Sequence[_FloorTimes]) -> list[BenchRow]:
    table = (
        (
            "frame to relay",
            [one.total_s for one in values],
            [one.total_s for one in floors],
            "bare zxing-cpp + bare verification + one durable SQLite commit, same card",
        ),
        (
            "of it: decode",
            [one.decode_s for one in values],
            [one.decode_s for one in floors],
            "bare zxing-cpp, same frame",
        ),
        (
            "of it: verify and decide",
            [one.decide_s for one in values],
            [one.verify_s for one in floors],
            "bare verification by cryptography, key loaded",
        ),
        (
            "of it: record",
            [one.record_s for one in values],
            [one.commit_s for one in floors],
            "one INSERT of the same values, prepared, WAL, synchronous=FULL, same disk",
        ),
        ("of it: release", [one.release_s for one in values], [0.0], "nothing"),
    )
    return [
        BenchRow(
            name=name,
            value=median(value) * 1e3,
            floor=median(floor) * 1e3,
            unit="ms a card",
            runs=len(value),
            floor_is=floor_is,
        )
        for name, value, floor, floor_is in table
    ]

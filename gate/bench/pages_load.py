"""The page of today over HTTP, while nobody else asks and while four units upload at full speed.

They send what they recorded ten days ago, as gates do that were cut off: the fastest that a hub is
ever sent anything. They are a process of their own, for gates are machines of their own: the page
waits for the hub, and not for their turn at this interpreter.
"""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from gate.bench.ingest_http import Address, drive, post
from gate.bench.ingest_load import LoadUnit
from gate.bench.rows import WARM_UP_RUNS, BenchRow, Limit
from gate.devices.clock import SystemClock
from gate.errors import UplinkError

UNITS: Final = 4
OF_IDLE: Final = 3
"""Today is to take at most so many times as long while they upload."""

_PEOPLE: Final = 500
_DAYS_AGO: Final = 10
_BATCH_ENTRIES: Final = 500
_BATCHES: Final = 40
"""Of each unit: 80,000 entries altogether; asking ends when they end."""

_TARGET: Final = "/api/units/{}/batches"
_PAGE: Final = "/sites/bench/"
_SERVE: Final = (sys.executable, "-m", "gate.hub.ingest.floor_server")
_STOP_S: Final = 30
_OK: Final = 200

_lanes: list[Sequence[bytes]] = []
"""What the process that sends has ready before it is told to."""


def units_of_load() -> tuple[LoadUnit, ...]:
    """Return the units of the bench's site."""
    began = SystemClock().now() - timedelta(days=_DAYS_AGO)
    named = (LoadUnit.named(f"pages-{number}") for number in range(UNITS))
    return tuple(replace(unit, began=began, people=_PEOPLE) for unit in named)


def today_under_load(
    database: str,
    config: Path,
    address: Address,
    cookie: str,
    units: Sequence[LoadUnit],
    runs: int,
) -> BenchRow:
    """Serve a filled hub and return how long the page of today takes while its units upload.

    Raises:
        UplinkError: the hub did not start, or did not answer as it should.
    """
    lanes = [
        [post(_TARGET.format(unit.uid), body) for body in unit.bodies(_BATCH_ENTRIES, _BATCHES)]
        for unit in units
    ]
    command = (*_SERVE, str(config))
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own
        try:
            if process.stdout is None or process.stdout.readline() != b"answers\n":
                raise UplinkError("the hub did not start; its own message is above")
            idle_s, loaded_s = _ask(address, cookie, lanes, runs)
        finally:
            process.terminate()
            process.wait(_STOP_S)
    return BenchRow(
        name=f"today while {UNITS} units upload, {database}",
        value=median(loaded_s) * 1e3,
        floor=median(idle_s) * 1e3,
        unit="ms",
        runs=len(loaded_s),
        floor_is="the same while none does; wall clock, over HTTP",
        limit=Limit(most=OF_IDLE, of_ratio=True),
    )


def _ask(
    address: Address, cookie: str, lanes: Sequence[Sequence[bytes]], runs: int
) -> tuple[list[float], list[float]]:
    """Return the times of a page while nothing else goes on, and while everything is sent."""
    asking = HTTPConnection(*address, timeout=_STOP_S)
    for _ in range(WARM_UP_RUNS * UNITS):  # each of the hub's processes folds the day once
        _get(asking, cookie)
    idle_s = [_get(asking, cookie) for _ in range(runs)]
    loaded_s = []
    process = get_context("spawn")
    with ProcessPoolExecutor(1, process, initializer=_keep, initargs=(lanes,)) as pool:
        if pool.submit(_kept).result() != len(lanes):
            raise UplinkError("the process that sends did not get what it is to send")
        sending = pool.submit(_send, address)
        while not sending.done():
            loaded_s.append(_get(asking, cookie))
        sending.result()
    return idle_s, loaded_s


def _keep(lanes: Sequence[Sequence[bytes]]) -> None:
    _lanes.extend(lanes)


def _kept() -> int:
    return len(_lanes)


def _send(address: Address) -> None:
    drive(address, _lanes)


def _get(asking: HTTPConnection, cookie: str) -> float:
    headers = {"Host": "localhost", "Cookie": cookie, "Accept-Encoding": "gzip"}
    begun_s = perf_counter()
    asking.request("GET", _PAGE, headers=headers)
    answer = asking.getresponse()
    answer.read()
    if answer.status != _OK:
        raise UplinkError(f"the page of today answered {answer.status}")
    return perf_counter() - begun_s

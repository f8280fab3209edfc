"""What the hub's pages cost beside the very questions they ask, run bare in the same process.

Each database gets a hub of its own with so many entries and 500 people on site, in a directory that
is removed; the hub measures itself (gate.hub.pages.measure), for nothing else may know its pages.
Then it is served, and asked for the page of today while four units upload.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from gate.bench.pages_load import today_under_load, units_of_load
from gate.bench.postgres import DIRECTORY, running_postgres
from gate.bench.rows import BenchRow, Limit
from gate.errors import DeviceError
from gate.sim.free_port import free_port

OF_FLOOR: Final = 2
ABOVE_MS: Final = 25
"""A page is at most twice its floor, or so many milliseconds above it."""

PDF: Final = "roll call PDF"
PDF_MS: Final = 300
EXPORT: Final = "export "
EXPORT_OF_FLOOR: Final = 1.5
"""Seven times as many entries may take so much more memory: all of them would take seven times."""

FIRST_VISIT_BYTES: Final = 180_000

_GATE: Final = (sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())")
_MEASURE: Final = (sys.executable, "-m", "gate.hub.pages.measure")


def measure_pages(databases: tuple[str, ...], runs: int, entries: int) -> Iterator[BenchRow]:
    """Yield a row for each page on each database.

    Raises:
        DeviceError: a hub could not be made or measured; says why.
        UplinkError: it did not answer while units uploaded.
    """
    units = units_of_load()
    for database in databases:
        with ExitStack() as stack:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=DIRECTORY)))
            url = "sqlite:///hub.db"
            if database != "sqlite":
                url = stack.enter_context(running_postgres()).url
            config = directory / "hub.toml"
            listen = ("127.0.0.1", free_port())
            config.write_text(
                f'[hub]\ndata = "hub"\ndatabase = "{url}"\nhosts = ["localhost"]\n'
                f'listen = "{listen[0]}:{listen[1]}"\n'
            )
            _run((*_GATE, "hub", "migrate", "--config", str(config)))
            keys = [unit.key.verifying_key.public.hex() for unit in units]
            told = _run((*_MEASURE, str(config), str(entries), str(runs), *keys))
            *rows, visit = map(json.loads, told.splitlines())
            for row in rows:
                yield _row(database, row, runs)
            yield today_under_load(database, config, listen, visit["cookie"], units, runs)


def _row(database: str, told: dict[str, Any], runs: int) -> BenchRow:
    return BenchRow(
        name=f"{told['name']}, {database}",
        value=float(told["value"]),
        floor=float(told["floor"]),
        unit=told["unit"],
        runs=runs if told["unit"] == "ms" else 1,
        floor_is=told["floor_is"],
        limit=_limit(told["name"], told["floor"], told["unit"]),
    )


def _limit(name: str, floor: float, unit: str) -> Limit:
    if unit == "bytes":
        return Limit(most=FIRST_VISIT_BYTES)
    if name.startswith(EXPORT):
        return Limit(most=EXPORT_OF_FLOOR, of_ratio=True)
    if name == PDF:
        return Limit(most=PDF_MS)
    return Limit(most=round(max(OF_FLOOR * floor, floor + ABOVE_MS), 1))


def _run(command: tuple[str, ...]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise DeviceError(f"the hub could not be measured: {done.stderr.strip()[-2000:]}")
    return done.stdout

"""What the hub's pages cost beside the very questions they ask, run bare in the same process.

Each database gets a hub of its own with so many entries and 500 people on site, in a directory that
is removed; the hub measures itself (gate.hub.pages.measure), for nothing else may know its pages.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from gate.bench.postgres import DIRECTORY, running_postgres
from gate.bench.rows import BenchRow, Limit
from gate.errors import DeviceError

OF_FLOOR: Final = 2
ABOVE_MS: Final = 25
"""A page is at most twice its floor, or so many milliseconds above it."""

PDF: Final = "roll call PDF"
PDF_MS: Final = 300

_GATE: Final = (sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())")
_MEASURE: Final = (sys.executable, "-m", "gate.hub.pages.measure")


def measure_pages(databases: tuple[str, ...], runs: int, entries: int) -> Iterator[BenchRow]:
    """Yield a row for each page on each database.

    Raises:
        DeviceError: a hub could not be made or measured; says why.
    """
    for database in databases:
        with ExitStack() as stack:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=DIRECTORY)))
            url = "sqlite:///hub.db"
            if database != "sqlite":
                url = stack.enter_context(running_postgres()).url
            config = directory / "hub.toml"
            config.write_text(f'[hub]\ndata = "hub"\ndatabase = "{url}"\nhosts = ["localhost"]\n')
            _run((*_GATE, "hub", "migrate", "--config", str(config)))
            told = _run((*_MEASURE, str(config), str(entries), str(runs)))
            for line in told.splitlines():
                yield _row(database, json.loads(line), runs)


def _row(database: str, told: dict[str, str | float], runs: int) -> BenchRow:
    name, value, floor = str(told["name"]), float(told["ms"]), float(told["floor_ms"])
    most = PDF_MS if name == PDF else max(OF_FLOOR * floor, floor + ABOVE_MS)
    return BenchRow(
        name=f"{name}, {database}",
        value=value,
        floor=floor,
        unit="ms",
        runs=runs,
        floor_is=f"its {told['questions']} questions, bare",
        limit=Limit(most=round(most, 1)),
    )


def _run(command: tuple[str, ...]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise DeviceError(f"the hub could not be measured: {done.stderr.strip()[-2000:]}")
    return done.stdout

"""A real hub on loopback for a bench: its processes, its database, and the units it knows."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from gate.bench.ingest_http import Address
from gate.bench.ingest_load import LoadUnit
from gate.errors import UplinkError
from gate.sim.free_port import free_port

WORKERS: Final = 4
"""The hub's own default."""

_GATE: Final = (sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())")
_STOP_S: Final = 30


@contextmanager
def running_hub(directory: Path, database: str, units: Sequence[LoadUnit]) -> Iterator[Address]:
    """Yield the address of a hub on `database` that knows `units`; stop it at the end.

    Raises:
        UplinkError: it does not start.
    """
    address = ("127.0.0.1", free_port())
    config = directory / "hub.toml"
    config.write_text(
        f'[hub]\ndata = "hub"\ndatabase = "{database}"\nworkers = {WORKERS}\n'
        f'listen = "{address[0]}:{address[1]}"\nhosts = ["localhost"]\n'
    )
    _run("migrate", "--config", str(config))
    fixture = directory / "units.json"
    fixture.write_text(json.dumps(_fixture(units)))
    _run("manage", "--config", str(config), "loaddata", "--verbosity", "0", str(fixture))
    command = [sys.executable, "-m", "gate.hub.ingest.floor_server", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own
        try:
            if process.stdout is None or process.stdout.readline() != b"answers\n":
                raise UplinkError("the hub did not start; its own message is above")
            yield address
        finally:
            process.terminate()
            process.wait(_STOP_S)


def _run(*arguments: str) -> None:
    command = [*_GATE, "hub", *arguments]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip()
        raise UplinkError(f"gate hub {arguments[0]} failed: {told}")


def _fixture(units: Sequence[LoadUnit]) -> list[dict[str, Any]]:
    """Return the records that Django's loaddata takes."""
    site = {"organisation": 1, "slug": "bench", "name": "Bench", "time_zone": "Europe/London"}
    return [
        {"model": "sites.organisation", "pk": 1, "fields": {"name": "Bench"}},
        {"model": "sites.site", "pk": 1, "fields": site},
        *(
            {
                "model": "sites.unit",
                "pk": number,
                "fields": {
                    "uid": unit.uid,
                    "site": 1,
                    "name": unit.name,
                    "public_key": base64.b64encode(unit.key.verifying_key.public).decode(),
                },
            }
            for number, unit in enumerate(units, 1)
        ),
    ]

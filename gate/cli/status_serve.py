"""The unit's own page from its file to its end: what it is made of, and how it is told to stop."""

import signal
import sys
import threading
from pathlib import Path
from socket import gethostname
from typing import Final

from gate.config import load_config
from gate.config_fields import Config, UnitConfig
from gate.config_status import StatusConfig
from gate.devices.clock import SystemClock
from gate.errors import ConfigError, GateError
from gate.status.server import Server, listen
from gate.status.site import StatusSite, Unit
from gate.status.unit_watch import UnitWatch
from gate.store.unit_key import load_unit_key
from gate.unit.log import log_to

EXIT_DONE: Final = 0
EXIT_FAULT: Final = 2
"""As every `gate` command ends (gate.cli.main)."""


def serve(config: Config, path: Path, stop: threading.Event) -> None:
    """Answer browsers until `stop` is set.

    Raises:
        GateError: the page is not configured, or can't listen.
    """
    if config.status is None:
        step = "write it, restart gate-unit, then start this again"
        raise ConfigError(str(path), [f"[status] is left out; next: {step}"])
    clock, address = SystemClock(), config.status.address
    watch = UnitWatch(config, clock)
    site = StatusSite(_unit(config.unit, config.status), watch, clock.monotonic)
    listener = listen(address, config.status.port)
    with Server(listener, site.answer, site.refuse, clock.monotonic) as server:
        watch.look()
        host = f"[{address}]" if ":" in address else address
        sys.stderr.write(f"page: http://{host}:{server.port}/ answers\n")
        server.serve(stop)


def run(path: Path) -> int:
    """Run until SIGTERM or Ctrl-C; return the exit code."""
    log_to(sys.stderr)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        serve(load_config(path), path, stop)
    except GateError as fault:
        sys.stderr.write(f"{fault}\n")
        return EXIT_FAULT
    return EXIT_DONE


def _unit(unit: UnitConfig, page: StatusConfig) -> Unit:
    own = gethostname().lower()
    names = {"localhost", own, f"{own.partition('.')[0]}.local", *page.names}
    return Unit(name=unit.name, journal=unit.journal, names=frozenset(names), uid=_uid(unit.key))


def _uid(key: Path) -> bytes | None:
    """Return by what the hub knows this unit; None if it never had to do with one."""
    return load_unit_key(key).verifying_key.kid if key.exists() else None

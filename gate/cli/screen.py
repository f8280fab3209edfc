"""`gate screen`: draws what the gate process of a unit shows."""

import os
import signal
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

import click

from gate.config import load_config
from gate.devices.clock import SystemClock
from gate.errors import ConfigError, DeviceError
from gate.unit.log import log_to


@click.command
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The unit's own file, with its [screen], such as /etc/gate/unit.toml.",
)
def screen(config_path: Path) -> None:
    """Draw what the gate shows, on the unit's HDMI or DSI screen, until SIGTERM or Ctrl-C.

    It decides nothing, and the gate works without it. It needs the library of the extra `screen`.

    Exit codes: 0 told to stop; 2 there is no screen, or it is not configured.

    Example: gate screen --config /etc/gate/unit.toml
    """
    log_to(sys.stderr)
    config = load_config(config_path)
    if config.screen is None:
        step = "write it, restart gate-unit, then start this again"
        raise ConfigError(str(config_path), [f"[screen] is left out; next: {step}"])
    if find_spec("pygame") is None:
        step = "install requirements/screen.txt, or Debian's python3-pygame 2.6"
        raise DeviceError(f"screen: pygame is not installed; next: {step}")
    os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
    from gate.screen.window import Viewer, open_surface, show  # noqa: PLC0415 - after the above

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    show(Viewer(config.screen.state, SystemClock()), open_surface(), stop)

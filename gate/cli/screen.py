"""`gate screen`: draws what the gate process of a unit shows."""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import click

from gate.access.model import Direction
from gate.config import load_config
from gate.config_lanes import LaneConfig, lanes_of
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
@click.option(
    "--lane",
    "direction",
    type=click.Choice([str(one) for one in Direction]),
    help="Of two lanes, the one that this screen stands at.",
)
def screen(config_path: Path, direction: str | None) -> None:
    """Draw what the gate shows, on the unit's HDMI or DSI screen, until SIGTERM or Ctrl-C.

    It decides nothing, and the gate works without it. It needs the library of the extra `screen`.
    Where a unit has two lanes, each has a screen, and its own of these processes.

    Exit codes: 0 told to stop; 2 there is no screen, or it is not configured.

    Example: gate screen --config /etc/gate/unit.toml
    """
    log_to(sys.stderr)
    config = load_config(config_path)
    if config.screen is None:
        step = "write it, restart gate-unit, then start this again"
        raise ConfigError(str(config_path), [f"[screen] is left out; next: {step}"])
    state = _state_of(lanes_of(config), direction, config_path)
    if find_spec("pygame") is None:
        step = "install requirements/screen.txt, or Debian's python3-pygame 2.6"
        raise DeviceError(f"screen: pygame is not installed; next: {step}")
    os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
    from gate.screen.window import Viewer, open_surface, show  # noqa: PLC0415 - after the above

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    show(Viewer(state, SystemClock()), open_surface(), stop)


def _state_of(lanes: Sequence[LaneConfig], direction: str | None, config_path: Path) -> Path:
    """Return the file that tells of the lane which this screen stands at."""
    found = [lane for lane in lanes if direction in {None, str(lane.point.direction)}]
    if len(found) == 1 and found[0].state is not None:
        return found[0].state
    has = " and ".join(f"{lane.point.name} ({lane.point.direction})" for lane in lanes)
    step = "name one of them, such as --lane in" if len(found) > 1 else "leave --lane out"
    raise ConfigError(str(config_path), [f"--lane {direction}: the unit has {has}; next: {step}"])

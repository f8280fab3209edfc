"""`gate screen`: draws what the gate process of a unit shows."""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click

from gate.access.model import Direction
from gate.config import load_config
from gate.config_lanes import LaneConfig, lanes_of
from gate.devices.clock import SystemClock
from gate.errors import ConfigError, DeviceError
from gate.unit.log import log_to

EXIT_NONE_ASKED_FOR: Final = 3
"""systemd leaves a screen that ended so (gate-screen.service): no new start changes the file."""


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
    help="Of two lanes, the only one that has a screen.",
)
@click.option(
    "--set-up",
    "told",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="While there is no unit's file: draw what `gate enrol --told FILE` tells.",
)
@click.pass_context
def screen(
    context: click.Context, config_path: Path, direction: str | None, told: Path | None
) -> None:
    """Draw what the gate shows, on the unit's HDMI or DSI screens, until SIGTERM or Ctrl-C.

    It decides nothing, and the gate works without it. It needs the library of the extra `screen`.
    Where a unit has two lanes, each has a screen, in the file's order, unless --lane names one.

    Exit codes: 0 told to stop; 2 there is no screen, or no library to draw with; 3 the unit's file
    has no [screen].

    Example: gate screen --config /etc/gate/unit.toml
    """
    log_to(sys.stderr)
    is_set_up = told is not None and not config_path.exists()
    config = None if is_set_up else load_config(config_path)
    if config is not None and config.screen is None:
        step = "write it, then: sudo systemctl restart gate-unit gate-screen"
        click.echo(f"{config_path}: [screen] is left out; next: {step}", err=True)
        context.exit(EXIT_NONE_ASKED_FOR)
    states = [] if config is None else _states_of(lanes_of(config), direction, config_path)
    if find_spec("pygame") is None:
        step = "install requirements/screen.txt, or Debian's python3-pygame 2.6"
        raise DeviceError(f"screen: pygame is not installed; next: {step}")
    os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
    from gate.screen.set_up import SetUpViewer  # noqa: PLC0415 - after the above
    from gate.screen.window import Viewer, open_panels, show  # noqa: PLC0415 - after the above

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    clock = SystemClock()
    if told is not None and config is None:
        show([SetUpViewer(told, config_path, stop)], open_panels(1), stop)
        return
    show([Viewer(state, clock) for state in states], open_panels(len(states)), stop)


def _states_of(
    lanes: Sequence[LaneConfig], direction: str | None, config_path: Path
) -> Sequence[Path]:
    """Return the files that tell of the lanes that have a screen, in the file's order."""
    found = [lane.state for lane in lanes if direction in {None, str(lane.point.direction)}]
    states = [state for state in found if state is not None]
    if states:
        return states
    has = " and ".join(f"{lane.point.name} ({lane.point.direction})" for lane in lanes)
    fault = f"--lane {direction}: the unit has {has}; next: leave --lane out"
    raise ConfigError(str(config_path), [fault])

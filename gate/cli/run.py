"""`gate run`: the gate process of a unit."""

import signal
import sys
import threading
from pathlib import Path

import click

from gate.config import load_config
from gate.errors import ConfigError
from gate.unit.daemon import run as run_unit
from gate.unit.log import log_to
from gate.unit.pair import run_pair
from gate.unit.pair_wiring import build_pair
from gate.unit.wiring import build


@click.command
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The unit's own file, such as /etc/gate/unit.toml.",
)
@click.option(
    "--camera",
    "camera_specs",
    metavar="SPEC",
    multiple=True,
    help="In place of the configured camera: picamera2, picamera2:1, usb:/dev/video0,"
    " rtsp://HOST/PATH, file:VIDEO or dir:DIRECTORY; of two lanes, once for each, in the file's"
    " order.",
)
@click.pass_context
def run(context: click.Context, config_path: Path, camera_specs: tuple[str, ...]) -> None:
    """Read cards, decide, record, and drive the portal, until SIGTERM or Ctrl-C.

    It needs no network and opens no socket but its supervisor's. Its log is on stderr, one line a
    fact. A directory or video that comes to its end ends it too; of two lanes, once both have.

    Exit codes: 0 told to stop, or no more pictures; 2 it can't start, or something broke.

    Example: gate run --config /etc/gate/unit.toml --camera usb:/dev/video0
    """
    log_to(sys.stderr)
    config = load_config(config_path)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if len(config.access_point) > 1:
        context.exit(run_pair(build_pair(config, camera_specs=camera_specs), stop))
    if len(camera_specs) > 1:
        fault = f"--camera: {len(camera_specs)} of them; allowed: one, for the unit has one lane"
        raise ConfigError("gate run", [fault])
    context.exit(run_unit(build(config, camera_spec="".join(camera_specs)), stop))
